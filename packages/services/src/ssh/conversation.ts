import type { Socket } from 'node:net'
import { events } from '@decnet/contracts/events'
import type { ServiceContext } from '@decnet/kernel/service'
import type { PersonaUser } from '@decnet/persona'
import type { Host } from '../_shared/shell/port.ts'
import { settle } from '../_shared/visit/visit.ts'
import type { SshConfig } from './config.ts'
import { ConnectionLayer } from './connection.ts'
import { hostKeysMessage, proveHostKeys } from './host-key-proof.ts'
import type { HostSide } from './host-side.ts'
import { readIdentification } from './identification.ts'
import { launch } from './launch.ts'
import { accepts, verifies } from './public-key.ts'
import { openTransport, type Transport } from './transport.ts'
import { type Attempt, UserAuth } from './userauth.ts'
import type { Emits, SshVisit, UploadBudget } from './visit.ts'
import { MSG, WireWriter } from './wire.ts'

export type SshContext = ServiceContext<SshConfig, Emits> & { readonly authenticated: () => void }
/** What the connections of one decky share. */
export interface Shared {
  readonly side: HostSide
  readonly host: Host
  readonly budget: UploadBudget
}

const MINIMUM_DELAY_MS = 5
const PROTOCOL_ERROR = 2
const SERVICE_NOT_AVAILABLE = 7

/** One connection once the server has named itself: identification, keys, login, sessions. Small while its client says nothing. */
export class Conversation {
  readonly #socket: Socket
  readonly #context: SshContext
  readonly #shared: Shared
  readonly #done: (fault?: unknown) => void
  #held: Buffer | null = null
  #grace: NodeJS.Timeout | null = null
  #fault: unknown
  #delay: NodeJS.Timeout | null = null
  #transport: Transport | null = null
  #auth: UserAuth | null = null
  #layer: ConnectionLayer | null = null
  #visit: SshVisit | null = null
  #clientIdent: Buffer | null = null
  #over = false

  constructor(socket: Socket, context: SshContext, shared: Shared, done: (fault?: unknown) => void) {
    this.#socket = socket
    this.#context = context
    this.#shared = shared
    this.#done = done
  }

  start(): void {
    const { login_grace_time: grace } = this.#context.config
    if (grace > 0) this.#grace = setTimeout(() => this.#finish(), grace * 1000)
    this.#context.signal.addEventListener('abort', () => this.#finish(), { once: true })
    this.#socket.on('data', this.#identify)
    this.#socket.once('end', () => this.#finish())
    this.#socket.once('close', () => this.#finish())
    this.#socket.resume()
  }

  readonly #identify = (chunk: Buffer): void => {
    this.#held = this.#held ? Buffer.concat([this.#held, chunk]) : chunk
    const read = readIdentification(this.#held)
    if (read.kind === 'incomplete') return
    this.#socket.off('data', this.#identify)
    this.#socket.pause()
    const seen = this.#held
    this.#held = null
    if (read.kind === 'refused') {
      this.#context.session.emit(events.protocolError, { detail: read.why, sample: seen.subarray(0, 256) })
      if (read.answer !== null) this.#socket.write(`${read.answer}\r\n`)
      this.#finish()
      return
    }
    this.#clientIdent = read.line
    openTransport(this.#socket, this.#shared.side, seen, {
      ready: (transport) => this.#ready(transport, read.line),
      hassh: (found) => this.#hello({ hassh: found.value, hassh_algorithms: found.raw }),
      message: (payload) => this.#message(payload),
      drain: () => this.#layer?.drain(),
      ended: (fault) => this.#ended(fault),
    })
  }

  #hello(found: { hassh?: string; hassh_algorithms?: string }): void {
    if (!this.#clientIdent) return
    this.#context.session.emit(events.clientHello, { client_version: this.#clientIdent, ...found })
    this.#clientIdent = null
  }

  #ready(transport: Transport, clientIdent: Buffer): void {
    this.#transport = transport
    const { config } = this.#context
    const policy = {
      password: config.password_authentication,
      keyboardInteractive: config.kbd_interactive_authentication,
      maxTries: config.max_auth_tries,
      allows: (user: Buffer, password: Buffer) => this.#allows(user, password),
      allowsKey: (user: Buffer, algorithm: string, key: Buffer) => accepts(algorithm, key) && this.#allowsKey(user, key),
      signed: (algorithm: string, key: Buffer, data: Buffer, signature: Buffer) =>
        verifies(algorithm, key, new WireWriter().string(transport.sessionId).raw(data).done(), signature),
      isHostKey: (key: Buffer) => this.#shared.side.keys.some((own) => own.getPublicSSH().equals(key)),
      report: (attempt: Attempt) => this.#report(attempt),
      pause: (reason: 'password' | 'other') => this.#pause(reason),
    }
    this.#auth = new UserAuth(
      policy,
      {
        send: (payload) => transport.send(payload),
        succeed: () => transport.succeed(),
        disconnect: (reason, text) => transport.disconnect(reason, text),
        failed: (error) => this.#failed(error),
      },
      (user) => this.#login(transport, user, clientIdent),
    )
  }

  #ended(fault: string | undefined): void {
    if (fault !== undefined && !this.#over) this.#context.session.emit(events.protocolError, { detail: fault })
    this.#finish()
  }

  #message(payload: Buffer): void {
    const type = payload[0] ?? 0
    const transport = this.#transport
    if (!transport || this.#over) return
    if (type === MSG.SERVICE_REQUEST) {
      const name = payload.subarray(5).toString('latin1')
      if (name === 'ssh-userauth' && !this.#layer) transport.send(new WireWriter(MSG.SERVICE_ACCEPT).string(name).done())
      else transport.disconnect(SERVICE_NOT_AVAILABLE, 'bad service request')
    } else if (this.#layer) {
      if (type >= MSG.GLOBAL_REQUEST) this.#layer.message(payload)
    } else if (type === MSG.USERAUTH_REQUEST || type === MSG.USERAUTH_INFO_RESPONSE) this.#auth?.message(payload)
    else if (type >= MSG.GLOBAL_REQUEST) transport.disconnect(PROTOCOL_ERROR, `dispatch_protocol_error: type ${type}`)
  }

  #allows(name: Buffer, password: Buffer): boolean {
    const user = this.#loginOf(name)
    // PermitEmptyPasswords is off.
    return user !== null && password.length > 0 && this.#shared.host.opens(user, password)
  }

  #allowsKey(name: Buffer, key: Buffer): boolean {
    const user = this.#loginOf(name)
    return user !== null && this.#shared.host.authorizes(user, key)
  }

  /** Who may log in at all. */
  #loginOf(name: Buffer): PersonaUser | null {
    const user = this.#shared.host.userNamed(name.toString('latin1'))
    return user && (user.uid !== 0 || this.#context.config.permit_root_login === 'yes') ? user : null
  }

  #report(attempt: Attempt): void {
    this.#context.session.emit(events.authAttempt, {
      principal: attempt.user,
      secret: attempt.secret,
      secret_kind: attempt.method === 'publickey' ? 'publickey' : 'plaintext',
      outcome: attempt.success ? 'success' : 'failure',
      method: attempt.method,
      ...(attempt.keyFingerprint !== undefined && { key_fingerprint: attempt.keyFingerprint }),
      ...(attempt.keyAlgorithm !== undefined && { key_algorithm: attempt.keyAlgorithm.slice(0, 64) }),
    })
  }

  /** pam_unix waits after a wrong password, give or take a quarter; any other refusal takes sshd's own minimum. */
  #pause(reason: 'password' | 'other'): Promise<void> {
    const { config, random } = this.#context
    const jitter = random()
    const ms = reason === 'password' ? config.fail_delay_ms * (0.75 + jitter / 2) : 0
    return new Promise((resolve) => {
      this.#delay = setTimeout(resolve, Math.max(ms, MINIMUM_DELAY_MS + jitter * 4))
    })
  }

  #login(transport: Transport, name: Buffer, clientIdent: Buffer): void {
    const { session, now, random } = this.#context
    const { host, side, budget } = this.#shared
    const user = this.#loginOf(name)
    if (!user) {
      this.#finish()
      return
    }
    if (this.#grace) clearTimeout(this.#grace)
    this.#context.authenticated()
    const visit: SshVisit = { host, user, as: host.credentialsOf(user), session, budget, now, random, pending: new Set() }
    this.#visit = visit
    const policy = {
      maxSessions: this.#context.config.max_sessions,
      clientIsOpenSsh: /^SSH-2\.0-OpenSSH_/u.test(clientIdent.toString('latin1')),
      launch: (program: Parameters<typeof launch>[1]) => launch(visit, program),
      forward: (kind: 'direct-tcpip' | 'tcpip-forward' | 'x11' | 'agent' | 'port', target: string) =>
        session.emit(events.forwardAttempt, { kind, target: Buffer.from(target, 'latin1') }),
      prove: (blobs: readonly Buffer[]) => proveHostKeys(side.keys, transport.sessionId, blobs),
    }
    this.#layer = new ConnectionLayer(policy, transport)
    transport.send(hostKeysMessage(MSG.GLOBAL_REQUEST, side.keys))
  }

  #failed(error: unknown): void {
    this.#fault = error
    this.#finish()
  }

  /** Once, whoever ends it: programs hear it, evidence is finished, then the kernel may close. */
  #finish(): void {
    if (this.#over) return
    this.#over = true
    if (this.#grace) clearTimeout(this.#grace)
    if (this.#delay) clearTimeout(this.#delay)
    this.#socket.off('data', this.#identify)
    this.#hello({})
    this.#auth?.stop()
    this.#layer?.hangup()
    void this.#settle()
  }

  async #settle(): Promise<void> {
    if (this.#visit) await settle(this.#visit)
    this.#done(this.#fault)
  }
}

import { createHash } from 'node:crypto'
import { MSG, WireReader, WireWriter } from './wire.ts'

/** One credential as it was tried, in the client's exact bytes. */
export interface Attempt {
  readonly user: Buffer
  readonly method: 'password' | 'keyboard-interactive' | 'publickey' | 'none'
  /** Password, or the blob of the key that was offered. */
  readonly secret: Buffer
  readonly keyAlgorithm?: string
  readonly keyFingerprint?: string
  readonly success: boolean
}

export interface AuthPolicy {
  readonly password: boolean
  readonly keyboardInteractive: boolean
  readonly maxTries: number
  /** Whether this user may come in with this password. */
  allows(user: Buffer, password: Buffer): boolean
  /** Whether this user may come in with this key, should it sign. */
  allowsKey(user: Buffer, algorithm: string, key: Buffer): boolean
  /** Whether the key made this signature over the session and `data`. */
  signed(algorithm: string, key: Buffer, data: Buffer, signature: Buffer): boolean
  /** The host key that this connection was made with: what a host-bound request must name. */
  isHostKey(key: Buffer): boolean
  report(attempt: Attempt): void
  /** Waits as the daemon does before it says no. */
  pause(reason: 'password' | 'other', user: Buffer): Promise<void>
}
export interface AuthOutput {
  send(payload: Uint8Array): void
  succeed(): void
  disconnect(reason: number, text: string): void
  /** Something of ours broke. */
  failed(error: unknown): void
}

/** Requests that a client may send ahead of our answers; sshd leaves more in the socket. */
const AHEAD = 64
const PROTOCOL_ERROR = 2
const HOST_BOUND = 'publickey-hostbound-v00@openssh.com'

/** OpenSSH's fingerprint of a public key: `SHA256:` and base64 without padding. */
export const fingerprintOf = (blob: Uint8Array): string =>
  `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/u, '')}`

/** The server's half of RFC 4252 and 4256 as sshd with PAM plays it. Messages are answered one after the other. */
export class UserAuth {
  readonly #policy: AuthPolicy
  readonly #out: AuthOutput
  readonly #done: (user: Buffer) => void
  readonly #queue: Buffer[] = []
  #busy = false
  #over = false
  #user: Buffer | null = null
  /** An acceptable key that its owner has not yet signed with. */
  #offered: Attempt | null = null
  #requests = 0
  #failures = 0
  /** `prompt`: the password was asked for; `confirm`: it was right, PAM's empty last question is out. */
  #dialogue: 'none' | 'prompt' | 'confirm' = 'none'

  constructor(policy: AuthPolicy, out: AuthOutput, done: (user: Buffer) => void) {
    this.#policy = policy
    this.#out = out
    this.#done = done
  }

  /** Takes USERAUTH_REQUEST and USERAUTH_INFO_RESPONSE. */
  message(payload: Buffer): void {
    if (this.#over || this.#queue.length >= AHEAD) return
    this.#queue.push(Buffer.from(payload))
    if (!this.#busy) this.#work().catch(this.#out.failed)
  }

  async #work(): Promise<void> {
    this.#busy = true
    for (let payload = this.#queue.shift(); payload && !this.#over; payload = this.#queue.shift()) {
      try {
        if (payload[0] === MSG.USERAUTH_REQUEST) await this.#request(payload)
        else await this.#response(new WireReader(payload, 1))
      } catch (error) {
        if (!(error instanceof RangeError)) throw error
        this.#disconnect('Malformed packet')
      }
    }
    this.#busy = false
  }

  async #request(payload: Buffer): Promise<void> {
    const reader = new WireReader(payload, 1)
    const user = reader.string()
    const service = reader.ascii()
    const method = reader.ascii()
    this.#dialogue = 'none'
    this.#requests++
    if (this.#user === null) this.#user = user
    if (!this.#user.equals(user) || service !== 'ssh-connection') {
      this.#disconnect('Change of username or service not allowed')
      return
    }
    if (method !== 'publickey' && method !== HOST_BOUND) this.#reportOffered()
    if (method === 'password' && this.#policy.password) {
      const change = reader.boolean()
      const secret = reader.string()
      // sshd does not know how to change passwords and refuses.
      const success = !change && this.#policy.allows(user, secret)
      this.#policy.report({ user, method, secret, success })
      await this.#decide(success, 'password')
    } else if (method === 'keyboard-interactive' && this.#policy.keyboardInteractive) {
      this.#dialogue = 'prompt'
      this.#ask(['Password: '])
    } else if (method === 'publickey' || method === HOST_BOUND) {
      await this.#key(user, method, payload, reader)
    } else if (method === 'none') {
      this.#fail(this.#requests > 1)
    } else await this.#decide(false, 'other')
  }

  /** RFC 4252 §7: first asked whether it would do, then signed with. OpenSSH's host-bound kind also names the server's key (PROTOCOL §3). */
  async #key(user: Buffer, method: string, payload: Buffer, reader: WireReader): Promise<void> {
    const signs = reader.boolean()
    const keyAlgorithm = reader.ascii()
    const secret = reader.string()
    const bound = method !== HOST_BOUND || this.#policy.isHostKey(reader.string())
    const attempt = { user, method: 'publickey', secret, keyAlgorithm, keyFingerprint: fingerprintOf(secret) } as const
    const allowed = bound && this.#policy.allowsKey(user, keyAlgorithm, secret)
    if (signs && this.#offered?.secret.equals(secret)) this.#offered = null
    this.#reportOffered()
    if (allowed && !signs) {
      this.#offered = { ...attempt, success: false }
      this.#out.send(new WireWriter(MSG.USERAUTH_PK_OK).string(Buffer.from(keyAlgorithm, 'latin1')).string(secret).done())
      return
    }
    const data = payload.subarray(0, payload.length - reader.left)
    const success = allowed && this.#policy.signed(keyAlgorithm, secret, data, reader.string())
    this.#policy.report({ ...attempt, success })
    await this.#decide(success, 'other')
  }

  /** A key that was found good, and was not signed with. */
  #reportOffered(): void {
    if (this.#offered) this.#policy.report(this.#offered)
    this.#offered = null
  }

  async #response(reader: WireReader): Promise<void> {
    const stage = this.#dialogue
    const user = this.#user
    this.#dialogue = 'none'
    if (stage === 'none' || user === null) return
    const answers = Array.from({ length: Math.min(reader.uint32(), 16) }, () => reader.string())
    if (stage === 'confirm') {
      this.#succeed()
      return
    }
    const [secret] = answers
    if (answers.length !== 1 || secret === undefined) {
      await this.#decide(false, 'other')
      return
    }
    const success = this.#policy.allows(user, secret)
    this.#policy.report({ user, method: 'keyboard-interactive', secret, success })
    if (!success) await this.#decide(false, 'password')
    else {
      this.#dialogue = 'confirm'
      this.#ask([])
    }
  }

  async #decide(success: boolean, pause: 'password' | 'other'): Promise<void> {
    if (success) {
      this.#succeed()
      return
    }
    await this.#policy.pause(pause, this.#user ?? Buffer.alloc(0))
    this.#fail(true)
  }

  #fail(counts: boolean): void {
    if (this.#over) return
    if (counts) this.#failures++
    if (this.#failures >= this.#policy.maxTries) {
      this.#disconnect('Too many authentication failures')
      return
    }
    const methods = ['publickey']
    if (this.#policy.password) methods.push('password')
    if (this.#policy.keyboardInteractive) methods.push('keyboard-interactive')
    this.#out.send(new WireWriter(MSG.USERAUTH_FAILURE).string(methods.join(',')).boolean(false).done())
  }

  #ask(prompts: readonly string[]): void {
    const writer = new WireWriter(MSG.USERAUTH_INFO_REQUEST).string('').string('').string('').uint32(prompts.length)
    for (const prompt of prompts) writer.string(prompt).boolean(false)
    this.#out.send(writer.done())
  }

  #succeed(): void {
    this.#over = true
    this.#out.succeed()
    this.#done(this.#user ?? Buffer.alloc(0))
  }

  #disconnect(text: string): void {
    this.#over = true
    this.#out.disconnect(PROTOCOL_ERROR, text)
  }

  /** The connection is gone: nothing more is answered. */
  stop(): void {
    this.#reportOffered()
    this.#over = true
    this.#queue.length = 0
  }
}

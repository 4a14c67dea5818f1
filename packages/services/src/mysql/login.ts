import { events } from '@decnet/contracts/events'
import type { Connection } from './connection.ts'
import type { Account } from './engine/accounts.ts'
import type { Server } from './engine/server.ts'
import type { MysqlSession } from './events.ts'
import { fullAuthentication, type PasswordKeys, sampleOf, withoutEnd } from './full-authentication.ts'
import { authSwitch } from './handshake.ts'
import { proves } from './proofs.ts'

/** Who tries to log in, with what. */
export interface Attempt {
  readonly user: string
  readonly proof: Buffer
  /** Of the proof; what the client names. */
  readonly plugin: string
}
export interface LoginContext {
  readonly connection: Connection
  readonly server: Server
  readonly session: MysqlSession
  readonly keys: PasswordKeys
  readonly signal: AbortSignal
  readonly timeoutMs: number
}
export type LoginResult = { readonly account: Account } | 'denied' | 'too-old' | 'gone'

const FAST_SUCCESS = Buffer.from([1, 3])
/** Of a scramble of caching_sha2_password; MySQL looks at no other. */
const SHA2_LENGTH = 32

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1')

/** An account without a host that fits is nobody's; ours fit every host. */
const accountNamed = (server: Server, user: string): Account | undefined =>
  server.accounts.find(({ name, host }) => name === user && host !== 'localhost')

/** What a client gave to be believed: bytes, and the plug-in that made them. */
interface Proof {
  readonly kind: string
  readonly bytes: Buffer
}

const explains = (password: Buffer, { kind, bytes }: Proof, salt: Buffer): boolean => {
  const text = password.toString('latin1')
  if (kind === 'mysql_clear_password') return withoutEnd(bytes).equals(password)
  return (kind === 'mysql_native_password' || kind === 'caching_sha2_password') && proves(kind, text, salt, bytes)
}

/**
 * Checks a login by the plug-in that the server wants. However many packets it takes, it is one `auth_attempt`, with the best that was learnt: the
 * password in clear, else the last scramble. Proofs that the password does not explain are kept as samples of `protocol_error`.
 */
export async function logIn(context: LoginContext, attempt: Attempt, salt: Buffer): Promise<LoginResult> {
  const { connection, server, session } = context
  const wanted = server.product.plugin
  const account = accountNamed(server, attempt.user)
  const proofs: Proof[] = []
  const give = (kind: string, proof: Buffer): void => {
    if (proof.length > 0) proofs.push({ kind: kind.slice(0, 32), bytes: proof })
  }
  const record = (outcome: 'success' | 'failure', password: Buffer | null, secretless = false): void => {
    const shown = proofs.find(({ kind }) => kind === 'mysql_clear_password')
    const clear = password ?? (shown ? withoutEnd(shown.bytes) : null)
    const last = proofs.at(-1)
    const principal = bytes(attempt.user)
    if (last === undefined)
      session.emit(events.authAttempt, { principal, ...(!secretless && { secret: Buffer.alloc(0) }), outcome, method: wanted })
    else if (clear === null) {
      const challenge = salt.toString('hex')
      session.emit(events.authAttempt, { principal, secret: last.bytes, secret_kind: last.kind, outcome, method: last.kind, challenge })
    } else {
      session.emit(events.authAttempt, {
        principal,
        secret: clear,
        secret_kind: 'plaintext',
        outcome,
        method: password ? wanted : 'mysql_clear_password',
      })
      for (const proof of proofs.filter((each) => !explains(clear, each, salt)))
        session.emit(events.protocolError, { detail: `${proof.kind} of another password`, ...sampleOf(proof.bytes) })
    }
  }

  const kind = attempt.plugin === '' ? wanted : attempt.plugin
  let { proof } = attempt
  give(kind, proof)
  if (kind === 'mysql_old_password') {
    record('failure', null)
    return proof.length === 0 ? 'denied' : 'too-old'
  }
  if (kind !== wanted) {
    const sent = await connection.send(authSwitch(wanted, salt))
    connection.expectAnswer()
    const packet = sent ? await connection.packet(context.timeoutMs) : null
    if (packet === null) {
      // It will not switch: what it sent at first is all there is, be it a name alone.
      record('failure', null, true)
      return 'gone'
    }
    proof = packet.payload.length === 1 && packet.payload[0] === 0 ? Buffer.alloc(0) : Buffer.from(packet.payload)
    give(wanted, proof)
  }

  const known = account?.password ?? null
  if (account && known !== null && proves(wanted, known, salt, proof)) {
    record('success', bytes(known))
    if (wanted === 'mysql_native_password' || proof.length === 0) return { account }
    return (await connection.send(FAST_SUCCESS)) ? { account } : 'gone'
  }
  if (wanted === 'mysql_native_password' || proof.length !== SHA2_LENGTH) {
    record('failure', null)
    return 'denied'
  }
  const full = await fullAuthentication(context, salt)
  if (full === null || 'unread' in full) {
    record('failure', null)
    if (full === null) return 'gone'
    session.emit(events.protocolError, { detail: 'neither a password nor a request for the key', ...sampleOf(full.unread) })
    return 'denied'
  }
  if ('clear' in full) {
    record('failure', full.clear)
    return 'denied'
  }
  const [given] = full.sealed.toString('latin1').split('\0', 1)
  const right = account !== undefined && known !== null && given !== '' && given === known
  record(right ? 'success' : 'failure', full.sealed)
  return right ? { account } : 'denied'
}

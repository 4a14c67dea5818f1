import { constants, generateKeyPairSync, type KeyObject, privateDecrypt } from 'node:crypto'
import { events } from '@decnet/contracts/events'
import type { Connection } from './connection.ts'
import type { Account } from './engine/accounts.ts'
import type { Server } from './engine/server.ts'
import type { MysqlSession } from './events.ts'
import { uint } from './fields.ts'
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
  readonly keys: () => { readonly privateKey: KeyObject; readonly publicKey: KeyObject }
  readonly signal: AbortSignal
  readonly timeoutMs: number
}
export type LoginResult = { readonly account: Account } | 'denied' | 'too-old' | 'gone'

/** The pair with which MySQL takes passwords in full; made when a client first asks for it. */
export function passwordKeys(): LoginContext['keys'] {
  let made: ReturnType<LoginContext['keys']> | undefined
  return () => {
    made ??= generateKeyPairSync('rsa', { modulusLength: 2048 })
    return made
  }
}

const FULL_AUTHENTICATION = Buffer.from([1, 4])
const FAST_SUCCESS = Buffer.from([1, 3])
const PUBLIC_KEY_REQUEST = 2

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1')

/** An account without a host that fits is nobody's; ours fit every host. */
const accountNamed = (server: Server, user: string): Account | undefined =>
  server.accounts.find(({ name, host }) => name === user && host !== 'localhost')

/** Checks a login by the plug-in that the server wants, and records it once with everything that was learnt. */
export async function logIn(context: LoginContext, attempt: Attempt, salt: Buffer): Promise<LoginResult> {
  const { connection, server, session } = context
  const wanted = server.product.plugin
  const account = accountNamed(server, attempt.user)
  let { proof } = attempt
  let kind: string = attempt.plugin === '' ? wanted : attempt.plugin
  const record = (outcome: 'success' | 'failure', secret: Buffer, secretKind: string, challenge: Buffer | null): void =>
    session.emit(events.authAttempt, {
      principal: bytes(attempt.user),
      secret,
      secret_kind: secretKind,
      outcome,
      method: secretKind === 'plaintext' ? kind : secretKind,
      ...(challenge && { challenge: challenge.toString('hex') }),
    })
  const learnt = (outcome: 'success' | 'failure', password: string | null = null): void => {
    // One attempt is one record: a scramble that fits proves the password, which in clear can be found again elsewhere.
    if (password !== null && proof.length > 0) record(outcome, bytes(password), 'plaintext', null)
    else if (proof.length > 0) record(outcome, proof, kind.slice(0, 32), salt)
    else record(outcome, Buffer.alloc(0), 'plaintext', null)
  }
  if (kind === 'mysql_old_password') {
    learnt('failure')
    return proof.length === 0 ? 'denied' : 'too-old'
  }
  if (kind !== wanted) {
    const first = { proof, kind }
    if (!(await connection.send(authSwitch(wanted, salt)))) return 'gone'
    connection.expectAnswer()
    const packet = await connection.packet(context.timeoutMs)
    if (packet === null) {
      // It will not switch: what it sent at first is all there is.
      if (first.proof.length > 0) learnt('failure')
      return 'gone'
    }
    proof = Buffer.from(packet.payload.at(-1) === 0 && packet.payload.length === 1 ? Buffer.alloc(0) : packet.payload)
    kind = wanted
  }
  const known = account?.password ?? null
  const matches = known !== null && proves(wanted, known, salt, proof)
  if (wanted === 'mysql_native_password' || (matches && proof.length === 0)) {
    learnt(matches ? 'success' : 'failure', matches ? known : null)
    return matches && account ? { account } : 'denied'
  }
  if (matches && account) {
    learnt('success', known)
    return (await connection.send(FAST_SUCCESS)) ? { account } : 'gone'
  }
  learnt('failure')
  if (proof.length === 0) return 'denied'
  const password = await fullAuthentication(context, salt)
  if (password === null) return 'gone'
  if (password === 'unreadable') return 'denied'
  const right = account !== undefined && known !== null && known === password
  record(right ? 'success' : 'failure', bytes(password), 'plaintext', null)
  return right ? { account } : 'denied'
}

/** caching_sha2_password when the fast way fails: without TLS the client encrypts its password with the server's key, if it asks for it. */
async function fullAuthentication({ connection, keys, timeoutMs }: LoginContext, salt: Buffer): Promise<string | 'unreadable' | null> {
  if (!(await connection.send(FULL_AUTHENTICATION))) return null
  connection.expectAnswer()
  const request = await connection.packet(timeoutMs)
  if (request === null) return null
  if (request.payload.length !== 1 || request.payload[0] !== PUBLIC_KEY_REQUEST) return 'unreadable'
  const { privateKey, publicKey } = keys()
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
  if (!(await connection.send(Buffer.concat([uint(1, 1), bytes(pem)])))) return null
  connection.expectAnswer()
  const answer = await connection.packet(timeoutMs)
  if (answer === null) return null
  try {
    const masked = privateDecrypt({ key: privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING }, answer.payload)
    const clear = Buffer.from(masked.map((byte, index) => byte ^ (salt[index % salt.length] ?? 0)))
    return (clear.at(-1) === 0 ? clear.subarray(0, -1) : clear).toString('latin1')
  } catch {
    return 'unreadable'
  }
}

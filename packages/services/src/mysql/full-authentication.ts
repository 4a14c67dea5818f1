import { constants, createHash, generateKeyPairSync, type KeyObject, privateDecrypt } from 'node:crypto'
import type { Connection } from './connection.ts'
import { uint } from './fields.ts'

/** The pair with which MySQL takes passwords in full. */
export type PasswordKeys = () => { readonly privateKey: KeyObject; readonly publicKey: KeyObject }

const MODULUS_BITS = 2048

/** Made when a client first needs it. */
export function passwordKeys(): PasswordKeys {
  let made: ReturnType<PasswordKeys> | undefined
  return () => {
    made ??= generateKeyPairSync('rsa', { modulusLength: MODULUS_BITS })
    return made
  }
}

const FULL_AUTHENTICATION = Buffer.from([1, 4])
const PUBLIC_KEY_REQUEST = 2

/**
 * What a client gave when its whole password was due, exact and without the NUL that ends it: `sealed` with the server's key, or `clear`, which
 * MySQL refuses on a connection without TLS even when it is right. `unread`: a packet that is neither.
 */
export type FullPassword = { readonly sealed: Buffer } | { readonly clear: Buffer } | { readonly unread: Buffer }

interface Asking {
  readonly connection: Connection
  readonly keys: PasswordKeys
  readonly timeoutMs: number
}

/**
 * caching_sha2_password when the fast way fails. Without TLS a client asks for the server's key, or knows it already; the MariaDB client that
 * would have liked TLS sends its password in clear. Null when the client left.
 */
export async function fullAuthentication({ connection, keys, timeoutMs }: Asking, salt: Buffer): Promise<FullPassword | null> {
  const ask = async (question: Uint8Array): Promise<Buffer | null> => {
    if (!(await connection.send(question))) return null
    connection.expectAnswer()
    return (await connection.packet(timeoutMs))?.payload ?? null
  }
  let answer = await ask(FULL_AUTHENTICATION)
  if (answer?.length === 1 && answer[0] === PUBLIC_KEY_REQUEST) {
    const pem = keys().publicKey.export({ type: 'spki', format: 'pem' }).toString()
    answer = await ask(Buffer.concat([uint(1, 1), Buffer.from(pem, 'latin1')]))
  }
  if (answer === null) return null
  const sealed = answer.length === MODULUS_BITS / 8 ? unsealed(keys().privateKey, answer, salt) : null
  if (sealed !== null) return { sealed: withoutEnd(sealed) }
  return answer.length > 1 && answer.at(-1) === 0 ? { clear: withoutEnd(answer) } : { unread: answer }
}

/** A terminated text without its last NUL. */
export const withoutEnd = (text: Buffer): Buffer => Buffer.from(text.at(-1) === 0 ? text.subarray(0, -1) : text)

function unsealed(key: KeyObject, cipher: Buffer, salt: Buffer): Buffer | null {
  try {
    const masked = privateDecrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING }, cipher)
    return Buffer.from(masked.map((byte, index) => byte ^ (salt[index % salt.length] ?? 0)))
  } catch {
    return null
  }
}

const SAMPLE_LIMIT = 4096

/** Bytes that came whole, as fields of `protocol_error`: their beginning, and number and hash where there is more. */
export const sampleOf = (
  bytes: Buffer,
): { readonly sample: Buffer; readonly sample_truncated?: number; readonly sample_sha256?: string } =>
  bytes.length <= SAMPLE_LIMIT
    ? { sample: bytes }
    : {
        sample: Buffer.from(bytes.subarray(0, SAMPLE_LIMIT)),
        sample_truncated: bytes.length,
        sample_sha256: createHash('sha256').update(bytes).digest('hex'),
      }

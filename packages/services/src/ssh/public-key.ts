import { createPublicKey, type JsonWebKeyInput, type KeyObject, verify } from 'node:crypto'
import { WireReader } from './wire.ts'

/** PubkeyAcceptedAlgorithms' signature names by key type, as OpenSSH 8.8 and later has them (no SHA-1), and their hash. */
const ALGORITHMS: Readonly<Record<string, readonly [type: string, hash: string | null]>> = {
  'ssh-ed25519': ['ssh-ed25519', null],
  'rsa-sha2-256': ['ssh-rsa', 'sha256'],
  'rsa-sha2-512': ['ssh-rsa', 'sha512'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256', 'sha256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384', 'sha384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521', 'sha512'],
}
const CURVES: Readonly<Record<string, readonly [curve: string, size: number]>> = {
  nistp256: ['P-256', 32],
  nistp384: ['P-384', 48],
  nistp521: ['P-521', 66],
}
/** RSA keys outside of these bits are refused (RequiredRSASize; OpenSSL's own bound). */
const RSA_BITS = { least: 1024, most: 16_384 }

const number = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')
const unsigned = (mpint: Buffer): Buffer => (mpint[0] === 0 ? mpint.subarray(1) : mpint)

/** Whether a signature algorithm is accepted for the key of this blob. */
export function accepts(algorithm: string, blob: Buffer): boolean {
  const [type] = Object.hasOwn(ALGORITHMS, algorithm) ? (ALGORITHMS[algorithm] ?? []) : []
  return type !== undefined && blob.subarray(4, 4 + type.length).toString('latin1') === type && blob.readUInt32BE(0) === type.length
}

/** Checks a signature of RFC 4253 §6.6, RFC 5656 §3.1.2, RFC 8332 or RFC 8709. Keys and signatures that are malformed verify nothing. */
export function verifies(algorithm: string, blob: Buffer, data: Uint8Array, signature: Buffer): boolean {
  const hash = ALGORITHMS[algorithm]?.[1]
  if (hash === undefined || !accepts(algorithm, blob)) return false
  try {
    const reader = new WireReader(signature)
    if (reader.ascii() !== algorithm) return false
    const body = reader.string()
    const { key, size } = read(blob)
    return verify(hash, data, size === 0 ? key : { key, dsaEncoding: 'ieee-p1363' }, size === 0 ? body : joined(body, size))
  } catch (error) {
    if (error instanceof RangeError || (error instanceof Error && 'code' in error)) return false // malformed, as OpenSSL found
    throw error
  }
}

/** `size`: bytes of each number in an ECDSA signature, else 0. */
function read(blob: Buffer): { readonly key: KeyObject; readonly size: number } {
  const reader = new WireReader(blob)
  const type = reader.ascii()
  const jwk = (key: JsonWebKeyInput['key']): KeyObject => createPublicKey({ key, format: 'jwk' })
  if (type === 'ssh-ed25519') return { key: jwk({ kty: 'OKP', crv: 'Ed25519', x: number(reader.string()) }), size: 0 }
  if (type === 'ssh-rsa') {
    const [e, n] = [unsigned(reader.string()), unsigned(reader.string())]
    if (n.length * 8 < RSA_BITS.least || n.length * 8 > RSA_BITS.most || e.length > 8) throw new RangeError('size of the key')
    return { key: jwk({ kty: 'RSA', e: number(e), n: number(n) }), size: 0 }
  }
  const [curve = '', size = 0] = CURVES[reader.ascii()] ?? []
  const point = reader.string()
  if (point[0] !== 4 || point.length !== 1 + 2 * size) throw new RangeError('not a point of the curve')
  return { key: jwk({ kty: 'EC', crv: curve, x: number(point.subarray(1, 1 + size)), y: number(point.subarray(1 + size)) }), size }
}

/** The two integers of an ECDSA signature at their full width. */
function joined(body: Buffer, size: number): Buffer {
  const reader = new WireReader(body)
  const whole = Buffer.alloc(2 * size)
  for (const end of [size, 2 * size]) {
    const value = unsigned(reader.string())
    if (value.length > size) throw new RangeError('number is too long')
    value.copy(whole, end - value.length)
  }
  return whole
}

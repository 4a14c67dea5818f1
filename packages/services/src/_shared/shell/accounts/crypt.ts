import { createHash } from 'node:crypto'

const DIGITS = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
/** libxcrypt takes no longer ones. */
const LONGEST = 512
/** More would hold the sensor up: a hash that asks for them opens nothing. */
const MOST_ROUNDS = 10_000
const USUAL_ROUNDS = 5000

/** crypt(3)'s base 64: bytes in the order given, the first one highest, `count` digits from the lowest on. */
function digits(bytes: readonly (number | undefined)[], count: number): string {
  let value = bytes.reduce<number>((sum, byte) => (sum << 8) | (byte ?? 0), 0)
  let text = ''
  for (let i = 0; i < count; i++, value >>= 6) text += DIGITS[value & 63]
  return text
}
const repeated = (bytes: Uint8Array, length: number): Buffer => {
  const whole = Buffer.alloc(length)
  for (let at = 0; at < length; at += bytes.length) whole.set(bytes.subarray(0, length - at), at)
  return whole
}
const hashed = (algorithm: string, ...parts: readonly Uint8Array[]): Buffer => {
  const hash = createHash(algorithm)
  for (const part of parts) hash.update(part)
  return hash.digest()
}
/** What a round takes in, the same in both schemes. */
const round = (i: number, last: Buffer, password: Buffer, salt: Buffer): Buffer[] => [
  i % 2 ? password : last,
  ...(i % 3 ? [salt] : []),
  ...(i % 7 ? [password] : []),
  i % 2 ? last : password,
]

/** Poul-Henning Kamp's MD5 scheme of FreeBSD 2.0. */
function md5Crypt(password: Buffer, salt: Buffer): string {
  const parts = [password, Buffer.from('$1$'), salt, repeated(hashed('md5', password, salt, password), password.length)]
  for (let length = password.length; length > 0; length >>= 1) parts.push(length & 1 ? Buffer.alloc(1) : password.subarray(0, 1))
  let f = hashed('md5', ...parts)
  for (let i = 0; i < 1000; i++) f = hashed('md5', ...round(i, f, password, salt))
  let text = ''
  for (let i = 0; i < 5; i++) text += digits([f[i], f[i + 6], f[i === 4 ? 5 : i + 12]], 4)
  return text + digits([f[11]], 2)
}

/** Ulrich Drepper's "Unix crypt using SHA-256 and SHA-512", version 0.6. */
function shaCrypt(algorithm: 'sha256' | 'sha512', password: Buffer, salt: Buffer, rounds: number): string {
  const b = hashed(algorithm, password, salt, password)
  const parts = [password, salt, repeated(b, password.length)]
  for (let length = password.length; length > 0; length >>= 1) parts.push(length & 1 ? b : password)
  let a = hashed(algorithm, ...parts)
  const p = repeated(hashed(algorithm, ...Array.from({ length: password.length }, () => password)), password.length)
  const s = repeated(hashed(algorithm, ...Array.from({ length: 16 + (a[0] ?? 0) }, () => salt)), salt.length)
  for (let i = 0; i < rounds; i++) a = hashed(algorithm, ...round(i, a, p, s))
  const third = Math.floor(a.length / 3)
  let at: [number, number, number] = [0, third, third * 2]
  let text = ''
  for (let i = 0; i < third; i++) {
    text += digits([a[at[0]], a[at[1]], a[at[2]]], 4)
    const [x, y, z] = at
    at = algorithm === 'sha512' ? [y + 1, z + 1, x + 1] : [z + 1, x + 1, y + 1]
  }
  return text + (algorithm === 'sha512' ? digits([a[63]], 2) : digits([a[31], a[30]], 3))
}

/** crypt(3) of a setting, `$6$salt` or a whole hash; null for schemes that are not known here and for what takes too long. */
export function crypt(password: Uint8Array, setting: string): string | null {
  const found = /^\$([156])\$(?:rounds=(\d{1,9})\$)?([^$:\n]*)/.exec(setting)
  if (found === null || password.length > LONGEST) return null
  const [, method, asked, given = ''] = found
  const secret = Buffer.from(password)
  if (method === '1') {
    if (asked !== undefined) return null
    const salt = given.slice(0, 8)
    return `$1$${salt}$${md5Crypt(secret, Buffer.from(salt, 'latin1'))}`
  }
  const rounds = asked === undefined ? USUAL_ROUNDS : Math.max(1000, Number(asked))
  if (rounds > MOST_ROUNDS) return null
  const salt = given.slice(0, 16)
  const head = `$${method}$${asked === undefined ? '' : `rounds=${rounds}$`}${salt}$`
  return head + shaCrypt(method === '5' ? 'sha256' : 'sha512', secret, Buffer.from(salt, 'latin1'), rounds)
}

/** Seeded bytes as digits of a hash or a salt. */
export const cryptDigits = (bytes: Uint8Array): string => [...bytes].map((byte) => DIGITS[byte % 64]).join('')

import { checkPrime, checkPrimeSync, type JsonWebKey } from 'node:crypto'
import { promisify } from 'node:util'
import type { Seeded } from './seeded.ts'

const EXPONENT = 65_537n
const PRIME_BYTES = 192
const SIEVE_LIMIT = 30_000
const WINDOW = 16_384

function smallPrimes(limit: number): number[] {
  const composite = new Uint8Array(limit)
  const primes: number[] = []
  for (let n = 3; n < limit; n += 2) {
    if (composite[n]) continue
    primes.push(n)
    for (let m = n * n; m < limit; m += 2 * n) composite[m] = 1
  }
  return primes
}

const toBigInt = (bytes: Buffer): bigint => BigInt(`0x${bytes.toString('hex')}`)

/** Odd numbers at or above a seeded one whose two top bits are set, so that two of them make 3072 bits, without those that small primes divide. */
function* candidates(seed: Seeded, what: string): Generator<bigint, never> {
  const primes = smallPrimes(SIEVE_LIMIT)
  for (let attempt = 0; ; attempt += 1) {
    const bytes = seed.bytes(`${what}/${attempt}`, PRIME_BYTES)
    bytes.writeUInt8(bytes.readUInt8(0) | 0xc0, 0)
    bytes.writeUInt8(bytes.readUInt8(PRIME_BYTES - 1) | 1, PRIME_BYTES - 1)
    const start = toBigInt(bytes)
    const divisible = new Uint8Array(WINDOW)
    for (const p of primes) {
      // start + 2k ≡ 0 (mod p) for k = -start / 2
      const rest = Number(start % BigInt(p))
      const first = rest === 0 ? 0 : ((p - rest) * ((p + 1) / 2)) % p
      for (let k = first; k < WINDOW; k += p) divisible[k] = 1
    }
    for (let k = 0; k < WINDOW; k += 1) {
      const candidate = start + 2n * BigInt(k)
      if (!divisible[k] && candidate % EXPONENT !== 1n) yield candidate
    }
  }
}

/** OpenSSL makes 64 rounds of Miller-Rabin of a number of this size, whatever is asked. */
const isPrime = promisify(checkPrime)

function prime(seed: Seeded, what: string): bigint {
  const all = candidates(seed, what)
  for (let one = all.next().value; ; one = all.next().value) if (checkPrimeSync(one)) return one
}

async function primeSoon(seed: Seeded, what: string): Promise<bigint> {
  const all = candidates(seed, what)
  for (let one = all.next().value; ; one = all.next().value) if (await isPrime(one)) return one
}

function inverse(value: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [value % modulus, modulus, 1n, 0n]
  while (b > 0n) {
    const quotient = a / b
    ;[a, b] = [b, a - quotient * b]
    ;[x, y] = [y, x - quotient * y]
  }
  return ((x % modulus) + modulus) % modulus
}

const base64url = (value: bigint): string => {
  const hex = value.toString(16)
  return Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex').toString('base64url')
}

function jwkOf(first: bigint, second: bigint): JsonWebKey {
  const [p, q] = first > second ? [first, second] : [second, first]
  const d = inverse(EXPONENT, (p - 1n) * (q - 1n))
  return {
    kty: 'RSA',
    n: base64url(p * q),
    e: base64url(EXPONENT),
    d: base64url(d),
    p: base64url(p),
    q: base64url(q),
    dp: base64url(d % (p - 1n)),
    dq: base64url(d % (q - 1n)),
    qi: base64url(inverse(q, p)),
  }
}

const [P, Q] = ['host-key/rsa/p', 'host-key/rsa/q'] as const

/** An RSA 3072 key by deterministic prime search; weak against whoever knows the seed, as a decoy's may be. */
export const rsaJwk = (seed: Seeded): JsonWebKey => jwkOf(prime(seed, P), prime(seed, Q))

/** The same key, searched for beside this thread. */
export async function rsaJwkSoon(seed: Seeded): Promise<JsonWebKey> {
  const [first, second] = await Promise.all([primeSoon(seed, P), primeSoon(seed, Q)])
  return jwkOf(first, second)
}

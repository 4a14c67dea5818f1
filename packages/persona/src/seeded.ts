import { createHash } from 'node:crypto'

/** Choices that follow from a seed and a name alone. */
export interface Seeded {
  readonly bytes: (what: string, length: number) => Buffer
  /** Uniform whole number, both ends included; the range may be up to 2^48 wide. */
  readonly integer: (what: string, low: number, high: number) => number
  readonly pick: <T>(what: string, from: readonly T[]) => T
  readonly hex: (what: string, digits: number) => string
  /** A new array in seeded order (Fisher–Yates). */
  readonly shuffle: <T>(what: string, from: readonly T[]) => T[]
}

const SPAN = 2 ** 48

/** SHA-256 in counter mode: block i of `what` is SHA-256(length of seed, seed, `what`, i). */
export function seeded(seed: string): Seeded {
  const block = (what: string, index: number): Buffer => createHash('sha256').update(`${seed.length}:${seed}\0${what}\0${index}`).digest()

  function bytes(what: string, length: number): Buffer {
    const blocks: Buffer[] = []
    for (let index = 0; index * 32 < length; index += 1) blocks.push(block(what, index))
    return Buffer.concat(blocks).subarray(0, length)
  }

  function integer(what: string, low: number, high: number): number {
    const range = high - low + 1
    if (!(Number.isSafeInteger(low) && Number.isSafeInteger(high) && range >= 1 && range <= SPAN))
      throw new RangeError(`no such range: ${low}..${high}`)
    const fair = SPAN - (SPAN % range)
    for (let index = 0; ; index += 1) {
      const value = block(what, index).readUIntBE(0, 6)
      if (value < fair) return low + (value % range)
    }
  }

  function pick<T>(what: string, from: readonly T[]): T {
    if (from.length === 0) throw new RangeError(`nothing to pick ${what} from`)
    return from[integer(what, 0, from.length - 1)] as T
  }

  function shuffle<T>(what: string, from: readonly T[]): T[] {
    const left = [...from]
    const out: T[] = []
    while (left.length > 0) out.push(...left.splice(integer(`${what}/${left.length}`, 0, left.length - 1), 1))
    return out
  }

  const hex = (what: string, digits: number): string =>
    bytes(what, Math.ceil(digits / 2))
      .toString('hex')
      .slice(0, digits)

  return { bytes, integer, pick, hex, shuffle }
}

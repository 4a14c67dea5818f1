import { createHash, type Hash } from 'node:crypto'
import type { Wire } from '../wire/wire.ts'

/** A line without its terminator, or why there is none. `long`: it passed the limit. */
export type Line = Buffer | 'long' | 'end' | 'timeout'

/** What is kept of a line that passed the limit. */
export interface LongLine {
  readonly beginning: Buffer
  /** Bytes without the terminator, as far as they came. */
  readonly length: number
  readonly sha256: string
}

/**
 * What becomes of a line that passes the limit. `skip`: `long` at once, its rest is nothing. `cut`: at its end, its first `limit` bytes.
 * `pieces`: `long` for each `limit` bytes, its rest is a line. `all-pieces`: as `pieces`, its rest is `long` too.
 */
export type LongLines = 'skip' | 'cut' | 'pieces' | 'all-pieces'

export interface LineReader {
  next(timeoutMs?: number): Promise<Line>
  /** Takes what was read ahead, for a protocol that stops speaking in lines. */
  rest(): Buffer
  /** Reads on until the end of a long line, for its length, at most so long and so much; then tells it. */
  finish(timeoutMs: number, bytes: number): Promise<void>
}

export interface LineOptions {
  readonly terminator: '\n' | '\r\n'
  /** Bytes of a line with its terminator. */
  readonly limit: number
  /** `skip` when absent. */
  readonly long?: LongLines
  /** Told once for each long line, when its end has come or will not come. */
  readonly onLong?: (line: LongLine) => void
}

const KEPT = 4096

/** Counts a long line while it passes. */
class Tally {
  readonly #hash: Hash = createHash('sha256')
  readonly #beginning: Buffer
  #length = 0
  constructor(beginning: Buffer) {
    this.#beginning = Buffer.from(beginning.subarray(0, KEPT))
  }
  add(part: Buffer): void {
    this.#hash.update(part)
    this.#length += part.length
  }
  done(): LongLine {
    return { beginning: this.#beginning, length: this.#length, sha256: this.#hash.digest('hex') }
  }
}

/** Splits a wire into lines, holding at most `limit` bytes and what one read brings. */
export function lineReader(wire: Wire, { terminator, limit, long = 'skip', onLong }: LineOptions): LineReader {
  let held: Buffer = Buffer.alloc(0)
  /** So far no terminator begins. */
  let searched = 0
  /** Of the long line that is being read. */
  let tally: Tally | null = null
  let cut: Buffer | null = null

  function take(count: number): Buffer {
    const taken = held.subarray(0, count)
    held = held.subarray(count)
    searched = 0
    return taken
  }
  function lengthen(count: number): void {
    tally ??= new Tally(held)
    tally.add(take(count))
  }
  function tell(): void {
    if (tally === null) return
    const line = tally.done()
    tally = null
    onLong?.(line)
  }
  /** A line whose terminator stands at `at`; undefined when nothing is to be said about it. */
  function ended(at: number): Line | undefined {
    const wasLong = tally !== null
    if (!wasLong && at + terminator.length <= limit) {
      const line = take(at)
      take(terminator.length)
      return line
    }
    if (long === 'cut') cut ??= Buffer.from(held.subarray(0, limit))
    const over = long.endsWith('pieces') && at >= limit
    if (over) {
      lengthen(limit)
      return 'long'
    }
    const last = held.subarray(0, at)
    lengthen(at)
    take(terminator.length)
    tell()
    if (long === 'pieces') return wasLong ? last : 'long'
    if (long === 'all-pieces') return 'long'
    if (long === 'skip') return wasLong ? undefined : 'long'
    const line = cut ?? last
    cut = null
    return line
  }
  /** No terminator in sight: what a long line gives. */
  function growing(): Line | undefined {
    if (long.endsWith('pieces')) {
      if (held.length < limit) return undefined
      lengthen(limit)
      return 'long'
    }
    if (tally === null && held.length < limit) return undefined
    const first = tally === null
    if (long === 'cut') cut ??= Buffer.from(held.subarray(0, limit))
    // The last byte may be the first of a terminator.
    lengthen(Math.max(0, held.length - terminator.length + 1))
    return first && long === 'skip' ? 'long' : undefined
  }

  return {
    async next(timeoutMs) {
      for (;;) {
        const at = held.indexOf(terminator, searched)
        searched = Math.max(0, held.length - 1)
        const line = at >= 0 ? ended(at) : growing()
        if (line !== undefined) return line
        if (at >= 0) continue
        const chunk = await wire.next(timeoutMs)
        if (chunk === 'end' && tally !== null) {
          lengthen(held.length)
          tell()
        }
        if (typeof chunk === 'string') return chunk
        held = held.length === 0 ? chunk : Buffer.concat([held, chunk])
      }
    },
    rest() {
      return take(held.length)
    },
    async finish(timeoutMs, bytes) {
      const until = performance.now() + timeoutMs
      let left = bytes
      while (tally !== null) {
        const at = held.indexOf(terminator)
        if (at >= 0) {
          lengthen(at)
          break
        }
        lengthen(Math.max(0, held.length - terminator.length + 1))
        const chunk = left > 0 ? await wire.next(Math.max(1, until - performance.now())) : 'end'
        if (typeof chunk === 'string' || performance.now() > until) {
          lengthen(held.length)
          break
        }
        left -= chunk.length
        held = held.length === 0 ? chunk : Buffer.concat([held, chunk])
      }
      tell()
    },
  }
}

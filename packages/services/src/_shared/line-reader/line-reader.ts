import type { Wire } from '../wire/wire.ts'

/** A line without its terminator, or why there is none. `long`: it passed the limit; its rest is skipped before the next line. */
export type Line = Buffer | 'long' | 'end' | 'timeout'

export interface LineReader {
  next(timeoutMs?: number): Promise<Line>
  /** Takes what was read ahead, for a protocol that stops speaking in lines. */
  rest(): Buffer
}

/** Splits a wire into lines, holding at most `limit` bytes and what one read brings. */
export function lineReader(wire: Wire, options: { readonly terminator: '\n' | '\r\n'; readonly limit: number }): LineReader {
  const { terminator, limit } = options
  let held: Buffer = Buffer.alloc(0)
  /** So far no terminator begins. */
  let searched = 0
  let skipping = false

  return {
    async next(timeoutMs) {
      for (;;) {
        const at = held.indexOf(terminator, searched)
        searched = Math.max(0, held.length - 1)
        if (at >= 0) {
          const line = held.subarray(0, at)
          held = held.subarray(at + terminator.length)
          searched = 0
          if (skipping) {
            skipping = false
            continue
          }
          if (line.length + terminator.length > limit) return 'long'
          return line
        }
        if (held.length >= limit || skipping) {
          // The last byte may be the first of a terminator.
          held = held.subarray(Math.max(0, held.length - 1))
          searched = 0
          if (!skipping) {
            skipping = true
            return 'long'
          }
        }
        const chunk = await wire.next(timeoutMs)
        if (typeof chunk === 'string') return chunk
        held = held.length === 0 ? chunk : Buffer.concat([held, chunk])
      }
    },
    rest() {
      const rest = held
      held = Buffer.alloc(0)
      searched = 0
      return rest
    },
  }
}

import { createHash } from 'node:crypto'
import type { Wire } from './wire.ts'

/** What is told of bytes that were refused: their beginning, their number and their hash as far as they came. Fields of `protocol_error`. */
export interface Remains {
  readonly sample: Buffer
  readonly sample_truncated?: number
  readonly sample_sha256?: string
}

const KEPT = 4096
/** How long and how much is read on after the refusal. */
const COUNTING = { ms: 1_000, bytes: 8 * 1024 * 1024 }

/** Ends our side after a refusal and reads on for a moment: how much was it? Bounded in time and memory. */
export async function remainsOf(wire: Wire, refused: readonly Buffer[]): Promise<Remains> {
  const hash = createHash('sha256')
  const kept: Buffer[] = []
  let length = 0
  const take = (part: Buffer): void => {
    hash.update(part)
    if (length < KEPT) kept.push(Buffer.from(part.subarray(0, KEPT - length)))
    length += part.length
  }
  for (const part of refused) take(part)
  wire.end()
  const until = performance.now() + COUNTING.ms
  while (length < COUNTING.bytes) {
    const left = until - performance.now()
    const chunk = left > 0 ? await wire.next(left) : 'timeout'
    if (typeof chunk === 'string') break
    take(chunk)
  }
  const sample = Buffer.concat(kept)
  return length <= KEPT ? { sample } : { sample, sample_truncated: length, sample_sha256: hash.digest('hex') }
}

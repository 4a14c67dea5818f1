import type { Observation } from '../domain/linkage/observation.ts'
import { type Observed, observationOf } from './observation-of.ts'

export interface Refusal {
  /** From 1. */
  readonly line: number
  readonly why: string
}
export interface Reading {
  readonly observations: readonly Observation[]
  /** Lines that are no observation. */
  readonly refused: readonly Refusal[]
  /** Lines that were taken without something that stands in them. */
  readonly reduced: readonly Refusal[]
}

/** Bytes; a longer line is refused without being kept. */
export const MOST_LINE = 16 * 1024 * 1024

/** Splits bytes at line feeds. A line of more than `most` bytes comes as null. */
export async function* linesOf(chunks: AsyncIterable<Buffer> | Iterable<Buffer>, most = MOST_LINE): AsyncGenerator<Buffer | null> {
  let parts: Buffer[] = []
  let length = 0
  const add = (part: Buffer) => {
    length += part.length
    if (length <= most) parts.push(part)
    else parts = []
  }
  for await (const chunk of chunks) {
    let begin = 0
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, begin)) {
      add(chunk.subarray(begin, end))
      yield length > most ? null : Buffer.concat(parts)
      parts = []
      length = 0
      begin = end + 1
    }
    add(chunk.subarray(begin))
  }
  if (length > 0) yield length > most ? null : Buffer.concat(parts)
}

const isBlank = (line: Buffer) => line.every((byte) => byte === 32 || byte === 9 || byte === 13)
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** What a line holds, or why it is refused. */
function parse(line: Buffer): Observed | string {
  let value: unknown
  try {
    value = JSON.parse(utf8.decode(line))
  } catch (error) {
    return error instanceof SyntaxError ? 'is not JSON' : 'is not UTF-8'
  }
  return observationOf(value)
}

/** Reads observations, one JSON object a line. What cannot be one is refused by line; an id that stood before is refused as well. */
export async function readObservations(chunks: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<Reading> {
  const observations: Observation[] = []
  const refused: Refusal[] = []
  const reduced: Refusal[] = []
  const lines = new Map<string, number>()
  let number = 0
  for await (const line of linesOf(chunks)) {
    number += 1
    if (line !== null && isBlank(line)) continue
    const one = line === null ? `is longer than ${MOST_LINE} bytes` : parse(line)
    const before = typeof one === 'string' ? undefined : lines.get(one.observation.id)
    if (typeof one === 'string') refused.push({ line: number, why: one })
    else if (before !== undefined) refused.push({ line: number, why: `the id stood on line ${before} already` })
    else {
      lines.set(one.observation.id, number)
      observations.push(one.observation)
      if (one.passed.length > 0) reduced.push({ line: number, why: one.passed.join('; ') })
    }
  }
  return { observations, refused, reduced }
}

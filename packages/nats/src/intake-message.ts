import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { deterministicId } from '@decnet/kernel'
import type { IntakeLine } from '@decnet/kernel/intake'
import { decodeEvent, LINE_LIMIT } from '@decnet/kernel/syslog'
import { PubHeaders } from '@nats-io/jetstream'
import { headers, type MsgHdrs, type MsgHdrsImpl } from '@nats-io/transport-node'
import { type Count, formatCount, parseCount } from './count.ts'

/** Room that headers may take beside a line. */
const HEADER_ROOM = 1_024
/** Bytes of the longest line with its headers: what the stream takes in one message. */
export const MESSAGE_LIMIT = LINE_LIMIT + HEADER_ROOM
/** What is kept of a line that cannot travel whole. */
const EVIDENCE = 64 * 1024
const REASON = 200

/**
 * Stored messages are padded to a multiple of this. Servers of the 2.9 series compare the limit of a full stream with a message's bytes, but
 * store {@link OVERHEAD} and the subject beside them; where the limit falls between, they take the message and drop the oldest one, `discard: new`
 * or not. Between two multiples, with the limit a multiple too, there is no such place.
 */
export const QUANTUM = 256
/** Length, sequence, time, length of subject and of headers, hash. */
const OVERHEAD = 34

const ORIGIN = 'Intake-Origin'
const TORN = 'Intake-Torn'
const CORRUPT = 'Intake-Corrupt'
const COUNT = 'Intake-Count'
const PAD = 'Intake-Pad'
/** Name, colon, space and line break. */
const PAD_FRAME = PAD.length + 4
const ENCODING = 'Intake-Encoding'
const DEFLATE = 'deflate'

/** One line, or what a killed writer left of one, on its way from a sensor. */
export interface IntakeMessage {
  /** With the message id: the event's own, or one made of source and position, the same each time that the line is read. */
  readonly headers: MsgHdrs
  readonly data: Buffer
}

/** What stands at a sensor's position. */
export type Sent = ({ readonly kind: 'line' } & IntakeLine) | { readonly kind: 'torn'; readonly bytes: Buffer; readonly position: string }

export interface Envelope {
  readonly source: string
  readonly subject: string
  /** Bytes that one message may have, headers included. */
  readonly limit: number
  /** Where the line stands among all of this source; absent where nobody counts. */
  readonly count?: Count
  /** Makes another message id of it: the server is to take it again, although it knew it. */
  readonly anew?: string
}

/** A line longer than the limit is deflated; if that is not enough, its beginning goes, as corrupt. */
export function encodeLine(sent: Sent, { source, subject, limit, count, anew }: Envelope): IntakeMessage {
  const head = headers()
  const bytes = sent.kind === 'torn' ? sent.bytes : sent.line
  let corrupt = sent.kind === 'line' ? sent.corrupt : undefined
  const id = idOf(sent, bytes, source, head)
  head.set(PubHeaders.MsgIdHdr, anew === undefined ? id : `${id}.${anew}`)
  if (count) head.set(COUNT, formatCount(count))
  if (sent.kind === 'torn') head.set(TORN, '1')
  const room = Math.max(16, limit - HEADER_ROOM)
  let data = bytes
  if (data.length > room) {
    data = deflateRawSync(bytes)
    if (data.length <= room) head.set(ENCODING, DEFLATE)
    else {
      data = bytes.subarray(0, Math.min(EVIDENCE, room))
      corrupt ??= `longer than the ${limit} bytes that the server takes in one message`
    }
  }
  if (corrupt !== undefined) head.set(CORRUPT, corrupt.replace(/[^ -~]/g, '?').slice(0, REASON))
  pad(head, OVERHEAD + subject.length + data.length)
  return { headers: head, data }
}

function pad(head: MsgHdrs, others: number): void {
  const size = others + (head as MsgHdrsImpl).encode().length
  if (size % QUANTUM === 0) return
  const missing = QUANTUM - ((size + PAD_FRAME) % QUANTUM)
  head.set(PAD, '.'.repeat(missing))
}

function idOf(sent: Sent, bytes: Buffer, source: string, head: MsgHdrs): string {
  // what the other side makes an id of must come through a header unchanged
  const origin = /^[!-~]{1,200}$/.test(sent.position) ? sent.position : deterministicId('position', sent.position)
  if (sent.kind === 'line' && sent.corrupt === undefined) {
    const decoded = decodeEvent(bytes, { source, position: origin })
    if ('id' in decoded) {
      // an id that stands in the line needs no help to come out the same
      if (!bytes.includes(decoded.id)) head.set(ORIGIN, origin)
      return decoded.id
    }
  }
  head.set(ORIGIN, origin)
  return deterministicId(sent.kind, source, origin)
}

/** What a message holds; whoever wrote it is not trusted. Never throws. */
export type Received =
  | { readonly kind: 'line'; readonly line: Buffer; readonly corrupt?: string; readonly origin?: string }
  | { readonly kind: 'torn'; readonly bytes: Buffer }
  | { readonly kind: 'nothing' }

export function decodeLine(data: Buffer, head: MsgHdrs | undefined): Received {
  if (head?.has(TORN)) return { kind: 'torn', bytes: data.subarray(0, LINE_LIMIT) }
  let line = data
  let corrupt = head?.get(CORRUPT)?.slice(0, REASON) || undefined
  if (head?.get(ENCODING) === DEFLATE) {
    const inflated = inflate(data)
    if (inflated) line = inflated
    else corrupt ??= 'its compression is broken'
  }
  if (line.length > LINE_LIMIT) {
    line = line.subarray(0, EVIDENCE)
    corrupt ??= `longer than ${LINE_LIMIT} bytes`
  }
  if (line.includes(10)) corrupt ??= 'holds a line break'
  if (line.length === 0) return { kind: 'nothing' }
  const origin = head?.get(ORIGIN)?.slice(0, REASON) || undefined
  return { kind: 'line', line, ...(corrupt !== undefined && { corrupt }), ...(origin !== undefined && { origin }) }
}

/** Where its line stands among all of its source; null where nobody counted. */
export const countOf = (head: MsgHdrs | undefined): Count | null => (head?.has(COUNT) ? parseCount(head.get(COUNT)) : null)

function inflate(data: Buffer): Buffer | null {
  try {
    return inflateRawSync(data, { maxOutputLength: LINE_LIMIT })
  } catch {
    // hostile or cut off: the caller keeps the bytes as they are
    return null
  }
}

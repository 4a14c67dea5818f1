import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { deterministicId } from '@decnet/kernel'
import type { IntakeLine } from '@decnet/kernel/intake'
import { decodeEvent, LINE_LIMIT } from '@decnet/kernel/syslog'
import { headers, type MsgHdrs } from '@nats-io/transport-node'

/** Room that headers may take beside a line. */
export const HEADER_ROOM = 4_096
/** What is kept of a line that cannot travel whole. */
const EVIDENCE = 64 * 1024
const REASON = 200

const ORIGIN = 'Intake-Origin'
const TORN = 'Intake-Torn'
const CORRUPT = 'Intake-Corrupt'
const ENCODING = 'Intake-Encoding'
const DEFLATE = 'deflate'

/** One line, or what a killed writer left of one, on its way from a sensor. */
export interface IntakeMessage {
  /** The event's own id, or one made of source and position: the same each time that the line is read. */
  readonly id: string
  readonly headers: MsgHdrs
  readonly data: Buffer
}

/** What stands at a sensor's position. */
export type Sent = ({ readonly kind: 'line' } & IntakeLine) | { readonly kind: 'torn'; readonly bytes: Buffer; readonly position: string }

/** `limit`: bytes that one message may have, headers included. A longer line is deflated; if that is not enough, its beginning goes, as corrupt. */
export function encodeLine(sent: Sent, source: string, limit: number): IntakeMessage {
  const head = headers()
  const bytes = sent.kind === 'torn' ? sent.bytes : sent.line
  let corrupt = sent.kind === 'line' ? sent.corrupt : undefined
  const id = idOf(sent, bytes, source, head)
  if (sent.kind === 'torn') head.set(TORN, '1')
  const room = limit - HEADER_ROOM
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
  return { id, headers: head, data }
}

function idOf(sent: Sent, bytes: Buffer, source: string, head: MsgHdrs): string {
  const { position } = sent
  if (sent.kind === 'line' && sent.corrupt === undefined) {
    const decoded = decodeEvent(bytes, { source, position })
    if ('id' in decoded) {
      // an id that stands in the line needs no help to come out the same on the other side
      if (!bytes.includes(decoded.id)) head.set(ORIGIN, position)
      return decoded.id
    }
  }
  head.set(ORIGIN, position)
  return deterministicId(sent.kind, source, position)
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

function inflate(data: Buffer): Buffer | null {
  try {
    return inflateRawSync(data, { maxOutputLength: LINE_LIMIT })
  } catch {
    // hostile or cut off: the caller keeps the bytes as they are
    return null
  }
}

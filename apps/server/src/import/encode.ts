import { hash } from 'node:crypto'
import { isIP } from 'node:net'
import { type AnyEventType, bytes, events } from '@decnet/contracts/events'
import { deterministicId } from '@decnet/kernel'
import { sensorEvent } from '@decnet/kernel/service'
import { encodeEvent } from '@decnet/kernel/syslog'
import type { Told } from './reading.ts'

const partly = (event: AnyEventType, fields: AnyEventType['fields']): AnyEventType => ({ ...event, fields })

/** Foreign logs do not say everything that our sensors do; what they do not say is left out, never made up. */
const SHAPES: ReadonlyMap<AnyEventType, AnyEventType> = new Map<AnyEventType, AnyEventType>([
  [events.connect, partly(events.connect, events.connect.fields.partial())],
  [events.disconnect, partly(events.disconnect, events.disconnect.fields.partial())],
  [events.fileCaptured, partly(events.fileCaptured, events.fileCaptured.fields.partial())],
  [events.httpRequest, partly(events.httpRequest, events.httpRequest.fields.partial())],
  [events.forwardAttempt, partly(events.forwardAttempt, events.forwardAttempt.fields.extend({ data: bytes.optional() }))],
])

/** What a line says, as a name of it; the same line has the same digest wherever it stands. */
export const digestOf = (line: Buffer): string => hash('sha256', line)

/** UUIDv5 of format, the line's own content, and which of its events it is. */
export const eventId = (format: string, digest: string, index: number): string => deterministicId('import', format, digest, String(index))

/** An address as our sensors write it, without a zone; null where a line names none, or something else in its place. */
export function attackerAddress(said: string | null): string | null {
  const [address = ''] = (said ?? '').split('%', 1)
  return isIP(address) === 0 ? null : address
}

/** An event as a sensor of ours would have written it, without a line break. */
export function lineOf(told: Told, id: string): string {
  const { ts, decky, service, sessionId, ip, port, origin } = told
  const bound = {
    ...(sessionId !== null && { session_id: sessionId }),
    ...(ip !== null && { src_ip: (attackerAddress(ip) ?? ip).toWellFormed().slice(0, 255) }),
    ...(port !== null && { src_port: String(port) }),
    ...origin,
  }
  const { event } = sensorEvent({ id, decky, service, ts, event: SHAPES.get(told.event) ?? told.event, values: told.values, bound })
  return encodeEvent(event)
}

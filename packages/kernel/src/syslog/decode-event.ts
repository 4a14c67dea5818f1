import { deterministicId } from '../id.ts'
import type { NewLogRecord } from '../log/port.ts'
import { own } from '../own.ts'
import { type PeerAddress, readAddress, readPort } from './address.ts'
import { EVENT_ELEMENT } from './encode-event.ts'
import { parse } from './parse.ts'
import type { SyslogElement, SyslogMessage } from './port.ts'

/** Where a line came from: gives a line without `event_id` an id that is the same each time it is read. */
export interface EventOrigin {
  readonly source: string
  /** The line's own position; two lines of one source never share one. */
  readonly position: string
  /** Event time of a line that has none, epoch milliseconds; without it such a line is refused. */
  readonly receivedAt?: number
}
/** Why a line is no event. */
export interface Undecodable {
  readonly error: string
}

/** Parameters that may name the attacker, the most trusted first. */
const ADDRESS_NAMES = ['src_ip', 'src', 'client_ip', 'remote_ip', 'remote_addr', 'target_ip', 'ip'] as const
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const SESSION_ID = /^[!-~]{1,64}$/

type Values = Record<string, string>

/** Never through the prototype: `__proto__` is a name like any other. */
function put(values: Values, name: string, value: string): void {
  if (name === '__proto__') Object.defineProperty(values, name, { value, enumerable: true, configurable: true, writable: true })
  else values[name] = value
}

/** All parameters under names of their own: those of a further element carry its id, repeated ones a number. */
function collect(elements: readonly SyslogElement[]): Values {
  const values: Values = {}
  const main = (elements.length > 1 ? elements.find((element) => element.id === EVENT_ELEMENT) : undefined) ?? elements[0]
  let repeats: Map<string, number> | null = null
  for (const element of elements) {
    for (const [name, value] of element.params) {
      let free = element.id === main?.id ? name : `${element.id}.${name}`
      if (Object.hasOwn(values, free)) {
        repeats ??= new Map()
        const wanted = free
        for (let count = repeats.get(wanted) ?? 1; Object.hasOwn(values, free); free = `${wanted}#${count}`) repeats.set(wanted, ++count)
      }
      put(values, free, value)
    }
  }
  return values
}

function findAddress(values: Values): PeerAddress | null {
  for (const name of ADDRESS_NAMES) {
    const value = own(values, name)
    const address = value === undefined ? null : readAddress(value)
    if (address !== null) return address
  }
  return null
}

/** What no column holds letter by letter. */
function remainder(values: Values, held: ReadonlyMap<string, string | null>): Values {
  const body: Values = {}
  for (const name of Object.keys(values)) {
    const value = values[name]
    if (value !== undefined && held.get(name) !== value) put(body, name, value)
  }
  return body
}

function toRecord(message: SyslogMessage, ts: number, origin: EventOrigin): NewLogRecord {
  const values = collect(message.structuredData)
  const address = findAddress(values)
  const givenId = own(values, 'event_id')
  const id = givenId !== undefined && UUID.test(givenId) ? givenId.toLowerCase() : deterministicId('line', origin.source, origin.position)
  const givenSession = own(values, 'session_id')
  const sessionId = givenSession !== undefined && SESSION_ID.test(givenSession) ? givenSession : null
  const port = address === null ? null : (readPort(own(values, 'src_port') ?? '') ?? address.port)
  const held = new Map([
    ['event_id', id],
    ['session_id', sessionId],
    ['src_ip', address?.ip ?? null],
    ['src_port', port === null ? null : String(port)],
  ])
  return {
    id,
    topic: 'system.log',
    ts,
    source: origin.source,
    type: message.msgId ?? '-',
    decky: message.hostname,
    service: message.appName,
    attackerIp: address?.ip ?? null,
    attackerPort: port,
    sessionId,
    body: remainder(values, held),
    msg: message.message,
  }
}

/**
 * The record of one spool line, ours or a foreign RFC 5424 line; never throws. `body` holds every parameter except `event_id`, `session_id`,
 * `src_ip` and `src_port` where a column holds the same text. The attacker is the first readable address among `src_ip`, `src`, `client_ip`,
 * `remote_ip`, `remote_addr`, `target_ip`, `ip`. Topic is `system.log`; a line without MSGID has the type `-`.
 */
export function decodeEvent(line: string | Buffer, origin: EventOrigin): NewLogRecord | Undecodable {
  const parsed = parse(line)
  if (!parsed.ok) return { error: `${parsed.reason} at ${parsed.at}` }
  const { timestamp } = parsed.message
  const ts = timestamp === null ? (origin.receivedAt ?? Number.NaN) : Math.floor(Date.parse(timestamp))
  if (Number.isNaN(ts)) return { error: timestamp === null ? 'no timestamp' : `no such time: ${timestamp}` }
  return toRecord(parsed.message, ts, origin)
}

import type { SensorEvent } from '../service/define.ts'
import { format } from './format.ts'
import { HEADER_LIMITS, isHeaderMember, isName, NAME_LIMIT } from './grammar.ts'

/** SD-ID of every event that a sensor writes. */
export const EVENT_ELEMENT = 'relay@55555'
/** Longest line, in bytes without its line break; readers give up on longer ones. */
export const LINE_LIMIT = 1024 * 1024
const LOCAL0 = 16
const LAST_MOMENT = 253_402_300_799_999
const FIRST_PARAMS = ['session_id', 'src_ip', 'src_port'] as const
const RESERVED: ReadonlySet<string> = new Set(['event_id', ...FIRST_PARAMS])

type Params = (readonly [string, string])[]

/** Definitions hold names that fit; whatever else comes is made to fit, for an event is never refused. */
function headerMember(text: string, limit: number): string | null {
  if (isHeaderMember(text, limit)) return text
  const fitted = text.slice(0, limit).replace(/[^!-~]/g, '_')
  return fitted === '' || fitted === '-' ? null : fitted
}
const paramName = (text: string): string => (isName(text) ? text : text.slice(0, NAME_LIMIT).replace(/[^!-~]|["=\]]/g, '_') || '_')

const moment = (ts: number): string => new Date(Math.min(Math.max(Math.trunc(ts) || 0, 0), LAST_MOMENT)).toISOString()

function paramsOf(event: SensorEvent): Params {
  const params: Params = [['event_id', event.id]]
  for (const name of FIRST_PARAMS) {
    const value = event.fields[name]
    if (value !== undefined) params.push([name, value])
  }
  for (const name in event.fields) {
    const value = event.fields[name]
    if (value !== undefined && !RESERVED.has(name)) params.push([paramName(name), value])
  }
  return params
}

/** Values over `limit` characters cut; base64 stays base64. What was longer says in `<name>_truncated` how many bytes it had. */
function shorten(params: Params, limit: number): Params {
  return params.flatMap(([name, value]): Params => {
    if (value.length <= limit) return [[name, value]]
    const base64 = name.endsWith('_b64')
    const note = `${base64 ? name.slice(0, -4) : name}_truncated`
    const size = Buffer.byteLength(value, base64 ? 'base64' : 'utf8')
    const kept = value.slice(0, base64 ? limit - (limit % 4) : limit)
    const noted = params.some(([other]) => other === note) || !isName(note)
    return [[name, kept], ...(noted ? [] : [[note, String(size)] as const])]
  })
}

function lineOf(event: SensorEvent, params: Params): string {
  return format({
    facility: LOCAL0,
    severity: event.severity,
    timestamp: moment(event.ts),
    hostname: headerMember(event.decky, HEADER_LIMITS.hostname),
    appName: headerMember(event.service, HEADER_LIMITS.appName),
    procId: null,
    msgId: headerMember(event.type, HEADER_LIMITS.msgId),
    structuredData: [{ id: EVENT_ELEMENT, params }],
    message: null,
  }).toWellFormed()
}

/**
 * The line of one event: facility local0, HOSTNAME the decky, APP-NAME the service, MSGID the type, and one element `relay@55555` with
 * `event_id`, `session_id`, `src_ip`, `src_port`, then the other fields. Never throws. A line over {@link LINE_LIMIT} has its longest values cut.
 */
export function encodeEvent(event: SensorEvent): string {
  const params = paramsOf(event)
  const line = lineOf(event, params)
  // Three bytes to a UTF-16 unit at most: short lines need no counting.
  if (line.length * 3 <= LINE_LIMIT || Buffer.byteLength(line) <= LINE_LIMIT) return line
  for (let limit = 64 * 1024; limit >= 1; limit >>= 1) {
    const cut = lineOf(event, shorten(params, limit))
    if (Buffer.byteLength(cut) <= LINE_LIMIT) return cut
  }
  return lineOf(event, shorten(params.slice(0, 1000), 64))
}

import { isIP } from 'node:net'
import { events } from '@decnet/contracts/events'
import { deterministicId, escapedBytes, escapedText } from '@decnet/kernel'
import { decodeEvent, EVENT_ELEMENT, format, LINE_LIMIT, parse, type SyslogElement, type SyslogMessage } from '@decnet/kernel/syslog'
import { digestOf, eventId } from './encode.ts'
import { FIRST_MOMENT, LAST_MOMENT, type MakeReader, type Reading } from './reading.ts'
import { Visits } from './visits.ts'

type Params = readonly (readonly [string, string])[]

/** Longest PARAM-NAME (RFC 5424 §6). */
const NAME_LIMIT = 32
const HEADER = /^(?:<\d{1,3}>1 )?(\d{4}-\d\d-\d\dT\S{1,30} .*)$/s
/** Of a message that is searched for an address. */
const SEARCHED = 4096
const NAMED_ADDRESS = /(?:\bfrom |\brhost=|\bclient=|\bsrc=)\[?((?:\d{1,3}\.){3}\d{1,3}|[0-9a-f]{0,4}:[0-9a-f:.]{1,40})/i
const BARE_V4 = /(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])/

/** A message that another syslog daemon wrapped: host, program, type and data are those within, the time is the outer one. */
function unwrapped(message: SyslogMessage): SyslogMessage {
  if (message.msgId !== null || message.message === null) return message
  const inner = HEADER.exec(message.message)?.[1]
  const parsed = inner === undefined ? null : parse(`<134>1 ${inner}`)
  return parsed?.ok ? { ...parsed.message, timestamp: message.timestamp } : message
}

/** `CMD uid=0 user=root src=192.0.2.1 pwd=/root cmd=ls -la`, as a shell's prompt hook logs it. */
function shellLine({ msgId, message }: SyslogMessage): Params | null {
  if ((msgId !== null && msgId !== events.command.type) || message === null || !message.startsWith('CMD ')) return null
  const start = message.indexOf('cmd=')
  if (start === -1) return null
  const names: Readonly<Record<string, string>> = { pwd: 'cwd', src: 'src_ip' }
  const params: [string, string][] = []
  for (const [, name = '', value = ''] of message.slice(4, start).matchAll(/([a-z_]{1,32})=(\S*)/g))
    if (params.length < 32 && !params.some(([known]) => known === (names[name] ?? name))) params.push([names[name] ?? name, value])
  return [...params, ['command', message.slice(start + 4)]]
}

/** The address that a message's prose names. */
function addressIn(message: string): string | null {
  const searched = message.slice(0, SEARCHED)
  const found = NAMED_ADDRESS.exec(searched)?.[1]?.replace(/[.:]+$/, '')
  if (found !== undefined && isIP(found) !== 0) return found
  const bare = BARE_V4.exec(searched)?.[0]
  return bare !== undefined && isIP(bare) !== 0 ? bare : null
}

const base64 = (text: string): string => escapedBytes(text).toString('base64')
/** A parameter of a message's text; bytes that are no UTF-8 stand under `<name>_b64`, as in every event. */
const exactParam = ([name, value]: Params[number]): Params[number] =>
  value.isWellFormed() ? [name, value] : [`${name.slice(0, NAME_LIMIT - 4)}_b64`, base64(value)]

/** The element that holds the event's own parameters. */
const mainOf = ({ structuredData }: SyslogMessage): SyslogElement | undefined =>
  structuredData.find(({ id }) => id === EVENT_ELEMENT) ?? structuredData[0]

function withParams(message: SyslogMessage, added: Params): SyslogMessage {
  const elements = message.structuredData
  const main = mainOf(message)
  const grown = (element: SyslogElement): SyslogElement => ({ ...element, params: [...element.params, ...added] })
  if (added.length === 0) return message
  if (main === undefined) return { ...message, structuredData: [{ id: EVENT_ELEMENT, params: added }] }
  return { ...message, structuredData: elements.map((element) => (element === main ? grown(element) : element)) }
}

/** An `event_id` that is none becomes a parameter like any other. */
const withoutId = (message: SyslogMessage): SyslogMessage => ({
  ...message,
  structuredData: message.structuredData.map(({ id, params }) => ({
    id,
    params: params.map(([name, value]) => [name === 'event_id' ? 'foreign_event_id' : name, value] as const),
  })),
})

/**
 * RFC 5424 lines, our own and foreign ones. Ids and sessions that a line names stay; what it does not name is made of its content. The address is
 * the first that a parameter names, else one in its prose.
 */
export const rfc5424Reader: MakeReader = (state) => {
  const visits = new Visits('rfc5424', state)

  function read(line: Buffer, ended = true): Reading {
    const parsed = parse(escapedText(line))
    if (!parsed.ok) return { unknown: `not RFC 5424: ${parsed.reason}` }
    let message = unwrapped(parsed.message)
    // Only structured data says itself where it ends.
    if (!ended && (message.message !== null || message.structuredData.length === 0))
      return { unknown: 'no line break: its end may be missing' }
    if (message.structuredData.some(({ params }) => params.some(([, value]) => !value.isWellFormed())))
      return { unknown: 'not RFC 5424: a parameter that is not UTF-8' }
    const { hostname: host, appName: program } = message
    if (host === null || program === null) return { unknown: 'no host or program' }
    const ts = message.timestamp === null ? Number.NaN : Math.floor(Date.parse(message.timestamp))
    if (!(ts >= FIRST_MOMENT && ts <= LAST_MOMENT)) return { unknown: 'no time' }
    const typed = shellLine(message)
    if (typed !== null) message = withParams({ ...message, msgId: events.command.type, message: null }, typed.map(exactParam))
    const text = message.message
    if (text !== null && !text.isWellFormed())
      message = withParams({ ...message, message: text.toWellFormed() }, [['msg_b64', base64(text)]])

    const digest = digestOf(line)
    const seen = decodeEvent(format(message), { source: 'import', position: digest })
    if ('error' in seen) return { unknown: seen.error }
    const added: [string, string][] = []
    if (seen.id === deterministicId('line', 'import', digest)) {
      message = withoutId(message)
      added.push(['event_id', eventId('rfc5424', digest, 0)])
    }
    const prose = seen.attackerIp === null && message.message !== null ? addressIn(message.message) : null
    if (prose !== null) added.push(['src_ip', prose])
    const ip = seen.attackerIp ?? prose
    if (ip !== null && seen.sessionId === null) added.push(['session_id', visits.visit(ts, host, program, ip).id])
    const whole = format(withParams(message, added))
    if (Buffer.byteLength(whole) > LINE_LIMIT) return { unknown: 'longer than a line of the log' }
    return { events: [{ ts, type: message.msgId ?? '-', ip, line: whole }] }
  }
  return {
    read,
    state: () => visits.save(),
    get open() {
      return visits.open
    },
  }
}

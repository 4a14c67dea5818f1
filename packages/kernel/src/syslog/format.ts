import { ESCAPED_ID, escapeMessage, escapeParam, hasControl } from './escape.ts'
import { HEADER_LIMITS, isHeaderMember, isName, isTimestamp } from './grammar.ts'
import type { SyslogElement, SyslogMessage } from './port.ts'

const BOM = '\ufeff'
const NOT_ASCII = /[^\0-\x7f]/

function member(name: keyof typeof HEADER_LIMITS, value: string | null): string {
  if (value === null) return '-'
  if (!isHeaderMember(value, HEADER_LIMITS[name])) {
    throw new RangeError(
      `${name} is 1 to ${HEADER_LIMITS[name]} printable ASCII characters and not "-": ${JSON.stringify(value.slice(0, 64))}`,
    )
  }
  return value
}

function priority(facility: number, severity: number): number {
  if (!Number.isInteger(facility) || facility < 0 || facility > 23) throw new RangeError(`no facility: ${facility}`)
  if (!Number.isInteger(severity) || severity < 0 || severity > 7) throw new RangeError(`no severity: ${severity}`)
  return facility * 8 + severity
}

/** A line must say that it escapes controls when it does, and when its own last element looks as if it said so. */
function needsMark({ structuredData, message }: SyslogMessage): boolean {
  if (message !== null && hasControl(message)) return true
  for (const element of structuredData) for (const param of element.params) if (hasControl(param[1])) return true
  const last = structuredData.at(-1)
  return last !== undefined && last.id === ESCAPED_ID && last.params.length === 0
}

function formatElement({ id, params }: SyslogElement, marked: boolean): string {
  if (!isName(id)) throw new RangeError(`not an SD-ID: ${JSON.stringify(id.slice(0, 64))}`)
  let text = `[${id}`
  for (const [name, value] of params) {
    if (!isName(name)) throw new RangeError(`not a parameter name: ${JSON.stringify(name.slice(0, 64))}`)
    text += ` ${name}="${escapeParam(value, marked)}"`
  }
  return `${text}]`
}

/**
 * One RFC 5424 line without a line break. `parse(format(m))` equals `m` for every message of well-formed strings; control characters are escaped as
 * `escape.ts` says. A MSG that is not ASCII begins with the BOM (RFC 5424 §6.4).
 * @throws {RangeError} for a header member, SD-ID or parameter name that cannot stand there.
 */
export function format(message: SyslogMessage): string {
  const { timestamp, structuredData, message: text } = message
  if (timestamp !== null && !isTimestamp(timestamp))
    throw new RangeError(`not an RFC 5424 timestamp: ${JSON.stringify(timestamp.slice(0, 64))}`)
  const marked = needsMark(message)
  let elements = ''
  for (const element of structuredData) elements += formatElement(element, marked)
  if (marked) elements += `[${ESCAPED_ID}]`
  const head = `<${priority(message.facility, message.severity)}>1 ${timestamp ?? '-'} ${member('hostname', message.hostname)} ${member('appName', message.appName)} ${member('procId', message.procId)} ${member('msgId', message.msgId)} ${elements || '-'}`
  if (text === null) return head
  return `${head} ${NOT_ASCII.test(text) ? BOM : ''}${escapeMessage(text, marked)}`
}

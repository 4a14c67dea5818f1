import { isUtf8 } from 'node:buffer'
import { ESCAPED_ID, unescapeMessage, unescapeParam } from './escape.ts'
import { HEADER_LIMITS, isHeaderMember, isNameCode, isTimestamp, NAME_LIMIT } from './grammar.ts'
import type { ParseResult, SyslogElement } from './port.ts'

const MARK = `[${ESCAPED_ID}]`
const SPACE = 32
const QUOTE = 34
const EQUALS = 61
const OPEN = 91
const BACKSLASH = 92
const CLOSE = 93
const BOM = 0xfeff

const fail = (reason: string, at: number): ParseResult => ({ ok: false, reason, at })

/** Walks over one line; `at` is where it stands, or where it gave up. */
class Scanner {
  readonly text: string
  at = 0
  reason = ''
  constructor(text: string) {
    this.text = text
  }

  refuse(reason: string): null {
    this.reason = reason
    return null
  }

  /** `<PRI>1 `, as facility * 8 + severity. */
  priority(): number | null {
    const end = this.text.indexOf('>')
    const digits = end < 2 || end > 4 || this.text.charCodeAt(0) !== 60 ? '' : this.text.slice(1, end)
    const value = /^(?:0|[1-9]\d{0,2})$/.test(digits) ? Number(digits) : 192
    if (value > 191) return this.refuse('no priority')
    this.at = end + 1
    if (!this.text.startsWith('1 ', this.at)) return this.refuse('not version 1')
    this.at += 2
    return value
  }

  /** The text up to the next space, at most `limit` characters of it. */
  token(limit: number, what: string): string | null {
    const end = this.text.indexOf(' ', this.at)
    if (end === -1 || end === this.at || end - this.at > limit) return this.refuse(`no ${what}`)
    const token = this.text.slice(this.at, end)
    if (token !== '-' && !(what === 'timestamp' ? isTimestamp(token) : isHeaderMember(token, limit))) return this.refuse(`no ${what}`)
    this.at = end + 1
    return token
  }

  name(): string | null {
    const { text } = this
    const start = this.at
    let end = start
    while (end < text.length && end - start <= NAME_LIMIT && isNameCode(text.charCodeAt(end))) end++
    if (end === start || end - start > NAME_LIMIT) return this.refuse('not a name')
    this.at = end
    return text.slice(start, end)
  }

  /** A PARAM-VALUE with its quotes. A bare `]`, which the RFC forbids to write, is taken as it stands. */
  value(marked: boolean): string | null {
    const { text } = this
    const start = this.at + 1
    if (text.charCodeAt(this.at) !== QUOTE) return this.refuse('no quote')
    let escaped = false
    for (let end = start; end < text.length; end++) {
      const code = text.charCodeAt(end)
      if (code === QUOTE) {
        this.at = end + 1
        const raw = text.slice(start, end)
        return escaped ? unescapeParam(raw, marked) : raw
      }
      if (code === BACKSLASH) {
        escaped = true
        const next = text.charCodeAt(end + 1)
        if (next === QUOTE || next === BACKSLASH || next === CLOSE) end++
      }
    }
    return this.refuse('the value has no end')
  }

  element(marked: boolean): SyslogElement | null {
    this.at++
    const id = this.name()
    if (id === null) return null
    const params: [string, string][] = []
    for (;;) {
      const code = this.text.charCodeAt(this.at)
      if (code === CLOSE) {
        this.at++
        return { id, params }
      }
      if (code !== SPACE) return this.refuse('the element has no end')
      this.at++
      const name = this.name()
      if (name === null) return null
      if (this.text.charCodeAt(this.at) !== EQUALS) return this.refuse('no =')
      this.at++
      const value = this.value(marked)
      if (value === null) return null
      params.push([name, value])
    }
  }

  elements(marked: boolean): SyslogElement[] | null {
    if (this.text.charCodeAt(this.at) === 45) {
      this.at++
      return []
    }
    if (this.text.charCodeAt(this.at) !== OPEN) return this.refuse('no structured data')
    const found: SyslogElement[] = []
    while (this.text.charCodeAt(this.at) === OPEN) {
      const element = this.element(marked)
      if (element === null) return null
      found.push(element)
    }
    return found
  }
}

const orNull = (token: string): string | null => (token === '-' ? null : token)

function parseText(text: string): ParseResult {
  const scanner = new Scanner(text)
  const pri = scanner.priority()
  if (pri === null) return fail(scanner.reason, scanner.at)
  const timestamp = scanner.token(32, 'timestamp')
  const hostname = timestamp === null ? null : scanner.token(HEADER_LIMITS.hostname, 'hostname')
  const appName = hostname === null ? null : scanner.token(HEADER_LIMITS.appName, 'app name')
  const procId = appName === null ? null : scanner.token(HEADER_LIMITS.procId, 'process id')
  const msgId = procId === null ? null : scanner.token(HEADER_LIMITS.msgId, 'message id')
  if (timestamp === null || hostname === null || appName === null || procId === null || msgId === null)
    return fail(scanner.reason, scanner.at)
  const start = scanner.at
  let structuredData = scanner.elements(false)
  let marked = false
  const last = structuredData?.at(-1)
  if (last !== undefined && last.id === ESCAPED_ID && text.startsWith(MARK, scanner.at - MARK.length)) {
    marked = true
    scanner.at = start
    structuredData = scanner.elements(true)
    structuredData?.pop()
  }
  if (structuredData === null) return fail(scanner.reason, scanner.at)
  let message: string | null = null
  if (scanner.at < text.length) {
    if (text.charCodeAt(scanner.at) !== SPACE) return fail('no space before the message', scanner.at)
    const from = scanner.at + (text.charCodeAt(scanner.at + 1) === BOM ? 2 : 1)
    message = unescapeMessage(text.slice(from), marked)
  }
  return {
    ok: true,
    message: {
      facility: pri >> 3,
      severity: pri & 7,
      timestamp: orNull(timestamp),
      hostname: orNull(hostname),
      appName: orNull(appName),
      procId: orNull(procId),
      msgId: orNull(msgId),
      structuredData,
      message,
    },
  }
}

/** Where `line` stops being UTF-8. */
function firstBadByte(line: Buffer, text: string): number {
  const lossy = Buffer.from(text, 'utf8')
  let at = 0
  while (at < line.length && line[at] === lossy[at]) at++
  return at
}

/**
 * Reads one line, given without its line break. Never throws; linear in the length of the line. `at` of a refusal counts UTF-16 units (bytes when the
 * line is not UTF-8, which is refused whole so that nothing is replaced silently). Foreign lines mean what RFC 5424 says they mean; see `escape.ts`.
 */
export function parse(line: string | Buffer): ParseResult {
  if (typeof line === 'string') return parseText(line)
  const text = line.toString('utf8')
  if (text.includes('\ufffd') && !isUtf8(line)) return fail('not UTF-8', firstBadByte(line, text))
  return parseText(text)
}

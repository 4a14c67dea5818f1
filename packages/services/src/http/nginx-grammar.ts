import type { Grammar, RequestLine } from './grammar.ts'
import { type Head, headerOf } from './message.ts'

/** Since 1.21.1 control characters and spaces in targets and names are refused, and a length beside an encoding. */
export function isStrict(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number)
  return major > 1 || minor > 21 || (minor === 21 && patch >= 1)
}

function nginxRequestLine(line: string, strict: boolean): RequestLine | number {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line
  if (text.includes('\r') || text.includes('\0')) return 400
  const nine = /^(GET) +((?:\/|[A-Za-z][A-Za-z]*:\/\/)[^ \t\n]*) *$/u.exec(text)
  if (nine) return { method: 'GET', target: nine[2] ?? '', version: 9, versionText: '' }
  const parts = /^([A-Z_-]+) +(.*?) +(HTTP\/([1-9]\d{0,1})\.(\d{1,3})) *$/su.exec(text)
  if (!parts) return 400
  const [, method = '', target = '', versionText = '', major = '', minor = ''] = parts
  if (!/^(?:\/|[A-Za-z]+:\/\/)/u.test(target)) return 400
  if (strict ? /[\x00-\x20\x7f]/u.test(target) : /[\x00\n]/u.test(target)) return 400
  if (Number(major) > 1) return 505
  return { method, target, version: 10 + Number(minor), versionText }
}

/** ngx_http_validate_host: the name, or null. */
export function nginxHost(value: string): string | null {
  const port = /^(\[[^\]]*\]|[^:]*)(:\d*)?$/u.exec(value)
  const name = (port?.[1] ?? value).replace(/\.$/u, '')
  if (name === '' || /[\x00-\x20\x7f/\\]|\.\./u.test(value)) return null
  return name.toLowerCase()
}

const DIGITS = /^\d{1,18}$/u

function nginxComplete(head: Head, strict: boolean): number | null {
  const hosts = head.headers.filter(([name]) => name.toLowerCase() === 'host')
  if (hosts.length > 1) return 400
  const host = hosts[0]
  if (host !== undefined && nginxHost(host[1]) === null) return 400
  if (host === undefined && head.version > 10) return 400
  const lengths = head.headers.filter(([name]) => name.toLowerCase() === 'content-length')
  if (lengths.length > 1) return 400
  const length = lengths[0]
  if (length !== undefined && !DIGITS.test(length[1])) return 400
  const encoding = headerOf(head.headers, 'transfer-encoding')
  if (encoding !== undefined) {
    if (head.version < 11 && strict) return 400
    if (encoding.toLowerCase() !== 'chunked') return 501
    if (length !== undefined && strict) return 400
  }
  if (head.method === 'TRACE') return 405
  return null
}

/** What ngx_http_parse.c takes, as its 1.22 answers on the wire. */
export function nginxGrammar(version: string): Grammar {
  const strict = isStrict(version)
  return {
    limits: { requestLine: 8192, headerLine: 8192, headers: Number.POSITIVE_INFINITY, total: 32_768 },
    tooLong: { requestLine: 414, headerLine: 400 },
    forbidden: 0,
    blankLines: Number.POSITIVE_INFINITY,
    hopeless(partial) {
      if (/^\r*$/u.test(partial)) return null
      return /^[A-Z_-]+( |$)/u.test(partial) ? null : 400
    },
    requestLine: (line) => nginxRequestLine(line, strict),
    header(line) {
      const text = line.endsWith('\r') ? line.slice(0, -1) : line
      if (text.includes('\r') || text.includes('\0')) return 400
      const colon = text.indexOf(':')
      const name = colon < 0 ? text : text.slice(0, colon)
      if (name === '' || /^[\x00-\x20\x7f]/u.test(name)) return 400
      if (/[\x00-\x20\x7f]/u.test(name)) return strict ? 400 : null
      if (colon < 0) return null
      return [name, text.slice(colon + 1).replace(/^ +| +$/gu, '')]
    },
    complete(head) {
      const status = nginxComplete(head, strict)
      return status === null ? null : { status }
    },
  }
}

/** Path below the root, percent-decoded and merged; null is a 400. Query and fragment are left out. */
export function nginxPath(target: string): string | null {
  const rooted = target.replace(/^[A-Za-z]+:\/\/[^/?#]*/u, '')
  const raw = (rooted.startsWith('/') ? rooted : `/${rooted}`).split(/[?#]/u, 1)[0] ?? '/'
  if (/%(?![0-9a-f]{2})|%00/iu.test(raw)) return null
  const decoded = raw.replace(/%([0-9a-f]{2})/giu, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  const out: string[] = []
  const parts = decoded.split('/').slice(1)
  for (const [index, part] of parts.entries()) {
    if (part === '..') {
      if (out.length === 0) return null
      out.pop()
      if (index === parts.length - 1) out.push('')
    } else if (part === '.' || part === '') {
      if (index === parts.length - 1) out.push('')
    } else out.push(part)
  }
  return `/${out.join('/')}`
}

import type { Complaint, Grammar, RequestLine } from './grammar.ts'
import { type Head, headerOf } from './message.ts'

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/u

function apacheRequestLine(line: string): RequestLine | number {
  if (!line.endsWith('\r')) return 400
  const text = line.slice(0, -1)
  const nine = /^GET (\/[\x21-\x7e\x80-\xff]*)$/u.exec(text)
  if (nine) return { method: 'GET', target: nine[1] ?? '/', version: 9, versionText: '' }
  const parts = /^([^ ]+) ([^ ]+) (HTTP\/([1-9])\.(\d))$/u.exec(text)
  if (!parts) return 400
  const [, method = '', target = '', versionText = '', major = '', minor = ''] = parts
  if (!TOKEN.test(method)) return 400
  if (/[\x00-\x20\x7f#]/u.test(target)) return 400
  const known = target.startsWith('/') || (target === '*' && method === 'OPTIONS') || /^[a-z][a-z0-9+.-]*:\/\/[^/]/iu.test(target)
  const authority = method === 'CONNECT' && /^[^/:]+:\d+$/u.test(target)
  if (!known && !authority) return 400
  return { method, target, version: Number(major) * 10 + Number(minor), versionText }
}

/** The name of a Host value and its port, or null where Apache answers 400. */
export function apacheHost(value: string): { readonly name: string; readonly port: number | null } | null {
  const parts = /^(\[[0-9a-f:.]+\]|[A-Za-z0-9_~!$&'()*+,;=%.-]+?)\.?(?::(\d{1,5}))?$/iu.exec(value)
  if (!parts || value.includes('..')) return null
  const port = parts[2] === undefined ? null : Number(parts[2])
  if (port !== null && (port < 1 || port > 65_535)) return null
  return { name: (parts[1] ?? '').toLowerCase(), port }
}

const early: Complaint = { status: 400, hostTaken: false }

/** Lines of one name are merged before their size is looked at. */
function mergedTooLong(head: Head): boolean {
  const sizes = new Map<string, number>()
  for (const [name, value] of head.headers) {
    const key = name.toLowerCase()
    const size = (sizes.get(key) ?? -2) + value.length + 2
    if (size > 8190) return true
    sizes.set(key, size)
  }
  return false
}

function apacheComplete(head: Head): Complaint | null {
  if (mergedTooLong(head)) return { status: 400, page: 'header-too-large', hostTaken: false }
  const hosts = head.headers.filter(([name]) => name.toLowerCase() === 'host')
  if (hosts.length > 1) return early
  const host = hosts[0]
  if (host === undefined ? head.version >= 11 : apacheHost(host[1]) === null) return early
  const lengths = head.headers.filter(([name]) => name.toLowerCase() === 'content-length')
  const encoding = headerOf(head.headers, 'transfer-encoding')
  if (encoding !== undefined) return encoding.toLowerCase() === 'chunked' ? null : early
  if (lengths.length > 1 || lengths.some(([, value]) => !/^\d{1,18}$/u.test(value))) return early
  return null
}

/** As many as header lines, LimitRequestFields. */
const BLANK_LINES = 100

/** What Apache 2.4 takes with HttpProtocolOptions Strict, its default. */
export const apacheGrammar: Grammar = {
  limits: { requestLine: 8191, headerLine: 8191, headers: 100, total: Number.POSITIVE_INFINITY },
  tooLong: { requestLine: 414, headerLine: 400 },
  hopeless: () => null,
  forbidden: null,
  blankLines: BLANK_LINES,
  requestLine: apacheRequestLine,
  header(line) {
    if (!line.endsWith('\r')) return 400
    const text = line.slice(0, -1)
    if (/[\x00-\x08\x0a-\x1f\x7f]/u.test(text)) return 400
    if (/^[ \t]/u.test(text)) return 'fold'
    const colon = text.indexOf(':')
    if (colon < 1 || !TOKEN.test(text.slice(0, colon))) return 400
    return [text.slice(0, colon), text.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/gu, '')]
  },
  complete: apacheComplete,
}

/** Path below the root; `status` is the refusal that its normalisation gives. */
export function apachePath(target: string): { readonly path: string } | { readonly status: number } {
  const rooted = target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?]*/iu, '')
  const raw = (rooted.startsWith('/') ? rooted : `/${rooted}`).split('?', 1)[0] ?? '/'
  if (/%(?![0-9a-f]{2})/iu.test(raw)) return early
  const dotsDecoded = raw.replace(/%2e/giu, '.')
  const normal = climb(dotsDecoded)
  if (normal === null) return early
  if (/%2f|%00/iu.test(normal)) return { status: 404 }
  const path = normal.replace(/%([0-9a-f]{2})/giu, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  if (path.split('/').some((part) => part.length > 255)) return { status: 403 }
  return { path }
}

function climb(raw: string): string | null {
  const out: string[] = []
  const parts = raw.split('/').slice(1)
  for (const [index, part] of parts.entries()) {
    const last = index === parts.length - 1
    if (part === '..') {
      if (out.length === 0) return null
      out.pop()
      if (last) out.push('')
    } else if (part === '.' || part === '') {
      if (last) out.push('')
    } else out.push(part)
  }
  return `/${out.join('/')}`
}

import { apacheGrammar, apacheHost, apachePath } from './apache-grammar.ts'
import { errorPage, listing, type PageDetail, REASONS } from './apache-pages.ts'
import type { Daemon, Outlook, ServerIdentity, Turn } from './daemon.ts'
import { gzip, takesGzip } from './gzip.ts'
import { mediaType } from './media-types.ts'
import { type Head, type Header, hasToken, headerOf, type Reply } from './message.ts'
import { httpDate, namesTag, parseRanges } from './ranges.ts'
import { find, type Page, type SiteFile } from './site.ts'

const ALLOWED = 'POST,OPTIONS,HEAD,GET'
const KNOWN =
  /^(GET|HEAD|POST|PUT|DELETE|CONNECT|OPTIONS|TRACE|PATCH|PROPFIND|PROPPATCH|MKCOL|COPY|MOVE|LOCK|UNLOCK|VERSION-CONTROL|CHECKOUT|UNCHECKOUT|CHECKIN|UPDATE|LABEL|REPORT|MKWORKSPACE|MKACTIVITY|BASELINE-CONTROL|MERGE)$/u
const PACKED = /^(text\/(html|plain|xml|css|javascript)|application\/(javascript|xml|wasm|rss\+xml))/u
const PAGE_TYPE = 'text/html; charset=iso-8859-1'
const KEPT = 100

interface Content {
  readonly status: number
  readonly type: string | null
  readonly body: Buffer
  /** Before the length, in order. */
  readonly before?: readonly Header[]
  /** After Connection, before the type. */
  readonly after?: readonly Header[]
  readonly close?: boolean
  readonly falls?: boolean
  readonly framing?: 'length' | 'chunked' | 'none'
  /** mod_deflate takes this. */
  readonly packs?: boolean
}

/** Apache httpd 2.4 as Debian and Ubuntu package it: strict protocol, full tokens, mod_deflate, Indexes, mod_php. */
export function apache(identity: ServerIdentity): Daemon {
  const product = `Apache/${identity.version} (${identity.distro === 'ubuntu' ? 'Ubuntu' : 'Debian'})`

  function calledBy(head: Head, hostTaken: boolean): { readonly name: string; readonly port: number } {
    const absolute = /^[a-z][a-z0-9+.-]*:\/\/([^/?]*)/iu.exec(head.target)?.[1]
    const authority = head.method === 'CONNECT' ? head.target : (absolute ?? headerOf(head.headers, 'host'))
    const host = hostTaken && authority !== undefined ? apacheHost(authority) : null
    return { name: host?.name ?? identity.serverName, port: host?.port ?? identity.port }
  }
  function signature(head: Head, hostTaken: boolean): string {
    const { name, port } = calledBy(head, hostTaken)
    return `<address>${product} Server at ${name} Port ${port}</address>\n`
  }

  function write(head: Head, now: number, turn: number, content: Content): Reply {
    const connection = headerOf(head.headers, 'connection')
    const asksKeep = hasToken(connection, 'keep-alive')
    const close =
      content.close ??
      (hasToken(connection, 'close') ||
        (headerOf(head.headers, 'transfer-encoding') !== undefined && headerOf(head.headers, 'content-length') !== undefined) ||
        (head.version < 11 && !asksKeep) ||
        turn >= KEPT ||
        content.framing === 'none')
    const mayPack = content.packs === true && PACKED.test(content.type ?? '')
    const packed = mayPack && takesGzip(head.headers)
    const body = packed ? gzip(content.body, 6) : content.body
    const chunked = content.framing === 'chunked' && head.version >= 11
    const lines = [`HTTP/1.1 ${content.status} ${REASONS[content.status] ?? 'OK'}`, `Date: ${httpDate(now)}`, `Server: ${product}`]
    for (const [name, value] of content.before ?? [])
      lines.push(`${name}: ${packed && name === 'ETag' ? value.replace(/"$/u, '-gzip"') : value}`)
    const length = chunked ? 'Transfer-Encoding: chunked' : content.framing === 'none' ? null : `Content-Length: ${body.length}`
    const early = packed || content.framing === 'chunked' || content.type === 'text/html;charset=UTF-8'
    if (early) {
      if (mayPack) lines.push('Vary: Accept-Encoding')
      if (packed) lines.push('Content-Encoding: gzip')
    }
    if (length !== null && content.status !== 304 && (head.version >= 11 || content.framing !== 'chunked')) lines.push(length)
    if (mayPack && !early) lines.push('Vary: Accept-Encoding')
    if (close && content.falls !== true) lines.push('Connection: close')
    else if (!close && asksKeep) lines.push(`Keep-Alive: timeout=5, max=${KEPT - turn}`, 'Connection: Keep-Alive')
    for (const [name, value] of content.after ?? []) lines.push(`${name}: ${value}`)
    if (content.type !== null) lines.push(`Content-Type: ${content.type}`)
    const framed = chunked ? Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n0\r\n\r\n')]) : body
    return {
      status: content.status,
      head: head.version === 9 ? '' : `${lines.join('\r\n')}\r\n\r\n`,
      body: head.method === 'HEAD' || content.status === 304 ? Buffer.alloc(0) : head.version === 9 ? body : framed,
      close: close || content.falls === true || head.version === 9,
    }
  }

  function failure(
    head: Head,
    now: number,
    turn: number,
    status: number,
    more: Partial<Content> & { detail?: PageDetail; hostTaken?: boolean } = {},
  ): Reply {
    const body = errorPage(identity, status, signature(head, more.hostTaken ?? true), { method: head.method, ...more.detail })
    const close = more.close ?? (status === 400 || status === 501 || status === 408 ? true : undefined)
    const bare =
      head.method === 'HEAD' ? { framing: 'none' as const, close: close ?? hasToken(headerOf(head.headers, 'connection'), 'close') } : {}
    const { detail: _detail, hostTaken: _hostTaken, close: _close, ...rest } = more
    return write(head, now, turn, { status, type: PAGE_TYPE, body, ...bare, ...rest, ...(close !== undefined && { close }) })
  }

  function file({ head, now, turn }: Turn, path: string, found: SiteFile): Reply {
    const modified = httpDate(Math.floor(found.mtime / 1000) * 1000)
    const size = found.content.length
    const etag = `"${size.toString(16)}-${(BigInt(Math.floor(found.mtime)) * 1000n).toString(16)}"`
    const type = mediaType('apache', path)
    const tags: readonly Header[] = [
      ['Last-Modified', modified],
      ['ETag', etag],
      ['Accept-Ranges', 'bytes'],
    ]
    const value = (name: string) => headerOf(head.headers, name)
    const [match, unmodified, none, since] = ['if-match', 'if-unmodified-since', 'if-none-match', 'if-modified-since'].map(value)
    const plain: Content = { status: 200, type: type ?? null, body: found.content, before: tags, packs: size > 0 && type !== 'text/plain' }
    const matches = match === undefined || namesTag(match, etag)
    if (!matches || (match === undefined && unmodified !== undefined && Date.parse(unmodified) < Date.parse(modified)))
      return write(head, now, turn, { ...plain, status: 412, body: Buffer.alloc(0), packs: false })
    const fresh = none === undefined ? since !== undefined && Date.parse(since) >= Date.parse(modified) : namesTag(none, etag)
    if (fresh && (head.method === 'GET' || head.method === 'HEAD'))
      return write(head, now, turn, { ...plain, status: 304, body: Buffer.alloc(0), type: null, packs: false })
    const ranges = parseRanges(value('range'), size)
    if (ranges === null) return write(head, now, turn, plain)
    const [only, second] = ranges
    if (only === undefined) return failure(head, now, turn, 416, { framing: 'chunked' })
    if (second === undefined)
      return write(head, now, turn, {
        ...plain,
        status: 206,
        body: found.content.subarray(only.from, only.to + 1),
        after: [['Content-Range', `bytes ${only.from}-${only.to}/${size}`]],
      })
    const boundary = identity.boundary()
    const parts = ranges.flatMap(({ from, to }) => [
      Buffer.from(
        `\r\n--${boundary}\r\n${type === undefined ? '' : `Content-type: ${type}\r\n`}Content-range: bytes ${from}-${to}/${size}\r\n\r\n`,
      ),
      found.content.subarray(from, to + 1),
    ])
    const body = Buffer.concat([...parts, Buffer.from(`\r\n--${boundary}--\r\n`)])
    return write(head, now, turn, { ...plain, status: 206, body, type: `multipart/byteranges; boundary=${boundary}`, packs: false })
  }

  function page(head: Head, now: number, turn: number, made: Page): Reply {
    const long = made.body.length > 8000
    const framing = long ? 'chunked' : 'length'
    return write(head, now, turn, {
      status: made.status,
      type: made.type,
      body: Buffer.from(made.body),
      before: made.headers,
      packs: true,
      framing,
    })
  }

  function reply(request: Turn): Reply {
    const { head, now, turn, site } = request
    const expect = headerOf(head.headers, 'expect')
    if (expect !== undefined && expect.toLowerCase() !== '100-continue')
      return failure(head, now, turn, 417, { falls: true, detail: { expectation: expect } })
    if (head.target === '*') return write(head, now, turn, { status: 200, type: null, body: Buffer.alloc(0) })
    if (head.method === 'TRACE') return failure(head, now, turn, 405, { before: [['Allow', '']] })
    const placed = head.method === 'CONNECT' ? { path: '/' } : apachePath(head.target)
    if ('status' in placed) return failure(head, now, turn, placed.status)
    const { path } = placed
    if (/\/\.ht[^/]*/u.test(path) || path === '/icons/' || path === '/server-status') return failure(head, now, turn, 403)
    if (!KNOWN.test(head.method)) return failure(head, now, turn, 501, { before: [['Allow', ALLOWED]] })
    const script = head.method === 'CONNECT' ? null : site.script(path)
    const query = /\?(.*)$/su.exec(head.target)?.[1] ?? ''
    if (script && /^(GET|HEAD|POST|OPTIONS|PUT|DELETE|PATCH)$/u.test(head.method))
      return page(
        head,
        now,
        turn,
        script({ ...request, method: head.method, path, query, headers: head.headers, host: calledBy(head, true).name }),
      )
    const found = find(site, path)
    if (!/^(GET|HEAD|POST|OPTIONS)$/u.test(head.method)) return failure(head, now, turn, 405, { before: [['Allow', ALLOWED]] })
    if (head.method === 'OPTIONS')
      return write(head, now, turn, { status: 200, type: 'text/html', body: Buffer.alloc(0), before: [['Allow', ALLOWED]] })
    if (found === null) return failure(head, now, turn, 404)
    if (found.kind === 'file') return file(request, found.path, found.file)
    if (found.kind === 'directory') {
      const body = listing(identity, path, found.entries, site.files, signature(head, true))
      return write(head, now, turn, { status: 200, type: 'text/html;charset=UTF-8', body, packs: true })
    }
    const { name, port } = calledBy(head, true)
    const location = `http://${name}${port === 80 ? '' : `:${port}`}${path}/${query === '' ? '' : `?${query}`}`
    return failure(head, now, turn, 301, { before: [['Location', location]], detail: { location } })
  }

  function outlook(head: Head): Outlook {
    const chunked = headerOf(head.headers, 'transfer-encoding') !== undefined
    const length = Number(headerOf(head.headers, 'content-length') ?? 0)
    const expect = headerOf(head.headers, 'expect')?.toLowerCase()
    const body = chunked ? 'chunked' : length > 0 ? { length } : 'none'
    return {
      body,
      answersFirst: expect !== undefined && expect !== '100-continue',
      sendsContinue: expect === '100-continue' && head.version >= 11,
      tooLarge: false,
    }
  }

  const unread: Head = { method: '', target: '', version: 11, versionText: '', headers: [] }
  return {
    grammar: apacheGrammar,
    patience: { firstByte: 50_000, header: 20_000, body: 10_000, keepAlive: 5_000, linger: 2_000 },
    outlook,
    reply,
    refuse({ status, head, page: variant, hostTaken }, now) {
      const reasons = {
        'header-too-large': 'Size of a request header field exceeds server limit.',
        'too-many-headers': "The number of request header fields exceeds this server's limit.",
      }
      const detail = variant === undefined ? {} : { reason: reasons[variant] }
      return failure(hostTaken ? head : unread, now, 0, status, { close: true, hostTaken, detail })
    },
    badBody: ({ head, now, turn }, overflow) => failure(head, now, turn, overflow ? 413 : 400, { framing: 'none', close: true }),
    tooLarge: (head, now) => failure(head, now, 0, 413, { close: true }),
    timedOut: (head, hostTaken, now) => failure(hostTaken ? head : unread, now, 0, 408, { close: true, hostTaken }),
  }
}

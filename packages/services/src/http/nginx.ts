import type { Daemon, Outlook, ServerIdentity, Turn } from './daemon.ts'
import { gzip, takesGzip } from './gzip.ts'
import { mediaType } from './media-types.ts'
import { type Head, type Header, hasToken, headerOf, type Reply } from './message.ts'
import { nginxGrammar, nginxHost, nginxPath } from './nginx-grammar.ts'
import { httpDate, namesTag, parseRanges } from './ranges.ts'
import { find, type Page, type SiteFile } from './site.ts'

const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  206: 'Partial Content',
  301: 'Moved Permanently',
  302: 'Found',
  304: 'Not Modified',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Not Allowed',
  412: 'Precondition Failed',
  413: 'Request Entity Too Large',
  414: 'Request-URI Too Large',
  416: 'Requested Range Not Satisfiable',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  505: 'HTTP Version Not Supported',
}
const PADDING = '<!-- a padding to disable MSIE and Chrome friendly error page -->\r\n'.repeat(6)
const BODY_LIMIT = 1024 * 1024

interface Content {
  readonly status: number
  readonly type: string | null
  readonly body: Buffer
  /** Between length and Connection. */
  readonly before?: readonly Header[]
  /** After Connection. */
  readonly after?: readonly Header[]
  readonly close?: boolean
  /** The header promises to stay, the connection ends all the same. */
  readonly falls?: boolean
  /** A script's output has no length of its own. */
  readonly streamed?: boolean
}

function keepsAlive(head: Head): boolean {
  const connection = headerOf(head.headers, 'connection')
  if (hasToken(connection, 'close')) return false
  return head.version >= 11 || hasToken(connection, 'keep-alive')
}

/** nginx as Debian and Ubuntu package it, with one static root and PHP behind it. */
export function nginx(identity: ServerIdentity): Daemon {
  const product = `nginx/${identity.version}${identity.distro === 'ubuntu' ? ' (Ubuntu)' : ''}`

  function write(head: Head, now: number, content: Content): Reply {
    const close = content.close ?? !keepsAlive(head)
    const bare = head.method === 'HEAD'
    const packs =
      head.version >= 11 &&
      content.type?.startsWith('text/html') === true &&
      [200, 403, 404].includes(content.status) &&
      (content.streamed === true || content.body.length >= 20) &&
      takesGzip(head.headers)
    const chunked = packs || (content.streamed === true && head.version >= 11)
    const body = packs ? gzip(content.body, 1) : content.body
    const lines = [`HTTP/1.1 ${content.status} ${REASONS[content.status] ?? 'OK'}`, `Server: ${product}`, `Date: ${httpDate(now)}`]
    if (content.type !== null) lines.push(`Content-Type: ${content.type}`)
    if (!chunked && content.status !== 304 && content.streamed !== true) lines.push(`Content-Length: ${content.body.length}`)
    for (const [name, value] of content.before ?? []) lines.push(`${name}: ${value}`)
    if (chunked && !bare) lines.push('Transfer-Encoding: chunked')
    lines.push(`Connection: ${close ? 'close' : 'keep-alive'}`)
    for (const [name, value] of content.after ?? []) {
      if (packs && name === 'Accept-Ranges') continue
      lines.push(`${name}: ${packs && name === 'ETag' ? `W/${value}` : value}`)
    }
    if (packs) lines.push('Content-Encoding: gzip')
    const framed = chunked
      ? Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from(body.length > 0 ? '\r\n0\r\n\r\n' : '\r\n')])
      : body
    return {
      status: content.status,
      head: head.version === 9 ? '' : `${lines.join('\r\n')}\r\n\r\n`,
      body: bare || content.status === 304 ? Buffer.alloc(0) : framed,
      close: close || content.falls === true || (content.streamed === true && head.version < 11),
    }
  }

  function errorPage(head: Head, status: number, more: { title?: string; note?: string } = {}): Buffer {
    const title = `${status} ${REASONS[status] ?? ''}`
    const note = more.note === undefined ? '' : `<center>${more.note}</center>\r\n`
    const agent = headerOf(head.headers, 'user-agent') ?? ''
    const pads = status >= 400 && (/MSIE /u.test(agent) || /Chrome\//u.test(agent))
    return Buffer.from(
      `<html>\r\n<head><title>${more.title ?? title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n${note}` +
        `<hr><center>${product}</center>\r\n</body>\r\n</html>\r\n${pads ? PADDING : ''}`,
    )
  }

  function failure(head: Head, now: number, status: number, more: Partial<Content> = {}): Reply {
    return write(head, now, { status, type: 'text/html', body: errorPage(head, status), ...more })
  }

  function file(turn: Turn, path: string, found: SiteFile): Reply {
    const { head, now } = turn
    if (!['GET', 'HEAD'].includes(head.method)) return failure(head, now, 405)
    const seconds = Math.floor(found.mtime / 1000)
    const modified = httpDate(seconds * 1000)
    const etag = `"${seconds.toString(16)}-${found.content.length.toString(16)}"`
    const value = (name: string) => headerOf(head.headers, name)
    const unmodified = value('if-unmodified-since')
    const match = value('if-match')
    if ((unmodified !== undefined && Date.parse(unmodified) < seconds * 1000) || (match !== undefined && !namesTag(match, etag)))
      return failure(head, now, 412, { falls: true })
    const none = value('if-none-match')
    const since = value('if-modified-since')
    if (
      (none !== undefined || since !== undefined) &&
      (none === undefined || namesTag(none, etag)) &&
      (since === undefined || since === modified)
    )
      return write(head, now, {
        status: 304,
        type: null,
        body: Buffer.alloc(0),
        before: [['Last-Modified', modified]],
        after: [['ETag', etag]],
      })
    const type = mediaType('nginx', path) ?? 'application/octet-stream'
    const plain = {
      status: 200,
      type,
      body: found.content,
      before: [['Last-Modified', modified]],
      after: [
        ['ETag', etag],
        ['Accept-Ranges', 'bytes'],
      ],
    } as const satisfies Content
    const condition = value('if-range')
    const ranges =
      condition !== undefined && condition !== modified && condition !== etag ? null : parseRanges(value('range'), found.content.length)
    if (ranges === null || ranges.length > 5) return write(head, now, plain)
    const [only, second] = ranges
    if (only === undefined) return failure(head, now, 416, { after: [['Content-Range', `bytes */${found.content.length}`]] })
    const partial = { ...plain, status: 206, after: [['ETag', etag]] as readonly Header[] }
    const size = found.content.length
    if (second === undefined)
      return write(head, now, {
        ...partial,
        body: found.content.subarray(only.from, only.to + 1),
        after: [...partial.after, ['Content-Range', `bytes ${only.from}-${only.to}/${size}`]],
      })
    const boundary = identity.boundary()
    const parts = ranges.flatMap(({ from, to }) => [
      Buffer.from(`\r\n--${boundary}\r\nContent-Type: ${type}\r\nContent-Range: bytes ${from}-${to}/${size}\r\n\r\n`),
      found.content.subarray(from, to + 1),
    ])
    return write(head, now, {
      ...partial,
      type: `multipart/byteranges; boundary=${boundary}`,
      body: Buffer.concat([...parts, Buffer.from(`\r\n--${boundary}--\r\n`)]),
    })
  }

  function hostOf(head: Head): string {
    const absolute = /^[A-Za-z]+:\/\/([^/?#]*)/u.exec(head.target)?.[1]
    return nginxHost(absolute ?? headerOf(head.headers, 'host') ?? '') ?? identity.address
  }

  const scriptOf = (head: Head, site: Turn['site']) => {
    const path = nginxPath(head.target)
    return path === null ? null : site.script(path)
  }

  function page(head: Head, now: number, made: Page): Reply {
    return write(head, now, { status: made.status, type: made.type, body: Buffer.from(made.body), after: made.headers, streamed: true })
  }

  function reply(turn: Turn): Reply {
    const { head, now, site } = turn
    const path = nginxPath(head.target)
    if (path === null) return failure(head, now, 400, { close: true })
    const script = site.script(path)
    const query = /\?([^#]*)/u.exec(head.target)?.[1] ?? ''
    if (script) return page(head, now, script({ ...turn, method: head.method, path, query, headers: head.headers, host: hostOf(head) }))
    const found = find(site, path)
    if (found === null) return failure(head, now, 404)
    if (found.kind === 'file') return file(turn, found.path, found.file)
    if (found.kind === 'directory') return failure(head, now, 403)
    const port = identity.port === 80 ? '' : `:${identity.port}`
    return failure(head, now, 301, {
      before: [['Location', `http://${hostOf(head)}${port}${path}/${query === '' ? '' : `?${query}`}`]],
    })
  }

  function outlook(head: Head, site: Turn['site']): Outlook {
    const chunked = headerOf(head.headers, 'transfer-encoding') !== undefined
    const length = Number(headerOf(head.headers, 'content-length') ?? 0)
    const scripted = scriptOf(head, site) !== null
    const expects = headerOf(head.headers, 'expect')?.toLowerCase() === '100-continue'
    const body = chunked ? 'chunked' : length > 0 ? { length } : 'none'
    return { body, answersFirst: !scripted, sendsContinue: scripted && expects && head.version >= 11, tooLarge: length > BODY_LIMIT }
  }

  return {
    grammar: nginxGrammar(identity.version),
    patience: { firstByte: 60_000, header: 60_000, body: 60_000, keepAlive: 75_000, linger: 5_000 },
    outlook,
    reply,
    refuse({ status, head, page: variant }, now) {
      const asked = status === 405 ? head : { ...head, headers: [] }
      const more =
        variant === 'header-too-large'
          ? { title: '400 Request Header Or Cookie Too Large', note: 'Request Header Or Cookie Too Large' }
          : {}
      return write(asked, now, { status, type: 'text/html', body: errorPage(asked, status, more), close: true })
    },
    badBody(turn) {
      if (scriptOf(turn.head, turn.site)) return failure(turn.head, turn.now, 400, { close: true })
      const good = reply(turn)
      return { ...good, head: good.head.replace('\r\nConnection: keep-alive\r\n', '\r\nConnection: close\r\n'), close: true }
    },
    tooLarge: (head, now) => failure(head, now, 413, { close: true }),
    timedOut: () => null,
  }
}

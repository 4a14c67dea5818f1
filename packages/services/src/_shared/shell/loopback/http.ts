import type { Machine } from '../machine.ts'
import { FileError } from '../port.ts'
import type { Peer } from './peer.ts'

const HEAD_MAX = 65_536
const ROOT = { uid: 0, gid: 0, groups: [0] }
const WEB_ROOT = '/var/www/html'

function pageAt(machine: Machine, target: string): { readonly body: Buffer; readonly mtime: number } | null {
  const path = decoded(target.replace(/[?#].*$/s, ''))
  if (path === null || path.split('/').includes('..')) return null
  try {
    const full = `${WEB_ROOT}${path}${path.endsWith('/') ? 'index.html' : ''}`
    if (!machine.fs.allows(full, 4, { uid: 33, gid: 33, groups: [33] })) return null
    return { body: machine.fs.read(full, ROOT), mtime: machine.fs.stat(full, ROOT).mtime }
  } catch (error) {
    if (error instanceof FileError) return null
    throw error
  }
}
function decoded(path: string): string | null {
  try {
    return decodeURIComponent(path.startsWith('/') ? path : `/${path}`)
  } catch (error) {
    if (error instanceof URIError) return null
    throw error
  }
}

/** The web server's answer to one head: what lies under the document root, or its page for errors. */
export function httpReply(machine: Machine, head: string): { readonly reply: Buffer; readonly close: boolean } {
  const { server, version } = machine.persona.packages.web
  const nginx = server === 'nginx'
  const ubuntu = machine.persona.os.id === 'ubuntu'
  const product = nginx ? `nginx/${version}${ubuntu ? ' (Ubuntu)' : ''}` : `Apache/${version} (${ubuntu ? 'Ubuntu' : 'Debian'})`
  const [first = '', ...lines] = head.split(/\r?\n/)
  const request = /^([A-Z]{1,20}) (\S+) HTTP\/1\.([01])$/.exec(first)
  const host = /^host:\s*([^:\s]+)/im.exec(lines.join('\n'))?.[1] ?? '127.0.0.1'
  const found = request === null ? null : pageAt(machine, request[2] ?? '/')
  const status = request === null ? '400 Bad Request' : found === null ? '404 Not Found' : '200 OK'
  const what =
    request === null
      ? 'Your browser sent a request that this server could not understand.<br />\n'
      : 'The requested URL was not found on this server.'
  const error = nginx
    ? `<html>\r\n<head><title>${status}</title></head>\r\n<body>\r\n<center><h1>${status}</h1></center>\r\n<hr><center>${product}</center>\r\n</body>\r\n</html>\r\n`
    : `<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n<title>${status}</title>\n</head><body>\n<h1>${status.slice(4)}</h1>\n<p>${what}</p>\n<hr>\n<address>${product} Server at ${host} Port ${machine.offers('http') ?? 80}</address>\n</body></html>\n`
  const body = found?.body ?? Buffer.from(error)
  const close = request === null || request[3] === '0' || /^connection:\s*close/im.test(lines.join('\n'))
  const date = new Date(machine.now()).toUTCString()
  const mtime = found === null ? '' : new Date(found.mtime).toUTCString()
  const seconds = Math.floor((found?.mtime ?? 0) / 1000)
  const headers = nginx
    ? [
        `Server: ${product}`,
        `Date: ${date}`,
        'Content-Type: text/html',
        `Content-Length: ${body.length}`,
        ...(found === null ? [] : [`Last-Modified: ${mtime}`]),
        `Connection: ${close ? 'close' : 'keep-alive'}`,
        ...(found === null ? [] : [`ETag: "${seconds.toString(16)}-${body.length.toString(16)}"`, 'Accept-Ranges: bytes']),
      ]
    : [
        `Date: ${date}`,
        `Server: ${product}`,
        ...(found === null
          ? []
          : [
              `Last-Modified: ${mtime}`,
              `ETag: "${body.length.toString(16)}-${(BigInt(seconds) * 1_000_000n).toString(16)}"`,
              'Accept-Ranges: bytes',
            ]),
        `Content-Length: ${body.length}`,
        ...(found === null ? [] : ['Vary: Accept-Encoding']),
        ...(close ? ['Connection: close'] : []),
        `Content-Type: text/html${found === null ? '; charset=iso-8859-1' : ''}`,
      ]
  const top = Buffer.from(`HTTP/1.1 ${status}\r\n${headers.join('\r\n')}\r\n\r\n`, 'latin1')
  return { reply: request?.[1] === 'HEAD' ? top : Buffer.concat([top, body]), close }
}

export function httpPeer(machine: Machine): Peer {
  let pending = ''
  let closed = false
  return {
    greeting: Buffer.alloc(0),
    get closed() {
      return closed
    },
    receive(data) {
      if (closed) return Buffer.alloc(0)
      pending += data.toString('latin1')
      const replies: Buffer[] = []
      for (;;) {
        const end = /\r?\n\r?\n/.exec(pending)
        const garbage = /^[^\n]*\n/.exec(pending)?.[0]
        const bad = garbage !== undefined && !/^[A-Z]{1,20} \S+ HTTP\/1\.[01]\r?\n$/.test(garbage) && garbage.trim() !== ''
        if (closed || (end === null && !bad)) break
        const cut = bad ? (garbage?.length ?? 0) : (end?.index ?? 0) + (end?.[0].length ?? 0)
        const { reply, close } = httpReply(machine, pending.slice(0, bad ? cut : (end?.index ?? 0)).trimEnd())
        pending = pending.slice(cut)
        replies.push(reply)
        closed = close
      }
      if (pending.length > HEAD_MAX) closed = true
      return Buffer.concat(replies)
    },
  }
}

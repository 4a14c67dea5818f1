import { request } from 'node:http'
import type { Duplex } from 'node:stream'
import { writeEndpoint } from '../domain/probe/endpoint.ts'
import { type HttpAnswer, httpFacts } from '../domain/probe/http-answer.ts'
import { open, within } from './connection.ts'
import { type Means, type Probe, type Target, TLS_PORTS } from './probe.ts'
import { openTls } from './tls.ts'

const MOST = 64 * 1024
const PLAIN_FIRST: ReadonlySet<number> = new Set([80, 8080, 8888])
const BAD_REQUEST = 400

/** Asks for / over a connection that is there. Redirects are told, never followed. */
function get(target: Target, connection: Duplex, signal: AbortSignal): Promise<HttpAnswer | null> {
  return new Promise((resolve) => {
    const pieces: Buffer[] = []
    let size = 0
    const asking = request({
      createConnection: () => connection,
      setHost: false,
      headers: {
        Host: writeEndpoint(target),
        'User-Agent': 'Mozilla/5.0',
        Accept: '*/*',
        Connection: 'close',
      },
      path: '/',
      signal,
      insecureHTTPParser: true,
      maxHeaderSize: MOST,
    })
    asking.once('error', () => resolve(null))
    asking.once('response', (answer) => {
      const { httpVersion: version, statusCode: status = 0, rawHeaders } = answer
      const done = () => {
        resolve({ version, status, rawHeaders, page: Buffer.concat(pieces).toString('utf8') })
        asking.destroy()
      }
      answer.on('data', (piece: Buffer) => {
        pieces.push(piece)
        size += piece.length
        if (size >= MOST) done()
      })
      answer.once('end', done)
      answer.once('error', done)
    })
    asking.end()
  })
}

async function over(tls: boolean, target: Target, means: Means): Promise<HttpAnswer | null> {
  const connection = await (tls ? openTls : open)(target, means)
  if (connection === null || typeof connection === 'string') return null
  try {
    return await get(target, connection, within(means))
  } finally {
    connection.destroy()
  }
}

/** The web server of a port, with TLS or without: what it answers to a request for /. */
export const http: Probe = {
  family: 'http',
  title: 'HTTP',
  ports: [...new Set([80, 8000, ...TLS_PORTS])],
  async ask(target, means) {
    const plainFirst = PLAIN_FIRST.has(target.port)
    let found = await over(!plainFirst, target, means)
    let tls = !plainFirst
    // A web server that wants TLS says 400 to who comes without.
    if (found === null || (plainFirst && found.status === BAD_REQUEST)) {
      const other = await over(plainFirst, target, means)
      if (other) tls = plainFirst
      found = other ?? found
    }
    if (!found) return null
    const { hash, status, server, title, order, location } = httpFacts(found)
    const said = { ...(server !== null && { server }), ...(title !== null && { title }), ...(location !== null && { location }) }
    return {
      hash,
      payload: { http_hash: hash, status, server, title },
      facts: { http_hash: hash, status: String(status), ...said, headers: order, scheme: tls ? 'https' : 'http' },
    }
  },
}

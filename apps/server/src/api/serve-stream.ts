import { once } from 'node:events'
import { AppError } from '@decnet/kernel'
import type { FastifyReply } from 'fastify'
import type { ApiContext } from './context.ts'
import type { LiveItem, LiveOptions } from './live.ts'
import type { RouteRequest } from './route.ts'

const MAX_CLIENTS = 100

/** `after`: where the address says to resume, where the header says nothing. */
export interface StreamWishes extends Omit<LiveOptions, 'signal'> {
  /** What stands now, told as `event: snapshot` to a client that does not resume, before what comes. */
  readonly snapshot?: () => Promise<unknown>
}

function frame(item: LiveItem): string {
  if (item.kind === 'records') return item.text
  if (item.kind === 'signal') return `event: signal\ndata: ${JSON.stringify(item.signal)}\n\n`
  if (item.kind === 'reset') return 'event: reset\ndata: {}\n\n'
  return ': still here\n\n'
}

/**
 * Answers with server-sent events (HTML Living Standard, section 9.2) as long as the client stays and its login holds.
 * @throws {AppError} `too_many_streams`
 */
export async function serveStream(
  { caller, raw, reply }: Pick<RouteRequest<undefined, undefined, undefined, 'viewer'>, 'caller' | 'raw' | 'reply'>,
  { live, read, now, logger }: ApiContext,
  { topics, search, naming, after, snapshot }: StreamWishes,
): Promise<FastifyReply> {
  if (live.clients >= MAX_CLIENTS) throw new AppError('Too many live streams are open.', { code: 'too_many_streams', status: 429 })
  const header = raw.headers['last-event-id']
  const resumed = typeof header === 'string' && /^\d{1,15}$/u.test(header) ? Number(header) : after
  // What comes while the snapshot is taken may stand in both, never in neither.
  const from = resumed ?? (snapshot ? (await read('log.bounds', undefined as never)).head : undefined)
  const opening = resumed === undefined && snapshot ? `event: snapshot\ndata: ${JSON.stringify(await snapshot())}\n\n` : ''

  const { raw: out } = reply.hijack()
  const gone = new AbortController()
  out.once('close', () => gone.abort())
  // It may have left while its login was looked up: then no `close` comes any more.
  if (out.closed || raw.socket.destroyed) gone.abort()
  out.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
    connection: 'keep-alive',
    'x-content-type-options': 'nosniff',
  })
  out.write(`retry: 2000\n: connected\n\n${opening}`)

  const leave = () => gone.abort()
  const recheck = setInterval(() => {
    void read('auth.user', { tokenSha256: caller.tokenSha256, now: now() }).then((user) => (user ? undefined : leave()), leave)
  }, live.timing.recheckMs)
  try {
    for await (const item of live.follow({ topics, search, naming, after: from, signal: gone.signal })) {
      if (gone.signal.aborted) break
      if (!out.write(frame(item))) await once(out, 'drain', { signal: gone.signal })
    }
  } catch (error) {
    if (!gone.signal.aborted) logger.warn({ err: error }, 'a live stream ended early')
  } finally {
    clearInterval(recheck)
    out.end()
  }
  return reply
}

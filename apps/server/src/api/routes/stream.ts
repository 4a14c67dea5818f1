import { once } from 'node:events'
import { streamQuery } from '@decnet/contracts/api'
import { AppError } from '@decnet/kernel'
import { isPattern } from '@decnet/kernel/bus'
import type { LiveItem } from '../live.ts'
import { defineRoute } from '../route.ts'

const MAX_CLIENTS = 100

function frame(item: LiveItem): string {
  if (item.kind === 'records') return item.text
  if (item.kind === 'signal') return `event: signal\ndata: ${JSON.stringify(item.signal)}\n\n`
  if (item.kind === 'reset') return 'event: reset\ndata: {}\n\n'
  return ': still here\n\n'
}

function patterns(list: string | undefined): string[] | undefined {
  const found = list
    ?.split(',')
    .map((pattern) => pattern.trim())
    .filter(Boolean)
  const bad = found?.find((pattern) => !isPattern(pattern))
  if (bad !== undefined)
    throw new AppError(`${JSON.stringify(bad)} is no topic pattern.`, {
      code: 'bad_pattern',
      status: 422,
      fields: [{ field: 'topics', message: 'has a pattern that cannot match' }],
    })
  return found?.length ? found : undefined
}

const stream = defineRoute({
  method: 'GET',
  path: '/stream',
  access: 'viewer',
  tag: 'live',
  summary: 'Everything as it happens (server-sent events). Resume with Last-Event-ID: nothing is missed, nothing comes twice.',
  query: streamQuery,
  async handle({ query, caller, raw, reply }, { live, read, now, logger }) {
    const topics = patterns(query.topics)
    if (live.clients >= MAX_CLIENTS) throw new AppError('Too many live streams are open.', { code: 'too_many_streams', status: 429 })
    const header = raw.headers['last-event-id']
    const last = typeof header === 'string' && /^\d{1,15}$/u.test(header) ? Number(header) : query.last_event_id

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
    out.write('retry: 2000\n: connected\n\n')

    const leave = () => gone.abort()
    const recheck = setInterval(() => {
      void read('auth.user', { tokenSha256: caller.tokenSha256, now: now() }).then((user) => (user ? undefined : leave()), leave)
    }, live.timing.recheckMs)
    try {
      for await (const item of live.follow({ topics, search: query.search, after: last, signal: gone.signal })) {
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
  },
})

export default [stream]

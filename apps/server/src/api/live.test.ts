import type { Socket } from 'node:net'
import { type StreamRecord, streamRecord, streamSignal } from '@decnet/contracts/api'
import { createNullBus } from '@decnet/kernel/bus'
import type { NewLogRecord } from '@decnet/kernel/log'
import { exampleRecord } from '@decnet/kernel/log/conformance'
import { afterEach, describe, expect, it } from 'vitest'
import { logTable } from '../store/log-table.ts'
import { type ApiRig, openApi } from './api.fixture.ts'
import { type Listener, listen } from './stream-client.fixture.ts'

const WAIT = { timeout: 15_000, interval: 20 }
const TIMING = { keepaliveMs: 15_000, pollMs: 20, recheckMs: 20 }
const upTo = (last: number, first = 1) => Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index)
const numbered = (n: number, more: Partial<NewLogRecord> = {}) => exampleRecord({ body: { command: `number ${n}` }, ...more })

describe('the live stream', () => {
  const rigs: ApiRig[] = []
  const listeners: Listener[] = []
  afterEach(async () => {
    for (const listener of listeners.splice(0)) listener.close()
    for (const rig of rigs.splice(0)) await rig[Symbol.asyncDispose]()
  })

  /** A listening application without folds at work: what stands in the log is what a test puts there. */
  async function serve(options: Parameters<typeof openApi>[0] = {}) {
    const api = await openApi({ timing: TIMING, ...options })
    rigs.push(api)
    for (const name of ['profiler', 'credentials', 'reuse-correlator'])
      await api.context.write('workers.wish', { name, stopped: true, by: 'test', now: 0 })
    const url = await api.app.listen({ host: '127.0.0.1', port: 0 })
    const token = await api.login('vic')
    const log = logTable(api.store)
    return {
      api,
      token,
      async append(...records: NewLogRecord[]) {
        const written = await log.transaction((_tx, log) => log.append(records))
        api.bus.as('ingester').publish('system.log', { component: 'ingester', flushed: written.length, position: 0 }, 'batch_committed')
        return written
      },
      async open({ query = '', lastEventId, as = token }: { query?: string; lastEventId?: number | string; as?: string } = {}) {
        const headers = { authorization: `Bearer ${as}`, ...(lastEventId === undefined ? {} : { 'last-event-id': String(lastEventId) }) }
        const listener = await listen(`${url}/api/v1/stream${query}`, headers)
        listeners.push(listener)
        return listener
      },
    }
  }

  it('says what it is, and that a client comes back after two seconds', async () => {
    const { open } = await serve()
    const { status, headers, comments } = await open()
    expect([status, headers['content-type'], headers['cache-control']]).toEqual([
      200,
      'text/event-stream; charset=utf-8',
      'no-cache, no-transform',
    ])
    expect(headers['content-encoding']).toBeUndefined()
    await expect.poll(() => comments, WAIT).toEqual([': connected'])
  })

  it('tells each record once, in the order of the log, as it comes', async () => {
    const { api, append, open } = await serve()
    await append(numbered(0))
    const listener = await open()
    await expect.poll(() => api.context.live.clients, WAIT).toBe(1)
    // Without an id the stream begins now. Until it has looked where that is, a record may come or not.
    await expect.poll(() => listener.comments.length, WAIT).toBe(1)
    for (let n = 1; n <= 50; n += 1) await append(numbered(n), numbered(-n))
    await expect.poll(() => listener.seqs.at(-1), WAIT).toBe(101)
    expect(listener.seqs).toEqual(upTo(101, listener.seqs[0]))
    const rows = listener.frames.map((frame) => streamRecord.strict().parse(frame.data) as StreamRecord)
    expect(rows.map((row) => row.seq)).toEqual(listener.seqs)
    expect(listener.frames.every((frame) => frame.event === 'record')).toBe(true)
  })

  it('goes on behind Last-Event-ID without a gap or a repeat, however often it breaks while the log grows', async () => {
    const { append, open } = await serve()
    const total = 600
    const writing = (async () => {
      for (let n = 0; n < total; n += 4) {
        await append(numbered(n), numbered(n + 1), numbered(n + 2), numbered(n + 3))
        await new Promise((resolve) => setTimeout(resolve, 1))
      }
    })()
    const seen: number[] = []
    while (seen.length < total) {
      const listener = await open({ lastEventId: seen.at(-1) ?? 0 })
      const enough = Math.min(70, total - seen.length)
      await expect.poll(() => listener.seqs.length, WAIT).toBeGreaterThanOrEqual(enough)
      listener.close()
      seen.push(...listener.seqs)
    }
    await writing
    expect(seen).toEqual(upTo(total))
  })

  it('takes the place from the query as well, the header first', async () => {
    const { append, open } = await serve()
    await append(...upTo(10).map((n) => numbered(n)))
    const byQuery = await open({ query: '?last_event_id=7' })
    const byHeader = await open({ query: '?last_event_id=2', lastEventId: 8 })
    const nonsense = await open({ query: '?last_event_id=9', lastEventId: 'abc' })
    await expect.poll(() => [byQuery.seqs, byHeader.seqs, nonsense.seqs], WAIT).toEqual([[8, 9, 10], [9, 10], [10]])
  })

  it('says reset to whom the log was another one, and goes on at its end', async () => {
    const { append, open } = await serve()
    await append(...upTo(3).map((n) => numbered(n)))
    const listener = await open({ lastEventId: 99 })
    await expect.poll(() => listener.frames.map((frame) => [frame.event, frame.id]), WAIT).toEqual([['reset', null]])
    await append(numbered(4))
    await expect.poll(() => listener.seqs, WAIT).toEqual([4])
  })

  it('says reset to whom too much was forgotten, and goes on with what is kept', async () => {
    const { api, append, open } = await serve()
    await append(...upTo(10).map((n) => numbered(n)))
    await api.store.db.deleteFrom('log').where('seq', '<=', 5).execute()
    const late = await open({ lastEventId: 3 })
    await expect.poll(() => late.frames.map((frame) => frame.id), WAIT).toEqual([null, 6, 7, 8, 9, 10])
    expect(late.frames[0]?.event).toBe('reset')
    const inTime = await open({ lastEventId: 5 })
    await expect.poll(() => inTime.frames.map((frame) => frame.id), WAIT).toEqual([6, 7, 8, 9, 10])
  })

  it('says reset to everybody when all was forgotten', async () => {
    const { api, append, open } = await serve()
    await append(...upTo(4).map((n) => numbered(n)))
    await api.store.db.deleteFrom('log').execute()
    const listener = await open({ lastEventId: 2 })
    await expect.poll(() => listener.frames.map((frame) => frame.event), WAIT).toEqual(['reset'])
    await append(numbered(5))
    await expect.poll(() => listener.seqs, WAIT).toEqual([5])
  })

  it('narrows to topics and to a search, without losing its place', async () => {
    const { append, open } = await serve()
    const topics = ['system.log', 'attacker.observed', 'attacker.session.started', 'credential.captured']
    await append(...upTo(400).map((n) => numbered(n, { topic: topics[n % 4] ?? '', service: n % 8 === 0 ? 'ftp' : 'ssh' })))
    const of = (...wanted: string[]) => upTo(400).filter((n) => wanted.includes(topics[n % 4] ?? ''))
    const attackers = await open({ query: '?topics=attacker.%3E', lastEventId: 0 })
    const two = await open({ query: `?topics=${encodeURIComponent(' system.log , attacker.* ,')}`, lastEventId: 0 })
    const found = await open({ query: `?search=${encodeURIComponent('service:ftp -"number 8"')}`, lastEventId: 0 })
    const both = await open({ query: '?topics=attacker.observed&search=service:ftp', lastEventId: 0 })
    await expect.poll(() => attackers.seqs, WAIT).toEqual(of('attacker.observed', 'attacker.session.started'))
    await expect.poll(() => two.seqs, WAIT).toEqual(of('system.log', 'attacker.observed'))
    await expect.poll(() => found.seqs, WAIT).toEqual(upTo(400).filter((n) => n % 8 === 0 && !`number ${n}`.includes('number 8')))
    await append(numbered(401, { topic: 'attacker.observed', service: 'ftp' }))
    await expect.poll(() => both.seqs, WAIT).toEqual([401])
  })

  it.each(['a..b', '>.x', 'a b', 'a.*b', '.'])('refuses the pattern %j before it streams', async (pattern) => {
    const { api, token } = await serve()
    const answer = await api.request('GET', `/stream?topics=${encodeURIComponent(pattern)}`, { token })
    expect([answer.statusCode, answer.json().errors]).toEqual([422, [{ field: 'topics', message: expect.any(String) }]])
  })

  it('passes doorbells on as signals, without an id, to those whose topics they match', async () => {
    const { api, append, open } = await serve()
    const all = await open()
    const health = await open({ query: '?topics=system.*.health' })
    const others = await open({ query: '?topics=attacker.%3E' })
    await expect.poll(() => api.context.live.clients, WAIT).toBe(3)
    await expect.poll(() => others.comments.length, WAIT).toBe(1)
    await append(numbered(1, { topic: 'attacker.observed' }))
    await expect.poll(() => others.seqs, WAIT).toEqual([1])
    api.bus.as('api').publish('system.api.health', { worker: 'api', ts: 1, interval_sec: 30 }, 'health')
    for (const listener of [all, health]) {
      await expect.poll(() => listener.frames.filter((frame) => frame.event === 'signal').length, WAIT).toBe(1)
      const signal = listener.frames.find((frame) => frame.event === 'signal')
      expect(signal?.id).toBeNull()
      expect(streamSignal.strict().parse(signal?.data)).toMatchObject({
        topic: 'system.api.health',
        type: 'health',
        payload: { worker: 'api' },
      })
    }
    await append(numbered(2, { topic: 'attacker.observed' }))
    await expect.poll(() => others.seqs, WAIT).toEqual([1, 2])
    expect(others.frames.every((frame) => frame.event === 'record')).toBe(true)
  })

  it('keeps hostile text exact and within its frame', async () => {
    const { append, open } = await serve()
    const listener = await open({ lastEventId: 0 })
    const text = 'a\n\ndata: forged\r\nid: 999\n\nevent: record\u2028\u0000<script>\u001b[2J"\\'
    await append(numbered(1, { body: { command: text }, decky: 'web-01' }))
    await expect.poll(() => listener.frames, WAIT).toHaveLength(1)
    expect([listener.seqs, listener.frames.map((frame) => (frame.data as StreamRecord).fields.command)]).toEqual([[1], [text]])
  })

  it('delivers by polling when there is no bus', async () => {
    const { append, open } = await serve({ bus: createNullBus() })
    const listener = await open({ lastEventId: 0 })
    await append(numbered(1))
    await expect.poll(() => listener.seqs, WAIT).toEqual([1])
    await append(numbered(2))
    await expect.poll(() => listener.seqs, WAIT).toEqual([1, 2])
  })

  it('says now and then that it is still there', async () => {
    const { open } = await serve({ timing: { ...TIMING, keepaliveMs: 20 } })
    const listener = await open()
    await expect.poll(() => listener.comments.filter((comment) => comment === ': still here').length, WAIT).toBeGreaterThan(2)
    expect(listener.frames).toEqual([])
  })

  it('ends with the login that opened it', async () => {
    const { api, open, append } = await serve()
    const mine = await api.login('vic')
    const listener = await open({ as: mine })
    const other = await open()
    await expect.poll(() => api.context.live.clients, WAIT).toBe(2)
    await api.request('POST', '/auth/logout', { token: mine })
    await expect.poll(() => listener.ended, WAIT).toBe(true)
    await expect.poll(() => api.context.live.clients, WAIT).toBe(1)
    await append(numbered(1))
    await expect.poll(() => other.seqs, WAIT).toEqual([1])
  })

  it('keeps little for a client that does not read, and tells it everything once it does', async () => {
    const { api, append, open } = await serve()
    const sockets: Socket[] = []
    api.app.server.on('connection', (socket: Socket) => sockets.push(socket))
    const warnings: string[] = []
    const note = (warning: Error) => void warnings.push(warning.name)
    process.on('warning', note)
    const listener = await open({ lastEventId: 0 })
    listener.pause()
    const total = 6_000
    const filler = 'x'.repeat(2_000)
    for (let n = 1; n <= total; n += 500) {
      await append(...upTo(n + 499, n).map((n) => numbered(n, { body: { command: filler } })))
      for (let ring = 0; ring < 300; ring += 1) api.bus.as('api').publish('system.api.health', { worker: 'api', ts: ring }, 'health')
    }
    // 12 MB wait to be told: what the connection holds of them is what the system's buffers and one page of records take.
    await expect.poll(() => Math.max(...sockets.map((socket) => socket.writableLength)), WAIT).toBeGreaterThan(0)
    expect(Math.max(...sockets.map((socket) => socket.writableLength))).toBeLessThan(256 * 1024)
    listener.resume()
    await expect.poll(() => listener.seqs.length, { timeout: 19_000, interval: 50 }).toBe(total)
    expect(listener.seqs).toEqual(upTo(total))
    // Signals are a live feed: of those that it did not read, some are kept.
    expect(listener.frames.filter((frame) => frame.event === 'signal').length).toBeLessThan(12 * 300)
    process.off('warning', note)
    expect(warnings).toEqual([])
  }, 40_000)

  it('lets go of a client that has left', async () => {
    const { api, open } = await serve()
    const some = await Promise.all([open(), open(), open()])
    await expect.poll(() => api.context.live.clients, WAIT).toBe(3)
    for (const listener of some) listener.close()
    await expect.poll(() => api.context.live.clients, WAIT).toBe(0)
  })

  it('refuses the hundred-and-first', async () => {
    const { api, open } = await serve()
    await Promise.all(upTo(100).map(() => open()))
    await expect.poll(() => api.context.live.clients, WAIT).toBe(100)
    expect((await open()).status).toBe(429)
  })
})

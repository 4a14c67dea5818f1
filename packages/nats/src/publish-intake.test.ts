import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { deterministicId } from '@decnet/kernel'
import { when } from '@decnet/kernel/testing'
import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { expect } from 'vitest'
import { cutLink } from './fixtures/cut-link.ts'
import { LogOfIds } from './fixtures/log-of-ids.ts'
import { logRecord } from './fixtures/log-record.ts'
import { MemorySpool } from './fixtures/memory-spool.ts'
import { poll } from './fixtures/poll.ts'
import { connectNatsIntake } from './intake.ts'
import { type IntakePublisher, publishIntake } from './publish-intake.ts'
import { formatSending, parseSending } from './sending.ts'
import { NATS_TOOL, startNatsServer } from './testing.ts'

const QUICK = { min: 10, max: 50 }
const nats = when({ tools: NATS_TOOL })

/** A sensor whose position is on disk: killed and started again it goes on there. */
function sensor(servers: string, spool: MemorySpool, options: { window?: number; ackMs?: number; pingMs?: number } = {}) {
  const kept: { state: string | null } = { state: null }
  const record = logRecord()
  return {
    kept,
    record,
    start: (): Promise<IntakePublisher> =>
      publishIntake({
        servers,
        intake: spool,
        source: 'web-01',
        state: kept.state,
        store: (state) => {
          kept.state = state
        },
        retry: QUICK,
        idleMs: 10,
        logger: record.logger,
        ...options,
      }),
  }
}

nats.test(
  'brings 20,000 lines over in order, each once, and deletes from spool and stream only what has arrived',
  { timeout: 30_000 },
  async () => {
    await using server = await startNatsServer({ jetstream: true })
    await using home = await connectNatsIntake({ servers: server.url })
    const spool = new MemorySpool()
    const ids = spool.writeEvents(20_000)
    const log = new LogOfIds()
    await using publisher = await sensor(server.url, spool).start()
    const intake = home.source('web-01')
    await log.reach(intake, ids.length)
    expect(log.ids).toEqual(ids)
    expect([log.repeats, log.corrupt, log.torn]).toEqual([0, [], []])
    const all = { position: '20000', published: 20_000, known: 0 }
    await poll(() => publisher.status).toMatchObject(all)
    await log.until(intake, () => spool.acked === 20_000)
    expect(publisher.status).toEqual({ ...all, connected: true, unconfirmed: 0, resent: 0, trouble: null })
    expect(await home.sources()).toEqual([])
  },
)

nats.test('says which sensors have written, and keeps their lines apart', async () => {
  await using server = await startNatsServer({ jetstream: true })
  await using home = await connectNatsIntake({ servers: server.url })
  expect(await home.sources()).toEqual([])
  const spools = ['web-01', 'db_2'].map((source) => ({ source, spool: new MemorySpool(source) }))
  const written = spools.map(({ spool }) => spool.writeEvents(50))
  const publishers = await Promise.all(
    spools.map(({ source, spool }) => publishIntake({ servers: server.url, intake: spool, source, state: null, store: () => undefined })),
  )
  await poll(() => home.sources()).toEqual(['db_2', 'web-01'])
  for (const [index, { source }] of spools.entries()) {
    const log = new LogOfIds()
    await log.reach(home.source(source), 50)
    expect(log.ids).toEqual(written[index])
  }
  expect(await home.sources()).toEqual([])
  for (const bad of ['', 'a.b', '*', '>', 'a b', 'é', 'x'.repeat(65)]) {
    expect(() => home.source(bad), bad).toThrow(expect.objectContaining({ code: 'intake_source_invalid' }))
  }
  await Promise.all(publishers.map((publisher) => publisher.close()))
})

nats.test('loses and repeats nothing when the server is killed in the middle, again and again', { timeout: 30_000 }, async () => {
  await using server = await startNatsServer({ jetstream: true })
  await using home = await connectNatsIntake({ servers: server.url, retry: QUICK })
  const spool = new MemorySpool()
  const { start, record } = sensor(server.url, spool, { window: 200 })
  await using _publisher = await start()
  const intake = home.source('web-01')
  const log = new LogOfIds()
  const ids: string[] = []
  for (let round = 0; round < 3; round++) {
    ids.push(...spool.writeEvents(2_000))
    await log.reach(intake, ids.length - 1_900)
    await server.kill()
    await log.take(intake)
    ids.push(...spool.writeEvents(500))
    await server.start()
  }
  await log.reach(intake, ids.length)
  expect([...log.ids].sort()).toEqual([...ids].sort())
  expect(log.corrupt).toEqual([])
  expect(record.lines.filter((line) => line.startsWith('error'))).toEqual([])
})

nats.test('killed anywhere, it repeats at most what was under way', { timeout: 30_000 }, async () => {
  await using server = await startNatsServer({ jetstream: true })
  await using home = await connectNatsIntake({ servers: server.url, duplicateWindowMs: 1_000 })
  const spool = new MemorySpool()
  const ids = spool.writeEvents(3_000)
  const { start, kept } = sensor(server.url, spool, { window: 100 })
  const intake = home.source('web-01')
  const log = new LogOfIds()
  const sent = () => Number(parseSending(kept.state).sent.position)
  for (let life = 0; sent() < ids.length; life++) {
    const publisher = await start()
    await pause(1 + (life % 15))
    await Promise.all([publisher.close(), log.take(intake)])
    expect(spool.acked).toBeLessThanOrEqual(sent())
    if (life === 3) await pause(1_100)
    if (life > 2_000) expect.unreachable('makes no progress')
  }
  await log.reach(intake, ids.length)
  expect([...log.ids].sort()).toEqual([...ids].sort())
})

nats.test(
  'a link cut for longer than the server knows repeats: the log’s unique id makes it exactly once',
  { timeout: 30_000 },
  async () => {
    await using server = await startNatsServer({ jetstream: true })
    await using home = await connectNatsIntake({ servers: server.url, duplicateWindowMs: 1_000 })
    await using link = await cutLink(server.port)
    const spool = new MemorySpool()
    const { start } = sensor(link.url, spool, { window: 100, ackMs: 300, pingMs: 200 })
    await using publisher = await start()
    const intake = home.source('web-01')
    const log = new LogOfIds()
    const ids = spool.writeEvents(100)
    // a line without an id of its own: the same text twice is two lines, one of them sent twice is one
    const foreign = '<134>1 2026-11-21T21:48:05Z web-01 ssh - auth_attempt - same text'
    for (let twice = 0; twice < 2; twice++) spool.entries.push({ line: Buffer.from(foreign) })
    await log.reach(intake, 102)
    for (const what of ['back', 'all'] as const) {
      link.lose(what)
      ids.push(...spool.writeEvents(300))
      for (let twice = 0; twice < 2; twice++) spool.entries.push({ line: Buffer.from(foreign) })
      publisher.wake()
      // its acknowledgements get lost, and the server forgets what it has
      await pause(1_500)
      await log.take(intake)
      link.heal()
      await log.reach(intake, ids.length + (spool.entries.length - ids.length))
    }
    expect(log.ids.filter((id) => ids.includes(id))).toEqual(ids)
    expect(log.ids.length).toBe(ids.length + 6)
    await log.until(intake, () => spool.acked === spool.entries.length)
    while (await log.take(intake)) await pause(1)
    expect(log.repeats).toBeGreaterThan(0)
  },
)

const SIZES = [100_000, 250_123]
nats.test.each(SIZES)(
  'a full stream of %i bytes refuses, the spool holds, the log says it once; drained, everything arrives once',
  async (maxBytes) => {
    await using server = await startNatsServer({ jetstream: true })
    await using home = await connectNatsIntake({ servers: server.url, maxBytes })
    const spool = new MemorySpool()
    const ids = spool.writeEvents(500)
    // lines of many lengths, so that the last one that fits comes close to the limit
    for (let length = 0; length < 700; length++) {
      const line = `<134>1 2026-11-21T21:48:05Z web-01 ssh - command - ${'x'.repeat(length % 97)}`
      spool.entries.push({ line: Buffer.from(line) })
      ids.push(deterministicId('line', 'web-01', String(spool.entries.length)))
    }
    const { start, record } = sensor(server.url, spool)
    await using publisher = await start()
    await poll(() => publisher.status.trouble).toBe('the intake stream is full; the spool holds')
    await pause(100)
    expect(publisher.status.published).toBeLessThan(500)
    expect(spool.acked).toBe(0)
    const intake = home.source('web-01')
    const log = new LogOfIds()
    await log.reach(intake, ids.length)
    expect([...log.ids].sort()).toEqual([...ids].sort())
    await poll(() => publisher.status).toMatchObject({ position: String(ids.length), trouble: null })
    const full = record.fields.find(({ hint }) => String(hint).includes('raise the size'))
    expect(full).toMatchObject({ source: 'web-01', waiting: expect.any(Number) })
    const told = record.lines.filter((line) => !line.startsWith('debug'))
    expect(told.length).toBeLessThan(20)
    expect(told.at(-1)).toBe('info: the intake stream takes lines again')
  },
)

nats.test('waits for a server that comes later, and for the stream that the reading side makes', async () => {
  await using server = await startNatsServer({ jetstream: true })
  await server.kill()
  const spool = new MemorySpool()
  const ids = spool.writeEvents(10)
  const { start, record } = sensor(server.url, spool)
  await using publisher = await start()
  expect(publisher.status).toMatchObject({ connected: false, trouble: 'nats is away' })
  await server.start()
  await poll(() => publisher.status.trouble).toBe('nobody takes intake lines; the spool holds')
  await using home = await connectNatsIntake({ servers: server.url })
  const log = new LogOfIds()
  await log.reach(home.source('web-01'), 10)
  expect(log.ids).toEqual(ids)
  expect(record.lines.filter((line) => line.startsWith('warn'))).toEqual([
    'warn: nats cannot be reached',
    'warn: nobody takes intake lines; the spool holds',
  ])
})

nats.test('carries torn ends, corrupt lines, exact bytes and lines longer than a message', async () => {
  await using server = await startNatsServer({ jetstream: true, config: 'max_payload: 100000' })
  await using home = await connectNatsIntake({ servers: server.url })
  const spool = new MemorySpool()
  const noise = randomBytes(300_000).map((byte) => (byte === 10 ? 11 : byte))
  const long = Buffer.from(`<134>1 2026-11-21T21:48:05Z web-01 ssh - command - ${'long '.repeat(180_000)}`)
  const odd = Buffer.from([0, 255, 13, 9])
  spool.entries.push({ line: odd }, { torn: Buffer.from('half a li') }, { line: long }, { line: odd.subarray(1), corrupt: 'too\nlong é' })
  spool.entries.push({ line: Buffer.from(noise) }, { torn: Buffer.from('again') })
  const [last] = spool.writeEvents(1)
  await using _publisher = await sensor(server.url, spool).start()
  const log = new LogOfIds()
  await log.reach(home.source('web-01'), 2)
  expect(log.torn).toEqual(['half a li', 'again'])
  expect(log.ids).toEqual([deterministicId('line', 'web-01', '3'), last])
  const [bytes, cut, beginning] = log.corrupt
  expect([bytes?.line, bytes?.corrupt, bytes?.origin]).toEqual([odd, undefined, '1'])
  expect([cut?.line, cut?.corrupt, cut?.origin]).toEqual([odd.subarray(1), 'too?long ?', '4'])
  expect(beginning?.corrupt).toBe('longer than the 100000 bytes that the server takes in one message')
  expect(beginning?.line.equals(noise.subarray(0, 65_536))).toBe(true)
})

nats.test('stores no position when the spool or the store fails, says so once, and goes on when they are mended', async () => {
  await using server = await startNatsServer({ jetstream: true })
  await using home = await connectNatsIntake({ servers: server.url })
  const spool = new MemorySpool()
  const ids = spool.writeEvents(10)
  const record = logRecord()
  let broken = true
  const store = () => {
    if (broken) throw new Error('disk full')
  }
  await using publisher = await publishIntake({
    servers: server.url,
    intake: spool,
    source: 'web-01',
    state: null,
    store,
    logger: record.logger,
  })
  await poll(() => publisher.status.known).toBeGreaterThan(9)
  expect([publisher.status.position, spool.acked]).toEqual([null, 0])
  broken = false
  const log = new LogOfIds()
  await log.until(home.source('web-01'), () => spool.acked === 10)
  expect(log.ids).toEqual(ids)
  expect(record.lines.filter((line) => line.startsWith('error'))).toHaveLength(1)
})

nats.test('keeps in the spool what no server has read, and sends again what the stream took and lost', { timeout: 40_000 }, async () => {
  await using server = await startNatsServer({ jetstream: true })
  await using home = await connectNatsIntake({ servers: server.url, retry: QUICK })
  const spool = new MemorySpool()
  const ids = spool.writeEvents(300)
  const { start, record } = sensor(server.url, spool, { window: 100 })
  await using publisher = await start()
  await poll(() => publisher.status).toMatchObject({ position: '300', unconfirmed: 300 })
  expect(spool.acked).toBe(0)
  const connection = await connect({ servers: server.url })
  const { streams } = await jetstreamManager(connection)
  for (let sequence = 120; sequence <= 180; sequence++) await streams.deleteMessage('DECNET_INTAKE', sequence)
  const intake = home.source('web-01')
  const log = new LogOfIds()
  await log.reach(intake, 239)
  ids.push(...spool.writeEvents(50))
  await log.until(intake, () => spool.acked === 350)
  expect([...log.ids].sort()).toEqual([...ids].sort())
  // its last lines too, once others come after them
  ids.push(...spool.writeEvents(20))
  await poll(() => publisher.status.position).toBe('370')
  await streams.purge('DECNET_INTAKE')
  ids.push(...spool.writeEvents(1))
  await log.until(intake, () => spool.acked === 371)
  expect([...log.ids].sort()).toEqual([...ids].sort())
  await connection.close()
  const told = record.lines.filter((line) => !line.startsWith('debug'))
  expect(new Set(told)).toEqual(new Set(['warn: the intake stream lost lines that it had taken: they are sent again']))
  expect(publisher.status).toMatchObject({ unconfirmed: 0, trouble: null })
})

nats.test(
  'begins to count anew when the spool no longer has what is missing, and the log has all the rest',
  { timeout: 60_000 },
  async () => {
    await using server = await startNatsServer({ jetstream: true })
    await using home = await connectNatsIntake({ servers: server.url, retry: QUICK })
    const spool = new MemorySpool()
    spool.writeEvents(100)
    const { start, record } = sensor(server.url, spool)
    await using publisher = await start()
    const before = new LogOfIds()
    const first = home.source('web-01')
    await before.until(first, () => spool.acked === 100)
    await first[Symbol.asyncDispose]()
    // another server, which has nothing of what came before
    const ids = spool.writeEvents(40)
    const log = new LogOfIds()
    const intake = home.source('web-01')
    await log.until(intake, () => spool.acked === 140, 40_000)
    expect([...log.ids].sort()).toEqual([...ids].sort())
    expect(record.lines.filter((line) => !line.startsWith('debug'))).toEqual(['error: the log lacks lines that the spool no longer has'])
    expect(publisher.status).toMatchObject({ unconfirmed: 0, position: '140' })
  },
)

nats.test('sends a line again that the stream claims to know but has not stored', async () => {
  await using server = await startNatsServer()
  const connection = await connect({ servers: server.url })
  const asked: string[] = []
  connection.subscribe('decnet-intake.web-01', {
    callback: (_, message) => {
      const id = message.headers?.get('Nats-Msg-Id') ?? ''
      asked.push(id)
      const stored = id.includes('.')
      message.respond(JSON.stringify({ stream: 'DECNET_INTAKE', seq: stored ? 7 : 0, ...(!stored && { duplicate: true }) }))
    },
  })
  await connection.flush()
  const spool = new MemorySpool()
  const [id] = spool.writeEvents(1)
  const { start, record } = sensor(server.url, spool)
  await using publisher = await start()
  await poll(() => publisher.status.published).toBe(1)
  expect(asked).toEqual([id, expect.stringMatching(`^${id}\\.`)])
  expect(record.lines).toContain('warn: the intake stream has not stored what it took; it is sent again')
  await connection.close()
})

nats.test('fills a gap while lines come without a pause', { timeout: 40_000 }, async () => {
  await using server = await startNatsServer({ jetstream: true })
  await using home = await connectNatsIntake({ servers: server.url, retry: QUICK })
  const spool = new MemorySpool()
  const ids = spool.writeEvents(200)
  await using publisher = await sensor(server.url, spool).start()
  const intake = home.source('web-01')
  const log = new LogOfIds()
  await log.reach(intake, 200)
  ids.push(...spool.writeEvents(200))
  await poll(() => publisher.status.position).toBe('400')
  const connection = await connect({ servers: server.url })
  await (await jetstreamManager(connection)).streams.purge('DECNET_INTAKE')
  const missing = new Set(ids.slice(200))
  const writing = setInterval(() => ids.push(...spool.writeEvents(1)), 5)
  // while it writes, not once it has stopped
  await log.until(intake, () => missing.isSubsetOf(new Set(log.ids)), 20_000)
  clearInterval(writing)
  await log.until(intake, () => spool.acked === ids.length)
  expect([...log.ids].sort()).toEqual([...ids].sort())
  await connection.close()
})

nats.test(
  'protects a home that was made anew on a clock that is behind, and says that the name is taken',
  { timeout: 40_000 },
  async () => {
    await using server = await startNatsServer({ jetstream: true })
    await using home = await connectNatsIntake({ servers: server.url, retry: QUICK })
    const intake = home.source('web-01')
    const log = new LogOfIds()
    const first = new MemorySpool()
    first.writeEvents(50)
    const earlier = await sensor(server.url, first).start()
    await log.until(intake, () => first.acked === 50)
    await earlier.close()
    const spool = new MemorySpool()
    const { start, record, kept } = sensor(server.url, spool)
    kept.state = formatSending({ life: '0000000001', sent: { number: 0, position: null }, held: { number: 0, position: null } })
    const ids = spool.writeEvents(100)
    await using publisher = await start()
    await poll(() => publisher.status.position).toBe('100')
    const connection = await connect({ servers: server.url })
    await (await jetstreamManager(connection)).streams.purge('DECNET_INTAKE')
    ids.push(...spool.writeEvents(1))
    await log.until(intake, () => spool.acked === 101, 20_000)
    expect([...log.ids].sort().slice(-101)).toEqual([...ids].sort())
    expect(record.lines).toContain('warn: another sensor has this name')
    await connection.close()
  },
)

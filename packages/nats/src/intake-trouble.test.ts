import { setTimeout as pause } from 'node:timers/promises'
import { when } from '@decnet/kernel/testing'
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connect, headers } from '@nats-io/transport-node'
import { expect } from 'vitest'
import { LogOfIds } from './fixtures/log-of-ids.ts'
import { logRecord } from './fixtures/log-record.ts'
import { MemorySpool } from './fixtures/memory-spool.ts'
import { poll } from './fixtures/poll.ts'
import { connectNatsIntake, type NatsIntakeOptions } from './intake.ts'
import { publishIntake } from './publish-intake.ts'
import { freePort, NATS_TOOL, startNatsServer } from './testing.ts'

const QUICK = { min: 10, max: 50 }
const nats = when({ tools: NATS_TOOL })
const refused = (options: NatsIntakeOptions) =>
  connectNatsIntake(options).then(
    () => expect.unreachable('opened'),
    (error) => error,
  )

nats.test('says what is wrong with a server without JetStream, with limits that it refuses, with credentials', async () => {
  await using plain = await startNatsServer()
  expect(await refused({ servers: plain.url })).toMatchObject({ code: 'nats_no_jetstream', hint: expect.stringContaining('store_dir') })
  await using server = await startNatsServer({ jetstream: true })
  const replicas = await refused({ servers: server.url, replicas: 3 })
  expect(replicas).toMatchObject({ name: 'AppError', code: 'nats_stream_refused', hint: expect.stringContaining('replicas') })
  await using locked = await startNatsServer({ jetstream: true, config: 'authorization { token: secret }' })
  expect(await refused({ servers: locked.url, token: 'wrong' })).toMatchObject({ code: 'nats_auth_failed' })
})

nats.test('reads nothing and acknowledges nothing while NATS is away, says so once, and goes on by itself', async () => {
  const { logger, lines } = logRecord()
  const servers = `127.0.0.1:${await freePort()}`
  await using nowhere = await connectNatsIntake({ servers, logger, retry: QUICK })
  const intake = nowhere.source('web-01')
  for (let round = 0; round < 3; round++) {
    expect(await intake.read('x:7', 10)).toEqual({ source: 'web-01', lines: [], torn: null, position: 'x:7', more: false })
    await intake.ack('x:7')
  }
  expect([await nowhere.sources(), nowhere.status]).toEqual([[], { connected: false, reconnects: 0, trouble: null }])
  expect(lines).toEqual(['warn: nats cannot be reached'])
})

nats.test('takes up changed limits of a stream that is there', async () => {
  await using server = await startNatsServer({ jetstream: true })
  for (const options of [{ maxBytes: 1_048_576 }, { maxBytes: 2_097_152, maxAgeMs: 60_000, duplicateWindowMs: 120_000 }]) {
    await using _home = await connectNatsIntake({ servers: server.url, ...options })
  }
  const connection = await connect({ servers: server.url })
  const { config } = await (await jetstreamManager(connection)).streams.info('DECNET_INTAKE')
  expect(config).toMatchObject({ discard: 'new', storage: 'file', max_bytes: 2_097_152, max_age: 60e9, duplicate_window: 60e9 })
  await connection.close()
})

nats.test(
  'begins again in a stream that was made anew, whose numbers a stored position has already passed',
  { timeout: 20_000 },
  async () => {
    await using server = await startNatsServer({ jetstream: true })
    const options = { servers: server.url, retry: QUICK }
    await using home = await connectNatsIntake(options)
    const intake = home.source('web-01')
    const log = new LogOfIds()
    const spool = new MemorySpool()
    const ids = spool.writeEvents(500)
    const publisher = await publishIntake({ ...options, intake: spool, source: 'web-01', state: null, store: () => undefined })
    await log.reach(intake, 500)
    const connection = await connect({ servers: server.url })
    await (await jetstreamManager(connection)).streams.delete('DECNET_INTAKE')
    await connection.close()
    ids.push(...spool.writeEvents(50))
    await log.reach(intake, 550)
    expect(log.ids).toEqual(ids)
    await publisher.close()
  },
)

nats.test('passes hostile messages on as evidence, and positions that are none begin at the beginning', async () => {
  await using server = await startNatsServer({ jetstream: true })
  await using home = await connectNatsIntake({ servers: server.url })
  const connection = await connect({ servers: server.url })
  const stream = jetstream(connection)
  const send = (data: string | Uint8Array, given: Record<string, string> = {}) => {
    const head = headers()
    for (const [name, value] of Object.entries(given)) head.set(name, value)
    return stream.publish('decnet-intake.web-01', data, { headers: head })
  }
  await send('')
  await send('two\nlines')
  await send('squeezed', { 'Intake-Encoding': 'deflate' })
  await stream.publish('decnet-intake.web-01', 'bare')
  await send('half', { 'Intake-Torn': 'whatever' })
  await send('last')
  await connection.close()
  const intake = home.source('web-01')
  for (const position of [null, '', '7', 'garbage', '-1:5', `${'9'.repeat(30)}:1`]) {
    const batch = await intake.read(position, 100)
    expect(batch.lines.map(({ line, corrupt }) => [line.toString(), corrupt])).toEqual([
      ['two\nlines', 'holds a line break'],
      ['squeezed', 'its compression is broken'],
      ['bare', undefined],
    ])
    expect([batch.torn?.toString(), batch.more]).toEqual(['half', true])
    const rest = await intake.read(batch.position, 100)
    expect([rest.lines.map(({ line }) => line.toString()), rest.torn, rest.more]).toEqual([['last'], null, false])
  }
})

nats.test('reads on with a new consumer when the server has forgotten its old one, or froze for a while', { timeout: 20_000 }, async () => {
  await using server = await startNatsServer({ jetstream: true })
  const { logger } = logRecord()
  await using home = await connectNatsIntake({ servers: server.url, logger, retry: QUICK, pingMs: 100, timeoutMs: 300 })
  const spool = new MemorySpool()
  const ids = spool.writeEvents(300)
  const options = { servers: server.url, retry: QUICK, idleMs: 10, ackMs: 500, pingMs: 100, timeoutMs: 300 }
  await using _publisher = await publishIntake({ ...options, intake: spool, source: 'web-01', state: null, store: () => undefined })
  const intake = home.source('web-01')
  const log = new LogOfIds()
  await log.reach(intake, 300)
  const connection = await connect({ servers: server.url })
  const manager = await jetstreamManager(connection)
  for await (const { name } of manager.consumers.list('DECNET_INTAKE')) await manager.consumers.delete('DECNET_INTAKE', name)
  await connection.close()
  ids.push(...spool.writeEvents(300))
  await log.reach(intake, 600)
  server.freeze()
  ids.push(...spool.writeEvents(300))
  await Promise.all([log.take(intake), pause(600)])
  server.thaw()
  await log.reach(intake, 900)
  expect([...log.ids].sort()).toEqual([...ids].sort())
})

nats.test('needs no permissions but those that its README names: a sensor can write its own lines and nothing else', async () => {
  const sensor = `{ user: sensor, password: x, permissions: { publish: "decnet-intake.web-01", subscribe: ["_INBOX.>", "decnet-receipt-intake.web-01"] } }`
  const api = ['STREAM.*.DECNET_INTAKE', 'CONSUMER.*.DECNET_INTAKE', 'CONSUMER.*.DECNET_INTAKE.*', 'CONSUMER.MSG.NEXT.DECNET_INTAKE.*']
  const publish = JSON.stringify([...api.map((subject) => `$JS.API.${subject}`), 'decnet-receipt-intake.*'])
  const reader = `{ user: server, password: x, permissions: { publish: ${publish}, subscribe: "_INBOX.>" } }`
  await using server = await startNatsServer({ jetstream: true, config: `authorization { users: [ ${sensor}, ${reader} ] }` })
  const options = { servers: server.url, password: 'x', retry: QUICK }
  await using home = await connectNatsIntake({ ...options, user: 'server' })
  const spool = new MemorySpool()
  const ids = spool.writeEvents(1_000)
  const sending = { ...options, user: 'sensor', intake: spool, state: null, store: () => undefined }
  await using _publisher = await publishIntake({ ...sending, source: 'web-01' })
  const log = new LogOfIds()
  await log.until(home.source('web-01'), () => spool.acked === 1_000)
  expect([log.ids, await home.sources()]).toEqual([ids, []])
  const { logger, lines } = logRecord()
  const other = new MemorySpool()
  other.writeEvents(1)
  await using liar = await publishIntake({ ...sending, intake: other, source: 'db-01', logger, ackMs: 200 })
  await poll(() => lines).toContain('warn: nats refused something')
  expect([liar.status.published, await home.sources()]).toEqual([0, []])
})

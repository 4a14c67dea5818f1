import { setTimeout as pause } from 'node:timers/promises'
import { nextEvent, nextMessage } from '@decnet/kernel/bus/conformance'
import { when } from '@decnet/kernel/testing'
import { connect } from '@nats-io/transport-node'
import { expect } from 'vitest'
import { connectNatsBus } from './bus.ts'
import { logRecord } from './fixtures/log-record.ts'
import { poll } from './fixtures/poll.ts'
import { NATS_TOOL, startNatsServer } from './testing.ts'

const QUICK = { min: 10, max: 50 }
const nats = when({ tools: NATS_TOOL })

nats.test(
  'bounds what it keeps for a server that does not read, publishing goes on at once, and what was kept arrives in order',
  async () => {
    await using server = await startNatsServer()
    await using bus = await connectNatsBus({ servers: server.url })
    await using other = await connectNatsBus({ servers: server.url })
    const subscription = other.as('reader').subscribe('system.log')
    await subscription.ready
    server.freeze()
    const writer = bus.as('writer')
    const began = performance.now()
    for (let n = 0; n < 60; n++) {
      writer.publish('system.log', { n, fill: 'x'.repeat(1_000_000) })
      if (n % 10 === 9) await pause(1)
    }
    expect(performance.now() - began).toBeLessThan(5_000)
    expect(bus.status.dropped).toBeGreaterThan(40)
    server.thaw()
    const heard: number[] = []
    while (heard.at(-1) !== 59) heard.push(Number((await nextMessage(subscription)).payload.n))
    expect(heard).toEqual([...heard].sort((a, b) => a - b))
    expect(heard.length + bus.status.dropped).toBe(60)
  },
)

nats.test('gives up a server that answers no pings, and comes back with a gap', async () => {
  await using server = await startNatsServer()
  const { logger, lines } = logRecord()
  await using bus = await connectNatsBus({ servers: server.url, pingMs: 50, timeoutMs: 200, retry: QUICK, logger })
  const subscription = bus.as('reader').subscribe('system.log')
  await subscription.ready
  server.freeze()
  while (bus.status.connected) await pause(5)
  server.thaw()
  expect(await nextEvent(subscription)).toEqual({ kind: 'gap', reason: 'reconnected' })
  expect(lines.at(0)).toBe('warn: nats is away')
})

nats.test('counts and passes over what is no message of ours; a stranger’s message without id reaches each subscription once', async () => {
  await using server = await startNatsServer()
  await using bus = await connectNatsBus({ servers: server.url })
  const all = bus.as('reader').subscribe('system.>')
  const one = bus.as('reader').subscribe('system.log')
  await Promise.all([all.ready, one.ready])
  const stranger = await connect({ servers: server.url })
  for (const bytes of ['{', '[]', '{"v":2}', '{"id":"x"}', new Uint8Array([0xff, 0x7b])]) stranger.publish('decnet.system.log', bytes)
  stranger.publish('decnet.system.log', '{"topic":"spoofed","payload":{"n":1}}')
  stranger.publish('decnet.system.log', '')
  stranger.publish('decnet.system..log', '{}')
  stranger.publish('decnet.system.höhe', '{}')
  stranger.publish('other.system.log', '{"payload":{"n":"other prefix"}}')
  stranger.publish('decnet.system.log', `{"id":"${'ab'.repeat(16)}","ts":1,"payload":{"n":2}}`)
  await stranger.flush()
  for (const subscription of [all, one]) {
    expect(await nextMessage(subscription)).toMatchObject({ topic: 'system.log', payload: { n: 1 } })
    expect((await nextMessage(subscription)).payload).toEqual({})
    expect((await nextMessage(subscription)).payload).toEqual({ n: 2 })
  }
  await expect(nextMessage(all, 50)).rejects.toThrow('nothing on')
  expect(bus.status).toMatchObject({ connected: true, dropped: 10 })
  await stranger.close()
})

nats.test('drops what the server would not take, counts it, says it once, and stays connected', async () => {
  await using server = await startNatsServer({ config: 'max_payload: 1000' })
  const { logger, lines, fields } = logRecord()
  await using bus = await connectNatsBus({ servers: server.url, logger })
  await using other = await connectNatsBus({ servers: server.url })
  const subscription = other.as('reader').subscribe('>')
  const long = `system.${'x'.repeat(4_050)}`
  const deaf = bus.as('reader').subscribe(long)
  await Promise.all([subscription.ready, deaf.ready])
  const writer = bus.as('writer')
  for (let round = 0; round < 3; round++) {
    writer.publish('system.log', { fill: 'x'.repeat(1_000) })
    writer.publish(long, { round })
  }
  for (let length = 3_900; length < 4_000 - 'decnet.system.'.length; length += 40) {
    writer.publish(`system.${'y'.repeat(length)}`, { length })
    expect((await nextMessage(subscription)).payload).toEqual({ length })
  }
  writer.publish('system.end', {})
  expect((await nextMessage(subscription)).topic).toBe('system.end')
  for (let round = 0; round < 3; round++) expect((await nextMessage(deaf)).payload).toEqual({ round })
  expect(bus.status).toMatchObject({ connected: true, reconnects: 0, dropped: 7 })
  expect(lines.sort()).toEqual(['warn: nats takes no message of this size', 'warn: nats takes no subject of this length'])
  expect(fields.find(({ limit }) => limit === 1_000)).toMatchObject({ hint: expect.stringContaining('max_payload') })
})

nats.test('lives with permissions that it lacks: says so once and goes on', async () => {
  const permissions = '{ publish: "decnet.system.log", subscribe: ["decnet.system.>", "_INBOX.>"] }'
  await using server = await startNatsServer({
    config: `authorization { users: [ { user: joe, password: x, permissions: ${permissions} } ] }`,
  })
  const { logger, lines } = logRecord()
  const options = { servers: server.url, user: 'joe', password: 'x' }
  await using bus = await connectNatsBus({ ...options, logger })
  await using other = await connectNatsBus(options)
  const [denied, allowed] = [bus.as('reader').subscribe('attacker.>'), other.as('reader').subscribe('system.>')]
  await Promise.all([denied.ready, allowed.ready])
  for (let n = 0; n < 3; n++) bus.as('writer').publish('system.mutator.control', { action: 'stop' })
  bus.as('writer').publish('system.log', { n: 1 })
  expect((await nextMessage(allowed)).payload).toEqual({ n: 1 })
  // one for the subscription, one for what was published
  await poll(() => lines.filter((line) => line.startsWith('warn')).length).toBe(2)
  expect(bus.status).toMatchObject({ connected: true, reconnects: 0 })
})

nats.test('delivers what was published just before it closed', async () => {
  await using server = await startNatsServer()
  await using other = await connectNatsBus({ servers: server.url })
  const subscription = other.as('reader').subscribe('system.log')
  await subscription.ready
  const bus = await connectNatsBus({ servers: server.url })
  for (let n = 0; n < 500; n++) bus.as('writer').publish('system.log', { n })
  await bus.close()
  for (let n = 0; n < 500; n++) expect((await nextMessage(subscription)).payload).toEqual({ n })
})

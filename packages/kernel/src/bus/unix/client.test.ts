import { chmod } from 'node:fs/promises'
import { createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { nextEvent, nextMessage } from '../conformance.ts'
import { openUnixBroker } from './broker.ts'
import { connectUnixBus } from './client.ts'
import { brokerProcess, client, QUICK, socketFolder, until } from './unix.fixture.ts'

describe('unix client', () => {
  it('makes one connection, however many ask for it at once', async () => {
    await using place = await socketFolder()
    await using broker = await openUnixBroker({ path: place.path })
    await using bus = client(place.path, 'api')
    expect(await Promise.all([bus.connected(), bus.connected(), bus.connected()])).toEqual([true, true, true])
    await bus.as('a').subscribe('a.b').ready
    await bus.as('b').subscribe('a.b').ready
    expect(broker.connections).toEqual([{ name: 'api', peer: null, subscriptions: 1, dropped: 0, refused: 0 }])
  })

  it('finds a broker that comes later, tells the gap once, and counts what it could not send', async () => {
    await using place = await socketFolder()
    await using bus = client(place.path)
    const subscription = bus.as('reader').subscribe('system.log')
    expect(await bus.connected(100)).toBe(false)
    bus.as('writer').publish('system.end', {})
    expect(bus.status).toMatchObject({ connected: false, reconnects: 0, dropped: 1 })
    await using broker = await openUnixBroker({ path: place.path })
    await subscription.ready
    expect(await nextEvent(subscription)).toEqual({ kind: 'gap', reason: 'reconnected' })
    broker.as('writer').publish('system.log', { n: 1 })
    expect(await nextEvent(subscription)).toMatchObject({ kind: 'message' })
  })

  it('lets its handles hear each other while the broker is away', async () => {
    await using place = await socketFolder()
    await using bus = client(place.path)
    const subscription = bus.as('reader').subscribe('system.log')
    bus.as('writer').publish('system.log', { n: 1 })
    expect((await nextMessage(subscription)).payload).toEqual({ n: 1 })
  })

  it('sends at once what is published before the first connection stands', async () => {
    await using place = await socketFolder()
    await using broker = await openUnixBroker({ path: place.path })
    const subscription = broker.as('reader').subscribe('system.log')
    await using bus = client(place.path)
    bus.as('writer').publish('system.log', { n: 1 })
    expect((await nextMessage(subscription)).payload).toEqual({ n: 1 })
    expect(bus.status.dropped).toBe(0)
  })

  it('delivers what was published just before it closed', async () => {
    await using place = await socketFolder()
    await using broker = await openUnixBroker({ path: place.path })
    const subscription = broker.as('reader').subscribe('system.log')
    const bus = client(place.path)
    await bus.connected()
    for (let n = 0; n < 500; n++) bus.as('writer').publish('system.log', { n })
    await bus.close()
    for (let n = 0; n < 500; n++) expect((await nextMessage(subscription)).payload).toEqual({ n })
    await until(() => broker.connections.length === 0)
  })

  it('delivers a burst of 10,000 messages of one turn', async () => {
    await using place = await socketFolder()
    await using broker = await openUnixBroker({ path: place.path })
    const subscription = broker.as('reader').subscribe('system.log', { queueSize: 10_000 })
    await using bus = client(place.path)
    await bus.connected()
    const writer = bus.as('writer')
    for (let n = 0; n < 10_000; n++) writer.publish('system.log', { n, fill: 'x'.repeat(200) })
    for (let n = 0; n < 10_000; n++) expect((await nextMessage(subscription)).payload.n).toBe(n)
    expect([bus.status.dropped, broker.status.dropped]).toEqual([0, 0])
  })

  it('wakes a subscriber that waits when it closes, also while the broker is away', async () => {
    await using place = await socketFolder()
    const bus = client(place.path)
    const subscription = bus.as('reader').subscribe('system.log')
    const waiting = subscription[Symbol.asyncIterator]().next()
    await bus.close()
    expect((await waiting).done).toBe(true)
    await subscription.ready
  })

  it('B2: survives a broker killed and started again: reconnects, subscribes again, tells the gap', async () => {
    await using place = await socketFolder()
    let broker = await brokerProcess(place.path)
    try {
      await using reader = client(place.path)
      await using writer = client(place.path)
      const subscription = reader.as('reader').subscribe('system.log')
      await subscription.ready
      await writer.connected()
      writer.as('writer').publish('system.log', { n: 0 })
      expect((await nextMessage(subscription)).payload).toEqual({ n: 0 })
      for (let round = 1; round <= 2; round++) {
        await broker.kill()
        await until(() => !writer.status.connected && !reader.status.connected)
        writer.as('writer').publish('system.log', { n: 'lost' })
        broker = await brokerProcess(place.path)
        expect(await nextEvent(subscription)).toEqual({ kind: 'gap', reason: 'reconnected' })
        await until(() => writer.status.connected)
        writer.as('writer').publish('system.log', { n: round })
        expect((await nextMessage(subscription)).payload).toEqual({ n: round })
      }
      expect([reader.status.reconnects, writer.status.dropped]).toEqual([2, 2])
    } finally {
      await broker.kill()
    }
  })

  it('B2: a subscriber that waits while its broker closes goes on waiting, is told the gap by the next one, and hears on', async () => {
    await using place = await socketFolder()
    const first = await openUnixBroker({ path: place.path })
    await using bus = client(place.path)
    const subscription = bus.as('reader').subscribe('system.log')
    await subscription.ready
    const waiting = subscription[Symbol.asyncIterator]().next()
    await first.close()
    await until(() => !bus.status.connected)
    await using second = await openUnixBroker({ path: place.path })
    expect(await Promise.race([waiting, pause(5_000)])).toMatchObject({ value: { kind: 'gap', reason: 'reconnected' } })
    second.as('writer').publish('system.log', { n: 1 })
    expect((await nextMessage(subscription)).payload).toEqual({ n: 1 })
  })

  it('B2: says once that its broker is away, however much is published meanwhile, and nothing once it is closed', async () => {
    await using place = await socketFolder()
    const broker = await openUnixBroker({ path: place.path })
    const logged: string[] = []
    const log = (level: string) => (_fields: object, message: string) => void logged.push(`${level}: ${message}`)
    const logger = { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') }
    const bus = connectUnixBus({ path: place.path, name: 'test', retry: QUICK, logger })
    await bus.connected()
    await broker.close()
    await until(() => !bus.status.connected)
    const writer = bus.as('writer')
    for (let n = 0; n < 50; n++) writer.publish('system.log', { n })
    expect(bus.status.dropped).toBe(50)
    await bus.close()
    for (let n = 0; n < 50; n++) writer.publish('system.log', { n })
    expect(logged).toEqual(['warn: bus is away'])
    expect(bus.status.dropped).toBe(50)
  })

  it('B2: asks a broker that turns it away at growing pauses, one attempt at a time, however many ask and publish', async () => {
    await using place = await socketFolder()
    let attempts = 0
    const closed = createServer((socket) => {
      attempts++
      socket.destroy()
    }).listen(place.path)
    await until(() => closed.listening)
    const began = performance.now()
    const bus = connectUnixBus({ path: place.path, name: 'test', retry: { min: 40, max: 2_000 } })
    const writer = bus.as('writer')
    const asked = Array.from({ length: 10 }, () => bus.connected(600))
    for (const end = Date.now() + 600; Date.now() < end; await pause(1)) writer.publish('system.log', {})
    await Promise.all(asked)
    expect(attempts).toBeGreaterThan(2)
    // a pause is at least half of 40, 80, 160, … ms
    expect(performance.now() - began).toBeGreaterThan(20 * (2 ** (attempts - 1) - 1) - attempts)
    await bus.close()
    const before = attempts
    await pause(100)
    expect(attempts).toBe(before)
    closed.close()
  })

  it('bounds what it keeps for a broker that does not read, and publishing goes on at once', async () => {
    await using place = await socketFolder()
    const frozen = createServer((socket) => socket.pause()).listen(place.path)
    await until(() => frozen.listening)
    const bus = client(place.path)
    await bus.connected()
    const writer = bus.as('writer')
    for (let n = 0; n < 40; n++) writer.publish('system.log', { fill: 'x'.repeat(1_000_000) })
    expect(bus.status.dropped).toBeGreaterThan(20)
    await bus.close()
    frozen.close()
  })

  it('reaches a broker through a socket that it may use though it may not write to the folder', async () => {
    await using place = await socketFolder()
    await using _broker = await openUnixBroker({ path: place.path })
    await chmod(place.folder, 0o555)
    await using bus = client(place.path)
    expect(await bus.connected()).toBe(true)
    await chmod(place.folder, 0o700)
  })
})

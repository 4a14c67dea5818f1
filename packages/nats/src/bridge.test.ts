import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { topics } from '@decnet/contracts/topics'
import {
  type Bus,
  type BusMessage,
  bridgeBuses,
  connectUnixBus,
  createMemoryBus,
  heartbeat,
  onControl,
  openUnixBroker,
} from '@decnet/kernel/bus'
import { nextMessage } from '@decnet/kernel/bus/conformance'
import { when } from '@decnet/kernel/testing'
import { expect } from 'vitest'
import { connectNatsBus } from './bus.ts'
import { NATS_TOOL, startNatsServer } from './testing.ts'

const QUICK = { min: 10, max: 50 }
const nats = when({ tools: NATS_TOOL })

/** Everything that a process on a bus hears, as it comes. */
function listen(bus: Bus, pattern: string): { heard: BusMessage[]; ready: Promise<void> } {
  const subscription = bus.as('listener').subscribe(pattern, { queueSize: 10_000 })
  const heard: BusMessage[] = []
  void (async () => {
    for await (const event of subscription) if (event.kind === 'message') heard.push(event.message)
  })()
  return { heard, ready: subscription.ready }
}

nats.test(
  'joins three hosts over NATS, one of them by two bridges: each worker hears each message once, as it was made; also after NATS was away',
  { timeout: 30_000 },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bridge-'))
    const server = await startNatsServer()
    const closing: { close(): Promise<void> }[] = []
    const keep = <T extends Bus>(bus: T): T => {
      closing.push(bus)
      return bus
    }
    try {
      const hosts: { worker: Bus; remotes: Bus[] }[] = []
      for (const [index, bridges] of [1, 1, 2].entries()) {
        const path = join(folder, `${index}.sock`)
        const broker = keep(await openUnixBroker({ path, healthInterval: 3_600_000 }))
        const remotes: Bus[] = []
        for (let n = 0; n < bridges; n++) {
          // the first bridge lives in the broker's process, another in one of its own
          const local = n === 0 ? broker : keep(connectUnixBus({ path, name: 'bridge', retry: QUICK }))
          const remote = keep(await connectNatsBus({ servers: server.url, retry: QUICK }))
          await bridgeBuses(local, remote).ready
          remotes.push(remote)
        }
        hosts.push({ worker: keep(connectUnixBus({ path, name: 'worker', retry: QUICK })), remotes })
      }
      const central = keep(await connectNatsBus({ servers: server.url, retry: QUICK }))
      const places = [...hosts.map(({ worker }) => worker), central]
      const listeners = places.map((bus) => listen(bus, 'system.>'))
      await Promise.all(listeners.map(({ ready }) => ready))

      const round = async (name: string) => {
        for (let n = 0; n < 200; n++) {
          for (const [from, bus] of places.entries()) bus.as('publisher').publish('system.probe.control', { name, from, n }, 'type')
        }
        for (const [to, { heard }] of listeners.entries()) {
          const mine = () => heard.filter(({ payload }) => payload.name === name)
          for (const end = Date.now() + 5_000; mine().length < 200 * places.length && Date.now() < end; ) await pause(10)
          await pause(30)
          for (const from of places.keys()) {
            const numbers = mine().filter(({ payload }) => payload.from === from)
            expect([to, from, numbers.map(({ payload }) => payload.n)]).toEqual([to, from, Array.from({ length: 200 }, (_, n) => n)])
          }
        }
      }
      await round('before')
      for (const outage of ['first', 'second']) {
        await server.kill()
        const away = () => [...hosts.flatMap(({ remotes }) => remotes), central].every(({ status }) => !status.connected)
        while (!away()) await pause(5)
        hosts[0]?.worker.as('publisher').publish('system.probe.control', { name: 'lost', n: outage })
        await server.start()
        for (const remote of [...hosts.flatMap(({ remotes }) => remotes), central]) {
          expect(await remote.connected(5_000)).toBe(true)
          await remote.as('fence').subscribe(`system.fence.${outage}`).ready
        }
        await round(`after the ${outage} outage`)
      }
      const [, elsewhere, twice, middle] = listeners.map(({ heard }) => heard.filter(({ payload }) => payload.name === 'lost').length)
      expect([elsewhere, twice, middle]).toEqual([0, 0, 0])
      const made = new Map<string, BusMessage>()
      for (const message of listeners.flatMap(({ heard }) => heard)) {
        expect(made.get(message.id) ?? message).toEqual(message)
        made.set(message.id, message)
      }
      expect(made.size).toBe(3 * 200 * places.length + 2)
    } finally {
      await Promise.all(closing.map((bus) => bus.close()))
      await server[Symbol.asyncDispose]()
      await rm(folder, { recursive: true, force: true })
    }
  },
)

nats.test('W1, W3: an operator elsewhere sees a worker’s heartbeat across the bridge, and stops that worker and no other', async () => {
  await using server = await startNatsServer()
  await using local = createMemoryBus()
  await using remote = await connectNatsBus({ servers: server.url })
  await using central = await connectNatsBus({ servers: server.url })
  await using bridge = bridgeBuses(local, remote)
  const health = central.as('registry').subscribe(topics.workerHealth.pattern)
  await Promise.all([bridge.ready, health.ready])
  using _beat = heartbeat(local, 'profiler', { interval: 3_600_000 })
  const beat = await nextMessage(health)
  expect(topics.workerHealth.payload.parse(beat.payload)).toMatchObject({ worker: 'profiler' })
  const stopped = Promise.withResolvers<string>()
  using _other = onControl(local, 'mutator', { stop: () => stopped.reject(new Error('the wrong worker')) })
  using _control = onControl(local, 'profiler', { stop: (by) => stopped.resolve(by) })
  central.as('api').publishTo(topics.workerControl, ['profiler'], { action: 'stop', requested_by: 'admin', ts: 1 })
  expect(await stopped.promise).toBe('admin')
})

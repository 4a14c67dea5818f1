import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { bridgeBuses } from './bridge.ts'
import { nextMessage } from './conformance.ts'
import { createMemoryBus } from './memory.ts'
import type { BusMessage } from './port.ts'

const settled = async () => {
  for (let round = 0; round < 20; round++) await turn()
}

/** Whole numbers that stand for a bus each, taken modulo the number of buses. */
const graph = fc.record({
  buses: fc.integer({ min: 2, max: 6 }),
  bridges: fc.array(fc.tuple(fc.nat(5), fc.nat(5)), { maxLength: 9 }),
  publishers: fc.array(fc.nat(5), { minLength: 1, maxLength: 12 }),
})

it('joins buses to any graph, circles and parallels too: everybody reachable hears each message once, in order, as it was made', async () => {
  await fc.assert(
    fc.asyncProperty(graph, async ({ buses: count, bridges, publishers }) => {
      const buses = Array.from({ length: count }, createMemoryBus)
      const at = (index: number) => buses[index % count] ?? createMemoryBus()
      const edges = bridges.map(([a, b]) => [a % count, b % count] as const).filter(([a, b]) => a !== b)
      const joined = edges.map(([a, b]) => bridgeBuses(at(a), at(b)))
      const heard = buses.map((bus) => {
        const subscription = bus.as('reader').subscribe('>')
        const messages: BusMessage[] = []
        void (async () => {
          for await (const event of subscription) if (event.kind === 'message') messages.push(event.message)
        })()
        return messages
      })
      const echo = publishers.map((where) => at(where).as('publisher'))
      const own = echo.map((handle) => handle.subscribe('>'))
      for (const [n, handle] of echo.entries()) for (const part of [0, 1, 2]) handle.publish('system.log', { n, part }, `t${n}`)
      await settled()

      const component = Array.from({ length: count }, (_, index) => index)
      for (let pass = 0; pass < count; pass++) {
        for (const [a, b] of edges) component[a] = component[b] = Math.min(component[a] ?? 0, component[b] ?? 0)
      }
      const made = new Map<string, BusMessage>()
      for (const [index, messages] of heard.entries()) {
        for (const [n, where] of publishers.entries()) {
          const reachable = component[where % count] === component[index]
          const parts = messages.filter(({ payload }) => payload.n === n).map(({ payload }) => payload.part)
          expect(parts).toEqual(reachable ? [0, 1, 2] : [])
        }
        for (const message of messages) {
          expect(made.get(message.id) ?? message).toEqual(message)
          made.set(message.id, message)
        }
      }
      expect(made.size).toBe(publishers.length * 3)
      for (const [n, subscription] of own.entries()) {
        subscription.close()
        expect(subscription.dropped).toBe(0)
        expect(echo[n]?.name).toBe('publisher')
      }
      for (const bridge of joined) bridge.close()
      await Promise.all(buses.map((bus) => bus.close()))
    }),
    { numRuns: 60 },
  )
})

it('never gives a publisher its own message back through a circle', async () => {
  const [a, b, c] = [createMemoryBus(), createMemoryBus(), createMemoryBus()]
  const bridges = [bridgeBuses(a, b), bridgeBuses(b, c), bridgeBuses(c, a), bridgeBuses(a, b)]
  await Promise.all(bridges.map(({ ready }) => ready))
  const clusterer = a.as('clusterer')
  const own = clusterer.subscribe('identity.>')
  const far = c.as('reader').subscribe('identity.>')
  for (let n = 0; n < 500; n++) clusterer.publish('identity.formed', { n })
  for (let n = 0; n < 500; n++) expect((await nextMessage(far)).payload).toEqual({ n })
  await settled()
  a.as('other').publish('identity.merged', { n: 'other' })
  expect((await nextMessage(own)).payload).toEqual({ n: 'other' })
  expect(bridges.map(({ crossed }) => crossed.toLocal + crossed.toRemote).every((count) => count <= 2_010)).toBe(true)
  await Promise.all([a, b, c].map((bus) => bus.close()))
})

it('takes only the patterns it is given across, a message under two of them once', async () => {
  const [here, there] = [createMemoryBus(), createMemoryBus()]
  await using bridge = bridgeBuses(here, there, { patterns: ['system.*.control', 'system.*.health', 'system.>'] })
  await bridge.ready
  const subscription = there.as('worker').subscribe('>')
  here.as('api').publish('decky.web-01.state', {})
  here.as('api').publish('system.mutator.control', { action: 'stop' })
  here.as('api').publish('system.end.health', {})
  expect((await nextMessage(subscription)).topic).toBe('system.mutator.control')
  expect((await nextMessage(subscription)).topic).toBe('system.end.health')
})

it('tells of gaps by side, says what it cannot pass on once, and ends without closing the buses', async () => {
  const [here, there] = [createMemoryBus(), createMemoryBus()]
  const gaps: string[] = []
  const logged: string[] = []
  const log = (level: string) => () => void logged.push(level)
  const logger = { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') }
  const bridge = bridgeBuses(here, there, { onGap: (...gap) => gaps.push(gap.join(' ')), logger })
  for (let n = 0; n < 9_000; n++) here.as('writer').publish('system.log', { n })
  await settled()
  expect([gaps, logged]).toEqual([['local overflow'], []])
  bridge.close()
  bridge.close()
  const kept = there.as('reader').subscribe('>')
  here.as('writer').publish('system.log', {})
  there.as('writer').publish('system.end', {})
  expect((await nextMessage(kept)).topic).toBe('system.end')
})

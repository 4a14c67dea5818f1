import { expect, it } from 'vitest'
import { type BusFixture, nextEvent, nextMessage } from './conformance-fixture.ts'
import type { Bus, Subscription } from './port.ts'

const subscribed = async (where: Bus, pattern: string): Promise<Subscription> => {
  const subscription = where.as('subscriber').subscribe(pattern)
  await subscription.ready
  return subscription
}

/** The rules for a bus whose middle can go away. `joined`: what the suite closes after each test. */
export function outageConformance(fixture: () => BusFixture, joined: Bus[]): void {
  it('B2: nothing published during a disconnect is replayed, and the gap is told', async () => {
    const { bus, outage, join } = fixture()
    if (!outage || !join) throw new Error('a remote fixture has join and outage')
    const other = await join()
    joined.push(other)
    const subscription = await subscribed(other, 'system.log')
    const publisher = bus.as('publisher')
    publisher.publish('system.log', { n: 'before' })
    expect((await nextMessage(subscription)).payload).toEqual({ n: 'before' })
    await outage(async () => {
      for (let n = 0; n < 10; n++) publisher.publish('system.log', { n })
      expect(bus.status.connected).toBe(false)
    })
    expect(await nextEvent(subscription)).toEqual({ kind: 'gap', reason: 'reconnected' })
    expect(await bus.connected(5_000)).toBe(true)
    publisher.publish('system.log', { n: 'after' })
    expect((await nextMessage(subscription)).payload).toEqual({ n: 'after' })
    expect(bus.status).toMatchObject({ connected: true, reconnects: 1 })
    expect(bus.status.dropped).toBe(10)
  })

  it('B2: a long disconnect costs no memory, no exception and no handle of this process a message, and nothing of it leaks out later', async () => {
    const { bus, outage, join } = fixture()
    if (!outage || !join) throw new Error('a remote fixture has join and outage')
    const other = await join()
    joined.push(other)
    const far = await subscribed(other, 'attacker.>')
    const near = await subscribed(bus, 'attacker.observed')
    const publisher = bus.as('publisher')
    let opened: Subscription | undefined
    const before = bus.status.reconnects
    await outage(async () => {
      for (let n = 0; n < 200; n++) {
        publisher.publish('attacker.observed', { n, fill: 'x'.repeat(500_000) })
        expect((await nextMessage(near)).payload).toMatchObject({ n })
      }
      other.as('other').publish('decky.web-01.state', { n: 'never heard here' })
      opened = bus.as('late').subscribe('decky.>')
      expect(process.memoryUsage().arrayBuffers).toBeLessThan(100_000_000)
    })
    if (!opened) throw new Error('opened while away')
    expect(await nextEvent(opened)).toEqual({ kind: 'gap', reason: 'reconnected' })
    expect(await nextEvent(near)).toEqual({ kind: 'gap', reason: 'reconnected' })
    expect(await nextEvent(far)).toEqual({ kind: 'gap', reason: 'reconnected' })
    expect([await bus.connected(5_000), await other.connected(5_000)]).toEqual([true, true])
    for (let round = 0; round < 3; round++) {
      publisher.publish('attacker.scored', { round })
      other.as('other').publish('decky.web-01.state', { round })
      expect((await nextMessage(far)).payload).toEqual({ round })
      expect((await nextMessage(opened)).payload).toEqual({ round })
    }
    expect(bus.status).toMatchObject({ reconnects: before + 1, dropped: 200 })
    await expect(nextMessage(near, 50)).rejects.toThrow('nothing on')
  })
}

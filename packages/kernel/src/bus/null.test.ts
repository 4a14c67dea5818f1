import { expect, it } from 'vitest'
import { busConformance } from './conformance.ts'
import { onControl } from './control.ts'
import { heartbeat } from './heartbeat.ts'
import { createNullBus } from './null.ts'

busConformance(
  'null',
  async () => {
    const bus = createNullBus()
    return { bus, close: () => bus.close() }
  },
  { delivers: false },
)

it('B4: the null bus swallows everything, ends every subscription at once, and raises nothing, also when closed', async () => {
  const bus = createNullBus()
  const handle = bus.as('worker')
  for (let round = 0; round < 2; round++) {
    handle.publish('system.log', {})
    handle.publish('not a topic', {})
    const subscription = handle.subscribe('system.>')
    await subscription.ready
    for await (const event of subscription) expect.unreachable(JSON.stringify(event))
    expect(await bus.connected()).toBe(false)
    await bus.close()
  }
  expect(bus.status).toEqual({ adapter: 'null', connected: false, reconnects: 0, dropped: 0 })
})

it('B5: heartbeat and control listener live and end without a bus', () => {
  for (const bus of [createNullBus(), null]) {
    using _beat = heartbeat(bus, 'agent', { interval: 1 })
    using _control = onControl(bus, 'agent', { stop: () => expect.unreachable() })
  }
})

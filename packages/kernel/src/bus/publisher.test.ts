import { once } from 'node:events'
import { MessageChannel, Worker } from 'node:worker_threads'
import { expect, it } from 'vitest'
import { nextMessage } from './conformance.ts'
import { createMemoryBus } from './memory.ts'
import { createNullBus } from './null.ts'
import { relayPublishes, safePublisher, threadPublisher } from './publisher.ts'

it('B5: a publisher without a bus does nothing', () => {
  for (const handle of [null, createNullBus().as('worker')]) expect(safePublisher(handle)('system.log', {})).toBeUndefined()
})

it('B5: another thread publishes through a port and never raises', async () => {
  await using bus = createMemoryBus()
  const subscription = bus.as('reader').subscribe('system.log')
  const { port1, port2 } = new MessageChannel()
  using _relay = relayPublishes(port1, safePublisher(bus.as('thread')))
  const source = `
    import { workerData, parentPort } from 'node:worker_threads'
    import { threadPublisher } from ${JSON.stringify(new URL('./publisher.ts', import.meta.url).href)}
    const publish = threadPublisher(workerData)
    publish('system.log', { uncloneable: () => 1 })
    publish('not a topic', {})
    publish('system.log', { n: 1 }, 'from a thread')
    parentPort.postMessage('done')`
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), { workerData: port2, transferList: [port2] })
  const message = await nextMessage(subscription)
  expect(message).toMatchObject({ type: 'from a thread', payload: { n: 1 } })
  await worker.terminate()
})

it('B5: a thread’s publisher is a no-op once the other side is gone', async () => {
  const { port1, port2 } = new MessageChannel()
  const heard: string[] = []
  const warned: unknown[] = []
  const log = () => undefined
  const publish = threadPublisher(port2, { debug: log, info: log, error: log, warn: (fields) => warned.push(fields) })
  const relay = relayPublishes(port1, (topic) => heard.push(topic))
  const closed = once(port2, 'close')
  relay[Symbol.dispose]()
  await closed
  publish('system.log', { uncloneable: () => 1 })
  expect([heard, warned]).toEqual([[], []])
})

import { readFileSync } from 'node:fs'
import { type AnyTopic, allTopics, topics } from '@decnet/contracts/topics'
import { createMemoryBus, matches } from '@decnet/kernel/bus'
import { createMemoryLog } from '@decnet/kernel/log'
import type { AnyWorker } from '@decnet/kernel/worker'
import { describe, expect, it } from 'vitest'
import type { Tx } from '../store/log-table.ts'
import credentials from './credentials/worker.ts'
import { ingester } from './ingester/worker.ts'
import profiler from './profiler/worker.ts'
import reuseCorrelator from './reuse-correlator/worker.ts'

const intake = { read: () => Promise.reject(new Error('unused')), ack: async () => undefined, [Symbol.asyncDispose]: async () => undefined }
const workers: readonly AnyWorker<Tx>[] = [
  ingester(intake, createMemoryLog() as never) as AnyWorker<Tx>,
  credentials as AnyWorker<Tx>,
  profiler as AnyWorker<Tx>,
  reuseCorrelator as AnyWorker<Tx>,
]

/** Who publishes beside folds and ticks: parts that every process has. The file named must build that name. */
const BESIDE: readonly { readonly topic: AnyTopic; readonly file: string; readonly says: RegExp }[] = [
  { topic: topics.deckyState, file: '../fleet/record-state.ts', says: /topics\.deckyState\.name\(/u },
  { topic: topics.workerControl, file: '../api/routes/workers.ts', says: /publishTo\(\s*topics\.workerControl/u },
  { topic: topics.workerHealth, file: '../../../../packages/kernel/src/bus/heartbeat.ts', says: /`system\.\$\{worker\}\.health`/u },
  { topic: topics.systemBusHealth, file: '../../../../packages/kernel/src/bus/heartbeat.ts', says: /`system\.\$\{worker\}\.health`/u },
]
const text = (file: string) => readFileSync(new URL(file, import.meta.url), 'utf8')

const published = (topic: AnyTopic) =>
  workers.some((worker) => worker.emits.includes(topic)) || BESIDE.some((part) => part.topic === topic && part.says.test(text(part.file)))

/** Records reach the live stream and the log's readers; doorbells are passed on by the stream, or a part listens for them itself. */
const consumed = (topic: AnyTopic) =>
  topic.kind === 'record' ||
  workers.some((worker) => (worker.kind === 'fold' ? worker.reads : worker.wakes).includes(topic)) ||
  text('../api/live.ts').includes("topic.kind === 'doorbell'")

describe('the wiring of topics', () => {
  it.each(allTopics.filter((topic) => !topic.planned).map((topic) => [topic.template, topic] as const))(
    '%s has a publisher and a consumer',
    (_name, topic) => {
      expect(published(topic), 'published').toBe(true)
      expect(consumed(topic), 'consumed').toBe(true)
    },
  )

  it('a worker never reads what it derives itself, so that none feeds on its own facts', () => {
    for (const worker of workers) {
      const wakes = worker.kind === 'fold' ? worker.reads : worker.wakes
      for (const read of wakes) for (const emitted of worker.emits) expect(matches(read.pattern, emitted.pattern), worker.name).toBe(false)
    }
  })

  it('every worker has a name of its own that can stand in its health topic, and says what it does', () => {
    expect(new Set(workers.map((worker) => worker.name)).size).toBe(workers.length)
    for (const worker of workers) {
      expect(topics.workerHealth.name(worker.name)).toBe(`system.${worker.name}.health`)
      expect(worker.summary).toMatch(/^\S.*\.$/u)
    }
  })

  it('every record topic is derived by one worker or by the fleet, by nobody twice', () => {
    for (const topic of allTopics.filter((topic) => topic.kind === 'record')) {
      const publishers =
        workers.filter((worker) => worker.emits.includes(topic)).length + BESIDE.filter((part) => part.topic === topic).length
      expect(publishers, topic.template).toBe(1)
    }
  })

  it('T1: what is declared can be published on the bus as it is', async () => {
    await using bus = createMemoryBus()
    for (const topic of allTopics) {
      const holes = topic.template.match(/\{\w+\+?\}/gu) ?? []
      const name = (topic.name as (...segments: string[]) => string)(...holes.map(() => 'x-1'))
      bus.as('test').publish(name, {})
      await bus.as('other').subscribe(topic.pattern).ready
      expect(matches(topic.pattern, name)).toBe(true)
    }
  })
})

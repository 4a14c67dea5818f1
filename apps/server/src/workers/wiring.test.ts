import { readdirSync, readFileSync } from 'node:fs'
import { type AnyTopic, allTopics, defineTopic, topics } from '@decnet/contracts/topics'
import { createMemoryBus, matches } from '@decnet/kernel/bus'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { primitives } from '../domain/behaviour/primitives/index.ts'
import { rhythms } from '../domain/behaviour/rhythm/rhythm.ts'
import { consumersBeside, definitions, endsOf, faultsOf, publishersBeside, wired } from './wiring.ts'

const text = (file: string) => readFileSync(new URL(file, import.meta.url), 'utf8')

describe('the wiring of topics', () => {
  it.each(allTopics.map((topic) => [topic.template, topic] as const))(
    '%s has a publisher and a consumer, or is planned and has no publisher yet',
    (_name, topic) => expect(faultsOf(topic, wired(topic))).toEqual([]),
  )

  it('knows every worker that has a folder', () => {
    const folders = readdirSync(new URL('.', import.meta.url), { withFileTypes: true }).filter((entry) => entry.isDirectory())
    expect(definitions.map(({ name }) => name).toSorted()).toEqual(folders.map(({ name }) => name).toSorted())
  })

  it.each([...publishersBeside, ...consumersBeside].map((beside) => [beside.part, beside.pattern, beside] as const))(
    '%s: the file named deals with %s, and a topic falls under that',
    (_part, _pattern, { pattern, file, says }) => {
      expect(text(file)).toMatch(says)
      expect(allTopics.some((topic) => matches(pattern, topic.pattern))).toBe(true)
    },
  )

  it('what the workers publish and read is in the registry', () => {
    for (const worker of definitions)
      for (const topic of [...worker.emits, ...(worker.kind === 'fold' ? worker.reads : worker.wakes)]) expect(allTopics).toContain(topic)
  })

  it('a worker never reads what it derives itself, so that none feeds on its own facts', () => {
    for (const worker of definitions) {
      const wakes = worker.kind === 'fold' ? worker.reads : worker.wakes
      for (const read of wakes) for (const emitted of worker.emits) expect(matches(read.pattern, emitted.pattern), worker.name).toBe(false)
    }
  })

  it('every worker has a name of its own that can stand in its health topic, and says what it does', () => {
    expect(new Set(definitions.map((worker) => worker.name)).size).toBe(definitions.length)
    for (const worker of definitions) {
      expect(topics.workerHealth.name(worker.name)).toBe(`system.${worker.name}.health`)
      expect(worker.summary).toMatch(/^\S.*\.$/u)
    }
  })

  it('every record topic is derived by one worker or by the fleet, by nobody twice', () => {
    const shared = topics.attackerObservation
    // Of a tag tells whoever wrote its row; a tag has one id, whoever finds it.
    const byWhoeverIsFirst = topics.ttpTagged
    for (const topic of allTopics.filter(({ kind, planned }) => kind === 'record' && !planned))
      expect(wired(topic).publishers, topic.template).toHaveLength(topic === shared || topic === byWhoeverIsFirst ? 2 : 1)
    expect(wired(byWhoeverIsFirst).publishers).toEqual(['ttp-tagger', 'ttp-backfill'])
    const [ofSessions, ofMany] = [new Set(primitives.map(({ name }) => name)), new Set(rhythms.map(({ name }) => name))]
    expect(wired(shared).publishers).toEqual(['behaviour', 'rhythm'])
    expect(ofSessions.intersection(ofMany)).toEqual(new Set())
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

  it('T6: a topic without a publisher yet can be subscribed to from day one, and delivers once there is one', async () => {
    await using bus = createMemoryBus()
    const planned = allTopics.filter((topic) => topic.planned)
    expect(planned.length).toBeGreaterThan(0)
    for (const topic of planned) {
      const subscription = bus.as('early').subscribe(topic.pattern)
      await subscription.ready
      const holes = topic.template.match(/\{\w+\+?\}/gu) ?? []
      const name = (topic.name as (...segments: string[]) => string)(...holes.map(() => 'x-1'))
      bus.as('late').publish(name, { n: 1 })
      const { value: event } = await subscription[Symbol.asyncIterator]().next()
      expect(event?.kind === 'message' ? event.message.topic : event).toBe(name)
      subscription.close()
    }
  })
})

describe('what is wrong with a wiring', () => {
  const define = (more: { planned?: true } = {}): AnyTopic =>
    defineTopic({ template: 'decky.{decky}.example', summary: 'An example.', kind: 'record', payload: z.object({}), ...more })
  const fold = (name: string, reads: readonly AnyTopic[], emits: readonly AnyTopic[]) => ({ kind: 'fold' as const, name, reads, emits })
  const tick = (name: string, wakes: readonly AnyTopic[], emits: readonly AnyTopic[]) => ({ kind: 'tick' as const, name, wakes, emits })

  it('nothing, when a fold or a tick emits it and another reads it or wakes for it', () => {
    const topic = define()
    for (const workers of [
      [fold('a', [], [topic]), fold('b', [topic], [])],
      [tick('a', [], [topic]), tick('b', [topic], [])],
    ]) {
      expect(endsOf(topic, workers, [], [])).toEqual({ publishers: ['a'], consumers: ['b'] })
      expect(faultsOf(topic, endsOf(topic, workers, [], []))).toEqual([])
    }
  })

  it('nothing, when parts that are no workers do', () => {
    const topic = define()
    const ends = endsOf(topic, [], [{ part: 'api', pattern: topic.pattern }], [{ part: 'console', pattern: 'decky.>' }])
    expect(ends).toEqual({ publishers: ['api'], consumers: ['console'] })
    expect(faultsOf(topic, ends)).toEqual([])
  })

  it('a part publishes the topic that it names, and not others that the same pattern would reach', () => {
    expect(wired(topics.systemBusHealth)).toEqual({ publishers: ['bus'], consumers: ['api', 'console'] })
    expect(wired(topics.workerHealth).publishers).not.toContain('bus')
  })

  it('that nobody publishes it, that nobody consumes it, unless it is planned', () => {
    expect(faultsOf(define(), { publishers: [], consumers: ['b'] })).toEqual(['nobody publishes decky.{decky}.example'])
    expect(faultsOf(define(), { publishers: ['a'], consumers: [] })).toEqual(['nobody consumes decky.{decky}.example'])
    expect(faultsOf(define({ planned: true }), { publishers: [], consumers: [] })).toEqual([])
    expect(faultsOf(define({ planned: true }), { publishers: [], consumers: ['b'] })).toEqual([])
  })

  it('that it is said to be planned although somebody publishes it', () => {
    expect(faultsOf(define({ planned: true }), { publishers: ['a'], consumers: ['b'] })).toEqual([
      'decky.{decky}.example is said to be planned, but a publishes it',
    ])
  })
})

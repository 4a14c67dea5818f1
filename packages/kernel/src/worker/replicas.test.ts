import { topics } from '@decnet/contracts/topics'
import { describe, expect, it } from 'vitest'
import { exampleRecord } from '../log/conformance.ts'
import { partitionOf } from '../log/index.ts'
import { captured, foldOf, workerRig } from './worker.fixture.ts'

const WAIT = { timeout: 15_000, interval: 10 }
const address = (n: number) => `203.0.113.${n}`

describe('replicas of a fold that has a key', () => {
  const rig = workerRig()
  const records = (from: number, count: number) =>
    Array.from({ length: count }, (_, index) => exampleRecord({ attackerIp: address((from + index) % 40), body: { n: from + index } }))

  /** Counts each record in, and remembers in what order those of one key came and who handled them. */
  function counting(by: Set<number> = new Set()) {
    return {
      ...foldOf(
        async (batch, { tx, emit, parts }) => {
          for (const record of batch) {
            const ip = record.attackerIp ?? ''
            expect(parts).toContain(partitionOf(ip))
            tx.set(record.id, ((tx.get(record.id) as number | undefined) ?? 0) + 1)
            tx.set(`order ${ip}`, [...((tx.get(`order ${ip}`) as number[] | undefined) ?? []), record.body.n as number])
            emit(topics.credentialCaptured, [], captured(), { source: record })
            by.add(partitionOf(ip))
          }
        },
        { batchSize: 20 },
      ),
      key: ({ attackerIp }: { attackerIp: string | null }) => attackerIp,
    }
  }

  it('share its records: each is counted once, those of one key in order, and nobody does all the work', async () => {
    const { log, append, run, derived } = rig()
    const [left, right] = [new Set<number>(), new Set<number>()]
    const one = run(counting(left), { leaseMs: 300 })
    const two = run(counting(right), { leaseMs: 300 })
    one.start()
    two.start()
    await expect.poll(async () => new Set((await log.shares('fold')).map(({ owner }) => owner)).size, WAIT).toBe(2)
    const all = records(0, 800)
    for (let at = 0; at < all.length; at += 100) await append(...all.slice(at, at + 100))
    one.ring()
    two.ring()
    await expect.poll(async () => (await derived()).length, WAIT).toBe(all.length)
    expect(all.every(({ id }) => log.rows.get(id) === 1)).toBe(true)
    for (let ip = 0; ip < 40; ip += 1) {
      const order = log.rows.get(`order ${address(ip)}`) as number[]
      expect(order).toEqual([...order].sort((a, b) => a - b))
    }
    expect(left.size).toBeGreaterThan(0)
    expect(right.size).toBeGreaterThan(0)
    expect([...left].filter((part) => right.has(part))).toEqual([])
  })

  it('take over what a silent one held, and what it writes when it wakes is thrown away', async () => {
    const { log, append, run, derived } = rig()
    const asleep = Promise.withResolvers<void>()
    const wake = Promise.withResolvers<void>()
    const sleeper = run(counting(), { leaseMs: 60 })
    const all = records(0, 400)
    await append(...all)
    // The memory log has one transaction at a time: the sleeper sleeps before its own begins.
    const own = log.transaction
    let first = true
    Object.assign(log, {
      async transaction(work: Parameters<typeof own>[0]) {
        if (!first) return own.call(log, work)
        first = false
        asleep.resolve()
        await wake.promise
        return own.call(log, work)
      },
    })
    sleeper.start()
    await asleep.promise
    run(counting(), { leaseMs: 5_000 }).start()
    await expect.poll(async () => (await derived()).length, WAIT).toBe(all.length)
    wake.resolve()
    await expect.poll(async () => (await sleeper.status()).failuresInARow, WAIT).toBe(0)
    await sleeper.stop()
    expect(all.every(({ id }) => log.rows.get(id) === 1)).toBe(true)
    expect((await derived()).length).toBe(all.length)
  })

  it('give each partition once what is about no key', async () => {
    const { log, append, run } = rig()
    const fold = {
      ...foldOf(async (batch, { tx, parts }) => {
        for (const { id } of batch)
          for (const part of parts) tx.set(`${id} ${part}`, ((tx.get(`${id} ${part}`) as number | undefined) ?? 0) + 1)
      }),
      key: () => null,
    }
    const workers = [run(fold, { leaseMs: 300 }), run(fold, { leaseMs: 300 })]
    for (const worker of workers) worker.start()
    await expect.poll(async () => new Set((await log.shares('fold')).map(({ owner }) => owner)).size, WAIT).toBe(2)
    await append(...records(0, 10))
    for (const worker of workers) worker.ring()
    await expect.poll(() => log.rows.size, WAIT).toBe(160)
    expect(new Set(log.rows.values())).toEqual(new Set([1]))
  })

  it('let one work at a time where a fold has no key, and the other goes on at once when it stops', async () => {
    const { log, append, run } = rig()
    const fold = foldOf(async (batch, { tx }) => {
      for (const { id } of batch) tx.set(id, ((tx.get(id) as number | undefined) ?? 0) + 1)
    })
    const [one, two] = [run(fold, { leaseMs: 300 }), run(fold, { leaseMs: 300 })]
    one.start()
    two.start()
    await append(...records(0, 10))
    one.ring()
    two.ring()
    await expect.poll(() => log.rows.size, WAIT).toBe(10)
    await one.stop()
    await append(...records(10, 10))
    two.ring()
    await expect.poll(() => log.rows.size, WAIT).toBe(20)
    expect(new Set(log.rows.values())).toEqual(new Set([1]))
  })
})

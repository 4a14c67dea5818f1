import { topics } from '@decnet/contracts/topics'
import { describe, expect, it } from 'vitest'
import { deterministicId } from '../id.ts'
import { captured, countingFold, events, foldOf, workerRig } from './worker.fixture.ts'

const WAIT = { timeout: 15_000 }

describe('a running fold', () => {
  const rig = workerRig()

  it('commits rows, derived records and its cursor together, and announces afterwards', async () => {
    const { log, bus, append, run, cursor, derived } = rig()
    const announced: string[] = []
    const subscription = bus.as('test').subscribe('credential.>')
    void (async () => {
      // What is announced can be read: the commit came first.
      for await (const event of subscription) if (event.kind === 'message') announced.push(`${event.message.topic} ${await log.head()}`)
    })()
    const [source] = await append(...events(1))
    run(countingFold()).start()
    await expect.poll(() => announced, WAIT).toEqual(['credential.captured 2'])
    expect([...log.rows.values()]).toEqual([1])
    expect(await cursor()).toBe(1)
    expect(await derived()).toMatchObject([
      {
        seq: 2,
        id: deterministicId('fold', source?.id ?? '', 'credential.captured', ''),
        topic: 'credential.captured',
        ts: source?.ts,
        source: 'fold',
        decky: 'web-01',
        attackerIp: '203.0.113.7',
        sessionId: 'session-1',
        body: captured(),
      },
    ])
  })

  it('announces what the log does not keep after the commit, and nothing of an attempt that failed', async () => {
    const { bus, append, run, cursor } = rig()
    const heard: unknown[] = []
    const subscription = bus.as('test').subscribe('credential.captured')
    void (async () => {
      for await (const event of subscription) if (event.kind === 'message') heard.push([event.message.payload, await cursor()])
    })()
    await append(...events(1))
    let attempts = 0
    run(
      foldOf(async (_batch, { ring }) => {
        attempts += 1
        ring(topics.credentialCaptured, [], captured())
        if (attempts === 1) throw new Error('at first')
      }),
    ).start()
    await expect.poll(() => heard, WAIT).toEqual([[captured(), 1]])
    expect(attempts).toBe(2)
  })

  it('brings in order what it wrote once nothing comes, in steps, and again only when more came', async () => {
    const { append, run, derived, cursor } = rig()
    const steps: number[] = []
    await append(...events(2))
    const fold = foldOf(async () => undefined, {
      async settle(last, { emit }) {
        steps.push(last.seq)
        expect(await cursor()).toBeGreaterThan(0)
        emit(topics.credentialCaptured, [], captured(), { source: last, key: String(steps.length) })
        return steps.length % 2 === 0 ? 'done' : 'again'
      },
    })
    const worker = run(fold, { quietMs: 50 })
    worker.start()
    await expect.poll(() => worker.settled, WAIT).toBe(true)
    // What it says itself is behind the last record then.
    expect(steps).toEqual([2, 3])
    expect((await derived()).length).toBe(2)
    await append(...events(1))
    worker.ring()
    await expect.poll(() => [steps.length, worker.settled], WAIT).toEqual([4, true])
  })

  it('does not bring in order what it wrote while more comes, and tries again where that fails', async () => {
    const { append, run } = rig()
    let steps = 0
    const fold = foldOf(async () => undefined, {
      settle() {
        steps += 1
        return steps === 1 ? Promise.reject(new Error('at first')) : Promise.resolve('done')
      },
    })
    await append(...events(1))
    const worker = run(fold, { quietMs: 400 })
    worker.start()
    for (let n = 0; n < 4; n += 1) {
      await new Promise((resolve) => setTimeout(resolve, 20))
      await append(...events(1))
      worker.ring()
    }
    expect(worker.settled).toBe(false)
    await expect.poll(() => [steps, worker.settled], WAIT).toEqual([2, true])
  })

  it('stores nothing of a batch that throws after it wrote, and leaves its cursor where it was', async () => {
    const { log, append, run, cursor, derived } = rig()
    await append(...events(3))
    let attempts = 0
    const worker = run(
      countingFold(async () => {
        attempts += 1
        if (attempts === 1) {
          expect([log.rows.size, await log.head()]).toEqual([0, 3])
          throw new Error('after its writes')
        }
      }),
    )
    worker.start()
    await expect.poll(() => attempts, WAIT).toBe(1)
    expect([log.rows.size, await cursor(), await derived()]).toEqual([0, 0, []])
    await expect.poll(async () => (await worker.status()).lag, WAIT).toBe(0)
    expect([...log.rows.values()]).toEqual([1, 1, 1])
    expect((await derived()).length).toBe(3)
    expect(attempts).toBe(2)
  })

  it('parks the one record that cannot be handled after attempts at the batch, says so, and the others go on', async () => {
    const { log, append, run, warnings } = rig()
    const records = await append(...events(5))
    const poison = records[2]?.id
    let batches = 0
    const worker = run(
      countingFold(async (batch) => {
        if (batch.length > 1) batches += 1
        if (batch.some((record) => record.id === poison)) throw new TypeError('cannot be')
      }),
    )
    worker.start()
    await expect.poll(async () => (await worker.status()).parked, WAIT).toBe(1)
    await expect.poll(async () => (await worker.status()).lag, WAIT).toBe(0)
    expect(batches).toBe(3)
    expect([...log.rows.keys()]).toEqual(records.map((record) => record.id).filter((id) => id !== poison))
    expect(log.letters).toEqual([
      { worker: 'fold', seq: 3, recordId: poison, error: 'TypeError: cannot be', raw: JSON.stringify(records[2]) },
    ])
    expect(warnings.filter(({ message }) => message.includes('parked'))).toMatchObject([{ fields: { worker: 'fold', seq: 3 } }])
    // What comes afterwards is taken by the batch again.
    await append(...events(4))
    worker.ring()
    await expect.poll(() => log.rows.size, WAIT).toBe(8)
    expect(batches).toBe(4)
  })

  it('waits trouble of the machine out, however long, and never blames a record for it', async () => {
    const { log, append, run } = rig()
    await append(...events(2))
    let full = true
    let attempts = 0
    const worker = run(
      countingFold(async () => {
        attempts += 1
        if (full) throw Object.assign(new Error('disk full'), { code: 'SQLITE_FULL' })
      }),
      { transient: (error) => (error as { code?: string }).code === 'SQLITE_FULL' },
    )
    worker.start()
    // More often than a batch may fail for a reason of its own.
    await expect.poll(() => attempts, WAIT).toBeGreaterThan(4)
    expect(await worker.status()).toMatchObject({ state: 'running', parked: 0, lastError: 'Error: disk full' })
    full = false
    worker.ring()
    await expect.poll(() => log.rows.size, WAIT).toBe(2)
    expect(log.letters).toEqual([])
    await expect.poll(() => worker.status(), WAIT).toMatchObject({ failuresInARow: 0, lastError: null, parked: 0, lag: 0 })
  })

  it('what no record is to blame for parks none: the worker goes into quarantine, and loses nothing once it is mended', async () => {
    const { log, append, run } = rig()
    await append(...events(3))
    let gone = true
    const worker = run(
      countingFold(async () => {
        if (gone) throw Object.assign(new Error('no such table'), { code: 'SQLITE_ERROR' })
      }),
      { structural: (error) => (error as { code?: string }).code === 'SQLITE_ERROR', quarantine: { after: 6, ms: 3_600_000 } },
    )
    worker.start()
    await expect.poll(() => worker.status(), WAIT).toMatchObject({ state: 'quarantined', lastError: 'Error: no such table', parked: 0 })
    gone = false
    worker.start()
    await expect.poll(() => worker.status(), WAIT).toMatchObject({ state: 'running', failuresInARow: 0, lastError: null, lag: 0 })
    expect([log.letters, [...log.rows.values()]]).toEqual([[], [1, 1, 1]])
  })

  it('refuses to derive what its definition does not name, or what breaks the schema of the topic', async () => {
    const { append, run, log } = rig()
    await append(...events(2))
    const worker = run(
      foldOf(async (batch, { emit }) => {
        for (const record of batch) {
          if (record.seq === 1) emit(topics.attackerObserved as never, [] as never, captured() as never, { source: record })
          else emit(topics.credentialCaptured, [], { ...captured(), secret_sha256: 'none' }, { source: record })
        }
      }),
    )
    worker.start()
    await expect
      .poll(() => log.letters.map((letter) => letter.error), WAIT)
      .toEqual([expect.stringContaining('fold does not declare that it emits attacker.observed'), expect.stringContaining('secret_sha256')])
  })

  it('passes over records of no interest without a transaction for each, and says no lag', async () => {
    const { log, append, run, cursor } = rig()
    await append(...events(20, { topic: 'decky.web-01.state' }))
    let looked = 0
    const read: typeof log.read = (...args) => {
      looked += 1
      return log.read(...args)
    }
    const worker = run(countingFold(), { log: { ...log, read } })
    expect((await worker.status()).lag).toBe(0)
    worker.start()
    await expect.poll(() => looked, WAIT).toBeGreaterThan(2)
    expect(await cursor()).toBe(0)
    await worker.stop()
    expect(await cursor()).toBe(20)
  })

  it('reads in batches of its own size', async () => {
    const { append, run } = rig()
    await append(...events(7))
    const sizes: number[] = []
    run(foldOf(async (batch) => void sizes.push(batch.length), { batchSize: 3 })).start()
    await expect.poll(() => sizes, WAIT).toEqual([3, 3, 1])
  })

  it('handles several batches in one transaction where it is told to', async () => {
    const { append, run } = rig()
    await append(...events(7))
    const sizes: number[] = []
    run(
      foldOf(async (batch) => void sizes.push(batch.length), { batchSize: 3 }),
      { batches: 2 },
    ).start()
    await expect.poll(() => sizes, WAIT).toEqual([6, 1])
  })
})

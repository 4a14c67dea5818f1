import { setTimeout as pause } from 'node:timers/promises'
import { createMemoryBus } from '@decnet/kernel/bus'
import { exampleRecord } from '@decnet/kernel/log/conformance'
import { runWorker } from '@decnet/kernel/worker'
import { expect, it } from 'vitest'
import credentials from '../workers/credentials/worker.ts'
import profiler from '../workers/profiler/worker.ts'
import { onEachServer } from './fixtures/each-database.ts'
import { logTable } from './log-table.ts'
import { openStore } from './open.ts'
import { reads } from './reads.ts'
import { isTransient } from './transient.ts'

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
const BATCHES = 40
const BATCH = 25

onEachServer('a database server', ({ open, server }) => {
  it('that is restarted and killed under load loses nothing, and nothing is counted twice', async () => {
    await using store = await open()
    const log = logTable(store)
    const bus = createMemoryBus()
    const parked: unknown[] = []
    const logger = { ...silent, warn: (fields: object, text: string) => void (text.includes('parked') && parked.push(fields)) }
    const workers = [credentials, profiler].map((worker) =>
      runWorker(worker, { log, bus, logger, transient: isTransient, pollMs: { withBus: 50, withoutBus: 50 } }),
    )
    for (const worker of workers) worker.start()
    let batches = 0
    const strange: unknown[] = []
    const write = async () => {
      for (; batches < BATCHES; batches += 1) {
        const records = Array.from({ length: BATCH }, (_, n) =>
          exampleRecord({
            type: 'auth_attempt',
            attackerIp: `203.0.113.${n}`,
            sessionId: `s-${n}`,
            body: { secret_b64: 'c2VjcmV0', outcome: 'failure' },
          }),
        )
        for (let written = false; !written; ) {
          try {
            await log.transaction((_tx, log) => log.append(records))
            written = true
          } catch (error) {
            if (!isTransient(error)) strange.push(error)
            await pause(50)
          }
        }
      }
    }
    const writing = write()
    const reached = async (n: number) => {
      while (batches < n) await pause(5)
    }
    await reached(8)
    await server().restart()
    await reached(20)
    await server().kill()
    await expect(reads(store)['log.bounds']()).rejects.toSatisfy(isTransient)
    await server().start()
    await writing
    expect(strange).toEqual([])
    const events = BATCHES * BATCH
    const counted = async () => {
      const rows = await store.db
        .selectFrom('attackers')
        .select((eb) => eb.fn.sum<number>('event_count').as('events'))
        .execute()
      return rows[0]?.events
    }
    await expect.poll(counted, { timeout: 15_000 }).toBe(events)
    const attempts = async () => {
      const rows = await store.db
        .selectFrom('credentials')
        .select((eb) => eb.fn.sum<number>('attempt_count').as('attempts'))
        .execute()
      return rows[0]?.attempts
    }
    await expect.poll(attempts, { timeout: 15_000 }).toBe(events)
    for (const worker of workers) await worker.close()
    await bus.close()
    const { records } = await log.read(0, 10_000)
    expect(records.map(({ seq }) => seq)).toEqual(records.map((_, n) => n + 1))
    expect(records.filter(({ topic }) => topic === 'system.log').length).toBe(events)
    expect(parked).toEqual([])
  }, 60_000)

  it('frees the locks of a process that stands still, and whoever wakes up late writes nothing', async () => {
    await using store = await open()
    const log = logTable(store)
    await using paused = await openStore(server().url(store.address.engine === 'sqlite' ? '' : store.address.database), {
      idleTransactionMs: 1_000,
    })
    let wake: () => void = () => undefined
    const asleep = new Promise<void>((resolve) => {
      wake = resolve
    })
    const late = logTable(paused)
      .transaction(async (_tx, log) => {
        await log.append([exampleRecord()])
        await asleep
        return log.append([exampleRecord()])
      })
      .catch((error: unknown) => error)
    await pause(100)
    const written = await log.transaction((_tx, log) => log.append([exampleRecord()]))
    expect(written.map(({ seq }) => seq)).toEqual([1])
    wake()
    expect(await late).toSatisfy(isTransient)
    expect(await log.head()).toBe(1)
    // Its pool has another connection by then.
    expect((await logTable(paused).transaction((_tx, log) => log.append([exampleRecord()]))).map(({ seq }) => seq)).toEqual([2])
  })
})

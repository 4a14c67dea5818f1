import { describe, expect, it } from 'vitest'
import type { EventLog, MemoryLog, MemoryRows } from '../log/index.ts'
import { runWorker } from './run.ts'
import { countingFold, events, workerRig } from './worker.fixture.ts'

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
type Moment = 'before' | 'within' | 'after'

/** The log as a process sees it that is killed at its n-th transaction or lease: nothing it waits for comes any more. */
function mortal(log: MemoryLog, dieAt: number, moment: Moment): { readonly log: EventLog<MemoryRows>; readonly died: Promise<void> } {
  const died = Promise.withResolvers<void>()
  const never = () => new Promise<never>(() => undefined)
  let dead = false
  let count = 0
  return {
    died: died.promise,
    log: {
      head: () => (dead ? never() : log.head()),
      read: (after, limit, patterns) => (dead ? never() : log.read(after, limit, patterns)),
      shares: (fold) => (dead ? never() : log.shares(fold)),
      release: () => never(),
      async lease(fold, request) {
        if (dead) return never()
        count += 1
        if (count < dieAt) return log.lease(fold, request)
        dead = true
        if (moment === 'after') await log.lease(fold, request)
        died.resolve()
        return never()
      },
      async transaction(work) {
        if (dead) return never()
        count += 1
        if (count < dieAt) return log.transaction(work)
        dead = true
        if (moment === 'after') await log.transaction(work)
        if (moment === 'within') {
          const broken = log.transaction(async (tx, log) => {
            await work(tx, log)
            throw new Error('killed')
          })
          await broken.catch(() => undefined)
        }
        died.resolve()
        return never()
      },
    },
  }
}

describe('a fold that is killed and started again', () => {
  const rig = workerRig()
  const moments: Moment[] = ['before', 'within', 'after']

  it.each(moments)('has neither lost nor repeated a record, killed %s any of its transactions', async (moment) => {
    for (let dieAt = 1; dieAt <= 6; dieAt += 1) {
      const { log, bus, append, run, derived } = rig()
      const records = await append(...events(40))
      const fold = { ...countingFold(), batchSize: 10 }
      const dying = mortal(log, dieAt, moment)
      // Never closed: nobody is left who could.
      runWorker(fold, { log: dying.log, bus, logger: silent, leaseMs: 60 }).start()
      await dying.died
      run(fold, { leaseMs: 60 }).start()
      await expect.poll(() => log.rows.size, { timeout: 15_000 }).toBe(records.length)
      expect([...log.rows.values()].every((times) => times === 1)).toBe(true)
      expect((await derived()).map((record) => record.seq)).toEqual(records.map((_record, index) => records.length + 1 + index))
    }
  })
})

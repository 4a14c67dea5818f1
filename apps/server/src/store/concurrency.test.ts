import { setTimeout as pause } from 'node:timers/promises'
import { LeaseLostError, type LogRecord } from '@decnet/kernel/log'
import { exampleRecord } from '@decnet/kernel/log/conformance'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { onEachDatabase } from './fixtures/each-database.ts'
import { logTable } from './log-table.ts'
import { openStore, type Store } from './open.ts'
import { isTransient } from './transient.ts'

const examples = (count: number) => Array.from({ length: count }, () => exampleRecord())

onEachDatabase('many who write', ({ open, server, engine }) => {
  let store: Store
  const others: Store[] = []
  /** As another host would: connections of its own. */
  const another = async () => {
    const { address } = store
    const url = address.engine === 'sqlite' ? address.path : server().url(address.database)
    const other = await openStore(url)
    others.push(other)
    return other
  }
  beforeEach(async () => {
    store = await open()
  })
  afterEach(async () => {
    for (const other of others.splice(0)) await other.close()
    await store.close()
  })

  it('one held open between insert and commit while others commit: no reader skips a record', async () => {
    const slow = logTable(store)
    const quick = logTable(await another())
    const reader = logTable(await another())
    const seen: LogRecord[] = []
    let cursor = 0
    const look = async () => {
      const { records, scanned } = await reader.read(cursor, 1_000)
      seen.push(...records)
      cursor = scanned
    }
    let inserted: () => void = () => undefined
    let release: () => void = () => undefined
    const isInserted = new Promise<void>((resolve) => {
      inserted = resolve
    })
    const mayCommit = new Promise<void>((resolve) => {
      release = resolve
    })
    await quick.transaction((_tx, log) => log.append(examples(2)))
    const held = slow.transaction(async (_tx, log) => {
      const written = await log.append(examples(3))
      inserted()
      await mayCommit
      return written
    })
    await isInserted
    await look()
    // SQLite waits for its one writer within the call: the others of this process must not begin before it is done.
    const rest = engine === 'sqlite' ? [] : [0, 1, 2].map(() => quick.transaction((_tx, log) => log.append(examples(2))))
    for (let round = 0; round < 5; round += 1) {
      await pause(20)
      await look()
    }
    expect(seen.map(({ seq }) => seq)).toEqual([1, 2])
    release()
    expect((await held).map(({ seq }) => seq)).toEqual([3, 4, 5])
    await Promise.all(rest)
    if (engine === 'sqlite') await quick.transaction((_tx, log) => log.append(examples(6)))
    await look()
    expect(seen.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
    expect(new Set(seen.map(({ id }) => id)).size).toBe(11)
  })

  it('the same records from several hosts at once are in the log once, without a gap', async () => {
    const shared = examples(200)
    const hosts = engine === 'sqlite' ? [store] : [store, await another(), await another()]
    const logs = hosts.map(logTable)
    const written: LogRecord[] = []
    const pour = async (n: number) => {
      for (let at = 0; at < shared.length; at += 20) {
        const some = shared.slice(at, at + 20)
        // Not in the same order everywhere.
        const batch = n % 2 ? some.toReversed() : some
        written.push(...((await logs[n]?.transaction((_tx, log) => log.append(batch))) ?? []))
      }
    }
    await Promise.all(logs.map((_log, n) => pour(n)))
    expect(written.map(({ seq }) => seq).sort((a, b) => a - b)).toEqual(shared.map((_, n) => n + 1))
    const { records } = await logTable(store).read(0, 1_000)
    expect(records.map(({ seq }) => seq)).toEqual(shared.map((_, n) => n + 1))
    expect(new Set(records.map(({ id }) => id))).toEqual(new Set(shared.map(({ id }) => id)))
  })

  it('leases are one owner’s at a time, also when replicas of several hosts ask at once', async () => {
    const hosts = engine === 'sqlite' ? [store] : [store, await another(), await another()]
    const logs = hosts.map(logTable)
    const done: string[] = []
    const total = 25
    const replica = async (n: number) => {
      const log = logs[n % logs.length]
      if (!log) return
      for (let round = 0; done.length < total * 16 && round < 1_000; round += 1) {
        try {
          const shares = await log.lease('fold', { owner: `replica-${n}`, partitions: 16, ttlMs: round % 5 === 0 ? 1 : 300 })
          const front = Math.min(...shares.map(({ seq }) => seq))
          const mine = shares.filter(({ seq }) => seq === front && seq < total)
          if (mine.length === 0) continue
          await log.transaction((_tx, log) => log.advance('fold', mine, front + 1))
          done.push(...mine.map(({ part }) => `${part}/${front + 1}`))
        } catch (error) {
          if (!(error instanceof LeaseLostError || isTransient(error))) throw error
        }
        if (round % 9 === 0) await log.release('fold', `replica-${n}`)
      }
    }
    await Promise.all([0, 1, 2, 3].map(replica))
    expect(done.length).toBe(total * 16)
    expect(new Set(done).size).toBe(total * 16)
  })

  it('what locks one another out counts as trouble that passes, and nothing of it is kept', async () => {
    if (engine === 'sqlite') return
    const log = logTable(store)
    const keys = ['a', 'b']
    await store.db
      .insertInto('settings')
      .values(keys.map((key) => ({ key, value: '' })))
      .execute()
    let both = 0
    const crossing = (order: readonly string[]) =>
      log.transaction(async (tx) => {
        for (const [n, key] of order.entries()) {
          await tx
            .updateTable('settings')
            .set({ value: order.join('') })
            .where('key', '=', key)
            .execute()
          if (n === 0) both += 1
          for (let waits = 0; both < 2 && waits < 200; waits += 1) await pause(5)
        }
      })
    const ends = await Promise.allSettled([crossing(['a', 'b']), crossing(['b', 'a'])])
    const lost = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []))
    expect(lost.map(isTransient)).toEqual([true])
    const rows = await store.db.selectFrom('settings').select('value').where('key', 'in', keys).execute()
    expect(new Set(rows.map(({ value }) => value)).size).toBe(1)
  })
})

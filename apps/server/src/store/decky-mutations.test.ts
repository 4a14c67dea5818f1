import { afterEach, beforeEach, expect, it } from 'vitest'
import { mutationRecord } from '../fleet/mutation.ts'
import { deckyMutations } from './decky-mutations.ts'
import { onEachDatabase } from './fixtures/each-database.ts'
import { logTable } from './log-table.ts'
import type { Store } from './open.ts'

const T0 = 1_763_000_000_000

onEachDatabase('the mutations of a decky', ({ open }) => {
  let store: Store
  beforeEach(async () => {
    store = await open()
  })
  afterEach(() => store.close())

  const change = (decky: string, at: number) =>
    mutationRecord({ decky, old_services: [], new_services: ['ssh'], trigger: 'operator', actor: null, at: T0 + at, tookMs: 1 })
  const append = (...records: ReturnType<typeof change>[]) => logTable(store).transaction((_tx, log) => log.append(records))
  const times = async (offset = 0) => {
    const { total, data } = await deckyMutations(store.db, { decky: 'web-01', limit: 2, offset })
    return [total, ...data.map(({ ts }) => ts - T0)]
  }

  it('are those of the log, newest first, whether they were folded already or not', async () => {
    const old = await append(change('web-01', 1), change('db-01', 2), change('web-01', 3))
    expect(await times()).toEqual([2, 3, 1])
    // As the profiler does: all that it has read is in its table.
    const shares = await logTable(store).lease('profiler', { owner: 'x', partitions: 2, ttlMs: 60_000 })
    const rows = old.map(({ id, decky, ts }) => ({
      ...{ id, decky: decky ?? '', ts, trigger_kind: 'operator' },
      ...{ old_services: '[]', new_services: '["ssh"]' },
    }))
    await store.db.insertInto('decky_mutations').values(rows).execute()
    await logTable(store).transaction((_tx, log) => log.advance('profiler', shares, 3))
    await append(change('web-01', 4), change('db-01', 5))
    expect([await times(), await times(1), await times(3)]).toEqual([[3, 4, 3], [3, 3, 1], [3]])
    await store.db.deleteFrom('log').where('seq', '=', 1).execute()
    expect(await times()).toEqual([2, 4, 3])
  })
})

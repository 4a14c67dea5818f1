import { z } from 'zod'
import type { Db } from './open.ts'
import { insertNew } from './upsert.ts'

const KEY = 'worker-desires'

const desires = z.record(
  z.string(),
  z.object({
    stopped: z.boolean(),
    /** Counts wishes: whoever runs the worker obeys each once, so that what happens otherwise is not undone. */
    revision: z.number().int(),
    by: z.string(),
    /** Epoch milliseconds. */
    at: z.number(),
  }),
)
export type WorkerDesires = z.infer<typeof desires>

/** What operators want of workers, wherever these run; a worker that nobody spoke of shall run. */
export async function workerDesires(db: Db): Promise<WorkerDesires> {
  const row = await db.selectFrom('settings').select('value').where('key', '=', KEY).executeTakeFirst()
  return row ? desires.parse(JSON.parse(row.value)) : {}
}

export interface Wish {
  readonly name: string
  readonly stopped: boolean
  readonly by: string
  readonly now: number
}

/** Writes a wish down. Two at the same moment are one after the other. */
export function wish(db: Db, { name, stopped, by, now }: Wish): Promise<WorkerDesires> {
  return db.transaction().execute(async (tx) => {
    await insertNew(tx, 'settings', ['key'], [{ key: KEY, value: '{}' }])
    // Written before it is read: that takes the row's lock.
    await tx
      .updateTable('settings')
      .set((eb) => ({ value: eb.ref('value') }))
      .where('key', '=', KEY)
      .execute()
    const known = await workerDesires(tx)
    const next = { ...known, [name]: { stopped, revision: (known[name]?.revision ?? 0) + 1, by, at: now } }
    const value = JSON.stringify(next)
    await tx.updateTable('settings').set({ value }).where('key', '=', KEY).execute()
    return next
  })
}

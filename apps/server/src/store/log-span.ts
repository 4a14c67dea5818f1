import type { Db } from './open.ts'

/** The earliest and the latest time of any record, epoch milliseconds; null where there is none. Two looks into an index. */
export async function logSpan(db: Db): Promise<{ from: number; to: number } | null> {
  const end = (order: 'asc' | 'desc') => db.selectFrom('log').select('ts').orderBy('ts', order).limit(1).executeTakeFirst()
  const first = await end('asc')
  const last = await end('desc')
  return first && last ? { from: first.ts, to: last.ts } : null
}

import type { Page } from '@decnet/contracts/api'
import { topics } from '@decnet/contracts/topics'
import type { LogRecord } from '@decnet/kernel/log'
import { toRecord } from './log-table.ts'
import type { Db } from './open.ts'

/** The fold that fills `decky_mutations`. */
const FOLD = 'profiler'

/** Up to where every part of the fold has read; 0 where it never ran. */
async function foldedUpTo(db: Db): Promise<number> {
  const row = await db
    .selectFrom('cursors')
    .select((eb) => eb.fn.min<number | null>('seq').as('seq'))
    .where('name', '=', FOLD)
    .executeTakeFirst()
  return Number(row?.seq ?? 0)
}

/**
 * The records of a decky's mutations that the log holds, newest first. Found by what was folded of them, and in the log only behind that: it
 * has no index of topics, which would cost every append.
 */
export async function deckyMutations(
  db: Db,
  { decky, limit, offset }: { readonly decky: string; readonly limit: number; readonly offset: number },
): Promise<Page<LogRecord>> {
  const folded = await foldedUpTo(db)
  const known = await db
    .selectFrom('decky_mutations')
    .innerJoin('log', 'log.id', 'decky_mutations.id')
    .select('log.seq')
    .where('decky_mutations.decky', '=', decky)
    .execute()
  const fresh = await db
    .selectFrom('log')
    .select('seq')
    .where('seq', '>', folded)
    .where('topic', '=', topics.deckyMutation.name(decky))
    .execute()
  const all = [...new Set([...known, ...fresh].map(({ seq }) => seq))].sort((a, b) => b - a)
  const page = all.slice(offset, offset + limit)
  const rows = page.length === 0 ? [] : await db.selectFrom('log').selectAll().where('seq', 'in', page).orderBy('seq', 'desc').execute()
  return { total: all.length, limit, offset, data: rows.map(toRecord) }
}

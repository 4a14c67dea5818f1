import type { Lifecycle, Page } from '@decnet/contracts/api'
import { type Operation, wishIn } from './fleet.ts'
import type { Db } from './open.ts'
import { iso, isoOrNull } from './time.ts'

export interface OperationFilter {
  /** Absent: all. */
  readonly ids?: readonly string[] | undefined
  readonly decky?: string | undefined
  readonly status?: Operation['status'] | undefined
  readonly limit: number
  readonly offset: number
}

const namesOf = (wish: string | null) => wishIn(wish)?.services.map(({ name }) => name) ?? []

const shown = (row: Operation): Lifecycle => ({
  id: row.id,
  decky_name: row.decky,
  operation: row.operation,
  status: row.status,
  error: row.error,
  trigger: row.trigger_kind,
  actor: row.actor,
  old_services: namesOf(row.wish_before),
  new_services: namesOf(row.wish_after),
  created_at: iso(row.created_at),
  started_at: isoOrNull(row.started_at),
  finished_at: isoOrNull(row.finished_at),
})

/** What was wanted of deckies and how far that is, newest first. */
export async function listOperations(db: Db, { ids, decky, status, limit, offset }: OperationFilter): Promise<Page<Lifecycle>> {
  if (ids?.length === 0) return { total: 0, limit, offset, data: [] }
  let query = db.selectFrom('decky_operations')
  if (ids !== undefined) query = query.where('id', 'in', ids)
  if (decky !== undefined) query = query.where('decky', '=', decky)
  if (status !== undefined) query = query.where('status', '=', status)
  const { count } = await query.select((eb) => eb.fn.countAll<number>().as('count')).executeTakeFirstOrThrow()
  const rows = await query.selectAll().orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit).offset(offset).execute()
  return { total: Number(count), limit, offset, data: rows.map(shown) }
}

import { deterministicId } from '@decnet/kernel'
import type { TtpBackfillTable } from './backfill-table.ts'
import type { Tx } from './log-table.ts'
import type { Db } from './open.ts'
import { insertNew } from './upsert.ts'

/** What shall be looked at again. */
export interface BackfillRequest {
  /** As an operator says it, and from when that is, epoch milliseconds. */
  readonly since: string
  readonly sinceAt: number
  readonly untilAt: number | null
  /** Ids; null = all. */
  readonly rules: readonly string[] | null
  readonly by: string
  readonly now: number
}

const UNBEGUN = {
  from_seq: null,
  to_seq: null,
  position: null,
  ended_at: null,
  records: 0,
  evidence: 0,
  tags: 0,
  techniques: '{}',
} as const

/** Asks for a run. One that was asked for with the same words and has not ended goes on as it is. Answers its row, and whether it goes on. */
export async function requestBackfill(
  db: Db,
  { since, sinceAt, untilAt, rules, by, now }: BackfillRequest,
): Promise<{ readonly row: TtpBackfillTable; readonly resumed: boolean }> {
  const named = rules === null ? null : JSON.stringify([...new Set(rules)].sort())
  const uuid = deterministicId('ttp-backfill', since, String(untilAt), named ?? '')
  const asked = { since, since_at: sinceAt, until_at: untilAt, rules: named, requested_by: by, requested_at: now }
  const known = await backfillOf(db, uuid)
  await insertNew(db, 'ttp_backfills', ['uuid'], [{ uuid, ...asked, ...UNBEGUN }])
  await db
    .updateTable('ttp_backfills')
    .set({ ...asked, ...UNBEGUN })
    .where('uuid', '=', uuid)
    .where('ended_at', 'is not', null)
    .execute()
  const row = await db.selectFrom('ttp_backfills').selectAll().where('uuid', '=', uuid).executeTakeFirstOrThrow()
  return { row, resumed: known !== undefined && known.ended_at === null }
}

export const backfillOf = (db: Db, uuid: string): Promise<TtpBackfillTable | undefined> =>
  db.selectFrom('ttp_backfills').selectAll().where('uuid', '=', uuid).executeTakeFirst()

/** Runs that are listed. */
const LISTED = 50

/** The latest runs, newest first. */
export const latestBackfills = (db: Db): Promise<TtpBackfillTable[]> =>
  db.selectFrom('ttp_backfills').selectAll().orderBy('requested_at', 'desc').orderBy('uuid').limit(LISTED).execute()

/** The run that was asked for first among those that have not ended. */
export const nextBackfill = (db: Db): Promise<TtpBackfillTable | undefined> =>
  db
    .selectFrom('ttp_backfills')
    .selectAll()
    .where('ended_at', 'is', null)
    .orderBy('requested_at')
    .orderBy('uuid')
    .limit(1)
    .executeTakeFirst()

/** Puts the run at the beginning of its part of the log; `lookBackMs`: what lies so long before it is read with it. */
export async function beginBackfill(db: Db, { uuid, since_at, until_at }: TtpBackfillTable, lookBackMs: number): Promise<void> {
  const head = (await db.selectFrom('log_head').select('seq').executeTakeFirst())?.seq ?? 0
  const first = await db
    .selectFrom('log')
    .select((eb) => eb.fn.min<number | null>('seq').as('seq'))
    .where('ts', '>=', since_at - lookBackMs)
    .executeTakeFirst()
  const last = await db
    .selectFrom('log')
    .select((eb) => eb.fn.max<number | null>('seq').as('seq'))
    .$if(until_at !== null, (query) => query.where('ts', '<=', until_at ?? 0))
    .executeTakeFirst()
  const from = first?.seq ?? head + 1
  const place = { from_seq: from, to_seq: last?.seq ?? 0, position: from - 1 }
  await db.updateTable('ttp_backfills').set(place).where('uuid', '=', uuid).where('position', 'is', null).execute()
}

/** Moves the run on, first of all in a transaction: whoever else is at the same place waits, and is told that it is taken. */
export async function takeBackfill(tx: Tx, { uuid, position }: TtpBackfillTable, to: number): Promise<boolean> {
  const query = tx.updateTable('ttp_backfills').set({ position: to }).where('uuid', '=', uuid).where('position', '=', position)
  return Number((await query.executeTakeFirstOrThrow()).numUpdatedRows) > 0
}

/** What the windows of a run are kept under. */
export const windowSpace = (uuid: string): string => `~${uuid.slice(0, 8)}~`

/** What a run counted is there as long as it is under way. */
export async function forgetWindows(tx: Tx, uuid: string): Promise<void> {
  const space = windowSpace(uuid)
  await tx.deleteFrom('ttp_windows').where('rule', '>=', space).where('rule', '<', `${space}\u007f`).execute()
}

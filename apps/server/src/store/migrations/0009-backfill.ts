import type { Kysely } from 'kysely'
import { dialectOf } from '../dialect.ts'

/** Runs of rules over what the log holds already. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { columns, tableEnd } = dialectOf(db)
  const { word, text, large } = columns
  const end = await tableEnd(db)
  const made = db.schema.createTable('ttp_backfills').ifNotExists()
  await (end ? made.modifyEnd(end) : made)
    .addColumn('uuid', word(36), (c) => c.primaryKey())
    .addColumn('since', word(64), (c) => c.notNull())
    .addColumn('since_at', large, (c) => c.notNull())
    .addColumn('until_at', large)
    .addColumn('rules', text)
    .addColumn('requested_by', word(255), (c) => c.notNull())
    .addColumn('requested_at', large, (c) => c.notNull())
    .addColumn('from_seq', large)
    .addColumn('to_seq', large)
    .addColumn('position', large)
    .addColumn('ended_at', large)
    .addColumn('records', large, (c) => c.notNull())
    .addColumn('evidence', large, (c) => c.notNull())
    .addColumn('tags', large, (c) => c.notNull())
    .addColumn('techniques', text, (c) => c.notNull())
    .execute()
}

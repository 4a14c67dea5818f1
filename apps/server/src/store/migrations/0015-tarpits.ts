import type { Kysely } from 'kysely'
import { dialectOf } from '../dialect.ts'

/** Services that hold up whoever comes. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { columns, tableEnd } = dialectOf(db)
  const { word, whole, large } = columns
  const end = await tableEnd(db)
  const made = db.schema.createTable('tarpits').ifNotExists()
  await (end ? made.modifyEnd(end) : made)
    .addColumn('decky', word(255), (c) => c.notNull())
    .addColumn('service', word(64), (c) => c.notNull())
    .addColumn('accept_ms', whole, (c) => c.notNull())
    .addColumn('bytes_per_second', whole, (c) => c.notNull())
    .addColumn('set_by', word(255))
    .addColumn('set_at', large, (c) => c.notNull())
    .addPrimaryKeyConstraint('tarpits_key', ['decky', 'service'])
    .execute()
}

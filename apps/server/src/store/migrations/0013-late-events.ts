import type { Kysely } from 'kysely'
import { columnAdder } from '../add-column.ts'
import { dialectOf } from '../dialect.ts'

/** Sessions that were told of more after they had ended. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { columns, indexExists } = dialectOf(db)
  const column = columnAdder(dialectOf(db))
  await column(db.schema.alterTable('sessions').addColumn('late_source', columns.word(64)))
  await column(db.schema.alterTable('sessions').addColumn('late_at', columns.large))
  try {
    await db.schema.createIndex('sessions_late').on('sessions').columns(['late_source', 'late_at']).execute()
  } catch (error) {
    if (!indexExists(error)) throw error
  }
}

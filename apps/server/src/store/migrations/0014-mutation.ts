import type { Kysely } from 'kysely'
import { columnAdder } from '../add-column.ts'
import { dialectOf } from '../dialect.ts'

/** Deckies change: when their packages were brought up to date, who wants them changed now, which services were started anew as they were. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { columns } = dialectOf(db)
  const column = columnAdder(dialectOf(db))
  await column(db.schema.alterTable('deckies').addColumn('patched_at', columns.large))
  await column(db.schema.alterTable('deckies').addColumn('mutate_requested', columns.large))
  await column(db.schema.alterTable('deckies').addColumn('mutate_requested_by', columns.word(255)))
  await column(db.schema.alterTable('decky_services').addColumn('revision', columns.whole))
}

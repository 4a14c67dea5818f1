import type { ColumnDefinitionBuilder, Kysely } from 'kysely'
import { columnAdder } from '../add-column.ts'
import { dialectOf } from '../dialect.ts'

/** Fleets change: what a decky is made of beside its seed, and what somebody wanted of it and what became of that. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { columns, tableEnd, indexExists } = dialectOf(db)
  const { word, text, whole, large } = columns
  const column = columnAdder(dialectOf(db))
  const deckies = () => db.schema.alterTable('deckies')
  await column(deckies().addColumn('ip6', word(45)))
  await column(deckies().addColumn('mac', word(17)))
  await column(deckies().addColumn('distro', word(16)))
  await column(deckies().addColumn('os_family', word(16)))
  await column(deckies().addColumn('mutate_minutes', whole))
  await column(deckies().addColumn('last_mutated', large))
  await column(db.schema.alterTable('decky_services').addColumn('saved_config', text))

  const end = await tableEnd(db)
  const made = db.schema.createTable('decky_operations').ifNotExists()
  const filled = (c: ColumnDefinitionBuilder) => c.notNull()
  await (end ? made.modifyEnd(end) : made)
    .addColumn('id', word(36), (c) => c.primaryKey())
    .addColumn('decky', word(255), filled)
    .addColumn('operation', word(16), filled)
    .addColumn('status', word(16), filled)
    .addColumn('error', text)
    .addColumn('trigger_kind', word(16), filled)
    .addColumn('actor', word(255))
    .addColumn('wish_before', text)
    .addColumn('wish_after', text)
    .addColumn('detail', text)
    .addColumn('generation', large, filled)
    .addColumn('created_at', large, filled)
    .addColumn('started_at', large)
    .addColumn('finished_at', large)
    .execute()
  const index = async (name: string, on: string[]) => {
    try {
      await db.schema.createIndex(name).on('decky_operations').columns(on).execute()
    } catch (error) {
      if (!indexExists(error)) throw error
    }
  }
  await index('decky_operations_decky', ['decky', 'created_at'])
  await index('decky_operations_status', ['status'])
}

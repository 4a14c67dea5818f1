import { codeWords } from '@decnet/contracts/code-name'
import type { ColumnDefinitionBuilder, Kysely } from 'kysely'
import { columnAdder } from '../add-column.ts'
import { dialectOf } from '../dialect.ts'

interface Named {
  actor_groups: { uuid: string; name_first: string; name_second: string }
}
const AT_ONCE = 1_000

/** Identities and campaigns can be found by the words of their code names; a decision keeps its reasons beside its sentence. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { columns, indexExists } = dialectOf(db)
  const column = columnAdder(dialectOf(db))
  const index = async (name: string, on: string[]) => {
    try {
      await db.schema.createIndex(name).on('actor_groups').columns(on).execute()
    } catch (error) {
      if (!indexExists(error)) throw error
    }
  }
  const none = (c: ColumnDefinitionBuilder) => c.notNull().defaultTo('')
  await column(db.schema.alterTable('actor_groups').addColumn('name_first', columns.word(16), none))
  await column(db.schema.alterTable('actor_groups').addColumn('name_second', columns.word(16), none))
  await column(db.schema.alterTable('group_decisions').addColumn('reasons', columns.text))
  await nameAll(db as unknown as Kysely<Named>)
  await index('actor_groups_name', ['layer', 'name_first', 'name_second'])
  await index('actor_groups_second_name', ['layer', 'name_second'])
}

async function nameAll(db: Kysely<Named>): Promise<void> {
  for (let after = ''; ; ) {
    const rows = await db.selectFrom('actor_groups').select('uuid').where('uuid', '>', after).orderBy('uuid').limit(AT_ONCE).execute()
    for (const { uuid } of rows) {
      const [name_first, name_second] = codeWords(uuid)
      await db.updateTable('actor_groups').set({ name_first, name_second }).where('uuid', '=', uuid).execute()
    }
    const last = rows.at(-1)
    if (!last) return
    after = last.uuid
  }
}

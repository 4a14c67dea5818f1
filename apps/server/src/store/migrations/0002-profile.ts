import { type ColumnDefinitionBuilder, type CreateTableBuilder, type Kysely, sql } from 'kysely'
import { columnAdder } from '../add-column.ts'
import { dialectOf } from '../dialect.ts'

/** What an attacker's profile is made of, its features, and where secrets were tried. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { schema } = db
  const { columns, tableEnd, indexExists, name: engine } = dialectOf(db)
  const { word, text, whole, large } = columns
  const end = await tableEnd(db)
  // Where making a table is no part of a transaction, what was cut off in the middle is gone through again.
  const table = (name: string): CreateTableBuilder<string> => {
    const made = schema.createTable(name).ifNotExists()
    return end ? made.modifyEnd(end) : made
  }
  const index = async (name: string, on: string, columns: string[]) => {
    try {
      await schema.createIndex(name).on(on).columns(columns).execute()
    } catch (error) {
      if (!indexExists(error)) throw error
    }
  }
  const column = columnAdder(dialectOf(db))
  const zero = (c: ColumnDefinitionBuilder) => c.notNull().defaultTo(0)
  await column(schema.alterTable('attackers').addColumn('outreach_count', whole, zero))
  await column(schema.alterTable('attackers').addColumn('behaviour', word(16), (c) => c.notNull().defaultTo('unknown')))
  await column(schema.alterTable('attackers').addColumn('profile', text))
  await column(schema.alterTable('credential_reuse').addColumn('last_seq', large, zero))
  await index('attackers_behaviour', 'attackers', ['behaviour'])

  // The rows of one attacker lie together, also where a table is not kept by its key by itself.
  const features = engine === 'sqlite' ? table('attacker_features').modifyEnd(sql`without rowid`) : table('attacker_features')
  await features
    .addColumn('attacker_uuid', word(36), (c) => c.notNull())
    .addColumn('kind', word(16), (c) => c.notNull())
    .addColumn('value_sha256', word(64), (c) => c.notNull())
    .addColumn('value', text, (c) => c.notNull())
    .addColumn('decky', word(255))
    .addColumn('first_ts', large, (c) => c.notNull())
    .addColumn('last_ts', large, (c) => c.notNull())
    .addColumn('seq', large, (c) => c.notNull())
    .addPrimaryKeyConstraint('attacker_features_key', ['attacker_uuid', 'kind', 'value_sha256'])
    .execute()
  await index('attacker_features_value', 'attacker_features', ['kind', 'value_sha256'])

  await table('decky_mutations')
    .addColumn('id', word(36), (c) => c.primaryKey())
    .addColumn('decky', word(255), (c) => c.notNull())
    .addColumn('ts', large, (c) => c.notNull())
    .addColumn('trigger_kind', word(16), (c) => c.notNull())
    .addColumn('old_services', text, (c) => c.notNull())
    .addColumn('new_services', text, (c) => c.notNull())
    .execute()
  await index('decky_mutations_decky', 'decky_mutations', ['decky', 'ts'])

  await table('credential_targets')
    .addColumn('group_id', word(36), (c) => c.notNull())
    .addColumn('decky', word(255), (c) => c.notNull())
    .addColumn('service', word(64), (c) => c.notNull())
    .addColumn('attacker_ips', text, (c) => c.notNull())
    .addColumn('attempt_count', whole, (c) => c.notNull())
    .addColumn('first_seen', large, (c) => c.notNull())
    .addColumn('last_seen', large, (c) => c.notNull())
    .addColumn('last_seq', large, (c) => c.notNull())
    .addPrimaryKeyConstraint('credential_targets_key', ['group_id', 'decky', 'service'])
    .execute()

  await makeAnew(db as Kysely<Made>)
}

interface Made {
  log: { seq: number }
  attackers: { uuid: string }
  credential_reuse: { id: string }
  cursors: { name: string; seq: number }
}

/** While the log still holds its first record, what was derived is made anew from it, with all that is new; otherwise it goes on from here. */
async function makeAnew(db: Kysely<Made>): Promise<void> {
  const first = await db.selectFrom('log').select('seq').where('seq', '=', 1).executeTakeFirst()
  if (!first) return
  await db.deleteFrom('attackers').execute()
  await db.deleteFrom('credential_reuse').execute()
  await db.updateTable('cursors').set({ seq: sql<number>`0` }).where('name', 'in', ['profiler', 'reuse-correlator']).execute()
}

import type { Kysely } from 'kysely'
import { dialectOf } from '../dialect.ts'

/** What attackers' own machines are asked, when, and what came of it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { columns, tableEnd, indexExists } = dialectOf(db)
  const { word, text, whole, large } = columns
  const end = await tableEnd(db)
  const made = db.schema.createTable('attacker_probes').ifNotExists()
  await (end ? made.modifyEnd(end) : made)
    .addColumn('attacker_uuid', word(36), (c) => c.notNull())
    .addColumn('port', whole, (c) => c.notNull())
    .addColumn('probe', word(32), (c) => c.notNull())
    .addColumn('attacker_ip', word(64), (c) => c.notNull())
    .addColumn('due_at', large, (c) => c.notNull())
    .addColumn('visits', whole, (c) => c.notNull())
    .addColumn('silences', whole, (c) => c.notNull())
    .addColumn('state', word(16), (c) => c.notNull())
    .addColumn('tried_at', large)
    .addColumn('answered_at', large)
    .addColumn('hash', word(128))
    .addColumn('facts', text)
    .addPrimaryKeyConstraint('attacker_probes_key', ['attacker_uuid', 'port', 'probe'])
    .execute()
  try {
    await db.schema.createIndex('attacker_probes_due').on('attacker_probes').column('due_at').execute()
  } catch (error) {
    if (!indexExists(error)) throw error
  }
}

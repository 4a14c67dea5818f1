import type { Kysely } from 'kysely'
import { dialectOf } from '../dialect.ts'

/** Texts of rules that several servers share, and what people said of tags. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { columns, tableEnd } = dialectOf(db)
  const { word, text, large } = columns
  const end = await tableEnd(db)
  const table = (name: string) => {
    const made = db.schema.createTable(name).ifNotExists()
    return end ? made.modifyEnd(end) : made
  }
  await table('ttp_rules')
    .addColumn('id', word(64), (c) => c.primaryKey())
    .addColumn('yaml', text, (c) => c.notNull())
    .addColumn('hash', word(64), (c) => c.notNull())
    .addColumn('saved_at', large, (c) => c.notNull())
    .addColumn('saved_by', word(255), (c) => c.notNull())
    .execute()
  await table('ttp_verdicts')
    .addColumn('tag_uuid', word(36), (c) => c.primaryKey())
    .addColumn('verdict', word(8), (c) => c.notNull())
    .addColumn('said_by', word(255), (c) => c.notNull())
    .addColumn('at', large, (c) => c.notNull())
    .execute()
}

import type { Kysely } from 'kysely'
import { dialectOf } from '../dialect.ts'

/** Who left a group is told in its story too. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { indexExists } = dialectOf(db)
  try {
    await db.schema.createIndex('group_decisions_other').on('group_decisions').columns(['other_uuid', 'seq']).execute()
  } catch (error) {
    if (!indexExists(error)) throw error
  }
}

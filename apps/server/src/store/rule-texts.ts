import { hash } from 'node:crypto'
import type { Db } from './open.ts'
import type { TtpRuleTable } from './technique-tables.ts'
import { upsert } from './upsert.ts'

/** Texts that are read at once. */
const AT_ONCE = 50

/** What is kept beside a text; enough to see whether it changed. */
export type SavedRule = Omit<TtpRuleTable, 'yaml'>

/** SHA-256 of a text, hexadecimal. */
export const textHash = (text: string): string => hash('sha256', text)

/** Rules whose texts are kept, by id, without their texts. */
export const savedRules = (db: Db): Promise<SavedRule[]> =>
  db.selectFrom('ttp_rules').select(['id', 'hash', 'saved_at', 'saved_by']).orderBy('id').execute()

/** The texts of some rules, by id. */
export async function savedTexts(db: Db, ids: readonly string[]): Promise<Map<string, string>> {
  const texts = new Map<string, string>()
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    const rows = await db
      .selectFrom('ttp_rules')
      .select(['id', 'yaml'])
      .where('id', 'in', ids.slice(at, at + AT_ONCE))
      .execute()
    for (const { id, yaml } of rows) texts.set(id, yaml)
  }
  return texts
}

/** Keeps a text in place of what was there. Answers whether it is another. */
export function saveRule(db: Db, rule: Omit<TtpRuleTable, 'hash'>): Promise<boolean> {
  const row = { ...rule, hash: textHash(rule.yaml) }
  return db.transaction().execute(async (tx) => {
    const known = await tx.selectFrom('ttp_rules').select('hash').where('id', '=', rule.id).executeTakeFirst()
    if (known?.hash === row.hash) return false
    await upsert(tx, 'ttp_rules', 'id', [row])
    return true
  })
}

/** Answers whether there was one. */
export async function removeRule(db: Db, id: string): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom('ttp_rules').where('id', '=', id).executeTakeFirstOrThrow()
  return Number(numDeletedRows) > 0
}

import type { Tx } from './log-table.ts'
import type { TtpTagTable } from './technique-tables.ts'
import { insertNew } from './upsert.ts'

/** Tags that are looked up at once. */
const AT_ONCE = 500

/** Which of these tags are there. */
export async function knownTags(tx: Tx, uuids: readonly string[]): Promise<Set<string>> {
  const known = new Set<string>()
  for (let at = 0; at < uuids.length; at += AT_ONCE) {
    const rows = await tx
      .selectFrom('ttp_tags')
      .select('uuid')
      .where('uuid', 'in', uuids.slice(at, at + AT_ONCE))
      .execute()
    for (const { uuid } of rows) known.add(uuid)
  }
  return known
}

/** Keeps those tags that are not known yet. Answers them by the record that they are of. */
export async function newTags(tx: Tx, tags: readonly TtpTagTable[]): Promise<Map<string, TtpTagTable[]>> {
  const once = [...new Map(tags.map((tag) => [tag.uuid, tag])).values()]
  const known = await knownTags(
    tx,
    once.map(({ uuid }) => uuid),
  )
  const added = once.filter(({ uuid }) => !known.has(uuid))
  if (added.length > 0) await insertNew(tx, 'ttp_tags', ['uuid'], added)
  return Map.groupBy(added, ({ source_id }) => source_id)
}

import type { Shown } from '../domain/headline.ts'
import { EXPLOIT } from '../domain/headline.ts'
import { ruleName } from '../rules/rule-names.ts'
import type { Db } from './open.ts'

/** Attackers that are asked about at once. */
const AT_ONCE = 500

/**
 * What attackers were seen at, by the tags that they bear, the most frequent first: exploits of all of them, and any technique of those who did
 * nothing else worth telling.
 */
export async function shownBy(db: Db, attackers: readonly string[], idle: ReadonlySet<string>): Promise<Map<string, Shown[]>> {
  const of = async (uuids: readonly string[], exploits: boolean) => {
    let query = db
      .selectFrom('ttp_tags')
      .select((eb) => ['attacker_uuid', 'technique_id', 'sub_technique_id', 'rule_id', eb.fn.countAll<number>().as('count')])
      .where('attacker_uuid', 'in', uuids)
      .groupBy(['attacker_uuid', 'technique_id', 'sub_technique_id', 'rule_id'])
    if (exploits) query = query.where('technique_id', '=', EXPLOIT)
    return query.execute()
  }
  const shown = new Map<string, Shown[]>()
  for (const [uuids, exploits] of [
    [attackers.filter((uuid) => !idle.has(uuid)), true],
    [attackers.filter((uuid) => idle.has(uuid)), false],
  ] as const)
    for (let at = 0; at < uuids.length; at += AT_ONCE)
      for (const row of await of(uuids.slice(at, at + AT_ONCE), exploits)) {
        const uuid = row.attacker_uuid ?? ''
        const technique = row.sub_technique_id ?? row.technique_id
        shown.set(uuid, [...(shown.get(uuid) ?? []), { technique, name: ruleName(row.rule_id) ?? null, count: Number(row.count) }])
      }
  return shown
}

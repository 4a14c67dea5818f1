import type { PayloadOf, topics } from '@decnet/contracts/topics'
import type { OwnRules } from './own-rules.ts'

type Change = PayloadOf<typeof topics.ttpRuleReloaded>

/**
 * What became of rules in the folder from one look to the next, one for each rule whose text in force is another. What the database has is told of by
 * whoever saves it. `shipped`: versions of the rules that came with the product, by id.
 */
export function folderChanges(before: OwnRules, after: OwnRules, shipped: ReadonlyMap<string, number>): readonly Change[] {
  const ids = [...new Set([...before.rules.keys(), ...after.rules.keys()])].sort()
  return ids.flatMap((id): Change[] => {
    const [was, is] = [before.rules.get(id), after.rules.get(id)]
    if (was?.hash === is?.hash || was?.origin === 'database' || is?.origin === 'database') return []
    const rule_version = is?.rule.version ?? shipped.get(id) ?? null
    const change = rule_version === null ? 'removed' : was || shipped.has(id) ? 'changed' : 'added'
    return [{ rule_id: id, rule_version, change }]
  })
}

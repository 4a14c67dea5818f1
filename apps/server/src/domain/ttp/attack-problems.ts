import type { AttackData } from '../attack/attack-data.ts'
import type { Path } from './rule/problem.ts'
import type { Rule } from './rule/rule.ts'

type Known = Pick<AttackData, 'technique' | 'retired'>

/** What a rule claims that ATT&CK does not know: techniques that are not in use, tactics that a technique does not serve. */
export function attackProblems(
  { emits }: Pick<Rule, 'emits'>,
  attack: Known,
): readonly { readonly path: Path; readonly message: string }[] {
  return emits.flatMap(({ technique_id, sub_technique_id, tactic }, index) => {
    const id = sub_technique_id ?? technique_id
    const technique = attack.technique(id)
    if (!technique) return [{ path: ['emits', index, 'technique'], message: missing(id, attack) }]
    if (tactic === null || technique.tactics.some((each) => each.id === tactic)) return []
    const serves = technique.tactics.map((each) => `${each.id} (${each.name})`).join(', ')
    return [{ path: ['emits', index, 'tactic'], message: `${id} does not serve ${tactic}, but ${serves}.` }]
  })
}

function missing(id: string, attack: Known): string {
  const retired = attack.retired(id)
  if (!retired) return `ATT&CK has no technique ${id}.`
  return `${id} (${retired.name}) was ${retired.state} by MITRE${retired.replacedBy === null ? '' : `; ${retired.replacedBy} took its place`}.`
}

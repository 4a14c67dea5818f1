import { indexRules, type RuleIndex } from '../domain/ttp/engine/index-of-rules.ts'
import type { Rule } from '../domain/ttp/rule/rule.ts'

/** Rules laid over an index, each in place of the one with its id there: what lies beneath is not made ready again. `hidden`: ids that are asked neither here nor there. */
export function overlay(base: RuleIndex, rules: readonly Rule[], hidden: ReadonlySet<string>): RuleIndex {
  if (rules.length === 0 && hidden.size === 0) return base
  const covered = new Set([...hidden, ...rules.map(({ id }) => id)])
  const over = indexRules(rules)
  return {
    rules: [...base.rules.filter(({ id }) => !covered.has(id)), ...rules],
    hits: (item) => [...base.hits(item).filter(({ compiled }) => !covered.has(compiled.rule.id)), ...over.hits(item)],
  }
}

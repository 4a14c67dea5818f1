import type { Term } from '../../search/grammar.ts'
import { type CatalogueRule, precisionOf, ruleStanding, surest } from '../../words/rule.ts'

/** What ATT&CK says of a technique. */
export interface TechniqueFacts {
  readonly name: string
  /** Short names, as `credential-access`. */
  readonly tactics: readonly string[]
}
export type Techniques = ReadonlyMap<string, TechniqueFacts>

/** Keys of the search that rules have; of each, the values of one rule. */
export const ruleKeys = ['state', 'tactic', 'technique', 'kind', 'maturity', 'origin'] as const
export type RuleKey = (typeof ruleKeys)[number]

export function ruleValues(rule: CatalogueRule, key: RuleKey, techniques: Techniques): readonly string[] {
  switch (key) {
    case 'state':
      // A newer text that is broken leaves the older one, and what was decided about it, in force.
      return [...new Set([ruleStanding(rule).standing, ruleStanding({ ...rule, problem: null }).standing])]
    case 'tactic':
      return [...new Set(rule.emits.flatMap(({ technique }) => techniques.get(technique)?.tactics ?? []))]
    case 'technique':
      return [...new Set(rule.emits.flatMap(({ technique }) => [technique, technique.slice(0, 5)]))]
    case 'kind':
      return rule.sources
    // Of a deleted rule that is not known any more.
    case 'maturity':
      return rule.deleted ? [] : [rule.maturity]
    case 'origin':
      return rule.deleted ? [] : [rule.origin]
  }
}

function holds(rule: CatalogueRule, { key, value }: Term, techniques: Techniques): boolean {
  const wanted = value.toLowerCase()
  const known = ruleKeys.find((each) => each === key)
  if (known) return ruleValues(rule, known, techniques).some((each) => each.toLowerCase() === wanted)
  const named = rule.emits.flatMap(({ technique }) => [technique, techniques.get(technique)?.name ?? ''])
  const looked = key === null ? [rule.id, rule.title, ...named] : [rule.id]
  const words = key === null ? wanted : `${key}:${wanted}`
  return looked.some((text) => text.toLowerCase().includes(words))
}

/** The rules for which every term holds. */
export const findRules = (rules: readonly CatalogueRule[], terms: readonly Term[], techniques: Techniques): CatalogueRule[] =>
  rules.filter((rule) => terms.every((term) => holds(rule, term, techniques) !== term.negated))

/** How many rules have each value, most first; of those that every term but the ones of this key finds. */
export function ruleFacet(rules: readonly CatalogueRule[], terms: readonly Term[], key: RuleKey, techniques: Techniques) {
  const others = terms.filter((term) => term.key !== key)
  const counts = new Map<string, number>()
  for (const rule of findRules(rules, others, techniques))
    for (const value of ruleValues(rule, key, techniques)) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].map(([value, count]) => ({ value, count })).sort((a, b) => b.count - a.count || a.value.localeCompare(b.value))
}

export const ruleSorts = ['hits', 'last', 'title', 'confidence', 'precision', 'id'] as const
export type RuleSort = (typeof ruleSorts)[number]

const sortValue: Readonly<Record<RuleSort, (rule: CatalogueRule) => number | string>> = {
  hits: ({ hits }) => hits.count,
  last: ({ hits }) => hits.last_at ?? '',
  title: ({ title }) => title.toLowerCase(),
  confidence: surest,
  precision: ({ verdicts }) => precisionOf(verdicts) ?? -1,
  id: ({ id }) => id,
}
const compare = (a: number | string, b: number | string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Rules in order; what is broken stands above all, for somebody has to do something, and equals stand by id. */
export function sortRules(rules: readonly CatalogueRule[], by: RuleSort, order: 'asc' | 'desc'): CatalogueRule[] {
  const value = sortValue[by]
  const sign = order === 'asc' ? 1 : -1
  return rules.toSorted(
    (a, b) => Number(b.problem !== null) - Number(a.problem !== null) || sign * compare(value(a), value(b)) || compare(a.id, b.id),
  )
}

import type { TtpBench, TtpBenchRequest } from '@decnet/contracts/api'
import { compileCondition } from '../domain/ttp/engine/compile-condition.ts'
import { createEngine } from '../domain/ttp/engine/engine.ts'
import type { RuleState } from '../domain/ttp/engine/finding.ts'
import type { RuleIndex } from '../domain/ttp/engine/index-of-rules.ts'
import { type Item, itemOf } from '../domain/ttp/engine/item.ts'
import { memoryWindows } from '../domain/ttp/engine/window-store.ts'
import { acceptPayload } from '../domain/ttp/evidence/accept-payload.ts'
import { kindByName } from '../domain/ttp/evidence/kinds.ts'
import type { Condition } from '../domain/ttp/rule/condition.ts'
import type { RuleReading } from '../domain/ttp/rule/read-rule.ts'
import { readYaml } from '../domain/ttp/rule/yaml-text.ts'

type Result = TtpBench['results'][number]
/** A rule that is tried, and the text that it stands in. */
export type Tried = Extract<RuleReading, { rule: unknown }> & { readonly text: string }

/** Whose the evidence is, unless its payload says otherwise. */
const SOMEBODY = '198.51.100.7'
const START = Date.UTC(2026, 0, 1)

/** Looks at evidence with all rules of an index: one attacker's, in one session, a second apart. */
export function tryEvidence(
  items: TtpBenchRequest['items'],
  index: RuleIndex,
  {
    tried,
    stateOf,
    nameOf,
  }: { readonly tried: Tried | null; stateOf(rule: string): RuleState | undefined; nameOf(technique: string): string | null },
): Result[] {
  const engine = createEngine(index, memoryWindows(), stateOf)
  const titles = new Map(index.rules.map(({ id, title }) => [id, title]))
  const missed = tried && whyNot(tried)
  return items.map(({ id, source_kind, payload }, number): Result => {
    const named = id === undefined ? {} : { id }
    const kind = kindByName.get(source_kind)
    if (!kind) {
      const error = `${source_kind} is no kind of evidence; there are ${[...kindByName.keys()].join(', ')}.`
      return { ...named, error, matches: [], missed: null }
    }
    const accepted = acceptPayload(kind, payload)
    const attacker = typeof accepted.attacker_ip === 'string' ? accepted.attacker_ip : SOMEBODY
    const ts = START + number * 1_000
    const anchors = { session: `of ${attacker}`, attacker, identity: attacker }
    const { findings, suppressed } = engine.match({ kind: kind.name, id: String(number), ts, ...anchors, payload: accepted })
    const matches = [...findings.map((finding) => ({ ...finding, reason: null })), ...suppressed].map((match) => {
      const technique = match.sub_technique_id ?? match.technique_id
      return {
        rule: match.rule,
        title: titles.get(match.rule) ?? '',
        technique,
        technique_name: nameOf(technique),
        confidence: match.confidence,
        evidence: { ...match.evidence },
        suppressed: match.reason,
      }
    })
    const fired = tried !== null && matches.some(({ rule }) => rule === tried.rule.id)
    return { ...named, error: null, matches, missed: fired || !missed ? null : missed(itemOf(kind, accepted)) }
  })
}

/** Says of an item for which a rule did not fire which parts of its condition, as they are written, do not hold. */
function whyNot({ rule, positionOf, text }: Tried): (item: Item) => NonNullable<Result['missed']> {
  const { when } = rule
  const [condition, path] = 'condition' in when ? [when.condition, ['when']] : [null, ['when', when.window.type]]
  const written = (readYaml(text).value as { readonly when?: object } | undefined)?.when ?? {}
  // A mapping of several entries is all of them, in order; `of` belongs to its at_least.
  const names = Object.keys(written).filter((name) => name !== 'of' || !Object.hasOwn(written, 'at_least'))
  const conditions = condition && names.length > 1 && 'all' in condition ? condition.all : condition ? [condition] : []
  const parts = conditions.map((each, index) => part(each, names[index] ?? 'when'))
  const steps = 'condition' in when ? [] : when.window.type === 'sequence' ? when.window.steps : [when.window.of]
  const counted = [...new Set(steps)].map((each) => compileCondition(each))

  function part(condition: Condition, name: string) {
    return { holds: compileCondition(condition), told: { part: name, ...positionOf(['when', name]) } }
  }
  return (item) => {
    if (!rule.sources.includes(item.kind)) return { reason: 'other_kind', parts: [] }
    if (!condition) {
      const counts = counted.some((holds) => holds(item))
      return counts ? { reason: 'window', parts: [] } : { reason: 'condition', parts: [{ part: String(path[1]), ...positionOf(path) }] }
    }
    return { reason: 'condition', parts: parts.filter(({ holds }) => !holds(item)).map(({ told }) => told) }
  }
}

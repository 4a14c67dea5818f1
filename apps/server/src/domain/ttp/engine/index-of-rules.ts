import { commonFields, type EvidenceKind } from '../evidence/kind.ts'
import { kindByName } from '../evidence/kinds.ts'
import type { Condition, Window } from '../rule/condition.ts'
import type { Rule } from '../rule/rule.ts'
import { type Automaton, buildAutomaton } from './automaton.ts'
import { askedOnce, type Predicate } from './compile-condition.ts'
import { EDGE } from './edge.ts'
import { forKind, isNever } from './for-kind.ts'
import type { Item } from './item.ts'
import { literalsOf } from './literals.ts'

/** An alternative of one condition of a rule: of the whole of it, or of a step of its window. */
interface Probe {
  readonly rule: CompiledRule
  readonly step: number
  readonly holds: Predicate
}
export interface CompiledRule {
  readonly rule: Rule
  readonly window: Window | null
}
/** A rule with the steps of it that an item satisfies; a rule without a window has one, 0. */
export interface Hit {
  readonly compiled: CompiledRule
  readonly steps: readonly number[]
}

interface KindIndex {
  /** Looked at whatever the text is. */
  readonly always: readonly Probe[]
  readonly probes: readonly Probe[]
  readonly automaton: Automaton
  readonly searched: readonly string[]
}

/** Rules made ready for fast matching; never changed, only replaced whole. */
export interface RuleIndex {
  readonly rules: readonly Rule[]
  /** What an item satisfies, in the order of the rules. Never throws on an item. */
  hits(item: Item): readonly Hit[]
}

const conditionsOf = ({ when }: Rule): readonly Condition[] => {
  if ('condition' in when) return [when.condition]
  return when.window.type === 'sequence' ? when.window.steps : [when.window.of]
}

/**
 * Conditions of which one holds exactly where `condition` does: the branches of an `any`, each asked only where its own literals stand. Of
 * an `all`, the `any` with the most branches is taken apart.
 */
function alternatives(condition: Condition): readonly Condition[] {
  if ('any' in condition) return condition.any.flatMap(alternatives)
  if (!('all' in condition)) return [condition]
  const parts = condition.all.map(alternatives)
  const widest = Math.max(...parts.map((part) => part.length))
  const chosen = parts.findIndex((part) => part.length === widest)
  if (widest < 2) return [condition]
  const others = condition.all.filter((_, index) => index !== chosen)
  return (parts[chosen] ?? []).map((part) => ({ all: [part, ...others] }))
}

/** `prefilter: false` asks every condition of every item: what the literals must not change. */
export function indexRules(rules: readonly Rule[], { prefilter = true } = {}): RuleIndex {
  const compiled = rules.map((rule) => ({ rule, window: 'window' in rule.when ? rule.when.window : null }))
  const order = new Map(compiled.map((each, index) => [each, index]))
  const questions = askedOnce()
  const byKind = new Map<string, KindIndex>()
  for (const name of new Set(rules.flatMap((rule) => rule.sources))) {
    const kind = kindByName.get(name)
    if (kind)
      byKind.set(
        name,
        indexKind(
          kind,
          compiled.filter(({ rule }) => rule.sources.includes(name)),
          questions.compile,
          prefilter,
        ),
      )
  }
  return {
    rules,
    hits(item) {
      const index = byKind.get(item.kind)
      if (!index) return []
      questions.next()
      const steps = new Map<CompiledRule, number[]>()
      const ask = ({ rule, step, holds }: Probe) => {
        const known = steps.get(rule)
        if (known?.includes(step) || !holds(item)) return
        if (known) known.push(step)
        else steps.set(rule, [step])
      }
      for (const probe of index.always) ask(probe)
      for (const probe of candidates(index, item)) ask(probe)
      return [...steps]
        .map(([compiled, each]) => ({ compiled, steps: each.toSorted((a, b) => a - b) }))
        .toSorted((a, b) => (order.get(a.compiled) ?? 0) - (order.get(b.compiled) ?? 0))
    },
  }
}

function indexKind(
  kind: EvidenceKind,
  rules: readonly CompiledRule[],
  compile: (condition: Condition) => Predicate,
  prefilter: boolean,
): KindIndex {
  const always: Probe[] = []
  const probes: Probe[] = []
  const owners = new Map<string, number[]>()
  for (const rule of rules)
    for (const [step, condition] of conditionsOf(rule.rule).flatMap((each, step) =>
      (prefilter ? alternatives(forKind(each, kind)) : [each]).map((alternative) => [step, alternative] as const),
    )) {
      if (prefilter && isNever(condition)) continue
      const probe = { rule, step, holds: compile(condition) }
      const literals = prefilter ? literalsOf(condition) : null
      if (literals === null) {
        always.push(probe)
        continue
      }
      const number = probes.push(probe) - 1
      for (const literal of literals) owners.set(literal, [...(owners.get(literal) ?? []), number])
    }
  const fields = { ...commonFields, ...kind.fields }
  const searched = Object.keys(fields).filter((name) => /^texts?$/u.test(fields[name]?.type ?? '') && !fields[name]?.repeats)
  return { always, probes, automaton: buildAutomaton(owners), searched }
}

/** The conditions whose literals stand in the item's texts. */
function candidates({ automaton, probes, searched }: KindIndex, { lower }: Item): Iterable<Probe> {
  if (probes.length === 0) return []
  const found = new Set<Probe>()
  const note = (numbers: readonly number[]) => {
    for (const number of numbers) {
      const probe = probes[number]
      if (probe) found.add(probe)
    }
  }
  let state = automaton.scan(EDGE, 0, note)
  const search = (text: string) => {
    state = automaton.scan(EDGE, automaton.scan(text, state, note), note)
  }
  for (const name of searched) {
    const value = lower[name]
    if (typeof value === 'string') search(value)
    else if (value) for (const text of value) search(text)
  }
  return found
}

import { topics } from '@decnet/contracts/topics'
import { defineFold, type FoldContext } from '@decnet/kernel/worker'
import { createEngine, type Engine } from '../../domain/ttp/engine/engine.ts'
import type { Suppressed } from '../../domain/ttp/engine/finding.ts'
import type { RuleIndex } from '../../domain/ttp/engine/index-of-rules.ts'
import type { Tx } from '../../store/log-table.ts'
import { asEngineState, ruleStates } from '../../store/rule-states.ts'
import type { TtpRuleStateTable, TtpTagTable } from '../../store/technique-tables.ts'
import { evidenceTopics } from '../../tagging/evidence-topics.ts'
import { keepTags } from '../../tagging/keep-tags.ts'
import { type Subject, sightsOf } from '../../tagging/sights.ts'
import { StoredWindows } from '../../tagging/stored-windows.ts'
import { tagRows } from '../../tagging/tag-rows.ts'

/** Rules made ready, and the release of ATT&CK whose names they use. */
export interface RuleSet {
  readonly index: RuleIndex
  readonly release: string
}

const emits = [topics.ttpTagged, topics.ttpRuleFired, topics.ttpRuleSuppressed] as const

const remark = ({ rule, technique_id, sub_technique_id, reason, confidence }: Suppressed, subject: Subject) => ({
  rule_id: rule,
  technique_id,
  sub_technique_id,
  reason,
  confidence,
  ...subject,
})

/** Recognises in everything that attackers do the techniques of ATT&CK, each with its evidence. */
export const ttpTagger = (load: (tx: Tx) => Promise<RuleSet>) => {
  const windows = new StoredWindows()
  let ready: { readonly engine: Engine; readonly set: RuleSet } | undefined
  /** What operators decided, as of this batch. */
  let states: ReadonlyMap<string, TtpRuleStateTable> = new Map()
  const stateOf = (rule: string) => {
    const row = states.get(rule)
    return row && asEngineState(row)
  }
  /** The rules as of this batch: all of them, or all as they were. */
  function engineOf(set: RuleSet): Engine {
    const engine = ready?.engine ?? createEngine(set.index, windows, stateOf)
    if (ready?.set !== set) engine.replace(set.index)
    ready = { engine, set }
    return engine
  }
  return defineFold({
    name: 'ttp-tagger',
    summary: 'Recognises ATT&CK techniques in what attackers do, by rules, with the evidence.',
    rest: 400,
    reads: evidenceTopics,
    emits,
    async handle(batch, { tx, emit, ring }: FoldContext<Tx, (typeof emits)[number]>) {
      const set = await load(tx)
      const engine = engineOf(set)
      states = await ruleStates(tx)
      const { seen } = await sightsOf(tx, engine, batch)
      await windows.load(
        tx,
        seen.flatMap(({ sight }) => engine.rowsOf(sight)),
      )
      const found: TtpTagTable[] = []
      for (const one of seen) {
        windows.seq = one.record.seq
        const candidates = one.sight.candidates.filter(({ window, rate }) => ![window, rate].some((row) => row && windows.counted(row)))
        const outcome = engine.settle({ ...one.sight, candidates })
        found.push(...tagRows(one, outcome.findings, set.release))
        for (const each of outcome.suppressed) ring(topics.ttpRuleSuppressed, [], remark(each, one.subject))
      }
      await windows.save(tx, batch.at(-1)?.seq ?? 0)
      await keepTags(tx, seen, found, {
        tagged: (source, payload) => emit(topics.ttpTagged, [], payload, { source }),
        fired: (technique, payload) => ring(topics.ttpRuleFired, [technique], payload),
      })
    },
  })
}

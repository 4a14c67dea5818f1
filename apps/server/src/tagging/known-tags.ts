import type { Engine, Outcome, Sight } from '../domain/ttp/engine/engine.ts'
import type { WindowStore } from '../domain/ttp/engine/window-store.ts'
import type { Rule } from '../domain/ttp/rule/rule.ts'
import { tagId } from '../domain/ttp/tag-id.ts'
import type { Tx } from '../store/log-table.ts'
import { knownTags } from '../store/techniques.ts'
import type { Seen } from './sights.ts'

type Candidate = Sight['candidates'][number]

const idsOf = ({ record, sight }: Seen, { id, version, emits }: Rule): string[] =>
  emits.map(({ technique_id, sub_technique_id }) =>
    tagId({ source_kind: sight.evidence.kind, source_id: record.id, rule: id, version, technique_id, sub_technique_id }),
  )
const counts = ({ window, rate }: Candidate): boolean => window !== null || rate !== null

/** Which of the tags that windows and limits have a say in are there. */
export const countedTags = (tx: Tx, seen: readonly Seen[]): Promise<ReadonlySet<string>> =>
  knownTags(
    tx,
    seen.flatMap((one) => one.sight.candidates.filter(counts).flatMap(({ hit }) => idsOf(one, hit.compiled.rule))),
  )

/**
 * Counts evidence that was looked at before, in windows that may have begun elsewhere in the log than those of then. What was recognised then
 * is taken as it was: the windows go on from there as those of then did, and say nothing of what those had said already.
 */
export function settleAgain(engine: Engine, windows: WindowStore, one: Seen, known: ReadonlySet<string>): Outcome {
  const outcome = engine.settle(one.sight)
  const { ts } = one.sight.evidence
  for (const { hit, window, rate } of one.sight.candidates) {
    const { rule } = hit.compiled
    if ((!window && !rate) || !idsOf(one, rule).some((id) => known.has(id))) continue
    if (outcome.findings.some((finding) => finding.rule === rule.id)) continue
    if (window) windows.put(window.rule, window.key, { at: Math.max(ts, windows.get(window.rule, window.key)?.at ?? ts), fired: ts })
    if (rate && rule.rateLimit) {
      const after = ts - rule.rateLimit.withinMs
      const times = (windows.get(rate.rule, rate.key)?.times ?? []).filter((time) => time > after)
      windows.put(rate.rule, rate.key, { at: ts, times: [...times, ts].slice(-rule.rateLimit.count) })
    }
  }
  return outcome
}

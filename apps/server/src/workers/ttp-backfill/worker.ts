import { topics } from '@decnet/contracts/topics'
import type { EventLog } from '@decnet/kernel/log'
import { defineTick } from '@decnet/kernel/worker'
import { createEngine } from '../../domain/ttp/engine/engine.ts'
import { indexRules, type RuleIndex } from '../../domain/ttp/engine/index-of-rules.ts'
import type { Rule } from '../../domain/ttp/rule/rule.ts'
import type { TtpBackfillTable } from '../../store/backfill-table.ts'
import { beginBackfill, nextBackfill, windowSpace } from '../../store/backfills.ts'
import type { Tx } from '../../store/log-table.ts'
import type { Db } from '../../store/open.ts'
import { asEngineState, ruleStates } from '../../store/rule-states.ts'
import type { TtpRuleStateTable } from '../../store/technique-tables.ts'
import { evidenceTopics } from '../../tagging/evidence-topics.ts'
import { StoredWindows } from '../../tagging/stored-windows.ts'
import { lookAgain, type Means, NAME } from './step.ts'

/** Records per transaction. */
const BATCH = 500
/** How many lengths of the longest window before its part of the log a run begins to count: what was said before is known by then. */
const LENGTHS_BEFORE = 3
const PATTERNS = evidenceTopics.map(({ pattern }) => pattern)

export interface BackfillParts {
  readonly log: EventLog<Tx>
  readonly db: Db
  /** The rules as they are now, and the release of ATT&CK whose names they use. */
  readonly rules: () => Promise<{ readonly index: RuleIndex; readonly release: string }>
  readonly now: () => number
}

const longest = (rules: readonly Rule[]): number =>
  Math.max(0, ...rules.map(({ when, rateLimit }) => Math.max('window' in when ? when.window.withinMs : 0, rateLimit?.withinMs ?? 0)))

/**
 * Runs rules over what the log holds already, a batch in a transaction. Windows are its own, and go with it. Several at once do no more than
 * one: each step is taken by one of them.
 */
export const ttpBackfill = (parts: BackfillParts) => {
  let ready: (Means & { readonly run: string; readonly rules: readonly Rule[] }) | undefined
  /** What operators decided, as of this batch. */
  let states: ReadonlyMap<string, TtpRuleStateTable> = new Map()
  const stateOf = (rule: string) => {
    const row = states.get(rule)
    return row && asEngineState(row)
  }
  async function prepare({ uuid, rules: named }: TtpBackfillTable) {
    const { index, release } = await parts.rules()
    const wanted = named === null ? null : new Set(JSON.parse(named) as string[])
    const chosen = wanted === null ? index : indexRules(index.rules.filter(({ id }) => wanted.has(id)))
    const windows = new StoredWindows(windowSpace(uuid))
    return { run: uuid, rules: chosen.rules, engine: createEngine(chosen, windows, stateOf), windows, release }
  }

  return defineTick({
    name: NAME,
    summary: 'Runs rules over what the log holds already, when somebody asks for it.',
    every: 1_000,
    wakes: [],
    emits: [topics.ttpTagged, topics.ttpRuleFired],
    async run({ publish }) {
      const { log, db, now } = parts
      const row = await nextBackfill(db)
      if (!row) {
        ready = undefined
        return 'done'
      }
      if (ready?.run !== row.uuid) ready = await prepare(row)
      const { position, to_seq } = row
      if (position === null || to_seq === null) {
        await beginBackfill(db, row, LENGTHS_BEFORE * longest(ready.rules))
        return 'again'
      }
      const { records, scanned } = await log.read(position, BATCH, PATTERNS)
      const to = Math.min(scanned, to_seq)
      const part = { records: records.filter(({ seq }) => seq <= to_seq), to, endsAt: scanned >= to_seq ? now() : null }
      const means = ready
      const done = await log.transaction(async (tx, log) => {
        states = await ruleStates(tx)
        return lookAgain(tx, log, row, means, part)
      })
      for (const { body } of done?.tagged ?? []) publish(topics.ttpTagged, [], topics.ttpTagged.payload.parse(body), 'tagged')
      for (const [technique, payload] of done?.fired ?? []) publish(topics.ttpRuleFired, [technique], payload)
      return 'again'
    },
  })
}

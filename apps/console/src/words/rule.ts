import type { TtpDeletedRule, TtpRule } from '@decnet/contracts/api'
import { confidenceWords } from './technique.ts'

/** A rule of the catalogue; one that was deleted is what its tags say of it. */
export type CatalogueRule = TtpRule & { readonly deleted?: true }
export type RuleStanding = 'deleted' | 'enabled' | 'clipped' | 'disabled' | 'broken' | 'sandbox'
export interface StandingWords {
  readonly standing: RuleStanding
  readonly word: string
  readonly dot: string
}

/** How a rule stands: what is wrong with it first, then what somebody decided. */
export function ruleStanding(rule: Pick<CatalogueRule, 'problem' | 'state' | 'confidence_max' | 'maturity' | 'deleted'>): StandingWords {
  if (rule.deleted) return { standing: 'deleted', word: 'Deleted', dot: 'dot off' }
  if (rule.problem) return { standing: 'broken', word: 'Broken', dot: 'dot bad' }
  if (rule.state === 'disabled') return { standing: 'disabled', word: 'Disabled', dot: 'dot off' }
  if (rule.state === 'clipped')
    return { standing: 'clipped', word: `At most ${confidenceWords(rule.confidence_max ?? 1)}`, dot: 'dot warn' }
  // An experiment is read and checked, and never asked.
  if (rule.maturity === 'sandbox') return { standing: 'sandbox', word: 'Not run', dot: 'dot off' }
  return { standing: 'enabled', word: 'On', dot: 'dot' }
}

/** A deleted rule as a row beside the others. */
export const asCatalogueRule = (rule: TtpDeletedRule): CatalogueRule => ({
  ...rule,
  deleted: true,
  ...{ title: rule.id, maturity: 'stable', origin: 'database', references: [], false_positives: [], problem: null, problems: [] },
  ...{ state: 'enabled', confidence_max: null, expires_at: null, reason: null, set_by: null, set_at: null },
})

type Verdicts = TtpRule['verdicts']
export const judged = ({ right, wrong }: Verdicts): number => right + wrong
/** How often it was right where somebody looked; `null`: nobody did. */
export const precisionOf = (verdicts: Verdicts): number | null => (judged(verdicts) === 0 ? null : verdicts.right / judged(verdicts))
/** `83 %`; all of few is no certainty, but it is what was found. */
export const percent = (part: number): string => `${Math.round(part * 100)} %`
/** The most that a rule claims. */
export const surest = ({ emits }: Pick<TtpRule, 'emits'>): number => Math.max(0, ...emits.map(({ confidence }) => confidence))

export const originWords: Readonly<Record<TtpRule['origin'], string>> = {
  shipped: 'Shipped',
  folder: 'Your folder',
  database: 'Edited here',
}
export const maturityWords: Readonly<Record<TtpRule['maturity'], string>> = {
  stable: 'Stable',
  incubating: 'Incubating',
  sandbox: 'Sandbox',
}

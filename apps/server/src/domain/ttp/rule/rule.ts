import { z } from 'zod'
import type { When, WindowKey } from './condition.ts'
import { spanOf } from './span.ts'

const said = (most: number) => z.string().trim().min(1).max(most)
const unit = z.number().min(0).max(1)
const id = z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/u, 'must be a letter and then letters, digits, _ and -, such as R0010')

export const emission = z.strictObject({
  technique: z.string().regex(/^T\d{4}(?:\.\d{3})?$/u, 'must be an ATT&CK technique such as T1059 or T1059.004'),
  tactic: z
    .string()
    .regex(/^TA\d{4}$/u, 'must be an ATT&CK tactic such as TA0002')
    .optional(),
  confidence: unit,
})

/** Everything of a rule file but what `when` and `examples` hold, which need its sources to be understood. */
export const ruleDocument = z.strictObject({
  id,
  version: z.number().int().min(1),
  title: said(120),
  description: said(2_000).optional(),
  maturity: z.enum(['stable', 'incubating', 'sandbox']),
  sources: z.array(z.string()).min(1).max(10),
  when: z.unknown(),
  emits: z.array(emission).min(1).max(16),
  evidence: z.array(z.string()).max(16).default([]),
  references: z
    .array(z.url({ protocol: /^https?$/u }))
    .max(16)
    .default([]),
  false_positives: z.array(said(500)).max(16).default([]),
  rate_limit: z
    .strictObject({
      count: z.number().int().min(1).max(1_000),
      within: z.string().refine((text) => spanOf(text) !== null, 'must be a time such as 90s, 5m, 2h, 1d (30d at most)'),
      by: z.enum(['session', 'attacker', 'identity']),
    })
    .optional(),
  examples: z.strictObject({ match: z.array(z.unknown()).min(1).max(100), no_match: z.array(z.unknown()).min(1).max(100) }),
})
export type RuleDocument = z.infer<typeof ruleDocument>

/** What a rule claims when it matches. */
export interface Emission {
  /** The parent technique. */
  readonly technique_id: string
  readonly sub_technique_id: string | null
  readonly tactic: string | null
  readonly confidence: number
}

/** What is written under `emits`, as it is claimed. */
export const emissionOf = ({ technique, tactic, confidence }: RuleDocument['emits'][number]): Emission => ({
  technique_id: technique.slice(0, 5),
  sub_technique_id: technique.length > 5 ? technique : null,
  tactic: tactic ?? null,
  confidence,
})

/** One event of an example; `after`: seconds since the one before. */
export interface ExampleEvent {
  readonly kind: string
  readonly payload: Readonly<Record<string, unknown>>
  readonly after: number
}
export type Example = readonly ExampleEvent[]

/** A rule as it was read and checked. */
export interface Rule extends Pick<RuleDocument, 'id' | 'version' | 'title' | 'maturity' | 'references' | 'false_positives'> {
  readonly description: string | null
  /** Names of kinds. */
  readonly sources: readonly string[]
  readonly when: When
  readonly emits: readonly Emission[]
  /** Fields that a finding carries. */
  readonly evidence: readonly string[]
  readonly rateLimit: { readonly count: number; readonly withinMs: number; readonly by: WindowKey['by'] } | null
  readonly examples: { readonly match: readonly Example[]; readonly no_match: readonly Example[] }
}

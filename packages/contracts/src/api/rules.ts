import { z } from 'zod'
import { count, timestamp } from '../fields.ts'
import { given, period } from './common.ts'

const ruleStateName = z.enum(['enabled', 'disabled', 'clipped'])
/** What a text of a rule may be long. */
const YAML_CHARACTERS = 65_536
const yaml = z.string().min(1).max(YAML_CHARACTERS)

/** Where a rule comes from. Of one id, the database's text is in force, else the folder's, else the one that came with the product. */
export const ttpRuleOrigin = z.enum(['shipped', 'folder', 'database'])
export type TtpRuleOrigin = z.infer<typeof ttpRuleOrigin>

/** Something wrong with a text. Lines and columns count from 1. */
export const ttpRuleProblem = z.object({ message: z.string(), line: z.number().int().min(1), column: z.number().int().min(1) })
export type TtpRuleProblem = z.infer<typeof ttpRuleProblem>

/** A text of one's own that could not be taken up: the rule before it stays in force. Of a shipped one: it claims what the release of ATT&CK in use does not know, and is not asked. */
export const ttpBrokenRule = ttpRuleProblem.extend({
  /** The rule that it seems to be about, where one can tell. */
  id: z.string().nullable(),
  origin: ttpRuleOrigin,
  /** The file, or `database:<id>`. */
  path: z.string(),
})
export type TtpBrokenRule = z.infer<typeof ttpBrokenRule>

/** A rule of the catalogue, and what operators decided about it. */
export const ttpRule = z.object({
  id: z.string(),
  version: z.number().int(),
  title: z.string(),
  maturity: z.enum(['stable', 'incubating', 'sandbox']),
  /** Kinds of evidence. */
  sources: z.array(z.string()),
  emits: z.array(z.object({ technique: z.string(), confidence: z.number() })),
  references: z.array(z.string()),
  false_positives: z.array(z.string()),
  /** Of the text in force. */
  origin: ttpRuleOrigin,
  /** Why a newer text of this rule is not in force, or why a shipped one is not asked (`origin` shipped, with the path of its own file): the first of `problems`. */
  problem: ttpRuleProblem.extend({ path: z.string() }).nullable(),
  /** All that is wrong with that text, at most 20. */
  problems: z.array(ttpRuleProblem.extend({ path: z.string() })),
  /** Tags that it made and that are still kept. */
  hits: z.object({ count, last_at: timestamp.nullable() }),
  /** What people said of its tags. */
  verdicts: z.object({ right: count, wrong: count }),
  state: ruleStateName,
  /** What a clipped rule may claim at most. */
  confidence_max: z.number().nullable(),
  expires_at: timestamp.nullable(),
  reason: z.string().nullable(),
  set_by: z.string().nullable(),
  set_at: timestamp.nullable(),
})
export type TtpRule = z.infer<typeof ttpRule>
/** A rule that there is no longer, of which tags are still kept: the last that is known of it. Its title went with its text. */
export const ttpDeletedRule = ttpRule.pick({ id: true, version: true, sources: true, emits: true, hits: true, verdicts: true })
export type TtpDeletedRule = z.infer<typeof ttpDeletedRule>
export const ttpRules = z.object({
  total: count,
  data: z.array(ttpRule),
  /** Rules of one's own that were deleted, by id; not counted in `total`. */
  deleted: z.array(ttpDeletedRule),
  /** Texts of one's own that could not be taken up, also of rules that are not in force at all; and shipped rules that are not asked. */
  broken: z.array(ttpBrokenRule),
})
export type TtpRules = z.infer<typeof ttpRules>

export const ttpHitsQuery = z.object({
  ...period.shape,
  /** Width of a bar; an hour for a week and less, else a day. */
  interval_minutes: given(z.coerce.number().min(1).max(43_200).optional()),
})
/** How often each rule fired, over time. */
export const ttpHits = z.object({
  /** When the first bar begins: a whole number of intervals since 1970. Null where no tag is kept. */
  start_time: timestamp.nullable(),
  interval_minutes: z.number(),
  /** Rules with tags in the period, by id, also those that were deleted. */
  data: z.array(z.object({ rule: z.string(), count, series: z.array(count) })),
})
export type TtpHits = z.infer<typeof ttpHits>

/** A decision about a rule. A clipped rule claims no more than `confidence_max`; it never claims more than before. */
export const ttpRuleDecision = z
  .strictObject({
    state: ruleStateName,
    confidence_max: z.number().min(0).max(1).optional(),
    /** When it ends by itself, in the future. */
    expires_at: timestamp.optional(),
    reason: z.string().trim().min(1).max(500).optional(),
  })
  .superRefine(({ state, confidence_max, expires_at }, { addIssue }) => {
    const refuse = (field: string, message: string) => addIssue({ code: 'custom', path: [field], message })
    if (state === 'clipped' && confidence_max === undefined)
      refuse('confidence_max', 'is missing: say what a clipped rule may claim at most')
    if (state !== 'clipped' && confidence_max !== undefined) refuse('confidence_max', `is for clipped rules; one that is ${state} has none`)
    if (state === 'enabled' && expires_at !== undefined)
      refuse('expires_at', 'is for disabled and clipped rules; to be enabled is what they return to')
  })

/** One rule with its texts. */
export const ttpRuleDetail = ttpRule.extend({
  description: z.string().nullable(),
  /** As the text in force has it: a condition or a window. */
  when: z.unknown(),
  /** The text in force. */
  yaml: z.string(),
  /** What came with the product, where there is such a rule. */
  shipped_yaml: z.string().nullable(),
  /** Of a text in the database: what is in force once it is taken back, the folder's or the shipped one; null: nothing. Earlier texts are not kept. */
  beneath_yaml: z.string().nullable(),
  /** The file of the text in force; null: it lies in the database. */
  path: z.string().nullable(),
  /** Of a text in the database. */
  saved_by: z.string().nullable(),
  saved_at: timestamp.nullable(),
  /** As the text has them. */
  examples: z.object({ match: z.array(z.unknown()), no_match: z.array(z.unknown()) }),
})
export type TtpRuleDetail = z.infer<typeof ttpRuleDetail>

/** A text of a rule, in YAML; its id is that of the path. */
export const ttpRuleText = z.strictObject({ yaml })

/** How an example comes out. */
export const ttpExampleResult = z.object({
  list: z.enum(['match', 'no_match']),
  /** From 0. */
  index: count,
  line: z.number().int().min(1),
  column: z.number().int().min(1),
  passed: z.boolean(),
  /** As it stands in the text. */
  example: z.unknown(),
})
/** What is wrong with a text that nobody saved. Without problems it may be saved. */
export const ttpRuleCheck = z.object({
  /** Null where the text could not be read. */
  rule: z.object({ id: z.string(), version: z.number().int(), title: z.string() }).nullable(),
  problems: z.array(ttpRuleProblem),
  /** None where the text could not be read. */
  examples: z.array(ttpExampleResult),
})
export type TtpRuleCheck = z.infer<typeof ttpRuleCheck>

/** Evidence to be looked at: one attacker's, in one session, a second apart. Nothing of it is kept. */
export const ttpBenchRequest = z.strictObject({
  items: z
    .array(
      z.strictObject({
        id: z.union([z.string().max(128), z.number()]).optional(),
        /** A kind of evidence: `command`, `http_request`, … */
        source_kind: z.string().min(1).max(32),
        payload: z.record(z.string().max(64), z.unknown()),
      }),
    )
    .min(1)
    .max(100),
  /** A rule that is tried too; in place of the one with its id. */
  yaml: yaml.optional(),
})
export type TtpBenchRequest = z.infer<typeof ttpBenchRequest>

/** One technique that a rule claims. */
export const ttpBenchMatch = z.object({
  rule: z.string(),
  title: z.string(),
  /** `T1059.004` where the rule names a sub-technique, else the technique. */
  technique: z.string(),
  technique_name: z.string().nullable(),
  confidence: z.number(),
  /** The fields that the rule names. */
  evidence: z.record(z.string(), z.unknown()),
  /** Why it would be no tag; null: it would be one. */
  suppressed: z.enum(['confidence_floor', 'clipped', 'rate_limited', 'disabled']).nullable(),
})
/** Why the rule that is tried did not fire. */
export const ttpBenchMiss = z.object({
  /** It does not look at such evidence; a part of its condition does not hold; it holds, and the window waits for more. */
  reason: z.enum(['other_kind', 'condition', 'window']),
  /** The top-level parts of the condition that do not hold, by their names in the text. */
  parts: z.array(z.object({ part: z.string(), line: z.number().int().min(1), column: z.number().int().min(1) })),
})
export const ttpBench = z.object({
  /** Of the text that is tried: with any of these, it is not asked. */
  problems: z.array(ttpRuleProblem),
  /** One for each item, in order. */
  results: z.array(
    z.object({
      id: z.union([z.string(), z.number()]).optional(),
      /** What is wrong with an item that is no evidence. */
      error: z.string().nullable(),
      matches: z.array(ttpBenchMatch),
      /** Null: it fired, or none is tried. */
      missed: ttpBenchMiss.nullable(),
    }),
  ),
})
export type TtpBench = z.infer<typeof ttpBench>

/** Whether a tag is right, in the eyes of somebody who looked at its evidence. */
export const ttpVerdict = z.strictObject({ verdict: z.enum(['right', 'wrong']) })
export const ttpTagVerdict = ttpVerdict.extend({ tag: z.string(), said_by: z.string(), said_at: timestamp })
export type TtpTagVerdict = z.infer<typeof ttpTagVerdict>

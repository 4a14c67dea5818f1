import { z } from 'zod'
import { count, deckyName, timestamp, uuid } from '../fields.ts'
import { attackDomain } from './attack.ts'
import { given, optionalText, optionalTime, period } from './common.ts'

/** A technique that somebody showed, or a sub-technique: the two are counted apart. */
export const observedTechnique = z.object({
  technique_id: z.string(),
  /** The id itself where ATT&CK no longer knows it. */
  technique_name: z.string(),
  sub_technique_id: z.string().nullable(),
  sub_technique_name: z.string().nullable(),
  domain: attackDomain,
  /** What it was done for, in kill-chain order, and how many of its tags say so; a tag that names none counts for each that ATT&CK knows. */
  tactics: z.array(z.object({ id: z.string(), name: z.string(), count })),
  mitre_url: z.string(),
  count: count.describe('Tags.'),
  confidence_max: z.number().min(0).max(1),
  first_seen: timestamp,
  last_seen: timestamp,
  attacker_count: count,
  identity_count: count.describe('Identities behind them as they stand now.'),
})
export type ObservedTechnique = z.infer<typeof observedTechnique>
export const observedTechniques = z.array(observedTechnique)
const confidence = given(z.coerce.number().min(0).max(1).default(0))
export const observedQuery = z.object({
  ...period.shape,
  /** Id or short name. */
  tactic: optionalText(64),
  /** Tags of at least so much. */
  confidence,
})

/** Why somebody is said to have used a technique. */
export const techniqueTag = z.object({
  uuid,
  technique_id: z.string(),
  sub_technique_id: z.string().nullable(),
  tactic: z.string().nullable(),
  confidence: z.number().min(0).max(1),
  timestamp,
  /** The record that the evidence stands in; see `/logs`. */
  seq: count,
  source_kind: z.string(),
  source_id: z.string(),
  attacker_uuid: uuid.nullable(),
  attacker_ip: z.string().nullable(),
  /** Behind the attacker as it stands now. */
  identity_uuid: uuid.nullable(),
  session_id: z.string().nullable(),
  decky: deckyName.nullable(),
  service: z.string().nullable(),
  rule_id: z.string(),
  rule_version: z.number().int(),
  /** Null when there is no such rule any more. */
  rule_title: z.string().nullable(),
  /** The fields that the rule names: what attackers chose, cut to 512 characters each. */
  evidence: z.record(z.string(), z.unknown()),
  attack_release: z.string(),
  /** What somebody said of it. */
  verdict: z.enum(['right', 'wrong']).nullable(),
})
export type TechniqueTag = z.infer<typeof techniqueTag>
export const techniqueTags = z.array(techniqueTag)
export const techniqueTagQuery = z.object({
  ...period.shape,
  /** Only this one of the technique's. */
  sub_technique_id: optionalText(9),
  confidence,
  limit: given(z.coerce.number().int().min(1).max(1000).default(200)),
})

const layerFacts = z.array(z.object({ name: z.string(), value: z.string() }))
/**
 * A layer as MITRE's Navigator reads it.
 * @see https://github.com/mitre-attack/attack-navigator/blob/master/layers/spec/v4.5/layerformat.md
 */
export const navigatorLayer = z.object({
  name: z.string(),
  versions: z.object({ attack: z.string(), navigator: z.string(), layer: z.literal('4.5') }),
  domain: attackDomain,
  description: z.string(),
  sorting: z.number().int().min(0).max(3),
  layout: z.object({
    layout: z.enum(['side', 'flat', 'mini']),
    aggregateFunction: z.enum(['average', 'min', 'max', 'sum']),
    showID: z.boolean(),
    showName: z.boolean(),
    showAggregateScores: z.boolean(),
    countUnscored: z.boolean(),
    expandedSubtechniques: z.enum(['none', 'all', 'annotated']),
  }),
  hideDisabled: z.boolean(),
  techniques: z.array(
    z.object({
      techniqueID: z.string(),
      /** Short name. */
      tactic: z.string(),
      score: z.number().int().describe('Tags; of a difference, how many more than before.'),
      comment: z.string(),
      enabled: z.boolean(),
      /** Only of techniques that have sub-techniques. */
      showSubtechniques: z.boolean().optional(),
      metadata: layerFacts,
      links: z.array(z.object({ label: z.string(), url: z.string() })),
    }),
  ),
  gradient: z.object({ colors: z.array(z.string()).min(2), minValue: z.number(), maxValue: z.number() }),
  /** Whose it is, of which time. */
  metadata: layerFacts,
})
export type NavigatorLayer = z.infer<typeof navigatorLayer>
/** What changed since the period of the same length before. */
export const navigatorDifferenceQuery = z.object({
  start_time: timestamp,
  end_time: optionalTime,
  confidence,
  domain: given(attackDomain.default('enterprise-attack')),
})
export const navigatorQuery = z.object({ ...period.shape, confidence, domain: given(attackDomain.default('enterprise-attack')) })

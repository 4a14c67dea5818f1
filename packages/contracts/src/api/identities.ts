import { z } from 'zod'
import { count, sha256, timestamp, uuid } from '../fields.ts'
import { attacker } from './attackers.ts'
import { given, optionalText, page, paging, period, severity } from './common.ts'
import { session } from './sessions.ts'

/** One reason for or against two being one; why, in words. */
export const linkReason = z.object({
  feature: z.string(),
  values: z.array(z.string()),
  weight: z.number().describe('Natural log-odds: above 0 for, below 0 against.'),
  why: z.string(),
})
export type LinkReason = z.infer<typeof linkReason>

/** The same for people to read: with secrets as they were captured, made visible. */
export const toldReason = linkReason.extend({
  /** Of each value the SHA-256 of the first secret in it; null where it holds none. */
  secrets: z.array(sha256.nullable()),
})
export type ToldReason = z.infer<typeof toldReason>

/** Two members by uuid, and as people call them: by address or code name. */
const pair = { a: uuid, b: uuid, a_label: z.string(), b_label: z.string() }

/** What joins two members, or keeps them apart. */
export const linkEdge = z.object({
  ...pair,
  log_odds: z.number().describe('Natural log-odds of the two: prior and weights.'),
  probability: z.number().min(0).max(1),
  reasons: z.array(toldReason),
})
export type LinkEdge = z.infer<typeof linkEdge>

const groupRef = z.object({ uuid, code_name: z.string() })

/** One step in the life of a group, in event time. */
export const groupDecision = z.object({
  id: z.string(),
  kind: z.enum(['formed', 'linked', 'released', 'merged', 'unmerged']),
  at: timestamp,
  /** The member that came or went, by its address or code name; null where it is about the whole group. */
  member: z.object({ uuid, label: z.string() }).nullable(),
  /** The other group of a merge or of a move. */
  other: groupRef.nullable(),
  sentence: z.string(),
  /** What was weighed then, strongest first; none where nothing was. */
  reasons: z.array(toldReason),
})
export type GroupDecision = z.infer<typeof groupDecision>

const group = z.object({
  uuid,
  /** Pronounceable and stable, for people to talk about it. */
  code_name: z.string(),
  formed_at: timestamp,
  first_seen: timestamp,
  last_seen: timestamp,
  /** How sure the weakest of its links is; 1 where there is nothing to link. */
  confidence: z.number().min(0).max(1),
  services: z.array(z.string()),
  deckies: z.array(z.string()),
  score: z.number(),
  severity,
  headline: z.string(),
})

export const identity = group.extend({
  address_count: count,
  addresses: z.array(z.string()).describe('The latest 10.'),
  session_count: count,
  credential_count: count,
  command_count: count,
  login_count: count,
  decky_count: count,
  campaign: groupRef.nullable(),
  /** Identities that were merged into it and are found here. */
  merged: z.array(groupRef),
  multi_actor: z
    .array(z.string())
    .describe('Primitives in which several people seem to take turns, when there are at least two; else empty.'),
})
export type Identity = z.infer<typeof identity>
export const identityPage = page(identity)
export const identityQuery = paging.extend({
  ...period.shape,
  search: optionalText(),
  /** Those with at least so many addresses. */
  addresses: given(z.coerce.number().int().min(1).max(1_000_000).default(1)),
  campaign: given(uuid.optional()),
  /** `true`: those behind which several people are suspected; `false`: the others. */
  multi_actor: given(z.enum(['true', 'false']).optional()).transform((value) => (value === undefined ? undefined : value === 'true')),
  sort_by: given(z.enum(['recent', 'score', 'addresses', 'first_seen']).default('recent')),
  order: given(z.enum(['asc', 'desc']).default('desc')),
})

/** An attacker as a member of an identity. */
export const identityMember = attacker.extend({
  linked_at: timestamp,
  /** How sure it belongs here; 1 for the first. */
  probability: z.number().min(0).max(1),
  why: z.string(),
})
export type IdentityMember = z.infer<typeof identityMember>
export const identityMemberPage = page(identityMember)

/** What somebody said of two attackers, which holds whatever comes. */
const operatorLink = z.object({
  id: uuid,
  kind: z.enum(['confirm', 'forbid']),
  ...pair,
  by: z.string(),
  at: timestamp,
  reason: z.string().nullable(),
})
/** All that was said, latest first. */
export const operatorLinkPage = page(
  operatorLink.extend({
    followed: z.boolean().describe('The identities are so now; not at once, and not where another statement speaks against it.'),
  }),
)
export type OperatorLinkPage = z.infer<typeof operatorLinkPage>

/** The graph of evidence: the strongest edges of each member, at most 300, and what was decided. */
export const groupEvidence = z.object({
  edges: z.array(linkEdge),
  decisions: z.array(groupDecision),
  operator_links: z.array(operatorLink),
})
export type GroupEvidence = z.infer<typeof groupEvidence>

const reason = z.string().max(500).optional()
/** Two attackers are one (`confirm`), or are not (`forbid`). */
export const operatorLinkBody = z.object({ kind: z.enum(['confirm', 'forbid']), a: uuid, b: uuid, reason })
/** How many statements were kept, and the ids under which each can be taken back. */
export const operatorAnswer = z.object({ accepted: count, links: z.array(uuid) })
/** These members are somebody else than the rest. */
export const splitBody = z.object({ members: z.array(uuid).min(1).max(1_000), reason })

export const campaign = group.extend({
  identity_count: count,
  identities: z.array(groupRef).describe('The latest 10.'),
  address_count: count,
  merged: z.array(groupRef),
  /** Names of what joins it: command servers and payloads, rarest first, at most 20. */
  shared: z.array(z.object({ kind: z.string(), value: z.string(), secret_sha256: sha256.nullable(), identities: count })),
})
export type Campaign = z.infer<typeof campaign>
export const campaignPage = page(campaign)
export const campaignQuery = paging.extend({
  ...period.shape,
  search: optionalText(),
  sort_by: given(z.enum(['recent', 'score', 'identities', 'first_seen']).default('recent')),
  order: given(z.enum(['asc', 'desc']).default('desc')),
})

export const attributionState = z.enum(['unknown', 'stable', 'drifting', 'conflicted', 'multi_actor'])
/** What is known of one trait of an identity. */
export const trait = z.object({
  primitive: z.string(),
  current_value: z.unknown(),
  state: attributionState,
  confidence: z.number().min(0).max(1),
  observation_count: count,
  last_change_ts: timestamp,
  last_observation_ts: timestamp,
})
export type Trait = z.infer<typeof trait>
export const attribution = z.object({ identity_uuid: uuid.nullable(), primitives: z.array(trait) })

/** One measured trait of one session. */
export const behaviourObservation = z.object({
  id: z.string(),
  primitive: z.string(),
  value: z.unknown(),
  confidence: z.number().min(0).max(1),
  start: timestamp,
  end: timestamp,
  session_id: z.string().nullable(),
  attacker_uuid: uuid,
})
export type BehaviourObservation = z.infer<typeof behaviourObservation>
export const behaviourPage = page(behaviourObservation)
export const behaviourQuery = paging.extend({ primitive: optionalText(128), latest: given(z.enum(['true', 'false']).default('false')) })

const likeness = z.object({
  id: z.string(),
  label: z.string(),
  /** 0: the same; the scale is the feature's own. */
  distance: z.number(),
  /** 1: the same; halves with every 2 of distance, with every 1.25 of keystrokes. */
  similarity: z.number().min(0).max(1),
  /** What both have in common, in words; what is far from usual first. */
  why: z.array(z.string()),
})
/** Nearest first. `note`: why there is none, in a sentence; `switched_off`: because nothing is ever compared here. */
const likenesses = <Row extends z.ZodType>(row: Row) =>
  z.object({ note: z.string().nullable(), switched_off: z.boolean(), data: z.array(row) })
export const similarAttackers = likenesses(likeness.extend({ severity, last_seen: timestamp, identity: groupRef.nullable() }))
export type SimilarAttackers = z.infer<typeof similarAttackers>
export const similarSessions = likenesses(
  likeness.extend(
    session.pick({ attacker_uuid: true, attacker_ip: true, decky: true, service: true, started_at: true, logged_in: true }).shape,
  ),
)
export type SimilarSessions = z.infer<typeof similarSessions>
export const similarQuery = z.object({ limit: given(z.coerce.number().int().min(1).max(50).default(10)) })
/** `conduct`: what was done; `keystrokes`: how it was typed. `own`: sessions of the same attacker too. */
export const similarSessionQuery = similarQuery.extend({
  by: given(z.enum(['conduct', 'keystrokes']).default('conduct')),
  own: given(z.enum(['true', 'false']).default('false')),
})

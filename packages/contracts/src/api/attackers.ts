import { z } from 'zod'
import { count, timestamp, uuid } from '../fields.ts'
import { given, optionalText, page, paging, period, severity } from './common.ts'

/** Why the score is what it is: points per part, adding up to the score (0 to 100). */
export const scorePart = z.object({ part: z.string(), points: z.number(), why: z.string() })

/** The way in which somebody works, by the rhythm of what they do and by what it is. */
export const behaviour = z.enum(['unknown', 'interactive', 'brute_force', 'slow_scan', 'scanning', 'beaconing', 'mixed'])
export type Behaviour = z.infer<typeof behaviour>

export const attacker = z.object({
  uuid,
  ip: z.string(),
  first_seen: timestamp,
  last_seen: timestamp,
  event_count: count,
  session_count: count,
  /** Log-in attempts that carried a secret, each counted: not the distinct credentials that GET /credentials lists. */
  credential_count: count,
  /** Lines that a shell or an interpreter was given; the verbs of a protocol (FTP, SMTP, sftp) are requests, and counted apart. */
  command_count: count,
  file_count: count,
  login_count: count,
  service_count: count,
  decky_count: count,
  services: z.array(z.string()),
  deckies: z.array(z.string()),
  is_traversal: z.boolean(),
  traversal_path: z.string().nullable(),
  score: z.number(),
  severity,
  score_parts: z.array(scorePart),
  behaviour,
  /** How often a fingerprint of it changed, over all ports and probes, and when last; absent among the members of an identity. */
  rotation_count: count.optional(),
  last_rotation_at: timestamp.nullable().optional(),
  /** One sentence a person would say: "made 214 log-in attempts on 3 deckies, got in once". */
  headline: z.string(),
})
export type Attacker = z.infer<typeof attacker>
export const attackerPage = page(attacker)

export const attackerQuery = paging.extend({
  ...period.shape,
  search: optionalText(),
  service: optionalText(64),
  decky: optionalText(64),
  severity: given(severity.optional()),
  behaviour: given(behaviour.optional()),
  sort_by: given(z.enum(['recent', 'active', 'traversals', 'score', 'first_seen', 'ip']).default('recent')),
  order: given(z.enum(['asc', 'desc']).default('desc')),
})

/** Of the times between events, in seconds; `cv` is the coefficient of variation, `robust_cv` the same from quartiles. Quantiles are 5 % exact. */
export const gapStatistics = z.object({
  count,
  mean: z.number().nullable(),
  median: z.number().nullable(),
  sd: z.number().nullable(),
  min: z.number().nullable(),
  max: z.number().nullable(),
  cv: z.number().nullable(),
  robust_cv: z.number().nullable(),
})
export const attackerTool = z.object({
  name: z.string(),
  kind: z.enum(['scanner', 'attack', 'client', 'library', 'framework']),
  /** 0 to 1. */
  confidence: z.number(),
  /** What it goes by. */
  from: z.enum(['user_agent', 'client', 'hassh', 'headers', 'rhythm']),
  evidence: z.string(),
})
export const attackerPhase = z.object({
  phase: z.enum(['contact', 'access', 'entry', 'action', 'delivery', 'outreach']),
  first: timestamp,
  last: timestamp,
  count,
})
export const attackerFeature = z.object({
  value: z.string(),
  /** Where it was seen first. */
  decky: z.string().nullable(),
  first_seen: timestamp,
  last_seen: timestamp,
})
const hop = z.object({ decky: z.string(), services: z.array(z.string()), from: timestamp, to: timestamp, visits: count })
const mutationMarker = z.object({
  timestamp,
  decky: z.string(),
  trigger: z.string(),
  old_services: z.array(z.string()),
  new_services: z.array(z.string()),
})
/** The way over two or more deckies, and what changed on them meanwhile. */
export const traversal = z.object({
  path: z.array(z.string()),
  from: timestamp,
  to: timestamp,
  duration_s: z.number(),
  hops: z.array(hop),
  mutations: z.array(mutationMarker),
})
/** How an attacker works and what it can be told by. `beyond`: how often something was seen for which the list of its kind had no room. */
export const attackerProfile = z.object({
  uuid,
  ip: z.string(),
  behaviour,
  timing: z.object({ events: gapStatistics, contacts: gapStatistics, commands: gapStatistics }),
  /** Only where the behaviour is `beaconing`. */
  beacon: z.object({ interval_s: z.number(), jitter_pct: z.number() }).nullable(),
  tools: z.array(attackerTool),
  phases: z.array(attackerPhase),
  /** From the first contact to the first log-in that worked, and to the first command; null when one of them is missing. */
  entry_after_s: z.number().nullable(),
  action_after_s: z.number().nullable(),
  /** Events that brought a mebibyte or more. */
  large_payload_count: count,
  traversal: traversal.nullable(),
  /** Passive fingerprints of its programs, by kind. */
  fingerprints: z.object({
    hassh: z.array(attackerFeature),
    ja3: z.array(attackerFeature),
    ja4: z.array(attackerFeature),
    tcp: z.array(attackerFeature),
    client: z.array(attackerFeature),
    user_agent: z.array(attackerFeature),
    headers: z.array(attackerFeature),
  }),
  payloads: z.array(attackerFeature),
  c2: z.array(attackerFeature),
  /** Numbers of autonomous systems, where an imported log told them. */
  networks: z.array(attackerFeature),
  /** Sessions without an hour between them are one. `hours`: how many began in each hour of the day, UTC. */
  visits: z.object({ count, hours: z.array(count).length(24) }),
  /** Sessions that hands are compared by, of the first few that were typed well enough. */
  typed_sessions: count,
  kept: z.record(z.string(), count),
  beyond: z.record(z.string(), count),
})
export type AttackerProfile = z.infer<typeof attackerProfile>
export type AttackerFeature = z.infer<typeof attackerFeature>

export const facet = z.object({ value: z.string(), count })
export const attackerFacets = z.object({ service: z.array(facet), decky: z.array(facet), severity: z.array(facet) })

export const commandKind = z.enum(['command', 'request'])
export type CommandKind = z.infer<typeof commandKind>
/** `command`: given to a shell or an interpreter, as `command_count` counts them. `request`: a verb of a protocol. */
export const commandQuery = paging.extend({
  service: optionalText(64),
  kind: given(z.enum([...commandKind.options, 'all']).default('command')),
})
export const commandRow = z.object({
  kind: commandKind,
  id: z.string(),
  seq: count,
  timestamp,
  session_id: z.string().nullable(),
  decky: z.string(),
  service: z.string(),
  user: z.string().nullable(),
  command: z.string(),
  command_b64: z.string().nullable(),
})
/** `total`: of the kind that was asked for; how many there are of either kind stands beside it. */
export const commandPage = page(commandRow).extend({ commands: count, requests: count })
export const artifactRow = z.object({
  id: z.string(),
  timestamp,
  session_id: z.string().nullable(),
  decky: z.string(),
  service: z.string(),
  kind: z.enum(['file', 'mail']),
  path: z.string().nullable(),
  /** Its exact bytes, where they are not UTF-8. */
  path_b64: z.string().nullable(),
  sha256: z.string(),
  size: count,
  truncated: z.boolean(),
})
export const artifactPage = page(artifactRow)

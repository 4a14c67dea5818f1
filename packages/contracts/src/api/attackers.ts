import { z } from 'zod'
import { count, timestamp, uuid } from '../fields.ts'
import { given, optionalText, page, paging, period, severity } from './common.ts'

/** Why the score is what it is: points per part, adding up to the score (0 to 100). */
export const scorePart = z.object({ part: z.string(), points: z.number(), why: z.string() })

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
  sort_by: given(z.enum(['recent', 'active', 'traversals', 'score', 'first_seen', 'ip']).default('recent')),
  order: given(z.enum(['asc', 'desc']).default('desc')),
})
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
  sha256: z.string(),
  size: count,
  truncated: z.boolean(),
})
export const artifactPage = page(artifactRow)

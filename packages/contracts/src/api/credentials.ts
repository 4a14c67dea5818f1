import { z } from 'zod'
import { count, outcome, timestamp, uuid } from '../fields.ts'
import { given, optionalText, page, paging, period } from './common.ts'

export const credential = z.object({
  id: z.string(),
  attacker_ip: z.string(),
  attacker_uuid: uuid.nullable(),
  decky: z.string(),
  service: z.string(),
  principal: z.string().nullable(),
  principal_b64: z.string().nullable(),
  secret_kind: z.string(),
  secret_sha256: z.string(),
  secret_b64: z.string(),
  secret_printable: z.string(),
  outcome,
  method: z.string().nullable(),
  first_seen: timestamp,
  last_seen: timestamp,
  attempt_count: count,
  /** How many distinct (decky, service) this secret was tried on for this principal; from two on it is reuse. */
  target_count: count,
})
export type Credential = z.infer<typeof credential>
export const credentialPage = page(credential)
export const credentialQuery = paging.extend({
  ...period.shape,
  search: optionalText(),
  service: optionalText(64),
  decky: optionalText(64),
  attacker_ip: optionalText(64),
  outcome: given(outcome.optional()),
  secret_sha256: optionalText(64),
  sort_by: given(z.enum(['last_seen', 'first_seen', 'attempt_count', 'principal', 'secret', 'target_count']).default('last_seen')),
  order: given(z.enum(['asc', 'desc']).default('desc')),
})

export const credentialReuse = z.object({
  id: uuid,
  secret_sha256: z.string(),
  secret_kind: z.string(),
  principal: z.string().nullable(),
  secret_b64: z.string(),
  secret_printable: z.string(),
  attacker_uuids: z.array(uuid),
  attacker_ips: z.array(z.string()),
  deckies: z.array(z.string()),
  services: z.array(z.string()),
  targets: z.array(z.object({ decky: z.string(), service: z.string() })),
  target_count: count,
  attempt_count: count,
  confidence: z.number(),
  first_seen: timestamp,
  last_seen: timestamp,
  updated_at: timestamp,
})
export type CredentialReuse = z.infer<typeof credentialReuse>
export const credentialReusePage = page(credentialReuse)
export const credentialReuseQuery = paging.extend({
  min_target_count: given(z.coerce.number().int().min(2).default(2)),
  secret_kind: optionalText(32),
  attacker_ip: optionalText(64),
})

/** The most used of something, for short lists. */
export const topRow = z.object({ value: z.string(), count, sources: count })
export const topRows = z.array(topRow)
/** The most used passwords, user names or pairs. `value` is for reading and loses bytes; the exact ones stand beside it, where the row has them. */
export const topCredentialRow = topRow.extend({
  secret_sha256: z.string().optional(),
  secret_b64: z.string().optional(),
  /** `null`: none was given. */
  principal_b64: z.string().nullable().optional(),
})
export type TopCredentialRow = z.infer<typeof topCredentialRow>
export const topCredentialRows = z.array(topCredentialRow)

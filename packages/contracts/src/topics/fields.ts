import { z } from 'zod'
import { address, count, deckyName, timestamp, uuid } from '../fields.ts'

/** Fields that payloads of several topics share; one word means one thing. */
export const attackerUuid = uuid.describe('The attacker.')
export const attackerIp = address.describe('The address that it came from.')
export const deckyField = deckyName.describe('Name of the decky.')
export const serviceField = z.string().describe('Name of the service on the decky.')
export const epochSeconds = z.number().describe('When, in seconds since 1970.')
export const unit = z.number().min(0).max(1)
export const uuids = z.array(uuid)

/** Whom a finding is about; at least one of the three is known to whoever publishes it. */
export const subject = {
  attacker_uuid: attackerUuid.nullable(),
  identity_uuid: uuid.nullable().describe('The identity behind the attacker, where one is known.'),
  session_id: z.string().nullable().describe('The session in which it happened, where there is one.'),
}

export const span = {
  started_at: timestamp.describe('Its beginning.'),
  ended_at: timestamp.describe('Its end.'),
}

/** Two became one: identities or campaigns. */
export const merged = z.object({
  winner_uuid: uuid.describe('The one that stays.'),
  loser_uuid: uuid.describe('The one that now points to it; references to it should follow.'),
})

/** One became two again. */
export const unmerged = z.object({
  resurrected_uuid: uuid.describe('The one that stands by itself again, under its old id.'),
  former_winner_uuid: uuid.describe('The one that it had been merged into.'),
})

/** An identity changed its campaign; said below `identity` and below `campaign`. */
export const campaignAssigned = z.object({
  identity_uuid: uuid.describe('The identity.'),
  campaign_uuid: uuid.nullable().describe('Its campaign from now on; null when it left one and joined none.'),
  prior_campaign_uuid: uuid.nullable().describe('Its campaign before.'),
})

export const port = count.max(65_535)

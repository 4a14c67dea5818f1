import { z } from 'zod'
import { count, timestamp, uuid } from '../fields.ts'
import { page, period, severity } from './common.ts'

/** A change of a decky's services, as it was announced. */
export const mutation = z.object({
  id: z.string(),
  timestamp,
  old_services: z.array(z.string()),
  new_services: z.array(z.string()),
  /** What caused it: a creation, an operator, a schedule … */
  trigger: z.string(),
  actor: z.string().nullable(),
  /** How the mutator came to it, and why, in words. */
  strategy: z.string().nullable(),
  reason: z.string().nullable(),
})
export type Mutation = z.infer<typeof mutation>
export const mutationPage = page(mutation)

const sum = { sessions: count, events: count, logged_in: z.boolean(), last: timestamp }
export const contactsQuery = period
/** Who touched which decky in a period. Those who got in come first, then those who did most. */
export const contacts = z.object({
  period: z.object({ start_time: timestamp, end_time: timestamp }),
  /** All of them; `attackers` are the first few. */
  attacker_count: count,
  attackers: z.array(z.object({ ip: z.string(), uuid, severity: severity.nullable(), ...sum })),
  /** Between those attackers and the deckies that they touched. */
  links: z.array(z.object({ ip: z.string(), decky: z.string(), ...sum })),
  /** Each decky that anybody touched. */
  deckies: z.array(z.object({ decky: z.string(), attackers: count, ...sum })),
})
export type Contacts = z.infer<typeof contacts>

/** What a service of a decky runs with, and what it will from its next start on; null: the same. */
export const serviceConfigs = z.object({ config: z.record(z.string(), z.unknown()), saved: z.record(z.string(), z.unknown()).nullable() })

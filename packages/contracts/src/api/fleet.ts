import { z } from 'zod'
import { count, timestamp } from '../fields.ts'
import { mutateInterval } from './deploy.ts'

export const deckyService = z.object({
  name: z.string(),
  title: z.string(),
  port: z.number().int(),
  address: z.string(),
  wanted_port: z.number().int(),
  state: z.enum(['listening', 'failed', 'stopped']),
  detail: z.string().nullable(),
})
export const decky = z.object({
  name: z.string(),
  ip: z.string(),
  ip6: z.string().nullable(),
  mac: z.string(),
  /** Who made a network card with such an address; null where nobody is known to. */
  mac_vendor: z.string().nullable(),
  hostname: z.string(),
  distro: z.string(),
  archetype: z.string(),
  os_family: z.string(),
  kernel: z.string().nullable(),
  state: z.enum(['running', 'degraded', 'stopped']),
  services: z.array(deckyService),
  /** Accounts that let an attacker in. */
  logins: z.array(z.object({ user: z.string(), password: z.string() })),
  event_count: count,
  attacker_count: count,
  last_contact: timestamp.nullable(),
  created_at: timestamp,
  mutate_interval: mutateInterval,
  /** When it was changed last by itself or on request; null = not since its creation. */
  last_mutated: timestamp.nullable(),
})
export type Decky = z.infer<typeof decky>
export const deckies = z.array(decky)

import { z } from 'zod'
import { count, timestamp } from '../fields.ts'
import { period, severity } from './common.ts'
import { topCredentialRows, topRow } from './credentials.ts'

const figure = z.object({ value: count, previous: count, series: z.array(count) })
export const statsQuery = period
/** What an overview needs, over a period and the equally long one before it. `series`: the period in 24 equal parts. */
export const stats = z.object({
  total_logs: count,
  unique_attackers: count,
  active_deckies: count,
  deployed_deckies: count,
  period: z.object({ start_time: timestamp, end_time: timestamp }),
  sources: figure,
  sessions: figure,
  logins: figure,
  /** Log-in attempts, each counted. */
  credentials: figure,
  files: figure,
  /** As `command_count` of attackers: without the requests of a protocol. */
  commands: figure,
  reuse: figure,
  top_attackers: z.array(
    z.object({
      uuid: z.string(),
      ip: z.string(),
      score: z.number(),
      severity,
      event_count: count,
      last_seen: timestamp,
      headline: z.string(),
    }),
  ),
  /** Plain ones only: the answer to a challenge is new each time. */
  top_passwords: topCredentialRows,
  top_usernames: topCredentialRows,
  top_commands: z.array(topRow),
  top_deckies: z.array(topRow),
  top_services: z.array(topRow),
  stories: z.array(
    z.object({
      attacker_uuid: z.string(),
      ip: z.string(),
      severity,
      at: timestamp,
      text: z.string(),
      /** The technique that the text speaks of, whose evidence can be asked for. */
      technique: z.string().nullable(),
      meta: z.array(z.string()),
    }),
  ),
})
export type Stats = z.infer<typeof stats>

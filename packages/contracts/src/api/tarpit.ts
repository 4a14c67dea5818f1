import { z } from 'zod'
import { timestamp } from '../fields.ts'

/** Milliseconds before a service says its first word; bytes a second that it sends at most, 0 = as fast as it can. */
const pace = {
  accept_ms: z.number().int().min(0).max(300_000),
  bytes_per_second: z.number().int().min(0).max(1_000_000),
}

/** Which services of a decky hold up whoever comes; absent: all of them. */
export const tarpitRequest = z
  .strictObject({
    services: z.array(z.string().max(64)).min(1).max(64).exactOptional(),
    accept_ms: pace.accept_ms.default(0),
    bytes_per_second: pace.bytes_per_second.default(10),
  })
  .refine(({ accept_ms, bytes_per_second }) => accept_ms > 0 || bytes_per_second > 0, {
    message: 'A tarpit waits, or sends slowly: give accept_ms, bytes_per_second, or both.',
  })

export const tarpitState = z.object({
  tarpits: z.array(z.object({ service: z.string(), ...pace, set_by: z.string().nullable(), set_at: timestamp })),
  /** Who is held up now, the longest first. */
  connections: z.array(
    z.object({ service: z.string(), attacker_ip: z.string(), attacker_port: z.number().int(), session_id: z.string(), since: timestamp }),
  ),
})
export type TarpitState = z.infer<typeof tarpitState>

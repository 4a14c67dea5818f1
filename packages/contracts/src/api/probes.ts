import { z } from 'zod'
import { count, timestamp } from '../fields.ts'

/** What an attacker's own machine is asked on one port in one way, and what it showed last. */
export const attackerProbe = z.object({
  port: count.max(65_535),
  /** The family: `jarm`, `hassh`, `tcpfp`, `tls_certificate`, `http`. */
  probe: z.string(),
  visits: count,
  /** Of the last visit; `nothing`: the port is open and speaks something else. `refused`: its address may not be probed. */
  state: z.enum(['waiting', 'found', 'nothing', 'closed', 'silent', 'refused']),
  /** When it is asked next; null: as soon as can be. */
  due_at: timestamp.nullable(),
  tried_at: timestamp.nullable(),
  answered_at: timestamp.nullable(),
  /** What was found last, also when it is silent now. */
  hash: z.string().nullable(),
  /** More of it, by name; chosen by the machine that was asked. */
  facts: z.record(z.string(), z.string()),
})
export type AttackerProbe = z.infer<typeof attackerProbe>

export const attackerProbes = z.object({
  /** The prober is switched on. */
  enabled: z.boolean(),
  /** Why this address may not be probed, as the end of a sentence: `is loopback`; null where it may. */
  refused: z.string().nullable(),
  data: z.array(attackerProbe),
})
export type AttackerProbes = z.infer<typeof attackerProbes>

/** How many probes were asked for. */
export const probesWanted = z.object({ probes: count })

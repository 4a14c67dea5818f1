import { z } from 'zod'
import { timestamp } from '../fields.ts'

export const worker = z.object({
  name: z.string(),
  summary: z.string(),
  kind: z.enum(['fold', 'tick', 'process']),
  status: z.enum(['ok', 'stale', 'unknown']),
  desired: z.enum(['running', 'stopped']),
  last_heartbeat_ts: z.number().nullable(),
  seconds_since: z.number().nullable(),
  installed: z.boolean(),
  stoppable: z.boolean(),
  /** Records behind the head of the log; null where it has no cursor. */
  lag: z.number().int().nullable(),
  extra: z.record(z.string(), z.unknown()),
})
export type Worker = z.infer<typeof worker>
export const workers = z.object({ workers: z.array(worker), generated_at: timestamp, bus_connected: z.boolean() })
export const workerAccepted = z.object({ accepted: z.literal(true), worker: z.string(), action: z.enum(['stop', 'start']) })
export const startFailure = z.object({ name: z.string(), reason: z.string() })
export const startAll = z.object({ started: z.array(z.string()), already_running: z.array(z.string()), failed: z.array(startFailure) })
export const health = z.object({
  status: z.enum(['healthy', 'degraded', 'unhealthy']),
  components: z.record(z.string(), z.object({ status: z.enum(['ok', 'failing']), detail: z.string().nullable() })),
})

import { z } from 'zod'
import { count, timestamp } from '../fields.ts'

const rule = z.string().min(1).max(64)

/** Rules over what the log holds already: from when, to when (the end where absent), which (all where absent). */
export const ttpBackfillRequest = z.strictObject({
  /** `all`, `7d` (m, h, d, w, y) or a date or time of ISO 8601. */
  since: z.string().min(1).max(64),
  /** A date or time of ISO 8601; a date is its beginning, UTC. */
  until: z.string().min(1).max(64).optional(),
  /** One id, or a list of them. */
  rules: z.union([rule, z.array(rule).min(1).max(100)], { error: 'must be the id of a rule, or a list of 1 to 100 of them' }).optional(),
})

/** A run that was asked for. What was asked for with the same words and has not ended is the same run. */
export const ttpBackfill = z.object({
  uuid: z.uuid(),
  state: z.enum(['waiting', 'running', 'done']),
  /** 0 to 1. */
  progress: z.number().min(0).max(1),
  /** Null: from the beginning of the log. */
  since: timestamp.nullable(),
  until: timestamp.nullable(),
  rules: z.array(z.string()).nullable(),
  requested_by: z.string(),
  requested_at: timestamp,
  ended_at: timestamp.nullable(),
  /** Looked at so far. */
  records: count,
  evidence: count,
  new_tags: count,
  /** New tags by technique. */
  techniques: z.record(z.string(), count),
})
export type TtpBackfill = z.infer<typeof ttpBackfill>

/** The latest runs, newest first. */
export const ttpBackfills = z.object({ data: z.array(ttpBackfill) })

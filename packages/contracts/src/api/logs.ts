import { z } from 'zod'
import { count, timestamp } from '../fields.ts'
import { given, optionalText, page, paging, period } from './common.ts'

export const logRow = z.object({
  id: z.string(),
  seq: count,
  timestamp,
  topic: z.string(),
  decky: z.string().nullable(),
  service: z.string().nullable(),
  event_type: z.string(),
  attacker_ip: z.string().nullable(),
  attacker_port: z.number().int().nullable(),
  session_id: z.string().nullable(),
  fields: z.record(z.string(), z.unknown()),
  msg: z.string().nullable(),
  /** The RFC 5424 line. */
  raw_line: z.string(),
})
export type LogRow = z.infer<typeof logRow>
export const logPage = page(logRow)
/**
 * `search`: shell-like words, all must hold. `decky:` `service:` `event:` `attacker:` `session:` `topic:` equal; any other `key:value` equals a field;
 * a bare word occurs anywhere; `-` in front negates; quotes hold spaces together.
 */
export const logQuery = paging.extend({
  ...period.shape,
  search: optionalText(),
  /** Only records after / before this sequence number. */
  after: given(z.coerce.number().int().min(0).optional()),
  before: given(z.coerce.number().int().min(0).optional()),
})
export const histogramQuery = z.object({
  ...period.shape,
  search: optionalText(),
  interval_minutes: given(
    z.coerce
      .number()
      .min(1 / 60)
      .max(43_200)
      .default(15),
  ),
})
export const histogram = z.array(z.object({ time: timestamp, count, services: z.record(z.string(), count) }))

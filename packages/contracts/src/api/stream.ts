import { z } from 'zod'
import { timestamp } from '../fields.ts'
import { given, optionalText } from './common.ts'

/**
 * `topics`: comma list of patterns (`attacker.>,system.log`); absent = all records. `search`: the grammar of `/logs`.
 * Records come as `id: <seq>`, `event: record`. Doorbell-only topics come as `event: signal`, without id.
 * `event: reset` says that the id asked for is older than what is kept. A comment every 15 s keeps proxies awake.
 */
export const streamQuery = z.object({
  topics: optionalText(1024),
  search: optionalText(),
  last_event_id: given(z.coerce.number().int().min(0).optional()),
})
/** Where to resume an `events` stream; the header `Last-Event-ID` comes first. Without either a snapshot opens it. */
export const eventsQuery = streamQuery.pick({ last_event_id: true })
export const streamRecord = z.object({
  seq: z.number().int(),
  id: z.string(),
  topic: z.string(),
  timestamp,
  decky: z.string().nullable(),
  service: z.string().nullable(),
  event_type: z.string(),
  attacker_ip: z.string().nullable(),
  attacker_port: z.number().int().nullable(),
  session_id: z.string().nullable(),
  fields: z.record(z.string(), z.unknown()),
})
export type StreamRecord = z.infer<typeof streamRecord>
export const streamSignal = z.object({ topic: z.string(), type: z.string(), ts: z.number(), payload: z.record(z.string(), z.unknown()) })
export type StreamSignal = z.infer<typeof streamSignal>

import { z } from 'zod'
import { address, count, timestamp } from '../fields.ts'
import { defineTopic } from './define.ts'

/** What a service saw. The type of the event is the message's `type`; the whole of it stands in the log. */
export const systemLog = defineTopic({
  template: 'system.log',
  summary: 'An event from a sensor is in the log, or a batch of them was committed.',
  kind: 'record',
  payload: z.union([
    z.object({
      decky: z.string(),
      service: z.string(),
      event_type: z.string(),
      attacker_ip: address.nullable(),
      timestamp,
      fields: z.record(z.string(), z.string()),
    }),
    z.object({ component: z.string(), flushed: count, position: count }),
  ]),
})

export const systemBusHealth = defineTopic({
  template: 'system.bus.health',
  summary: 'The bus is alive.',
  kind: 'doorbell',
  payload: z.looseObject({ worker: z.literal('bus'), pid: count, uptime_sec: z.number(), ts: z.number() }),
})

/** `interval_sec` says when the next one is due: stale = three intervals. */
export const workerHealth = defineTopic({
  template: 'system.{worker}.health',
  summary: 'A worker is alive; every 30 s.',
  kind: 'doorbell',
  payload: z.looseObject({ worker: z.string(), ts: z.number(), interval_sec: z.number().optional() }),
})

export const workerControl = defineTopic({
  template: 'system.{worker}.control',
  summary: 'What an operator asks of a worker.',
  kind: 'doorbell',
  payload: z.object({ action: z.string(), requested_by: z.string(), ts: z.number() }),
})

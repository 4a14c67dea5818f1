import { z } from 'zod'
import { address, count, timestamp } from '../fields.ts'
import { defineTopic } from './define.ts'
import { epochSeconds, serviceField } from './fields.ts'

const nextBeat = z.number().optional().describe('Seconds until the next one; after three of them without one it is stale.')

/** What a service saw. The type of the event is the message's `type`; the whole of it stands in the log. */
export const systemLog = defineTopic({
  template: 'system.log',
  summary: 'An event from a sensor is in the log, or a batch of them was committed.',
  kind: 'record',
  payload: z.union([
    z.object({
      decky: z.string().describe('Name of the decky.'),
      service: serviceField,
      event_type: z.string().describe("What happened; also the message's type."),
      attacker_ip: address.nullable().describe('The address that it came from; null where nobody caused it.'),
      timestamp: timestamp.describe('When.'),
      fields: z.record(z.string(), z.string()).describe('What the event says; its fields depend on its type.'),
    }),
    z.object({
      component: z.string().describe('Who committed.'),
      flushed: count.describe('How many events.'),
      position: count.describe("The last one's number in the log."),
    }),
  ]),
})

export const systemBusHealth = defineTopic({
  template: 'system.bus.health',
  summary: 'The bus is alive.',
  kind: 'doorbell',
  payload: z.looseObject({
    worker: z.literal('bus').describe('The bus.'),
    pid: count.describe('Its process.'),
    uptime_sec: z.number().describe('Seconds since it was started.'),
    ts: epochSeconds,
    interval_sec: nextBeat,
  }),
})

export const workerHealth = defineTopic({
  template: 'system.{worker}.health',
  summary: 'A worker is alive; every 30 s.',
  kind: 'doorbell',
  payload: z.looseObject({ worker: z.string().describe('Its name.'), ts: epochSeconds, interval_sec: nextBeat }),
})

export const workerControl = defineTopic({
  template: 'system.{worker}.control',
  summary: 'What an operator asks of a worker.',
  kind: 'doorbell',
  payload: z.object({
    action: z.string().describe('`stop`; others are ignored.'),
    requested_by: z.string().describe('Who asks.'),
    ts: epochSeconds,
  }),
})

/** Only a signal. */
export const systemWebhookSubscriptionsChanged = defineTopic({
  template: 'system.webhook.subscriptions_changed',
  summary: 'Webhook subscriptions were created, changed or removed: whoever delivers reads them again.',
  kind: 'doorbell',
  planned: true,
  payload: z.strictObject({}),
})

import { z } from 'zod'
import { count } from '../fields.ts'
import { defineTopic } from './define.ts'
import { attackerIp, deckyField, epochSeconds, span } from './fields.ts'

export const deckyState = defineTopic({
  template: 'decky.{decky}.state',
  summary: 'A decky changed its state or its services came up.',
  kind: 'record',
  payload: z.object({
    name: z.string().describe('Name of the decky.'),
    state: z.enum(['running', 'degraded', 'stopped']).describe('Its state now.'),
    previous_state: z.string().nullable().describe('Its state before; null for a new decky.'),
    services: z.array(z.string()).describe('The services that answer.'),
    source: z.literal('fleet').describe('Who says so.'),
  }),
})

/** A live feed of what a sniffer saw, beside the fields of its event: what is worth keeping of the traffic is an event in the log. */
export const deckyTraffic = defineTopic({
  template: 'decky.{decky}.traffic',
  summary: "Packets to or from a decky were summed up; the message's type says how, and which further fields there are.",
  kind: 'doorbell',
  payload: z.looseObject({
    decky: deckyField,
    attacker_ip: attackerIp,
    ts: epochSeconds.optional(),
    count: count.optional().describe('How many of this type there were since the last message; it tells of the last one.'),
  }),
})

export const deckyMutateRequest = defineTopic({
  template: 'decky.{decky}.mutate_request',
  summary: 'An operator wants this decky changed now, before its interval is over.',
  kind: 'doorbell',
  payload: z.object({
    requested_by: z.string().optional().describe('Who asks.'),
    ts: z.number().optional().describe('When, in seconds since 1970.'),
  }),
})

/** A transition, where `state` is a picture: a decky's mutations from its creation on, folded, are its services. */
export const deckyMutation = defineTopic({
  template: 'decky.{decky}.mutation',
  summary: "A decky's set of services changed.",
  kind: 'record',
  payload: z.object({
    decky: deckyField,
    old_services: z.array(z.string()).describe('Before; empty when the decky is created.'),
    new_services: z.array(z.string()).describe('After; empty when it is retired.'),
    trigger: z
      .enum(['creation', 'retirement', 'scheduled', 'operator', 'behavioral', 'healer', 'federation'])
      .describe('What caused it; federation is reserved.'),
    actor: z.string().nullish().describe('Who asked for it, where somebody did.'),
    strategy: z.enum(['shuffle', 'drift', 'move', 'behavioral']).nullish().describe('How the mutator came to it, where it did.'),
    reason: z.string().nullish().describe('Why, a sentence for people.'),
    ...span,
  }),
})

const liveService = {
  decky_name: deckyField,
  service_name: z.string().describe('Name of the service.'),
  topology_id: z.string().nullish().describe('The topology that the decky stands in; none in a flat fleet.'),
}
const changed = z.object({ ...liveService, services: z.array(z.string()).describe('All services of the decky, after the change.') })

export const deckyServiceAdded = defineTopic({
  template: 'decky.{decky}.service_added',
  summary: 'A service was added to a running decky.',
  kind: 'record',
  payload: changed,
})

export const deckyServiceRemoved = defineTopic({
  template: 'decky.{decky}.service_removed',
  summary: 'A service was taken from a running decky.',
  kind: 'record',
  payload: changed,
})

export const deckyServiceConfigChanged = defineTopic({
  template: 'decky.{decky}.service_config_changed',
  summary: 'The configuration of a service was saved.',
  kind: 'record',
  payload: z.object({
    ...liveService,
    service_config: z.record(z.string(), z.json()).describe('The configuration from now on.'),
    recreated: z.boolean().describe('True: the service was started anew and uses it. False: it was only saved.'),
  }),
})

export const deckyLifecycle = defineTopic({
  template: 'decky.{decky}.lifecycle',
  summary: 'A deployment or mutation of a decky went one step further; the row of the operation has the truth.',
  kind: 'doorbell',
  payload: z.object({
    lifecycle_id: z.string().min(1).describe('The operation.'),
    operation: z.enum(['deploy', 'teardown', 'mutate', 'add_service', 'remove_service', 'configure']).describe('What is being done.'),
    status: z.enum(['pending', 'running', 'succeeded', 'failed']).describe('How far it is.'),
    error: z.string().nullish().describe('What went wrong.'),
  }),
})

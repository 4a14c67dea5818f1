import { z } from 'zod'
import { defineTopic } from './define.ts'

const mutation = {
  mutation_id: z.string().min(1).describe('The row that this mirrors.'),
  op: z
    .enum(['add_lan', 'remove_lan', 'update_lan', 'add_decky', 'attach_decky', 'detach_decky', 'remove_decky', 'update_decky'])
    .describe('What is to change.'),
}
const asked = z.object({
  ...mutation,
  payload: z.record(z.string(), z.json()).describe('Its details; they depend on what is to change.'),
})

/** The four states of a change to a topology, as its row has them; nothing else can stand behind `mutation`. */
export const topologyMutationEnqueued = defineTopic({
  template: 'topology.{topology}.mutation.enqueued',
  summary: 'Somebody asked for a change to a topology; it wakes whoever applies it.',
  kind: 'doorbell',
  planned: true,
  payload: asked,
})

export const topologyMutationApplying = defineTopic({
  template: 'topology.{topology}.mutation.applying',
  summary: 'A change to a topology is being made.',
  kind: 'doorbell',
  planned: true,
  payload: asked,
})

export const topologyMutationApplied = defineTopic({
  template: 'topology.{topology}.mutation.applied',
  summary: 'A change to a topology is made.',
  kind: 'record',
  planned: true,
  payload: z.object(mutation),
})

export const topologyMutationFailed = defineTopic({
  template: 'topology.{topology}.mutation.failed',
  summary: 'A change to a topology could not be made; the topology is degraded, and its other changes wait.',
  kind: 'record',
  planned: true,
  payload: z.object({ ...mutation, reason: z.string().describe('Why.') }),
})

export const topologyStatus = defineTopic({
  template: 'topology.{topology}.status',
  summary: 'A topology as a whole changed its state.',
  kind: 'record',
  planned: true,
  payload: z.object({
    state: z.enum(['pending', 'deploying', 'active', 'degraded', 'failed']).describe('Its state now.'),
    reason: z.string().nullable().describe('Why, where there is something to say.'),
  }),
})

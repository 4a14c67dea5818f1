import { deckyName } from '@decnet/contracts'
import { mutateAccepted, mutateIntervalOf, mutationSettings } from '@decnet/contracts/api'
import { topics } from '@decnet/contracts/topics'
import { z } from 'zod'
import { iso } from '../../store/time.ts'
import { defineRoute } from '../route.ts'

const tag = 'fleet'

const mutate = defineRoute({
  method: 'POST',
  path: '/deckies/:name/mutate',
  access: 'admin',
  tag,
  summary: 'Ask for a decky to be changed now, before its interval is over. Its operations say what became of it.',
  params: z.object({ name: deckyName }),
  response: mutateAccepted,
  status: 202,
  async handle({ params: { name }, caller }, { bus, write, now }) {
    const at = now()
    // Written down first: the mutator finds it also where no bus carries the message.
    await write('fleet.mutate', { decky: name, at, by: caller.username })
    bus.as('api').publishTo(topics.deckyMutateRequest, [name], { requested_by: caller.username, ts: at / 1000 }, 'mutate_request')
    return { decky_name: name, requested_at: iso(at) }
  },
})

const interval = defineRoute({
  method: 'PUT',
  path: '/deckies/:name/mutate-interval',
  access: 'admin',
  tag,
  summary: 'Say how often a decky changes, in minutes; 0: never, null: as the fleet does.',
  params: z.object({ name: deckyName }),
  body: mutateIntervalOf,
  response: mutateIntervalOf,
  async handle({ params: { name }, body }, { write }) {
    await write('fleet.setInterval', { decky: name, minutes: body.mutate_interval })
    return body
  },
})

const settings = defineRoute({
  method: 'GET',
  path: '/fleet/mutation',
  access: 'viewer',
  tag,
  summary: 'How deckies change by themselves: how often those that say nothing else, and in which ways.',
  response: mutationSettings,
  handle: (_request, { write }) => write('fleet.mutation', undefined),
})

const set = defineRoute({
  method: 'PUT',
  path: '/fleet/mutation',
  access: 'admin',
  tag,
  summary: 'Say how deckies change by themselves. 0 minutes: never.',
  body: mutationSettings,
  response: mutationSettings,
  async handle({ body }, { write }) {
    await write('fleet.setMutation', body)
    return body
  },
})

export default [mutate, interval, settings, set]

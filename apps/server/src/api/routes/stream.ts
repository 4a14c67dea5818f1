import { uuid } from '@decnet/contracts'
import { eventsQuery, streamQuery } from '@decnet/contracts/api'
import { AppError } from '@decnet/kernel'
import { isPattern } from '@decnet/kernel/bus'
import { z } from 'zod'
import { defineRoute } from '../route.ts'
import { serveStream } from '../serve-stream.ts'

const tag = 'live'
/** Of what there is, as much as a snapshot shows: the latest. */
const SNAPSHOT = { limit: 50, offset: 0 } as const

function patterns(list: string | undefined): string[] | undefined {
  const found = list
    ?.split(',')
    .map((pattern) => pattern.trim())
    .filter(Boolean)
  const bad = found?.find((pattern) => !isPattern(pattern))
  if (bad !== undefined)
    throw new AppError(`${JSON.stringify(bad)} is no topic pattern.`, {
      code: 'bad_pattern',
      status: 422,
      fields: [{ field: 'topics', message: 'has a pattern that cannot match' }],
    })
  return found?.length ? found : undefined
}

const stream = defineRoute({
  method: 'GET',
  path: '/stream',
  access: 'viewer',
  tag,
  summary: 'Everything as it happens (server-sent events). Resume with Last-Event-ID: nothing is missed, nothing comes twice.',
  query: streamQuery,
  streams: true,
  handle: async (request, context) => {
    const { topics, search, last_event_id: after } = request.query
    return serveStream(request, context, { topics: patterns(topics), search, after })
  },
})

const identities = defineRoute({
  method: 'GET',
  path: '/identities/events',
  access: 'viewer',
  tag,
  summary:
    'Identities that form, grow, merge and part: first a snapshot of the latest 50, then each record of `identity.>` (server-sent events, resumable).',
  query: eventsQuery,
  streams: true,
  handle: async (request, context) =>
    serveStream(request, context, {
      topics: ['identity.>'],
      after: request.query.last_event_id,
      snapshot: async () => ({
        identities: (await context.read('identities.list', { ...SNAPSHOT, order: 'desc', addresses: 1, sortBy: 'recent' })).data,
      }),
    }),
})

const campaigns = defineRoute({
  method: 'GET',
  path: '/campaigns/events',
  access: 'viewer',
  tag,
  summary:
    'Campaigns that form, grow, merge and part: first a snapshot of the latest 50, then each record of `campaign.>` (server-sent events, resumable).',
  query: eventsQuery,
  streams: true,
  handle: async (request, context) =>
    serveStream(request, context, {
      topics: ['campaign.>'],
      after: request.query.last_event_id,
      snapshot: async () => ({ campaigns: (await context.read('campaigns.list', { ...SNAPSHOT, order: 'desc', sortBy: 'recent' })).data }),
    }),
})

const attacker = defineRoute({
  method: 'GET',
  path: '/attackers/:uuid/events',
  access: 'viewer',
  tag,
  summary:
    'One attacker as it is seen: first a snapshot of its observations, then each record that names it (server-sent events, resumable).',
  params: z.object({ uuid }),
  query: eventsQuery,
  streams: true,
  async handle(request, context) {
    const { uuid: attacker } = request.params
    if (!(await context.read('attackers.find', attacker)))
      throw new AppError('There is no such attacker.', { code: 'attacker_unknown', status: 404 })
    // The identity of now: one that it joins later is seen when the client comes again.
    const { identity_uuid } = await context.read('attackers.attribution', attacker)
    return serveStream(request, context, {
      topics: ['attacker.>', 'attribution.>'],
      naming: [attacker, identity_uuid].filter((name) => name !== null),
      after: request.query.last_event_id,
      snapshot: async () => ({
        attacker_uuid: attacker,
        observations: (await context.read('attackers.behaviour', { ...SNAPSHOT, attacker, latest: true })).data,
      }),
    })
  },
})

export default [stream, identities, campaigns, attacker]

import { deckyName, slug } from '@decnet/contracts'
import { contacts, contactsQuery, type Mutation, mutationPage, paging, serviceConfigs } from '@decnet/contracts/api'
import { topics } from '@decnet/contracts/topics'
import type { LogRecord } from '@decnet/kernel/log'
import { z } from 'zod'
import { millis } from '../period.ts'
import { defineRoute } from '../route.ts'

const tag = 'fleet'
const DAY_MS = 86_400_000

function shown({ id, ts, body }: LogRecord): Mutation {
  const { old_services, new_services, trigger, actor, strategy, reason } = topics.deckyMutation.payload.parse(body)
  return {
    id,
    timestamp: new Date(ts).toISOString(),
    old_services,
    new_services,
    trigger,
    actor: actor ?? null,
    strategy: strategy ?? null,
    reason: reason ?? null,
  }
}

const mutations = defineRoute({
  method: 'GET',
  path: '/deckies/:name/mutations',
  access: 'viewer',
  tag,
  summary: 'What a decky was over time: each change of its services, newest first; also of one that was retired.',
  params: z.object({ name: deckyName }),
  query: paging,
  response: mutationPage,
  async handle({ params, query }, { read }) {
    const page = await read('fleet.mutations', { decky: params.name, ...query })
    return { ...page, data: page.data.map(shown) }
  },
})

const touched = defineRoute({
  method: 'GET',
  path: '/fleet/contacts',
  access: 'viewer',
  tag,
  summary: 'Who touched which decky in a period; the last 24 hours by default.',
  query: contactsQuery,
  response: contacts,
  handle({ query }, { read, now }) {
    const to = millis(query.end_time) ?? now()
    return read('fleet.contacts', { from: Math.min(millis(query.start_time) ?? to - DAY_MS, to), to })
  },
})

const config = defineRoute({
  method: 'GET',
  path: '/deckies/:name/services/:service/config',
  access: 'admin',
  tag,
  summary: 'What a service of a decky is configured with, and what it will be from its next start on.',
  params: z.object({ name: deckyName, service: slug }),
  response: serviceConfigs,
  handle: async ({ params: { name, service } }, { write }) => serviceConfigs.parse(await write('fleet.configOf', { decky: name, service })),
})

export default [mutations, touched, config]

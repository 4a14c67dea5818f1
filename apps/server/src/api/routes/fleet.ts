import { deckyName } from '@decnet/contracts'
import { deckies, decky, stats, statsQuery } from '@decnet/contracts/api'
import { services } from '@decnet/services'
import { z } from 'zod'
import { deckyUnknown } from '../../store/fleet.ts'
import { millis } from '../period.ts'
import { defineRoute } from '../route.ts'

const titles: ReadonlyMap<string, string> = new Map(services.map((service) => [service.name, service.title]))
const DAY_MS = 86_400_000

const list = defineRoute({
  method: 'GET',
  path: '/deckies',
  access: 'viewer',
  tag: 'fleet',
  summary: 'The fleet: who each decky plays, where it listens, who came.',
  response: deckies,
  handle: (_request, { read }) => read('deckies.list', titles),
})

const one = defineRoute({
  method: 'GET',
  path: '/deckies/:name',
  access: 'viewer',
  tag: 'fleet',
  summary: 'One decky.',
  params: z.object({ name: deckyName }),
  response: decky,
  async handle({ params }, { read }) {
    const found = (await read('deckies.list', titles)).find((decky) => decky.name === params.name)
    if (!found) throw deckyUnknown(params.name)
    return found
  },
})

const overview = defineRoute({
  method: 'GET',
  path: '/stats',
  access: 'viewer',
  tag: 'fleet',
  summary: 'What happened in a period, beside the equally long one before it. The last 24 hours by default.',
  query: statsQuery,
  response: stats,
  handle({ query }, { read, now }) {
    const to = millis(query.end_time) ?? now()
    const from = Math.min(millis(query.start_time) ?? to - DAY_MS, to)
    return read('stats', { from, to })
  },
})

export default [list, one, overview]

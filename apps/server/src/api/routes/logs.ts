import { histogram, histogramQuery, logPage, logQuery } from '@decnet/contracts/api'
import { logRow } from '../../store/log-row.ts'
import { iso } from '../../store/time.ts'
import { barsWithin } from '../bars.ts'
import { span } from '../period.ts'
import { defineRoute } from '../route.ts'

const tag = 'logs'

const list = defineRoute({
  method: 'GET',
  path: '/logs',
  access: 'viewer',
  tag,
  summary:
    'The event log, newest first. `search`: decky: service: event: attacker: session: topic: equal, key:value equals a field, a word occurs anywhere, - negates.',
  query: logQuery,
  response: logPage,
  async handle({ query }, { read }) {
    const { limit, offset, search, after, before } = query
    const page = await read('log.search', { limit, offset, search, after, before, ...span(query) })
    return { ...page, data: page.data.map(logRow) }
  },
})

const bars = defineRoute({
  method: 'GET',
  path: '/logs/histogram',
  access: 'viewer',
  tag,
  summary: 'The records that GET /logs counts, over time and by service; topic:system.log narrows them to events.',
  query: histogramQuery,
  response: histogram,
  async handle({ query }, { read }) {
    const kept = await read('log.span', undefined as never)
    if (!kept) return []
    const intervalMs = Math.round(query.interval_minutes * 60_000)
    const buckets = await read('log.histogram', { intervalMs, search: query.search, ...barsWithin(kept, span(query), intervalMs) })
    const rows = new Map<number, { time: string; count: number; services: Map<string, number> }>()
    for (const { time, service, count } of buckets) {
      const row = rows.get(time) ?? { time: iso(time), count: 0, services: new Map() }
      row.count += count
      row.services.set(service ?? '', (row.services.get(service ?? '') ?? 0) + count)
      rows.set(time, row)
    }
    return [...rows.values()].map((row) => ({ ...row, services: Object.fromEntries(row.services) }))
  },
})

export default [list, bars]

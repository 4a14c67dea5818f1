import { health } from '@decnet/contracts/api'
import { z } from 'zod'
import type { ApiContext } from '../context.ts'
import { defineRoute } from '../route.ts'

type Component = { status: 'ok' | 'failing'; detail: string | null }
const ok: Component = { status: 'ok', detail: null }
const failing = (detail: string): Component => ({ status: 'failing', detail })

async function components({ read, board }: ApiContext): Promise<Record<string, Component>> {
  const database = await read('log.bounds', undefined as never).then(
    () => ok,
    () => failing('does not answer'),
  )
  const { workers, bus_connected } = await board.snapshot()
  const found: Record<string, Component> = { database, bus: bus_connected ? ok : failing('not connected: workers poll') }
  for (const worker of workers) {
    if (worker.name === 'bus') continue
    const error = worker.extra.last_error
    if (worker.desired === 'stopped') found[worker.name] = failing('stopped by an operator')
    else if (typeof error === 'string') found[worker.name] = failing('fails and is tried again')
    else found[worker.name] = worker.status === 'stale' ? failing(`not seen for ${Math.round(worker.seconds_since ?? 0)} s`) : ok
  }
  return found
}

/** Without these nothing works. */
const CRITICAL = ['database', 'ingester']

const full = defineRoute({
  method: 'GET',
  path: '/health',
  access: 'viewer',
  tag: 'system',
  summary: 'Every part, well or not; 503 when a critical one is not.',
  response: health,
  otherStatuses: [503],
  async handle({ reply }, context) {
    const found = await components(context)
    const bad = Object.keys(found).filter((name) => found[name]?.status === 'failing')
    const status =
      bad.length === 0 ? ('healthy' as const) : bad.some((name) => CRITICAL.includes(name)) ? ('unhealthy' as const) : ('degraded' as const)
    if (status === 'unhealthy') reply.code(503)
    return { status, components: found }
  },
})

const ready = defineRoute({
  method: 'GET',
  path: '/ready',
  access: 'open',
  tag: 'system',
  summary: 'For load balancers: 200 when requests can be served. Says nothing else.',
  response: z.object({ ready: z.literal(true) }),
  async handle(_request, { read }) {
    await read('log.bounds', undefined as never)
    return { ready: true as const }
  },
})

export default [full, ready]

import { slug } from '@decnet/contracts'
import { startAll, workerAccepted, workers } from '@decnet/contracts/api'
import { topics } from '@decnet/contracts/topics'
import { AppError } from '@decnet/kernel'
import type { Bus } from '@decnet/kernel/bus'
import { z } from 'zod'
import { servedElsewhere } from '../../bus-switch.ts'
import { steerable } from '../../workers/manifests.ts'
import { defineRoute } from '../route.ts'

const tag = 'workers'
const params = z.object({ name: slug })

/** @throws {AppError} `worker_unknown`, `worker_not_stoppable`. */
function steerableHere(name: string, bus: Bus): void {
  steerable(name)
  const command = name === 'bus' ? servedElsewhere(bus) : null
  if (command !== null)
    throw new AppError('Another process serves the bus.', {
      code: 'worker_not_stoppable',
      status: 409,
      hint: `Stop and start it where it runs: ${command}`,
    })
}

const list = defineRoute({
  method: 'GET',
  path: '/workers',
  access: 'viewer',
  tag,
  summary: 'Background jobs: alive, how far behind, what went wrong.',
  response: workers,
  handle: (_request, { board }) => board.snapshot(),
})

const stop = defineRoute({
  method: 'POST',
  path: '/workers/:name/stop',
  access: 'admin',
  tag,
  summary: 'Ask a worker to stop; it stays stopped over restarts.',
  params,
  response: workerAccepted,
  status: 202,
  async handle({ params, caller }, { bus, write, now }) {
    steerableHere(params.name, bus)
    // Written down first: whoever runs it, here or on another host, obeys also where no bus carries the message.
    await write('workers.wish', { name: params.name, stopped: true, by: caller.username, now: now() })
    const asked = { action: 'stop', requested_by: caller.username, ts: now() / 1000 }
    bus.as('api').publishTo(topics.workerControl, [params.name], asked, 'control')
    return { accepted: true as const, worker: params.name, action: 'stop' as const, desired: 'stopped' as const }
  },
})

const start = defineRoute({
  method: 'POST',
  path: '/workers/:name/start',
  access: 'admin',
  tag,
  summary: 'Start a worker again.',
  params,
  response: workerAccepted,
  status: 202,
  async handle({ params, caller }, { bus, write, now }) {
    steerableHere(params.name, bus)
    await write('workers.wish', { name: params.name, stopped: false, by: caller.username, now: now() })
    // Whoever runs it looks at what was written down; a worker itself ignores it.
    const asked = { action: 'start', requested_by: caller.username, ts: now() / 1000 }
    bus.as('api').publishTo(topics.workerControl, [params.name], asked, 'control')
    return { accepted: true as const, worker: params.name, action: 'start' as const, desired: 'running' as const }
  },
})

const startEvery = defineRoute({
  method: 'POST',
  path: '/workers/start-all',
  access: 'admin',
  tag,
  summary: 'Start every worker that is stopped.',
  response: startAll,
  async handle({ caller }, { board, bus, write, now }) {
    const answer = { started: [] as string[], already_running: [] as string[], failed: [] as { name: string; reason: string }[] }
    for (const { name, stoppable, desired, state } of (await board.snapshot()).workers) {
      if (!stoppable) continue
      if (desired === 'running' && state === 'running') {
        answer.already_running.push(name)
        continue
      }
      try {
        await write('workers.wish', { name, stopped: false, by: caller.username, now: now() })
        bus
          .as('api')
          .publishTo(topics.workerControl, [name], { action: 'start', requested_by: caller.username, ts: now() / 1000 }, 'control')
        answer.started.push(name)
      } catch (error) {
        answer.failed.push({ name, reason: error instanceof Error ? error.message : String(error) })
      }
    }
    return answer
  },
})

export default [list, startEvery, stop, start]

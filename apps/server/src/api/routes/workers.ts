import { slug } from '@decnet/contracts'
import { startAll, workerAccepted, workers } from '@decnet/contracts/api'
import { topics } from '@decnet/contracts/topics'
import { AppError } from '@decnet/kernel'
import { z } from 'zod'
import type { ApiContext } from '../context.ts'
import { defineRoute } from '../route.ts'

const tag = 'workers'
const params = z.object({ name: slug })

async function known(name: string, { board }: ApiContext) {
  const worker = (await board.snapshot()).workers.find((worker) => worker.name === name)
  if (!worker) throw new AppError(`There is no worker ${name}.`, { code: 'worker_unknown', status: 404 })
  if (!worker.stoppable)
    throw new AppError(`${name} is a process: it stops and starts with decnet up.`, { code: 'worker_not_stoppable', status: 409 })
  return worker
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
  async handle({ params, caller }, context) {
    await known(params.name, context)
    context.bus
      .as('api')
      .publishTo(
        topics.workerControl,
        [params.name],
        { action: 'stop', requested_by: caller.username, ts: context.now() / 1000 },
        'control',
      )
    // Whoever supervises it remembers the wish, and stops it also where no bus carries the message.
    void context.write('workers.stop', params)
    return { accepted: true as const, worker: params.name, action: 'stop' as const }
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
  async handle({ params }, context) {
    await known(params.name, context)
    await context.write('workers.start', params)
    return { accepted: true as const, worker: params.name, action: 'start' as const }
  },
})

const startEvery = defineRoute({
  method: 'POST',
  path: '/workers/start-all',
  access: 'admin',
  tag,
  summary: 'Start every worker that is stopped.',
  response: startAll,
  async handle(_request, { board, write }) {
    const answer = { started: [] as string[], already_running: [] as string[], failed: [] as { name: string; reason: string }[] }
    for (const { name, stoppable } of (await board.snapshot()).workers) {
      if (!stoppable) continue
      try {
        const { wasRunning } = await write('workers.start', { name })
        answer[wasRunning ? 'already_running' : 'started'].push(name)
      } catch (error) {
        answer.failed.push({ name, reason: error instanceof Error ? error.message : String(error) })
      }
    }
    return answer
  },
})

export default [list, startEvery, stop, start]

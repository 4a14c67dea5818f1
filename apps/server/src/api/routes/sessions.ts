import { logPage, paging, session, sessionPage, sessionQuery } from '@decnet/contracts/api'
import { AppError } from '@decnet/kernel'
import { z } from 'zod'
import { logRow } from '../../store/log-row.ts'
import type { ApiContext } from '../context.ts'
import { openEvidence } from '../evidence.ts'
import { span } from '../period.ts'
import { defineRoute } from '../route.ts'

const tag = 'sessions'
const params = z.object({ id: z.string().min(1).max(64) })

async function known(id: string, { read }: ApiContext) {
  const found = await read('sessions.find', id)
  if (!found) throw new AppError('There is no such session.', { code: 'session_unknown', status: 404 })
  return found
}

const list = defineRoute({
  method: 'GET',
  path: '/sessions',
  access: 'viewer',
  tag,
  summary: 'Connections to services, newest first.',
  query: sessionQuery,
  response: sessionPage,
  handle: ({ query }, { read }) => read('sessions.list', { ...query, ...span(query) }),
})

const one = defineRoute({
  method: 'GET',
  path: '/sessions/:id',
  access: 'viewer',
  tag,
  summary: 'One session.',
  params,
  response: session,
  handle: async ({ params }, context) => (await known(params.id, context)).session,
})

const events = defineRoute({
  method: 'GET',
  path: '/sessions/:id/events',
  access: 'viewer',
  tag,
  summary: 'All records of one session, newest first.',
  params,
  query: paging,
  response: logPage,
  async handle({ params, query }, context) {
    await known(params.id, context)
    const page = await context.read('log.search', { search: `session:${JSON.stringify(params.id)}`, ...query })
    return { ...page, data: page.data.map(logRow) }
  },
})

const replay = defineRoute({
  method: 'GET',
  path: '/sessions/:id/replay',
  access: 'viewer',
  tag,
  summary: 'The terminal recording, as an asciicast v2 file.',
  params,
  async handle({ params, reply }, context) {
    const { replay } = await known(params.id, context)
    if (replay === null) throw new AppError('This session has no recording.', { code: 'replay_absent', status: 404 })
    const { stream, size } = await openEvidence(context.home, 'replay', replay)
    return reply
      .header('content-length', size)
      .header('content-disposition', `attachment; filename="${params.id}.cast"`)
      .type('application/x-asciicast')
      .send(stream)
  },
})

export default [list, one, events, replay]

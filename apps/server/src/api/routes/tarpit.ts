import { deckyName } from '@decnet/contracts'
import { tarpitRequest, tarpitState } from '@decnet/contracts/api'
import { z } from 'zod'
import { defineRoute } from '../route.ts'

const params = z.object({ name: deckyName })
const tag = 'fleet'
const path = '/deckies/:name/tarpit'

const show = defineRoute({
  method: 'GET',
  path,
  access: 'viewer',
  tag,
  summary: 'Which services of a decky hold up whoever comes, and who is held up now.',
  params,
  response: tarpitState,
  handle: ({ params: { name } }, { read }) => read('tarpits.of', name),
})

const set = defineRoute({
  method: 'POST',
  path,
  access: 'admin',
  tag,
  summary: 'Hold up whoever comes: a late first word, bytes one by one. Connections that are there are slowed too; none is cut.',
  params,
  body: tarpitRequest,
  response: tarpitState,
  async handle({ params: { name }, body: { services, ...pace }, caller }, { write, read, now }) {
    await write('fleet.tarpit', { decky: name, services: services ?? null, pace, actor: caller.username, now: now() })
    return read('tarpits.of', name)
  },
})

const clear = defineRoute({
  method: 'DELETE',
  path,
  access: 'admin',
  tag,
  summary: 'Hold up nobody any longer.',
  params,
  response: tarpitState,
  async handle({ params: { name }, caller }, { write, read, now }) {
    await write('fleet.tarpit', { decky: name, services: null, pace: null, actor: caller.username, now: now() })
    return read('tarpits.of', name)
  },
})

export default [show, set, clear]

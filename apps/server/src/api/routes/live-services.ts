import { setTimeout as pause } from 'node:timers/promises'
import { deckyName, slug } from '@decnet/contracts'
import {
  addService,
  applyConfig,
  type Lifecycle,
  lifecycle,
  liveQuery,
  saveConfig,
  savedConfig,
  serviceCatalogue,
  serviceSchema,
} from '@decnet/contracts/api'
import { AppError } from '@decnet/kernel'
import { services } from '@decnet/services'
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { serviceNamed, serviceSchemaOf } from '../../fleet/service-schema.ts'
import type { ApiContext } from '../context.ts'
import { defineRoute } from '../route.ts'

const tag = 'fleet'
const ofDecky = z.object({ name: deckyName })
const ofService = z.object({ name: deckyName, service: slug })

/** Who waits is answered within this time, milliseconds. */
const PATIENCE_MS = 10_000
const LOOK_MS = 50

async function shown(id: string, { read }: ApiContext): Promise<Lifecycle> {
  const [operation] = (await read('fleet.operations', { ids: [id], limit: 1, offset: 0 })).data
  if (operation) return operation
  throw new AppError('There is no such operation.', { code: 'operation_unknown', status: 404 })
}

/** 202 with the operation as it begins; to who waits 200 or 500 with its end, or 202 where that takes too long. */
async function answer(id: string, wait: boolean | undefined, reply: FastifyReply, context: ApiContext): Promise<Lifecycle> {
  let operation = await shown(id, context)
  for (const until = performance.now() + PATIENCE_MS; wait && performance.now() < until; operation = await shown(id, context)) {
    if (operation.status === 'succeeded' || operation.status === 'failed') {
      reply.code(operation.status === 'succeeded' ? 200 : 500)
      break
    }
    await pause(LOOK_MS)
  }
  return operation
}

const catalogue = defineRoute({
  method: 'GET',
  path: '/topologies/services',
  access: 'viewer',
  tag,
  summary: 'The services that a decky can play.',
  response: serviceCatalogue,
  handle: async () =>
    services.map(serviceSchemaOf).map(({ name, title, ports, fields }) => ({ name, title, ports, fields: fields.length })),
})

const schema = defineRoute({
  method: 'GET',
  path: '/topologies/services/:name/schema',
  access: 'viewer',
  tag,
  summary: 'What can be said to a service: its settings one by one, and as JSON Schema.',
  params: z.object({ name: slug }),
  response: serviceSchema,
  handle: async ({ params }) => serviceSchemaOf(serviceNamed(params.name, 404)),
})

const add = defineRoute({
  method: 'POST',
  path: '/deckies/:name/services',
  access: 'admin',
  tag,
  summary: 'Give a decky one more service while it runs; the others do not notice.',
  params: ofDecky,
  query: liveQuery,
  body: addService,
  response: lifecycle,
  status: 202,
  otherStatuses: [200, 500],
  async handle({ params, query, body, caller, reply }, context) {
    const order = { decky: params.name, ...body, actor: caller.username, now: context.now() }
    return answer((await context.write('fleet.addService', order)).id, query.wait, reply, context)
  },
})

const remove = defineRoute({
  method: 'DELETE',
  path: '/deckies/:name/services/:service',
  access: 'admin',
  tag,
  summary: 'Take a service from a decky while it runs: its sessions end, those of the others go on.',
  params: ofService,
  query: liveQuery,
  response: lifecycle,
  status: 202,
  otherStatuses: [200, 500],
  async handle({ params, query, caller, reply }, context) {
    const order = { decky: params.name, service: params.service, actor: caller.username, now: context.now() }
    return answer((await context.write('fleet.removeService', order)).id, query.wait, reply, context)
  },
})

const save = defineRoute({
  method: 'PUT',
  path: '/deckies/:name/services/:service/config',
  access: 'admin',
  tag,
  summary: 'Keep a configuration for the next start of a service, which goes on as it is.',
  params: ofService,
  body: saveConfig,
  response: savedConfig,
  async handle({ params: { name, service }, body }, { write, now }) {
    const config = await write('fleet.saveConfig', { decky: name, service, config: body.config, now: now() })
    return { decky_name: name, service, config: config as z.input<typeof savedConfig>['config'], recreated: false as const }
  },
})

const apply = defineRoute({
  method: 'POST',
  path: '/deckies/:name/services/:service/apply',
  access: 'admin',
  tag,
  summary: 'Start one service of a decky anew with a configuration, or with what was saved; the others do not notice.',
  params: ofService,
  query: liveQuery,
  body: applyConfig,
  response: lifecycle,
  status: 202,
  otherStatuses: [200, 500],
  async handle({ params, query, body, caller, reply }, context) {
    const order = { decky: params.name, service: params.service, config: body.config ?? null, actor: caller.username, now: context.now() }
    return answer((await context.write('fleet.applyConfig', order)).id, query.wait, reply, context)
  },
})

export default [catalogue, schema, add, remove, save, apply]

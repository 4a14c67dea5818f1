import {
  deployAccepted,
  deployQuery,
  deployRequest,
  fleetArchetypes,
  fleetDistros,
  fleetNetworks,
  redeployAccepted,
  teardownAccepted,
  teardownRequest,
} from '@decnet/contracts/api'
import { AppError } from '@decnet/kernel'
import { services } from '@decnet/services'
import { listArchetypes, listDistros } from '../../fleet/kinds.ts'
import { checkNetwork } from '../../fleet/lan/choose-network.ts'
import { detectLan } from '../../fleet/lan/detect-lan.ts'
import { readOrder } from '../../fleet/order/read-order.ts'
import { requestOf } from '../../fleet/order/request-of.ts'
import { takenAddresses } from '../../fleet/taken-addresses.ts'
import { defineRoute } from '../route.ts'
import { TextBody } from '../text-body.ts'

const tag = 'fleet'
const known = services.map(({ name }) => name)
const YAML = 'application/yaml'

const deploy = defineRoute({
  method: 'POST',
  path: '/deckies/deploy',
  access: 'admin',
  tag,
  summary:
    'Make deckies: as JSON, as INI (text/plain) or as YAML. Each is followed by the id of its operation. With dry_run=true the plan is answered, and nothing is changed.',
  query: deployQuery,
  body: deployRequest,
  texts: ['text/plain', YAML],
  response: deployAccepted,
  status: 202,
  otherStatuses: [200],
  async handle({ query, body, caller, raw, reply }, { write, home, now }) {
    const machine = detectLan()
    const text = raw.body instanceof TextBody ? raw.body : null
    const read = text && readOrder(text.text, text.type === YAML ? 'yaml' : 'ini', known)
    try {
      const asked = read ? requestOf(read.order, machine) : body
      const request = { ...asked, replace_fleet: query.replace_fleet ?? asked.replace_fleet }
      if (request.network) checkNetwork(request.network, machine)
      const order = { request, actor: caller.username, now: now() }
      const taken = await takenAddresses(async (taken) => (await write('fleet.deploy', { ...order, taken, dry: true })).plan, machine, home)
      const { ids, plan } = await write('fleet.deploy', { ...order, taken, dry: query.dry_run ?? false })
      if (query.dry_run) reply.code(200)
      return { lifecycle_ids: [...ids], plan, warnings: [...(read?.warnings ?? [])] }
    } catch (error) {
      throw read && error instanceof AppError ? read.located(error) : error
    }
  },
})

const teardown = defineRoute({
  method: 'POST',
  path: '/deckies/teardown',
  access: 'admin',
  tag,
  summary: 'Retire deckies, by name or all of them. What they captured stays.',
  body: teardownRequest,
  response: teardownAccepted,
  status: 202,
  async handle({ body, caller }, { write, now }) {
    const names = 'names' in body ? body.names : null
    const made = await write('fleet.teardown', { names, actor: caller.username, now: now() })
    return { lifecycle_ids: made.map(({ id }) => id), retired: made.map(({ decky }) => decky) }
  },
})

const redeploy = defineRoute({
  method: 'POST',
  path: '/deckies/redeploy',
  access: 'admin',
  tag,
  summary: 'Make every host of the fleet anew, as it is. Connections end.',
  response: redeployAccepted,
  status: 202,
  handle: async ({ caller }, { write, now }) => ({
    lifecycle_ids: (await write('fleet.redeploy', { actor: caller.username, now: now() })).map(({ id }) => id),
  }),
})

const kinds = defineRoute({
  method: 'GET',
  path: '/fleet/archetypes',
  access: 'viewer',
  tag,
  summary: 'The kinds of host that there are.',
  response: fleetArchetypes,
  handle: async () => listArchetypes(),
})

const releases = defineRoute({
  method: 'GET',
  path: '/fleet/distros',
  access: 'viewer',
  tag,
  summary: 'The distributions that a host may play.',
  response: fleetDistros,
  handle: async () => listDistros(),
})

const network = defineRoute({
  method: 'GET',
  path: '/fleet/network',
  access: 'viewer',
  tag,
  summary: 'Where the fleet stands, and where this machine could put it.',
  response: fleetNetworks,
  async handle(_request, { read }) {
    const { root, linux, interfaces, parts } = detectLan()
    return { ...(await read('fleet.network', undefined)), root, linux, interfaces: interfaces.filter(({ name }) => !parts.has(name)) }
  },
})

export default [deploy, teardown, redeploy, kinds, releases, network]

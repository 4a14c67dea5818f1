import { attackerProbes, probesWanted } from '@decnet/contracts/api'
import { AppError } from '@decnet/kernel'
import { z } from 'zod'
import type { ApiContext } from '../context.ts'
import { defineRoute } from '../route.ts'

const tag = 'attackers'
/** A uuid, or an address. */
const params = z.object({ uuid: z.string().min(2).max(64) })

async function known(key: string, { read }: ApiContext) {
  const found = await read('attackers.find', key)
  if (found) return found
  throw new AppError('Nobody is known by that uuid or address.', { code: 'attacker_unknown', status: 404 })
}

const list = defineRoute({
  method: 'GET',
  path: '/attackers/:uuid/probes',
  access: 'viewer',
  tag,
  summary: 'What this attacker’s own machine was asked, and what it showed.',
  params,
  response: attackerProbes,
  async handle({ params }, context) {
    const { uuid, ip } = await known(params.uuid, context)
    return { ...(await context.write('probes.may', { ip })), data: await context.read('attackers.probes', uuid) }
  },
})

const want = defineRoute({
  method: 'POST',
  path: '/attackers/:uuid/probe',
  access: 'admin',
  tag,
  summary: 'Ask this attacker’s own machine now. Refused for addresses that may not be probed, and while the prober is switched off.',
  params,
  response: probesWanted,
  status: 202,
  async handle({ params }, context) {
    const { uuid, ip } = await known(params.uuid, context)
    return { probes: await context.write('probes.want', { uuid, ip }) }
  },
})

export default [list, want]

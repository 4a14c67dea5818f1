import { sha256, uuid } from '@decnet/contracts'
import {
  credentialPage,
  credentialQuery,
  credentialReuse,
  credentialReusePage,
  credentialReuseQuery,
  given,
  period,
  topCredentialRows,
} from '@decnet/contracts/api'
import { AppError } from '@decnet/kernel'
import { z } from 'zod'
import { span } from '../period.ts'
import { defineRoute } from '../route.ts'

const tag = 'credentials'

const list = defineRoute({
  method: 'GET',
  path: '/credentials',
  access: 'viewer',
  tag,
  summary: 'What was tried, with the exact bytes in `secret_b64`.',
  query: credentialQuery,
  response: credentialPage,
  handle: ({ query }, { read }) =>
    read('credentials.list', {
      ...query,
      ...span(query),
      sortBy: query.sort_by,
      attackerIp: query.attacker_ip,
      secretSha256: query.secret_sha256,
    }),
})

const top = defineRoute({
  method: 'GET',
  path: '/credentials/top',
  access: 'viewer',
  tag,
  summary: 'The most tried passwords, principals or pairs, with their exact bytes.',
  query: period.extend({
    by: given(z.enum(['secret', 'principal', 'pair']).default('secret')),
    limit: given(z.coerce.number().int().min(1).max(100).default(20)),
  }),
  response: topCredentialRows,
  handle: ({ query }, { read }) => read('credentials.top', { by: query.by, limit: query.limit, ...span(query) }),
})

const attempts = defineRoute({
  method: 'GET',
  path: '/credentials/attempts/:sha256',
  access: 'viewer',
  tag,
  summary: 'Every place where one secret was tried.',
  params: z.object({ sha256 }),
  response: credentialPage,
  handle: ({ params }, { read }) => read('credentials.attempts', { sha256: params.sha256, limit: 1000 }),
})

const reuse = defineRoute({
  method: 'GET',
  path: '/credential-reuse',
  access: 'viewer',
  tag,
  summary: 'Secrets used on two or more (decky, service), most targets first.',
  query: credentialReuseQuery,
  response: credentialReusePage,
  handle: ({ query }, { read }) =>
    read('reuse.list', {
      minTargetCount: query.min_target_count,
      secretKind: query.secret_kind,
      attackerIp: query.attacker_ip,
      limit: query.limit,
      offset: query.offset,
    }),
})

const oneReuse = defineRoute({
  method: 'GET',
  path: '/credential-reuse/:id',
  access: 'viewer',
  tag,
  summary: 'One finding.',
  params: z.object({ id: uuid }),
  response: credentialReuse,
  async handle({ params }, { read }) {
    const found = await read('reuse.find', params.id)
    if (!found) throw new AppError('There is no such finding.', { code: 'reuse_unknown', status: 404 })
    return found
  },
})

export default [list, top, attempts, reuse, oneReuse]

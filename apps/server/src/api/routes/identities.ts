import { uuid } from '@decnet/contracts'
import {
  attribution,
  groupEvidence,
  identity,
  identityMemberPage,
  identityPage,
  identityQuery,
  operatorAnswer,
  operatorLinkBody,
  operatorLinkPage,
  paging,
  splitBody,
} from '@decnet/contracts/api'
import { AppError } from '@decnet/kernel'
import { z } from 'zod'
import { contradictedOrders } from '../../domain/contradicted-orders.ts'
import { linkId } from '../../store/operator-links.ts'
import { span } from '../period.ts'
import { defineRoute } from '../route.ts'

const tag = 'identities'
const params = z.object({ uuid })

/** A uuid that was merged into another leads there. */
function found<T>(value: T | null): T {
  if (value === null) throw new AppError('There is no such identity.', { code: 'identity_unknown', status: 404 })
  return value
}

const list = defineRoute({
  method: 'GET',
  path: '/identities',
  access: 'viewer',
  tag,
  summary: 'Who is behind the addresses.',
  query: identityQuery,
  response: identityPage,
  handle: ({ query }, { read }) =>
    read('identities.list', { ...query, ...span(query), sortBy: query.sort_by, multiActor: query.multi_actor }),
})

const one = defineRoute({
  method: 'GET',
  path: '/identities/:uuid',
  access: 'viewer',
  tag,
  summary: 'One identity; the uuid of one that was merged leads to the one that stands.',
  params,
  response: identity,
  handle: async ({ params }, { read }) => found(await read('identities.find', params.uuid)),
})

const observations = defineRoute({
  method: 'GET',
  path: '/identities/:uuid/observations',
  access: 'viewer',
  tag,
  summary: 'Its attackers, latest first, each with the reason why it is one.',
  params,
  query: paging,
  response: identityMemberPage,
  handle: async ({ params, query }, { read }) => found(await read('identities.members', { ...params, ...query })),
})

const evidence = defineRoute({
  method: 'GET',
  path: '/identities/:uuid/evidence',
  access: 'viewer',
  tag,
  summary: 'What joins its attackers, how it came so, and what operators said.',
  params,
  response: groupEvidence,
  handle: async ({ params }, { read }) => found(await read('groups.evidence', { layer: 'identity', ...params })),
})

const traits = defineRoute({
  method: 'GET',
  path: '/identities/:uuid/attribution',
  access: 'viewer',
  tag,
  summary: 'What is known of how it works, trait by trait.',
  params,
  response: attribution,
  handle: async ({ params }, { read }) => found(await read('identities.attribution', params.uuid)),
})

const links = defineRoute({
  method: 'GET',
  path: '/identities/links',
  access: 'viewer',
  tag,
  summary: 'What operators said of pairs of attackers, latest first, and whether it is so.',
  query: paging,
  response: operatorLinkPage,
  handle: ({ query }, { read }) => read('identities.links', query),
})

const state = defineRoute({
  method: 'POST',
  path: '/identities/links',
  access: 'admin',
  tag,
  summary: 'Say that two attackers are one, or are not. It holds whatever comes, until it is withdrawn.',
  body: operatorLinkBody,
  response: operatorAnswer,
  status: 202,
  async handle({ body, caller }, { read, write, now }) {
    for (const side of ['a', 'b'] as const)
      if (!(await read('attackers.find', body[side])))
        throw new AppError(`Nobody is known by ${body[side]}.`, { code: 'attacker_unknown', status: 404 })
    if (body.a === body.b) throw new AppError('An attacker is always itself.', { code: 'same_attacker', status: 422 })
    const [clash] = contradictedOrders(await read('identities.orders', undefined), { ...body, id: linkId(body) })
    if (clash) {
      const [one, other] = await Promise.all([clash.a, clash.b].map((uuid) => read('attackers.find', uuid)))
      throw new AppError(
        `That contradicts what was said before: ${one?.ip ?? clash.a} and ${other?.ip ?? clash.b} are ${clash.kind === 'forbid' ? 'not ' : ''}one.`,
        { code: 'contradicts', status: 409, hint: `Take that back first: DELETE /identities/links/${clash.id}` },
      )
    }
    const statements = [{ ...body, by: caller.username, reason: body.reason ?? null }]
    return { accepted: await write('identities.state', { statements, now: now() }), links: statements.map(linkId) }
  },
})

const withdraw = defineRoute({
  method: 'DELETE',
  path: '/identities/links/:id',
  access: 'admin',
  tag,
  summary: 'Take back what was said of two attackers.',
  params: z.object({ id: uuid }),
  response: operatorAnswer,
  status: 202,
  async handle({ params, caller }, { read, write, now }) {
    const link = await read('identities.link', params.id)
    if (!link) throw new AppError('Nothing was said under that id.', { code: 'link_unknown', status: 404 })
    const statements = [{ kind: 'withdraw' as const, a: link.a, b: link.b, by: caller.username, reason: null }]
    return { accepted: await write('identities.state', { statements, now: now() }), links: statements.map(linkId) }
  },
})

const split = defineRoute({
  method: 'POST',
  path: '/identities/:uuid/split',
  access: 'admin',
  tag,
  summary: 'Say that these of its attackers are somebody else than the rest.',
  params,
  body: splitBody,
  response: operatorAnswer,
  status: 202,
  async handle({ params, body, caller }, { read, write, now }) {
    const all = found(await read('identities.memberUuids', params.uuid))
    const apart = new Set(body.members)
    const strangers = [...apart].filter((member) => !all.includes(member))
    if (strangers.length > 0) throw new AppError(`${strangers[0]} is none of its attackers.`, { code: 'not_a_member', status: 422 })
    const rest = all.filter((member) => !apart.has(member))
    if (rest.length === 0) throw new AppError('That would leave nobody.', { code: 'nobody_left', status: 422 })
    const statements = [...apart].flatMap((a) =>
      rest.map((b) => ({ kind: 'forbid' as const, a, b, by: caller.username, reason: body.reason ?? null })),
    )
    if (statements.length > 10_000)
      throw new AppError('That is too much to say at once.', {
        code: 'too_many_pairs',
        status: 422,
        hint: 'Split off fewer attackers at a time.',
      })
    return { accepted: await write('identities.state', { statements, now: now() }), links: statements.map(linkId) }
  },
})

export default [list, links, one, observations, evidence, traits, state, withdraw, split]

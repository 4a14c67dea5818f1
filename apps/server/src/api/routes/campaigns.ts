import { uuid } from '@decnet/contracts'
import { campaign, campaignPage, campaignQuery, groupEvidence, identityPage, paging } from '@decnet/contracts/api'
import { AppError } from '@decnet/kernel'
import { z } from 'zod'
import { span } from '../period.ts'
import { defineRoute } from '../route.ts'

const tag = 'campaigns'
const params = z.object({ uuid })

/** A uuid that was merged into another leads there. */
function found<T>(value: T | null): T {
  if (value === null) throw new AppError('There is no such campaign.', { code: 'campaign_unknown', status: 404 })
  return value
}

const list = defineRoute({
  method: 'GET',
  path: '/campaigns',
  access: 'viewer',
  tag,
  summary: 'Identities that work together.',
  query: campaignQuery,
  response: campaignPage,
  handle: ({ query }, { read }) => read('campaigns.list', { ...query, ...span(query), sortBy: query.sort_by }),
})

const one = defineRoute({
  method: 'GET',
  path: '/campaigns/:uuid',
  access: 'viewer',
  tag,
  summary:
    'One campaign; the uuid of one that was merged leads to the one that stands. One that was dissolved is gone (410), and its evidence tells why.',
  params,
  response: campaign,
  async handle({ params }, { read }) {
    const standing = await read('campaigns.find', params.uuid)
    if (standing) return standing
    found(await read('groups.evidence', { layer: 'campaign', ...params }))
    throw new AppError('This campaign was dissolved: fewer than two identities are left of it.', {
      code: 'campaign_dissolved',
      status: 410,
      hint: `How it came so is told at /campaigns/${params.uuid}/evidence.`,
    })
  },
})

const identities = defineRoute({
  method: 'GET',
  path: '/campaigns/:uuid/identities',
  access: 'viewer',
  tag,
  summary: 'Who takes part, latest first.',
  params,
  query: paging,
  response: identityPage,
  handle: async ({ params, query }, { read }) => found(await read('campaigns.identities', { ...params, ...query })),
})

const evidence = defineRoute({
  method: 'GET',
  path: '/campaigns/:uuid/evidence',
  access: 'viewer',
  tag,
  summary: 'What joins its identities, and how it came so.',
  params,
  response: groupEvidence,
  handle: async ({ params }, { read }) => found(await read('groups.evidence', { layer: 'campaign', ...params })),
})

export default [list, one, identities, evidence]

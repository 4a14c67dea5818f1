import { uuid } from '@decnet/contracts'
import {
  type NavigatorLayer,
  navigatorDifferenceQuery,
  navigatorQuery,
  navigatorLayer as navigatorShape,
  observedQuery,
  observedTechniques,
  techniqueTagQuery,
  techniqueTags,
} from '@decnet/contracts/api'
import { AppError } from '@decnet/kernel'
import { z } from 'zod'
import { attackData } from '../../attack/load.ts'
import { navigatorDifference, navigatorLayer } from '../../domain/attack/navigator-layer.ts'
import { showObserved } from '../../domain/attack/show-observed.ts'
import type { TagScope } from '../../store/observed-techniques.ts'
import type { ApiContext } from '../context.ts'
import { span } from '../period.ts'
import { type AnyRoute, defineRoute } from '../route.ts'

const tag = 'ttp'
const EVERYBODY: TagScope = { of: 'fleet', id: '' }
const id = z.string().min(2).max(64)
const technique = z.string().regex(/^T\d{4}(?:\.\d{3})?$/iu, 'must be like T1110, or T1110.001 for a sub-technique')

type Observed = z.output<typeof observedQuery>
async function observed(scope: TagScope, query: Omit<Observed, 'tactic'> & { tactic?: string | undefined }, { read, home }: ApiContext) {
  const data = attackData(home)
  const { tactic } = query
  const asked = data.tactics.filter(({ id, shortName }) => tactic === id || tactic === shortName).map(({ id }) => id)
  const rows = await read('techniques.observed', { scope, ...span(query), confidence: query.confidence })
  const shown = rows.map((row) => showObserved(data, row))
  return tactic === undefined ? shown : shown.filter(({ tactics }) => tactics.some(({ id }) => asked.includes(id)))
}

type Tags = z.output<typeof techniqueTagQuery>
/** A sub-technique is asked for by its id, or beside its parent. */
async function tags(scope: TagScope, named: string, query: Tags, { read, rules }: ApiContext) {
  const [parent = '', child] = named.toUpperCase().split('.')
  const sub = child === undefined ? query.sub_technique_id : `${parent}.${child}`
  const filter = { scope, ...span(query), confidence: query.confidence, limit: query.limit }
  const [rows, titles] = await Promise.all([
    read('techniques.tags', { ...filter, technique: parent, sub }),
    rules('rules.titles', undefined),
  ])
  return rows.map((row) => ({ ...row, rule_title: titles.get(row.rule_id) ?? null }))
}

/** Whose techniques can be asked for, as paths name them. */
const SUBJECTS = [
  { of: 'attacker', whose: 'of an attacker, by uuid or address', params: z.object({ id }) },
  { of: 'session', whose: 'of one session', params: z.object({ id }) },
  { of: 'identity', whose: 'of an identity: of all its attackers as they are now', params: z.object({ id: uuid }) },
  { of: 'campaign', whose: 'of a campaign: of all its identities as they are now', params: z.object({ id: uuid }) },
] as const

const everybody = defineRoute({
  method: 'GET',
  path: '/ttp/observed',
  access: 'viewer',
  tag,
  summary: 'The techniques that were recognised in what all attackers did, sub-techniques apart.',
  query: observedQuery,
  response: observedTechniques,
  handle: ({ query }, context) => observed(EVERYBODY, query, context),
})

const bySubject = SUBJECTS.map(
  ({ of, whose, params }): AnyRoute =>
    defineRoute({
      method: 'GET',
      path: `/ttp/by-${of}/:id`,
      access: 'viewer',
      tag,
      summary: `The techniques ${whose}; none of an id that nobody has.`,
      params,
      query: observedQuery,
      response: observedTechniques,
      handle: ({ params, query }, context) => observed({ of, id: params.id }, query, context),
    }),
)

const allTags = defineRoute({
  method: 'GET',
  path: '/ttp/tags/:technique',
  access: 'viewer',
  tag,
  summary: 'Why a technique is said to have been used, whoever did it: newest first, each with rule, evidence and record.',
  params: z.object({ technique }),
  query: techniqueTagQuery,
  response: techniqueTags,
  handle: ({ params, query }, context) => tags(EVERYBODY, params.technique, query, context),
})

const tagsBySubject = SUBJECTS.map(
  ({ of, whose, params }): AnyRoute =>
    defineRoute({
      method: 'GET',
      path: `/ttp/tags/by-${of}/:id/:technique`,
      access: 'viewer',
      tag,
      summary: `The evidence for a technique ${whose}; newest first.`,
      params: params.extend({ technique }),
      query: techniqueTagQuery,
      response: techniqueTags,
      handle: ({ params, query }, context) => tags({ of, id: params.id }, params.technique, query, context),
    }),
)

const tagsOfRule = defineRoute({
  method: 'GET',
  path: '/ttp/rules/:id/tags',
  access: 'viewer',
  tag,
  summary: 'What a rule recognised, newest first; nothing of a rule that there is not.',
  params: z.object({ id: z.string().min(1).max(64) }),
  query: techniqueTagQuery.omit({ sub_technique_id: true }),
  response: techniqueTags,
  async handle({ params: { id }, query }, { read, rules }) {
    const filter = { scope: { of: 'rule', id }, ...span(query), confidence: query.confidence, limit: query.limit } as const
    const [rows, titles] = await Promise.all([read('techniques.tags', filter), rules('rules.titles', undefined)])
    return rows.map((row) => ({ ...row, rule_title: titles.get(row.rule_id) ?? null }))
  },
})

type LayerQuery = z.output<typeof navigatorQuery>
const factsOf = (whose: string, scope: TagScope, { confidence }: Pick<LayerQuery, 'confidence'>, from: string, to: string) => ({
  Of: whose,
  ...(scope.id !== '' && { Id: scope.id }),
  From: from,
  To: to,
  'Least confidence': String(confidence),
})
async function layer(scope: TagScope, whose: string, query: LayerQuery, context: ApiContext): Promise<NavigatorLayer> {
  const rows = await observed(scope, query, context)
  const [from, to] = [query.start_time ?? 'the beginning', query.end_time ?? new Date(context.now()).toISOString()]
  const description = `What DECNET recognised from ${from} to ${to}; the score is the number of tags.`
  const facts = factsOf(whose, scope, query, from, to)
  return navigatorLayer(attackData(context.home), rows, { domain: query.domain, name: `DECNET: ${whose}`, description, facts })
}
const attached = (name: string, { domain }: Pick<LayerQuery, 'domain'>) => `attachment; filename="navigator-${name}-${domain}.json"`

const exported = defineRoute({
  method: 'GET',
  path: '/ttp/export/navigator',
  access: 'viewer',
  tag,
  summary: 'What was recognised, as a layer for MITRE’s ATT&CK Navigator.',
  query: navigatorQuery,
  response: navigatorShape,
  async handle({ query, reply }, context) {
    reply.header('content-disposition', attached('fleet', query))
    return layer(EVERYBODY, 'all attackers', query, context)
  },
})

const difference = defineRoute({
  method: 'GET',
  path: '/ttp/export/navigator/difference',
  access: 'viewer',
  tag,
  summary: 'What was recognised more or less often than in the period of the same length before, as a layer for MITRE’s ATT&CK Navigator.',
  query: navigatorDifferenceQuery,
  response: navigatorShape,
  async handle({ query, reply }, context) {
    const [from, to] = [Date.parse(query.start_time), query.end_time === undefined ? context.now() : Date.parse(query.end_time)]
    if (to <= from) throw new AppError('The period ends before it begins.', { code: 'period_empty', status: 422 })
    const [start_time, middle, end_time] = [from - (to - from), from, to].map((time) => new Date(time).toISOString())
    const rows = await observed(EVERYBODY, { ...query, start_time: middle, end_time }, context)
    const before = await observed(EVERYBODY, { ...query, start_time, end_time: new Date(from - 1).toISOString() }, context)
    reply.header('content-disposition', attached('difference', query))
    return navigatorDifference(attackData(context.home), rows, before, {
      domain: query.domain,
      name: 'DECNET: what changed',
      description: `From ${middle} to ${end_time}, against the same length of time before; the score is how many tags more.`,
      facts: factsOf('all attackers', EVERYBODY, query, new Date(from).toISOString(), new Date(to).toISOString()),
    })
  },
})

const exportedGroups = (['identity', 'campaign'] as const).map((of) =>
  defineRoute({
    method: 'GET',
    path: `/ttp/export/navigator/${of}/:id`,
    access: 'viewer',
    tag,
    summary: `The techniques of ${of === 'identity' ? 'an identity' : 'a campaign'}, as a layer for MITRE’s ATT&CK Navigator.`,
    params: z.object({ id: uuid }),
    query: navigatorQuery,
    response: navigatorShape,
    async handle({ params: { id }, query, reply }, context) {
      const found = of === 'identity' ? await context.read('identities.find', id) : await context.read('campaigns.find', id)
      if (!found) throw new AppError(`There is no such ${of}.`, { code: `${of}_unknown`, status: 404 })
      reply.header('content-disposition', attached(found.uuid, query))
      return layer({ of, id }, `${of} ${found.code_name}`, query, context)
    },
  }),
)

export default [everybody, ...bySubject, allTags, ...tagsBySubject, tagsOfRule, exported, difference, ...exportedGroups]

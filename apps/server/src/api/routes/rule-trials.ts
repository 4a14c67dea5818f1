import { uuid } from '@decnet/contracts'
import { ttpBench, ttpBenchRequest, ttpRuleCheck, ttpRuleText, ttpTagVerdict, ttpVerdict } from '@decnet/contracts/api'
import { AppError } from '@decnet/kernel'
import { z } from 'zod'
import { iso } from '../../store/time.ts'
import { defineRoute } from '../route.ts'

const tag = 'ttp'
const tagged = z.object({ uuid })

const unknownTag = () => new AppError('There is no such tag.', { code: 'tag_unknown', status: 404 })

const check = defineRoute({
  method: 'POST',
  path: '/ttp/rules/check',
  access: 'admin',
  tag,
  summary: 'What is wrong with the text of a rule, and how its examples come out. Nothing is kept.',
  body: ttpRuleText,
  response: ttpRuleCheck,
  handle: ({ body: { yaml } }, { rules }) => rules('rules.check', { yaml }),
})

const bench = defineRoute({
  method: 'POST',
  path: '/ttp/bench',
  access: 'viewer',
  tag,
  summary: 'What the rules recognise in evidence, and why a rule that is tried does not. Nothing is kept.',
  body: ttpBenchRequest,
  response: ttpBench,
  async handle({ body, caller }, { rules }) {
    if (body.yaml !== undefined && caller.role !== 'admin')
      throw new AppError('Only admins try texts of their own.', { code: 'insufficient_role', status: 403 })
    return rules('rules.bench', body)
  },
})

const say = defineRoute({
  method: 'PUT',
  path: '/ttp/tags/:uuid/verdict',
  access: 'admin',
  tag,
  summary: 'Say whether a tag is right; it counts for its rule, in place of what was said before.',
  params: tagged,
  body: ttpVerdict,
  response: ttpTagVerdict,
  async handle({ params, body: { verdict }, caller }, { write, now }) {
    const row = { tag_uuid: params.uuid, verdict, said_by: caller.username, at: now() }
    if (!(await write('tags.say', row))) throw unknownTag()
    return { tag: params.uuid, verdict, said_by: row.said_by, said_at: iso(row.at) }
  },
})

const unsay = defineRoute({
  method: 'DELETE',
  path: '/ttp/tags/:uuid/verdict',
  access: 'admin',
  tag,
  summary: 'Take back what was said of a tag.',
  params: tagged,
  status: 204,
  async handle({ params, reply }, { write }) {
    if (!(await write('tags.unsay', { tag: params.uuid })))
      throw new AppError('Nothing was said of this tag.', { code: 'verdict_unknown', status: 404 })
    reply.send()
  },
})

export default [check, bench, say, unsay]

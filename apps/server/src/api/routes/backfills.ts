import { ttpBackfill, ttpBackfillRequest, ttpBackfills } from '@decnet/contracts/api'
import { AppError } from '@decnet/kernel'
import { showBackfill } from '../../backfill/show-backfill.ts'
import { sinceOf, timeOf } from '../../backfill/since.ts'
import { defineRoute } from '../route.ts'

const tag = 'ttp'
const refused = (message: string) => new AppError(message, { code: 'bad_period', status: 422 })

const list = defineRoute({
  method: 'GET',
  path: '/ttp/backfill',
  access: 'viewer',
  tag,
  summary: 'The latest runs of rules over what the log holds already, newest first: how far each has come, and what it found.',
  response: ttpBackfills,
  handle: async (_request, { read }) => ({ data: (await read('backfills.list', undefined)).map(showBackfill) }),
})

const ask = defineRoute({
  method: 'POST',
  path: '/ttp/backfill',
  access: 'admin',
  tag,
  summary: 'Run rules over what the log holds already. Nothing is tagged twice; one that is under way with the same words goes on.',
  body: ttpBackfillRequest,
  response: ttpBackfill,
  status: 202,
  async handle({ body, caller }, { write, rules, now }) {
    const sinceAt = sinceOf(body.since, now())
    const untilAt = body.until === undefined ? null : timeOf(body.until)
    const chosen = typeof body.rules === 'string' ? [body.rules] : (body.rules ?? null)
    if (sinceAt === null) throw refused('since is all, a span such as 7d, or a date or time of ISO 8601.')
    if (untilAt === null && body.until !== undefined)
      throw refused('until is a date or time of ISO 8601, such as 2026-11-22 or 2026-11-22T08:00:00Z.')
    if (untilAt !== null && untilAt < sinceAt) throw refused('The period ends before it begins.')
    for (const id of chosen ?? [])
      if (!(await rules('rules.texts', { id }))) throw new AppError(`There is no rule ${id}.`, { code: 'rule_unknown', status: 404 })
    const asked = { since: body.since, sinceAt, untilAt, rules: chosen, by: caller.username, now: now() }
    return showBackfill(await write('backfills.request', asked))
  },
})

export default [list, ask]

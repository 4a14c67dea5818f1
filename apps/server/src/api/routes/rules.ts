import {
  type TtpDeletedRule,
  ttpHits,
  ttpHitsQuery,
  ttpRule,
  ttpRuleDecision,
  ttpRuleDetail,
  ttpRules,
  ttpRuleText,
} from '@decnet/contracts/api'
import { AppError } from '@decnet/kernel'
import { z } from 'zod'
import type { BrokenRule } from '../../rules/own-rules.ts'
import type { CatalogueEntry, RuleTexts } from '../../rules/rule-desk.ts'
import { toldState } from '../../store/rule-states.ts'
import type { Claimed, RuleTally } from '../../store/rule-tallies.ts'
import type { TtpRuleStateTable } from '../../store/technique-tables.ts'
import { iso } from '../../store/time.ts'
import { barsWithin } from '../bars.ts'
import type { ApiContext } from '../context.ts'
import { span } from '../period.ts'
import { defineRoute } from '../route.ts'

const tag = 'ttp'
/** Deleted rules that are told of. */
const DELETED = 500
const BARS = 500
const HOUR = 60
const WEEK_MS = 7 * 86_400_000
const params = z.object({ id: z.string().min(1).max(64) })

const toldProblem = ({ message, line, column, path }: BrokenRule) => ({ message, line, column, path })

const cameOf = (tally: RuleTally | undefined) => ({
  hits: { count: tally?.hits ?? 0, last_at: tally && tally.last !== null ? iso(tally.last) : null },
  verdicts: { right: tally?.right ?? 0, wrong: tally?.wrong ?? 0 },
})

/** What the tags of a rule say of it, where its text is gone. */
function remembered(tally: RuleTally, claims: readonly Claimed[]): TtpDeletedRule {
  const surest = new Map<string, number>()
  for (const { technique, confidence } of claims) surest.set(technique, Math.max(confidence, surest.get(technique) ?? 0))
  return {
    id: tally.rule,
    version: Math.max(...claims.map(({ version }) => version)),
    sources: [...new Set(claims.map(({ kind }) => kind))].sort(),
    emits: [...surest].map(([technique, confidence]) => ({ technique, confidence })),
    ...cameOf(tally),
  }
}

function shown({ document, origin, problems }: CatalogueEntry, row: TtpRuleStateTable | undefined, tally: RuleTally | undefined) {
  const { id, version, title, maturity, sources, emits, references, false_positives } = document
  const { state, confidence_max, expires_at, reason, set_by, set_at } = toldState(id, row)
  return {
    ...{ id, version, title, maturity, sources, references, false_positives, origin },
    emits: emits.map(({ technique, confidence }) => ({ technique, confidence })),
    problem: problems[0] ? toldProblem(problems[0]) : null,
    problems: problems.map(toldProblem),
    ...cameOf(tally),
    ...{ state, confidence_max: confidence_max ?? null, expires_at: expires_at ?? null },
    ...{ reason: reason ?? null, set_by: set_by ?? null, set_at: set_at ?? null },
  }
}

async function known(id: string, { rules }: ApiContext): Promise<RuleTexts> {
  const found = await rules('rules.texts', { id })
  if (!found) throw new AppError(`There is no rule ${id}.`, { code: 'rule_unknown', status: 404 })
  return found
}

/** What was decided about a rule and what came of it. */
async function besides(id: string, { read }: ApiContext) {
  const [states, tallies] = await Promise.all([read('rules.states', undefined), read('rules.tallies', id)])
  return { state: states.find((row) => row.rule_id === id), tally: tallies[0] }
}

async function detail(id: string, context: ApiContext) {
  const found = await known(id, context)
  const { state, tally } = await besides(id, context)
  const { document, yaml, shippedYaml, beneathYaml, path, savedBy, savedAt } = found
  return {
    ...shown(found, state, tally),
    description: document.description ?? null,
    ...{ yaml, shipped_yaml: shippedYaml, beneath_yaml: beneathYaml, path, saved_by: savedBy },
    saved_at: savedAt === null ? null : iso(savedAt),
    ...{ when: document.when, examples: document.examples },
  }
}

const list = defineRoute({
  method: 'GET',
  path: '/ttp/rules',
  access: 'viewer',
  tag,
  summary:
    'The rules by which techniques are recognised, by id: where each comes from, what operators decided about it and what came of it.',
  response: ttpRules,
  async handle(_request, { read, rules }) {
    const [found, rows, counts] = await Promise.all([
      rules('rules.list', undefined),
      read('rules.states', undefined),
      read('rules.tallies', null),
    ])
    const states = new Map(rows.map((row) => [row.rule_id, row]))
    const tallies = new Map(counts.map((tally) => [tally.rule, tally]))
    const data = found.rules.map((entry) => shown(entry, states.get(entry.document.id), tallies.get(entry.document.id)))
    const known = new Set(data.map(({ id }) => id))
    const gone = counts.filter(({ rule }) => !known.has(rule)).slice(0, DELETED)
    const claims = Map.groupBy(
      await read(
        'rules.claimed',
        gone.map(({ rule }) => rule),
      ),
      ({ rule }) => rule,
    )
    const deleted = gone.flatMap((tally) => {
      const said = claims.get(tally.rule)
      return said ? [remembered(tally, said)] : []
    })
    return {
      total: data.length,
      data,
      deleted,
      broken: found.broken.map((each) => ({ ...toldProblem(each), id: each.id, origin: each.origin })),
    }
  },
})

const hits = defineRoute({
  method: 'GET',
  path: '/ttp/hits',
  access: 'viewer',
  tag,
  summary: 'How often each rule fired, over time: by the hour, by the day, or as is asked for. Of deleted rules too.',
  query: ttpHitsQuery,
  response: ttpHits,
  async handle({ query }, { read }) {
    const kept = await read('rules.tagSpan', undefined)
    const asked = span(query)
    const lengthMs = (asked.to ?? kept?.to ?? 0) - (asked.from ?? kept?.from ?? 0)
    const minutes = query.interval_minutes ?? (lengthMs <= WEEK_MS ? HOUR : 24 * HOUR)
    if (!kept) return { start_time: null, interval_minutes: minutes, data: [] }
    const intervalMs = Math.round(minutes * 60_000)
    const part = barsWithin(kept, asked, intervalMs, BARS)
    const bars = part.to < part.from ? [] : await read('rules.hits', { ...part, intervalMs })
    const first = Math.floor(part.from / intervalMs) * intervalMs
    const width = Math.max(0, Math.floor((part.to - first) / intervalMs) + 1)
    const data = [...Map.groupBy(bars, ({ rule }) => rule)].map(([rule, some]) => {
      const series = Array<number>(width).fill(0)
      for (const { time, count } of some) series[(time - first) / intervalMs] = count
      return { rule, count: some.reduce((sum, { count }) => sum + count, 0), series }
    })
    return { start_time: iso(first), interval_minutes: minutes, data }
  },
})

const one = defineRoute({
  method: 'GET',
  path: '/ttp/rules/:id',
  access: 'viewer',
  tag,
  summary: 'One rule with the text that is in force and the one that came with the product.',
  params,
  response: ttpRuleDetail,
  handle: ({ params }, context) => detail(params.id, context),
})

const save = defineRoute({
  method: 'PUT',
  path: '/ttp/rules/:id',
  access: 'admin',
  tag,
  summary:
    'Keep a text for a rule in the database, in place of any other of its id, once its examples came out as it says. Refused, the errors have line and column.',
  params,
  body: ttpRuleText,
  response: ttpRuleDetail,
  async handle({ params: { id }, body: { yaml }, caller }, context) {
    const { rules, write, now } = context
    const { rule, problems } = await rules('rules.check', { yaml, id })
    if (!rule || problems.length > 0)
      throw new AppError('The rule is not sound.', {
        code: 'bad_rule',
        status: 422,
        fields: problems.map(({ line, column, message }) => ({ field: 'yaml', line, column, message })),
      })
    const before = await rules('rules.texts', { id })
    const row = { id, yaml, saved_at: now(), saved_by: caller.username }
    await write('rules.saveText', { rule: row, version: rule.version, added: before === null })
    return detail(id, context)
  },
})

const takeBack = defineRoute({
  method: 'DELETE',
  path: '/ttp/rules/:id',
  access: 'admin',
  tag,
  summary:
    'Take back the text that the database has for a rule: that of the folder, or the one that came with the product, is in force again.',
  params,
  status: 204,
  async handle({ params: { id }, reply }, { rules, write }) {
    const beneath = await rules('rules.beneath', { id })
    if (await write('rules.removeText', { id, beneath })) return void reply.send()
    if (beneath === null) throw new AppError(`There is no rule ${id}.`, { code: 'rule_unknown', status: 404 })
    throw new AppError(`The database has no text for ${id}.`, {
      code: 'rule_not_saved',
      status: 409,
      hint: 'A rule that came with the product is disabled, not deleted; one of the folder is deleted there.',
    })
  },
})

const decide = defineRoute({
  method: 'POST',
  path: '/ttp/rules/:id/state',
  access: 'admin',
  tag,
  summary:
    'Disable a rule, clip what it claims, or enable it again; for a time or for good. Every worker obeys with its next look at the log.',
  params,
  body: ttpRuleDecision,
  response: ttpRule,
  async handle({ params, body, caller }, context) {
    const { write, now } = context
    const rule = await known(params.id, context)
    const { state, confidence_max, expires_at, reason } = body
    const until = expires_at === undefined ? null : Date.parse(expires_at)
    if (until !== null && until <= now())
      throw new AppError('That time is over.', { code: 'expiry_in_the_past', status: 422, hint: 'expires_at is to lie in the future.' })
    const row = {
      rule_id: params.id,
      state,
      confidence_max: confidence_max ?? null,
      expires_at: until,
      reason: reason ?? null,
      set_by: caller.username,
      set_at: now(),
    }
    await write('rules.setState', { rule: params.id, state: row })
    return shown(rule, row, (await besides(params.id, context)).tally)
  },
})

const forget = defineRoute({
  method: 'DELETE',
  path: '/ttp/rules/:id/state',
  access: 'admin',
  tag,
  summary: 'Take back what was decided about a rule: it is enabled.',
  params,
  response: ttpRule,
  async handle({ params }, context) {
    const rule = await known(params.id, context)
    await context.write('rules.setState', { rule: params.id, state: null })
    return shown(rule, undefined, (await besides(params.id, context)).tally)
  },
})

export default [list, hits, one, save, takeBack, decide, forget]

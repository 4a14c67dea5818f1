import { topics } from '@decnet/contracts/topics'
import { AppError } from '@decnet/kernel'
import { createLogger } from '@decnet/kernel/logging'
import { busSettings } from '../config.ts'
import { joinBus } from '../connections.ts'
import { spanOf } from '../domain/ttp/rule/span.ts'
import { visible } from '../domain/visible.ts'
import { homeAt } from '../home.ts'
import { shippedCatalogue } from '../rules/catalogue.ts'
import { openStore } from '../store/open.ts'
import { clearRuleState, setRuleState, toldState } from '../store/rule-states.ts'
import type { TtpRuleStateTable } from '../store/technique-tables.ts'
import type { CommandOptions } from './command.ts'
import { databaseOf, environmentOf } from './home-of.ts'
import { homeRules } from './home-rules.ts'
import { operator } from './operator.ts'
import { print, printJson } from './output.ts'
import { openStored } from './stored.ts'
import { printTable } from './table.ts'

/** A bus that does not answer within it is away: workers look by themselves. */
const BUS_MS = 500
const STATES = { disable: 'disabled', clip: 'clipped', enable: 'enabled' } as const
export type Decision = keyof typeof STATES
export const isDecision = (action: string | undefined): action is Decision => action !== undefined && Object.hasOwn(STATES, action)

const usage = (message: string, example: string) => new AppError(message, { code: 'usage', hint: `For example: decnet ttp ${example}` })

/** Known rules by their ids, in either case, each once. @throws {AppError} `no_such_rule`. */
async function knownRules(ids: readonly string[], options: CommandOptions): Promise<readonly string[]> {
  const all = [...(await homeRules(options)).own.rules.keys(), ...(await shippedCatalogue()).keys()]
  const known = new Map(all.map((id) => [id.toLowerCase(), id]))
  const unknown = ids.filter((id) => !known.has(id.toLowerCase()))
  if (unknown.length > 0)
    throw new AppError(
      `There is no rule ${unknown.map((id) => visible(id, 60)).join(', ')}${ids.length > 1 ? ': nothing was decided' : ''}.`,
      {
        code: 'no_such_rule',
        hint: '`decnet ttp rules` lists them.',
      },
    )
  return [...new Set(ids.map((id) => known.get(id.toLowerCase()) ?? id))]
}

/** What the options ask for; null: nothing is decided any more. */
function rowOf(action: Decision, rule: string, options: CommandOptions, now: number): TtpRuleStateTable | null {
  const { ceiling, for: time, reason } = options
  if ((action === 'clip') !== (ceiling !== undefined))
    throw usage('clip takes --ceiling, and nothing else does.', 'clip R0014 --ceiling 0.4')
  const most = ceiling === undefined ? null : Number(ceiling)
  if (most !== null && !(most >= 0 && most <= 1)) throw usage('--ceiling is a number from 0 to 1.', 'clip R0014 --ceiling 0.4')
  const span = time === undefined ? null : spanOf(time)
  if (time !== undefined && span === null) throw usage('--for is a time such as 90s, 5m, 2h, 1d (30d at most).', 'disable R0014 --for 2h')
  if (action === 'enable') {
    if (time !== undefined || reason !== undefined) throw usage('enable takes neither --for nor --reason.', 'enable R0014')
    return null
  }
  return {
    rule_id: rule,
    state: STATES[action],
    confidence_max: most,
    expires_at: span === null ? null : now + span,
    reason: typeof reason === 'string' ? reason.slice(0, 500) : null,
    set_by: operator(),
    set_at: now,
  }
}

/** Who waits for it is told at once; who is not reached finds it in the database. */
async function tell(told: readonly ReturnType<typeof toldState>[], options: CommandOptions): Promise<void> {
  const env = environmentOf(options)
  const bus = await joinBus(busSettings(env, homeAt(env.home)), 'decnet ttp', createLogger({ name: 'ttp', level: 'silent' }))
  try {
    if (!(await bus.connected(BUS_MS))) return
    for (const state of told) bus.as('operator').publishTo(topics.ttpRuleState, [state.rule_id], state, 'rule.state')
  } finally {
    await bus.close()
  }
}

/** Disables, clips or enables rules, all that are named or none; every worker obeys with its next look at the log. @throws {AppError} `usage`, `no_such_rule`, `home_empty`. */
export async function decide(action: Decision, ids: readonly string[], options: CommandOptions): Promise<number> {
  if (ids.length === 0) throw usage('Say which rules.', `${action} R0014${action === 'clip' ? ' --ceiling 0.4' : ''}`)
  rowOf(action, '', options, 0)
  // Says so where there is nothing yet, instead of making it.
  await (await openStored(options)).store.close()
  const rules = await knownRules(ids, options)
  const now = Date.now()
  const rows = rules.map((rule) => ({ rule, row: rowOf(action, rule, options, now) }))
  const store = await openStore(databaseOf(options))
  try {
    await store.db.transaction().execute(async (tx) => {
      for (const { rule, row } of rows)
        if (row) await setRuleState(tx, row)
        else await clearRuleState(tx, rule)
    })
  } finally {
    await store.close()
  }
  const told = rows.map(({ rule, row }) => toldState(rule, row ?? undefined))
  await tell(told, options)
  if (options.json) printJson(told.length === 1 ? told[0] : { states: told })
  else
    for (const { rule_id, state, confidence_max, expires_at } of told)
      print(`${rule_id} is ${state}${confidence_max === null ? '' : ` to ${confidence_max}`}${expires_at ? ` until ${expires_at}` : ''}.`)
  return 0
}

/** Lists what operators decided about rules. */
export async function listStates(options: CommandOptions): Promise<number> {
  const { states } = await homeRules(options)
  const told = [...states].sort(([a], [b]) => (a < b ? -1 : 1)).map(([rule, row]) => toldState(rule, row))
  if (options.json) printJson({ states: told })
  else
    printTable(
      ['Rule', 'State', 'At most', 'Until', 'By', 'Why'],
      told.map(({ rule_id, state, confidence_max, expires_at, set_by, reason }) => [
        rule_id,
        state,
        confidence_max ?? '',
        expires_at ?? '',
        visible(set_by ?? '', 40),
        visible(reason ?? '', 200),
      ]),
      'Nothing is decided: every rule is enabled.',
    )
  return 0
}

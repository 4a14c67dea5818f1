import { AppError } from '@decnet/kernel'
import { attackForRules } from '../attack/load.ts'
import { homeAt } from '../home.ts'
import type { BrokenRule, OwnRules } from '../rules/own-rules.ts'
import { ruleBook } from '../rules/rule-set.ts'
import { unfitShipped } from '../rules/unfit-rules.ts'
import type { Store } from '../store/open.ts'
import { ruleStates } from '../store/rule-states.ts'
import { isStructural } from '../store/structural.ts'
import type { TtpRuleStateTable } from '../store/technique-tables.ts'
import type { CommandOptions } from './command.ts'
import { environmentOf } from './home-of.ts'
import { openStored } from './stored.ts'

/** What a home says of rules: those of its folder and its database, and what operators decided. */
export interface HomeRules {
  readonly own: OwnRules
  /** Texts that could not be taken up, and shipped rules that are not asked because ATT&CK does not know what they claim. */
  readonly broken: readonly BrokenRule[]
  readonly states: ReadonlyMap<string, TtpRuleStateTable>
}

/** Null where there is no database yet. */
async function storeOf(options: CommandOptions): Promise<Store | null> {
  try {
    return (await openStored(options)).store
  } catch (error) {
    if (error instanceof AppError && error.code === 'home_empty') return null
    throw error
  }
}

/** Reads what a home says of rules; one that was never started, or not by this release yet, has at most a folder of them. */
export async function homeRules(options: CommandOptions): Promise<HomeRules> {
  const store = await storeOf(options)
  const home = homeAt(environmentOf(options).home)
  const book = ruleBook(home)
  const withStates = async (own: OwnRules, states: HomeRules['states']): Promise<HomeRules> => ({
    own,
    states,
    broken: [...own.broken, ...(await unfitShipped(attackForRules(home), own))],
  })
  try {
    const states = store ? await ruleStates(store.db) : new Map()
    return await withStates(await book.own(store?.db ?? null), states)
  } catch (error) {
    if (!isStructural(error) || error instanceof AppError) throw error
    return await withStates(await book.own(null), new Map())
  } finally {
    await book[Symbol.asyncDispose]()
    await store?.close()
  }
}

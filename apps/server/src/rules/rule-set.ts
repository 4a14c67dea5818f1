import { join } from 'node:path'
import type { Logger } from '@decnet/kernel/logging'
import { attackForRules } from '../attack/load.ts'
import { attackProblems } from '../domain/ttp/attack-problems.ts'
import { indexRules, type RuleIndex } from '../domain/ttp/engine/index-of-rules.ts'
import type { Home } from '../home.ts'
import type { Db } from '../store/open.ts'
import type { RuleSet } from '../workers/ttp-tagger/worker.ts'
import { databaseRules } from './database-rules.ts'
import { type FolderTiming, folderRules } from './folder-rules.ts'
import { overlay } from './overlay.ts'
import { type OwnRules, ownRules } from './own-rules.ts'
import { loadRules } from './rule-files.ts'

/** Where an operator of a home keeps rules as files. */
export const ownRulesFolder = (home: Pick<Home, 'path'>): string => join(home.path, 'rules')

/** The shipped rules, but for experiments, ready to be asked. @throws {AppError} `bad_rules`, `unreadable_rules`. */
const loadShipped = async (): Promise<RuleIndex> => indexRules((await loadRules([])).filter(({ maturity }) => maturity !== 'sandbox'))

/** The rules of a home as they are at any moment: those of its folder and its database over those that came with the product. */
export interface RuleBook extends AsyncDisposable {
  /** Rules of one's own. Asks the database with `db`; null: there is none yet. */
  own(db: Db | null): Promise<OwnRules>
  /**
   * All that are asked of evidence, made ready; the same object as long as nothing changed. A rule that claims what ATT&CK does not know, as it is in
   * use at this moment, is not asked. @throws {AppError} `bad_rules`, `unreadable_rules`: the product itself is broken.
   */
  set(db: Db): Promise<RuleSet>
}

export function ruleBook(
  home: Home,
  { logger, timing }: { readonly logger?: Pick<Logger, 'info' | 'warn'>; readonly timing?: FolderTiming } = {},
): RuleBook {
  const stores = [folderRules(ownRulesFolder(home), timing), databaseRules()]
  const look = ownRules(stores, () => attackForRules(home))
  let told: OwnRules | undefined
  let shipped: Promise<RuleIndex> | undefined
  let made: { readonly of: OwnRules; readonly set: RuleSet } | undefined

  async function own(db: Db | null): Promise<OwnRules> {
    const now = await look(db)
    if (now !== told) {
      for (const { path, line, column, message } of now.broken)
        logger?.warn({ path, line, column, reason: message }, 'a rule cannot be taken up: what it was before stays')
      if (told || now.rules.size > 0) logger?.info({ rules: [...now.rules.keys()].slice(0, 50) }, 'rules of your own are in force')
      told = now
    }
    return now
  }

  return {
    own,
    async set(db) {
      shipped ??= loadShipped().catch((error: unknown) => {
        shipped = undefined
        throw error
      })
      const base = await shipped
      const now = await own(db)
      if (made?.of === now) return made.set
      const rules = [...now.rules.values()].map(({ rule }) => rule)
      const asked = rules.filter(({ maturity }) => maturity !== 'sandbox')
      const attack = attackForRules(home)
      const unfit = base.rules.flatMap((rule) => (!now.rules.has(rule.id) && attackProblems(rule, attack).length > 0 ? [rule.id] : []))
      if (unfit.length > 0)
        logger?.warn(
          { rules: unfit.slice(0, 50), count: unfit.length },
          'rules claim what ATT&CK does not know any more: they are not asked',
        )
      const hidden = new Set([...unfit, ...rules.flatMap(({ id, maturity }) => (maturity === 'sandbox' ? [id] : []))])
      const release = attack.releases.find(({ domain }) => domain === 'enterprise-attack')?.release ?? 'unknown'
      made = { of: now, set: { index: overlay(base, asked, hidden), release } }
      return made.set
    },
    async [Symbol.asyncDispose]() {
      for (const store of stores) await store[Symbol.asyncDispose]()
    },
  }
}

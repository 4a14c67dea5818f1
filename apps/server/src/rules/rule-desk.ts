import type { TtpBench, TtpBenchRequest, TtpRuleCheck } from '@decnet/contracts/api'
import { attackData, attackForRules } from '../attack/load.ts'
import type { RuleDocument } from '../domain/ttp/rule/rule.ts'
import type { Home } from '../home.ts'
import type { Db } from '../store/open.ts'
import { asEngineState, ruleStates } from '../store/rule-states.ts'
import { savedRules } from '../store/rule-texts.ts'
import { tryEvidence } from './bench.ts'
import { documentOf, shippedCatalogue } from './catalogue.ts'
import { checkText } from './check-text.ts'
import type { FolderTiming } from './folder-rules.ts'
import { overlay } from './overlay.ts'
import type { BrokenRule, OwnRule } from './own-rules.ts'
import { readOwnRule } from './read-own-rule.ts'
import { type RuleBook, ruleBook } from './rule-set.ts'
import { unfitShipped } from './unfit-rules.ts'

/** Problems of one rule that are told. */
const PROBLEMS = 20

/** A rule as the catalogue has it. */
export interface CatalogueEntry {
  readonly document: RuleDocument
  readonly origin: 'shipped' | 'folder' | 'database'
  /** Why a newer text of it is not in force; or, of a shipped one, why it is not asked itself. */
  readonly problems: readonly BrokenRule[]
}
export interface RuleTexts extends CatalogueEntry {
  readonly yaml: string
  readonly shippedYaml: string | null
  /** Of a text in the database: what returns when it is taken back. */
  readonly beneathYaml: string | null
  readonly path: string | null
  readonly savedBy: string | null
  readonly savedAt: number | null
}

/** What the API asks about rules, over one connection; run by reading threads in the server. Nothing is read before it is first asked. */
export function ruleDesk(home: Home, db: Db, timing?: FolderTiming) {
  let opened: RuleBook | undefined
  const book = () => {
    opened ??= ruleBook(home, timing && { timing })
    return opened
  }

  /** Texts are read for what they say of themselves once. */
  const documents = new WeakMap<OwnRule, RuleDocument>()
  function documentIn(own: OwnRule): RuleDocument | null {
    const document = documents.get(own) ?? documentOf(own.text)
    if (document) documents.set(own, document)
    return document
  }

  async function known() {
    const [shipped, own] = [await shippedCatalogue(), await book().own(db)]
    const broken = [...own.broken, ...(await unfitShipped(attackForRules(home), own))]
    const problems = Map.groupBy(broken, ({ id }) => id)
    const entry = (id: string): CatalogueEntry | null => {
      const mine = own.rules.get(id)
      const document = mine ? documentIn(mine) : shipped.get(id)?.document
      return document ? { document, origin: mine?.origin ?? 'shipped', problems: (problems.get(id) ?? []).slice(0, PROBLEMS) } : null
    }
    return { shipped, own, broken, entry, ids: [...new Set([...shipped.keys(), ...own.rules.keys()])].sort() }
  }

  return {
    /** Every rule that is in force, by id, and the texts that could not be taken up. */
    async 'rules.list'(): Promise<{ readonly rules: readonly CatalogueEntry[]; readonly broken: readonly BrokenRule[] }> {
      const { broken, entry, ids } = await known()
      return { rules: ids.flatMap((id) => entry(id) ?? []), broken }
    },

    /** What rules are called. */
    async 'rules.titles'(): Promise<ReadonlyMap<string, string>> {
      const [shipped, own] = [await shippedCatalogue(), await book().own(db)]
      const titles = new Map([...shipped].map(([id, { document }]) => [id, document.title]))
      for (const [id, { rule }] of own.rules) titles.set(id, rule.title)
      return titles
    },

    /** One rule with its texts; null: there is none. */
    async 'rules.texts'({ id }: { id: string }): Promise<RuleTexts | null> {
      const { shipped, own, entry } = await known()
      const found = entry(id)
      const row = (await savedRules(db)).find((each) => each.id === id)
      if (!found) return null
      const mine = own.rules.get(id)
      const inDatabase = mine?.origin === 'database' ? row : undefined
      return {
        ...found,
        yaml: mine?.text ?? shipped.get(id)?.text ?? '',
        shippedYaml: shipped.get(id)?.text ?? null,
        beneathYaml: mine?.origin === 'database' ? (own.beneath.get(id)?.text ?? shipped.get(id)?.text ?? null) : null,
        path: mine?.origin === 'database' ? null : (mine?.path ?? shipped.get(id)?.path ?? null),
        savedBy: inDatabase?.saved_by ?? null,
        savedAt: inDatabase ? Number(inDatabase.saved_at) : null,
      }
    },

    /** The version of a rule that is in force where the database has none; null: there is none then. */
    async 'rules.beneath'({ id }: { id: string }): Promise<number | null> {
      const { shipped, own } = await known()
      return own.beneath.get(id)?.rule.version ?? shipped.get(id)?.document.version ?? null
    },

    /** Whether a text may be saved. */
    async 'rules.check'({ yaml, id }: { yaml: string; id?: string }): Promise<TtpRuleCheck> {
      return checkText(yaml, attackData(home), id)
    },

    /** What rules say to evidence, and why one that is tried says nothing. */
    async 'rules.bench'({ items, yaml }: TtpBenchRequest): Promise<TtpBench> {
      const reading = yaml === undefined ? null : readOwnRule(yaml)
      const problems = reading && 'problems' in reading ? [...reading.problems] : []
      const tried = reading && 'rule' in reading && yaml !== undefined ? { ...reading, text: yaml } : null
      const [{ index }, states, attack] = [await book().set(db), await ruleStates(db), attackData(home)]
      const stateOf = (rule: string) => {
        const row = states.get(rule)
        return row && asEngineState(row)
      }
      const nameOf = (technique: string) => attack.technique(technique)?.name ?? null
      const asked = tried ? overlay(index, [tried.rule], new Set()) : index
      return { problems, results: tryEvidence(items, asked, { tried, stateOf, nameOf }) }
    },

    async 'rules.closeDesk'() {
      await opened?.[Symbol.asyncDispose]()
    },
  }
}
export type RuleDesk = ReturnType<typeof ruleDesk>

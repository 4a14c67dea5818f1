import { setImmediate } from 'node:timers/promises'
import type { AttackData } from '../domain/attack/attack-data.ts'
import { attackProblems } from '../domain/ttp/attack-problems.ts'
import type { Problem } from '../domain/ttp/rule/problem.ts'
import { type RuleReading, withName } from '../domain/ttp/rule/read-rule.ts'
import type { Rule } from '../domain/ttp/rule/rule.ts'
import type { Db } from '../store/open.ts'
import { readOwnRule } from './read-own-rule.ts'
import type { RuleStore, StoredText } from './rule-store.ts'

/** Rules that are read without a break. */
const AT_ONCE = 8
const ID = /^id:\s*['"]?([A-Za-z][\w-]{0,63})/mu
const START = { line: 1, column: 1 }
/** What is told of one text. */
const TOLD = 20

export interface OwnRule {
  readonly origin: RuleStore['origin']
  readonly path: string
  readonly text: string
  readonly hash: string
  readonly rule: Rule
}
/** A text that could not be taken up: what it was before stays in force, as long as ATT&CK knows what that claims. */
export interface BrokenRule extends Problem {
  readonly origin: RuleStore['origin'] | 'shipped'
  readonly path: string
  /** The rule that it seems to be about. */
  readonly id: string | null
}
/** Never changed, only replaced whole. */
export interface OwnRules {
  /** What is in force, by id. */
  readonly rules: ReadonlyMap<string, OwnRule>
  /** The same without what lies in the database: what returns when that is taken back. */
  readonly beneath: ReadonlyMap<string, OwnRule>
  readonly broken: readonly BrokenRule[]
}

/**
 * Rules of one's own out of several stores, later ones first: each text is read once, one after the other, and what a broken one was before stays.
 * Answers the same object as long as nothing changed.
 */
export function ownRules(stores: readonly RuleStore[], attack: () => AttackData): (db: Db | null) => Promise<OwnRules> {
  const readings = new Map<string, RuleReading>()
  /** What each text was when it was last sound. */
  const sound = new Map<string, OwnRule>()
  let seen: readonly unknown[] = []
  let current: OwnRules = { rules: new Map(), beneath: new Map(), broken: [] }
  let turn: Promise<unknown> = Promise.resolve()
  let [begun, applied] = [0, 0]

  async function read(texts: readonly StoredText[]): Promise<void> {
    let fresh = 0
    for (const { hash, content } of texts) {
      if (readings.has(hash)) continue
      if (++fresh % AT_ONCE === 0) await setImmediate()
      readings.set(hash, 'text' in content ? readOwnRule(content.text) : { problems: [{ ...START, message: content.unreadable }] })
    }
  }

  /** Takes up the texts of one store; answers those that are broken. */
  function takeUp({ origin }: RuleStore, texts: readonly StoredText[], data: AttackData): BrokenRule[] {
    const nameOf = (text: StoredText) => `${origin} ${text.name}`
    const broken: BrokenRule[] = []
    const complain = (text: StoredText, problems: readonly Problem[]) => {
      const guess = 'text' in text.content ? ID.exec(text.content.text)?.[1] : undefined
      const id = sound.get(nameOf(text))?.rule.id ?? guess ?? null
      const shown = problems.length > TOLD ? problems.slice(0, TOLD - 1) : problems
      for (const { line, column, message } of shown) broken.push({ line, column, message, origin, path: text.path, id })
      const [next] = problems.slice(shown.length)
      const message = `and ${problems.length - shown.length} more problems from here on.`
      if (next) broken.push({ line: next.line, column: next.column, message, origin, path: text.path, id })
    }
    const claims: { readonly text: StoredText; readonly own: OwnRule; readonly at: Problem }[] = []
    for (const text of texts) {
      const reading = readings.get(text.hash)
      if (!reading || 'problems' in reading || !('text' in text.content)) {
        complain(text, reading && 'problems' in reading ? reading.problems : [])
        continue
      }
      const { rule, positionOf } = reading
      const strange = attackProblems(rule, data).map(({ path, message }) => ({ ...positionOf(path), message: withName(path, message) }))
      const other = origin === 'database' && text.name !== rule.id
      if (other) strange.push({ ...positionOf(['id']), message: `id: is to be ${text.name}, under which it is kept.` })
      if (strange.length > 0) complain(text, strange)
      else {
        const before = sound.get(nameOf(text))
        const own = before?.rule === rule ? before : { origin, path: text.path, text: text.content.text, hash: text.hash, rule }
        claims.push({ text, own, at: { ...positionOf(['id']), message: '' } })
      }
    }
    for (const [id, same] of Map.groupBy(claims, ({ own }) => own.rule.id)) {
      // Who had the id before keeps it.
      const holder = same.find(({ text }) => sound.get(nameOf(text))?.rule.id === id) ?? same[0]
      for (const claim of same)
        if (claim !== holder) complain(claim.text, [{ ...claim.at, message: `id: ${id} is also that of ${holder?.own.path}.` }])
    }
    const refused = new Set(broken.map(({ path }) => path))
    for (const { text, own } of claims) if (!refused.has(text.path)) sound.set(nameOf(text), own)
    const names = new Set(texts.map(nameOf))
    const folderIsUnread = texts.some(({ name }) => name === '')
    for (const name of sound.keys()) if (name.startsWith(`${origin} `) && !names.has(name) && !folderIsUnread) sound.delete(name)
    return broken
  }

  async function apply(number: number, lists: readonly (readonly StoredText[])[]): Promise<OwnRules> {
    // Another that began later was quicker.
    if (number < applied) return current
    const data = attack()
    const now = [...lists, data]
    if (now.every((each, index) => each === seen[index])) return current
    const texts = lists.flat()
    await read(texts)
    const broken = stores.flatMap((store, index) => takeUp(store, lists[index] ?? [], data))
    const hashes = new Set(texts.map(({ hash }) => hash))
    for (const hash of readings.keys()) if (!hashes.has(hash)) readings.delete(hash)
    // Another release of ATT&CK is in force for what was sound before, too.
    const fit = [...sound.values()].filter(({ rule }) => attackProblems(rule, data).length === 0)
    current = { ...layered(stores, fit, new Set(broken.map(({ path }) => path))), broken }
    ;[seen, applied] = [now, number]
    return current
  }

  return async (db) => {
    const number = ++begun
    const lists: (readonly StoredText[])[] = []
    for (const store of stores) lists.push(await store.texts(db))
    const mine = turn.then(() => apply(number, lists))
    turn = mine.catch(() => undefined)
    return mine
  }
}

/** Of each id the rule of the last store that has a sound one; of one store, a sound text before what a broken one was. */
function layered(stores: readonly RuleStore[], sound: readonly OwnRule[], broken: ReadonlySet<string>) {
  const [rules, beneath] = [new Map<string, OwnRule>(), new Map<string, OwnRule>()]
  for (const { origin } of stores) {
    const all = sound.filter((own) => own.origin === origin)
    for (const old of [true, false])
      for (const own of all)
        if (broken.has(own.path) === old) {
          rules.set(own.rule.id, own)
          if (origin !== 'database') beneath.set(own.rule.id, own)
        }
  }
  return { rules, beneath }
}

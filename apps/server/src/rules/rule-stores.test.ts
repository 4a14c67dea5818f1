import { mkdirSync, mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { attackData } from '../attack/load.ts'
import { ruleText } from '../domain/ttp/rule.fixture.ts'
import { homeAt } from '../home.ts'
import { onEachDatabase } from '../store/fixtures/each-database.ts'
import type { Db, Store } from '../store/open.ts'
import { removeRule, saveRule } from '../store/rule-texts.ts'
import { databaseRules } from './database-rules.ts'
import { folderRules } from './folder-rules.ts'
import { type OwnRules, ownRules } from './own-rules.ts'
import type { RuleStore } from './rule-store.ts'

const home = homeAt('/nonexistent')
const attack = () => attackData(home)
const SOON = { timeout: 5_000, interval: 10 }
const text = (program: string, options: Parameters<typeof ruleText>[1] = {}) => ruleText(`{ programs: ${program} }`, options)

interface Bench {
  readonly store: RuleStore
  readonly db: Db
  save(id: string, text: string): Promise<void>
  remove(id: string): Promise<void>
  close(): Promise<void>
}

/** Texts that are no rule, and what is said of them. */
const BROKEN: readonly (readonly [string, RegExp])[] = [
  ['id: [R9000\nversion: 1', /is no YAML/u],
  ['- R9000', /a rule is a mapping/u],
  ['', /1 a rule is a mapping/u],
  [text('x').replace('programs', 'programmes'), /^R9000 6 when\.programmes/u],
  [text('x').replace('T1059.004', 'T9999'), /^R9000 7 emits\.0\.technique: ATT&CK has no technique T9999/u],
  [ruleText("{ line: { regex: '(' } }"), /is no RE2 pattern/u],
  [`${text('x')}# ${'x'.repeat(70_000)}`, /is longer than 65,536 characters/u],
  [`${text('x')}# \u0007`, /^R9000 10 is no text: it holds U\+0007/u],
]

/** What every store of rules promises. */
function conformance(open: () => Promise<Bench>): void {
  let bench: Bench
  let look: () => Promise<OwnRules>
  let seen: Set<OwnRules>
  beforeEach(async () => {
    bench = await open()
    const own = ownRules([bench.store], attack)
    seen = new Set()
    look = async () => {
      const now = await own(bench.db)
      seen.add(now)
      return now
    }
  })
  afterEach(() => bench.close())
  const inForce = async (id: string) => (await look()).rules.get(id)?.text
  const problems = async () => (await look()).broken.map(({ id, line, message }) => `${id} ${line} ${message}`)

  it('P2: one save is one change: a new text, another, none', async () => {
    await look()
    await bench.save('R9000', text('nmap'))
    await expect.poll(() => inForce('R9000'), SOON).toBe(text('nmap'))
    await bench.save('R9000', text('masscan'))
    await expect.poll(() => inForce('R9000'), SOON).toBe(text('masscan'))
    await bench.remove('R9000')
    await expect.poll(() => inForce('R9000'), SOON).toBeUndefined()
    expect(seen.size).toBe(4)
  })

  it('P2: the same content saved again is no change', async () => {
    await bench.save('R9000', text('nmap'))
    await expect.poll(() => inForce('R9000'), SOON).toBe(text('nmap'))
    const before = await look()
    await bench.save('R9000', text('nmap'))
    await bench.save('R9001', text('other', { id: 'R9001' }))
    await expect.poll(() => inForce('R9001'), SOON).toBeDefined()
    const after = await look()
    expect(after.rules.get('R9000')).toBe(before.rules.get('R9000'))
    expect(await look()).toBe(after)
  })

  it('P2: what was changed before the first look is seen with it', async () => {
    await bench.save('R9000', text('nmap'))
    expect(await inForce('R9000')).toBe(text('nmap'))
    await bench.save('R9000', text('masscan'))
    await expect.poll(() => inForce('R9000'), SOON).toBe(text('masscan'))
  })

  it('P2: a text that is broken leaves the rule as it was, and says where; mended, it is taken up', async () => {
    await bench.save('R9000', text('nmap'))
    await expect.poll(() => inForce('R9000'), SOON).toBe(text('nmap'))
    for (const [broken, problem] of BROKEN) {
      await bench.save('R9000', broken)
      await expect.poll(problems, SOON).toEqual([expect.stringMatching(problem)])
      expect(await inForce('R9000')).toBe(text('nmap'))
    }
    await bench.save('R9000', text('masscan'))
    await expect.poll(() => inForce('R9000'), SOON).toBe(text('masscan'))
    expect(await problems()).toEqual([])
  })

  it('a rule that never was sound is not in force, and is told of by the id that it seems to have', async () => {
    await bench.save('R9000', 'id: R9000\nversion: soon')
    await expect.poll(problems, SOON).toContainEqual(expect.stringMatching(/^R9000 2 version/u))
    expect((await look()).rules.size).toBe(0)
  })

  it('has many rules at once, each read once', async () => {
    for (let n = 100; n < 130; n++) await bench.save(`R9${n}`, text('nmap', { id: `R9${n}` }))
    await expect.poll(async () => (await look()).rules.size, SOON).toBe(30)
    const before = await look()
    await bench.save('R9115', text('masscan', { id: 'R9115' }))
    await expect.poll(() => inForce('R9115'), SOON).toBe(text('masscan', { id: 'R9115' }))
    const after = await look()
    expect([...after.rules].filter(([id, rule]) => before.rules.get(id)?.rule !== rule.rule).map(([id]) => id)).toEqual(['R9115'])
  })
}

describe('rules in a folder', () => {
  conformance(async () => {
    const root = mkdtempSync(join(tmpdir(), 'rules-'))
    const folder = join(root, 'rules')
    mkdirSync(folder)
    const store = folderRules(folder, { settleMs: 10, lookMs: 200 })
    return {
      store,
      db: undefined as never,
      save: async (id, text) => writeFileSync(join(folder, `${id}-test.yaml`), text),
      remove: async (id) => unlinkSync(join(folder, `${id}-test.yaml`)),
      async close() {
        await store[Symbol.asyncDispose]()
        rmSync(root, { recursive: true })
      },
    }
  })
})

onEachDatabase('rules in a database', ({ open }) => {
  let store: Store
  beforeAll(async () => {
    store = await open()
  })
  afterAll(() => store.close())
  const by = { saved_at: 0, saved_by: 'ana' }
  const openBench = async (): Promise<Bench> => {
    const { db } = store
    return {
      store: databaseRules(),
      db,
      save: async (id, yaml) => void (await saveRule(db, { id, yaml, ...by })),
      remove: async (id) => void (await removeRule(db, id)),
      close: async () => void (await db.deleteFrom('ttp_rules').execute()),
    }
  }
  conformance(openBench)

  it('P2: a text is kept exactly, and saved again it is told apart', async () => {
    const { db, close } = await openBench()
    const yaml = `${text('nmap')}# täst 🦊 '"\\ \r\n${'x'.repeat(65_000)}`
    expect(await saveRule(db, { id: 'R9000', yaml, ...by })).toBe(true)
    expect(await saveRule(db, { id: 'R9000', yaml, ...by })).toBe(false)
    expect((await databaseRules().texts(db)).map(({ content }) => content)).toEqual([{ text: yaml }])
    await close()
  })

  it('an id that is not the one under which it is kept is refused', async () => {
    const { db, store: rules, close } = await openBench()
    await saveRule(db, { id: 'R9001', yaml: text('nmap'), ...by })
    const own = await ownRules([rules], attack)(db)
    expect(own.rules.size).toBe(0)
    expect(own.broken).toMatchObject([{ line: 1, message: expect.stringContaining('R9001'), path: 'database:R9001' }])
    await close()
  })
})

import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  closeSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { attackData } from '../attack/load.ts'
import { ruleText } from '../domain/ttp/rule.fixture.ts'
import { homeAt } from '../home.ts'
import { folderChanges } from './changes.ts'
import { folderRules } from './folder-rules.ts'
import { type OwnRules, ownRules } from './own-rules.ts'
import type { RuleStore } from './rule-store.ts'

const home = homeAt('/nonexistent')
const SOON = { timeout: 5_000, interval: 10 }
const text = (program: string, id = 'R9000', version = 1) =>
  ruleText(`{ programs: ${program} }`, { id }).replace('version: 1', `version: ${version}`)

describe('a folder of rules', () => {
  let root: string
  let folder: string
  let store: RuleStore
  let look: () => Promise<OwnRules>
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'rules-'))
    folder = join(root, 'rules')
    mkdirSync(folder)
    writeFileSync(at('R9000-a.yaml'), text('nmap'))
    begin()
  })
  afterEach(async () => {
    await store[Symbol.asyncDispose]()
    rmSync(root, { recursive: true, force: true })
  })
  const at = (name: string) => join(folder, name)
  function begin(lookMs = 100) {
    store = folderRules(folder, { settleMs: 20, lookMs })
    const own = ownRules([store], () => attackData(home))
    look = () => own(null)
  }
  const inForce = async (id = 'R9000') => (await look()).rules.get(id)?.text
  const problems = async () =>
    (await look()).broken.map(({ path, line, column, message }) => `${path.replace(folder, '')}:${line}:${column} ${message}`)

  /** The changes that are told of when something is done: those that are waited for, and any that come after. */
  async function changesOf(act: () => void | Promise<void>, waited: number) {
    let before = await look()
    const told: unknown[] = []
    let done = false
    const telling = (async () => {
      while (!done) {
        const after = await look()
        if (after !== before) told.push(...folderChanges(before, after, new Map()))
        before = after
        await pause(5)
      }
    })()
    await act()
    await expect.poll(() => told.length, SOON).toBeGreaterThanOrEqual(waited)
    await pause(250)
    done = true
    await telling
    return told
  }

  const NEXT = `${text('masscan', 'R9000', 2)}false_positives: [ours]\n`
  const HALF = text('masscan', 'R9000', 2)
  it.each<[string, () => void | Promise<void>]>([
    [
      'vim: the old one put aside, a new one written, the old one deleted',
      () => {
        writeFileSync(at('4913'), '')
        unlinkSync(at('4913'))
        writeFileSync(at('.R9000-a.yaml.swp'), 'b0VIM')
        renameSync(at('R9000-a.yaml'), at('R9000-a.yaml~'))
        writeFileSync(at('R9000-a.yaml'), NEXT)
        unlinkSync(at('R9000-a.yaml~'))
        unlinkSync(at('.R9000-a.yaml.swp'))
      },
    ],
    [
      'VS Code: emptied, then written in pieces',
      async () => {
        truncateSync(at('R9000-a.yaml'))
        const file = openSync(at('R9000-a.yaml'), 'r+')
        writeSync(file, NEXT.slice(0, 100))
        await pause(5)
        writeSync(file, NEXT.slice(100))
        closeSync(file)
      },
    ],
    [
      'atomically: written beside it and renamed',
      () => {
        writeFileSync(at('.R9000-a.yaml.tmp'), NEXT)
        renameSync(at('.R9000-a.yaml.tmp'), at('R9000-a.yaml'))
      },
    ],
    [
      'mv: from another folder',
      () => {
        writeFileSync(join(root, 'new.yaml'), NEXT)
        execFileSync('mv', [join(root, 'new.yaml'), at('R9000-a.yaml')])
      },
    ],
    [
      'cp: over it',
      () => {
        writeFileSync(join(root, 'new.yaml'), NEXT)
        execFileSync('cp', [join(root, 'new.yaml'), at('R9000-a.yaml')])
      },
    ],
    [
      'sed -i',
      () => void execFileSync('sed', ['-i', 's/nmap/masscan/; s/version: 1/version: 2/; $afalse_positives: [ours]', at('R9000-a.yaml')]),
    ],
    [
      'an editor that puts the old one aside and takes its time',
      async () => {
        renameSync(at('R9000-a.yaml'), at('R9000-a.yaml~'))
        await pause(400)
        writeFileSync(at('R9000-a.yaml'), NEXT)
        unlinkSync(at('R9000-a.yaml~'))
      },
    ],
    [
      'somebody who writes a sound half, waits, and writes the rest',
      async () => {
        const file = openSync(at('R9000-a.yaml'), 'w')
        writeSync(file, HALF)
        await pause(400)
        writeSync(file, NEXT.slice(HALF.length))
        closeSync(file)
      },
    ],
    [
      'writing the same twice',
      () => {
        writeFileSync(at('R9000-a.yaml'), NEXT)
        writeFileSync(at('R9000-a.yaml'), NEXT)
      },
    ],
  ])('P2: one save is one change, saved by %s', async (_how, save) => {
    expect(await changesOf(save, 1)).toEqual([{ rule_id: 'R9000', rule_version: 2, change: 'changed' }])
    expect(await inForce()).toBe(NEXT)
    expect(await problems()).toEqual([])
  })

  it('a file that was put aside and never came back is gone, and one that stays open without a word is taken up', async () => {
    await store[Symbol.asyncDispose]()
    store = folderRules(folder, { settleMs: 20, lookMs: 100, heldMs: 200, asideMs: 200 })
    const own = ownRules([store], () => attackData(home))
    look = () => own(null)
    await pause(100)
    const file = openSync(at('R9000-a.yaml'), 'w')
    writeSync(file, NEXT)
    await expect.poll(() => inForce(), SOON).toBe(NEXT)
    closeSync(file)
    renameSync(at('R9000-a.yaml'), at('R9000-a.yaml~'))
    await expect.poll(() => inForce(), SOON).toBeUndefined()
  })

  it('P2: what editors leave beside a rule is none, and touching one is no change', async () => {
    const told = await changesOf(() => {
      for (const name of [
        '.R9001-b.yaml.swp',
        'R9001-b.yaml~',
        '#R9001-b.yaml#',
        'R9001-b.yaml.bak',
        '.#R9001-b.yaml',
        'R9001 b.yaml',
        'notes.txt',
        '4913',
      ])
        writeFileSync(at(name), text('x', 'R9001'))
      execFileSync('touch', [at('R9000-a.yaml')])
    }, 0)
    expect(told).toEqual([])
    expect([...(await look()).rules.keys()]).toEqual(['R9000'])
  })

  it('P2: a new file is an added rule, one that went a removed one, and one that was renamed no change', async () => {
    const other = text('x', 'R9001')
    expect(await changesOf(() => copyFileSync(at('R9000-a.yaml'), at('R9000-copy.txt')), 0)).toEqual([])
    expect(await changesOf(() => writeFileSync(at('R9001-b.yml'), other), 1)).toEqual([
      { rule_id: 'R9001', rule_version: 1, change: 'added' },
    ])
    expect(await changesOf(() => renameSync(at('R9001-b.yml'), at('R9001-c.yaml')), 0)).toEqual([])
    expect(await changesOf(() => unlinkSync(at('R9001-c.yaml')), 1)).toEqual([{ rule_id: 'R9001', rule_version: null, change: 'removed' }])
  })

  it('P2: a file in the middle of being written is not read', async () => {
    const broken = new Set<string>()
    await inForce()
    const writing = (async () => {
      truncateSync(at('R9000-a.yaml'))
      for (let from = 0; from < NEXT.length; from += 20) {
        appendFileSync(at('R9000-a.yaml'), NEXT.slice(from, from + 20))
        await pause(8)
      }
    })()
    while ((await inForce()) !== NEXT) {
      for (const problem of await problems()) broken.add(problem)
      await pause(5)
    }
    await writing
    expect([...broken]).toEqual([])
  })

  it.each<[string, () => void, RegExp]>([
    ['10 MB', () => writeFileSync(at('R9000-a.yaml'), Buffer.alloc(10_000_000, 'x')), /:1:1 is larger than 256 kB/u],
    ['bytes that are no text', () => writeFileSync(at('R9000-a.yaml'), Buffer.from([0x80, 0xff, 0])), /:1:1 is no text in UTF-8/u],
    [
      'a link in a circle',
      () => {
        unlinkSync(at('R9000-a.yaml'))
        symlinkSync('R9000-a.yaml', at('R9000-a.yaml'))
      },
      /:1:1 is a link that leads in a circle/u,
    ],
    [
      'a link that leads nowhere',
      () => {
        unlinkSync(at('R9000-a.yaml'))
        symlinkSync('nobody', at('R9000-a.yaml'))
      },
      /:1:1 is a link that leads nowhere/u,
    ],
    [
      'a folder',
      () => {
        unlinkSync(at('R9000-a.yaml'))
        mkdirSync(at('R9000-a.yaml'))
      },
      /:1:1 is no file/u,
    ],
    [
      'a pipe that nobody writes to',
      () => {
        unlinkSync(at('R9000-a.yaml'))
        execFileSync('mkfifo', [at('R9000-a.yaml')])
      },
      /:1:1 is no file/u,
    ],
    [
      'the id of another file',
      () => writeFileSync(at('R0000-first.yaml'), text('x')),
      /^\/R0000-first.yaml:1:1 id: R9000 is also that of .*R9000-a.yaml/u,
    ],
  ])('P2: a file that is %s leaves the rule as it was, and says where', async (_what, spoil, problem) => {
    expect(await inForce()).toBe(text('nmap'))
    spoil()
    await expect.poll(problems, SOON).toEqual([expect.stringMatching(problem)])
    expect(await inForce()).toBe(text('nmap'))
  })

  it('P2: where the folder itself cannot be read, all rules stay, and the reason is told; one that is gone has none', async () => {
    expect(await inForce()).toBe(text('nmap'))
    renameSync(folder, join(root, 'aside'))
    writeFileSync(folder, 'no folder')
    await expect.poll(problems, SOON).toEqual([':1:1 is no folder.'])
    expect(await inForce()).toBe(text('nmap'))
    unlinkSync(folder)
    await expect.poll(() => inForce(), SOON).toBeUndefined()
    expect(await problems()).toEqual([])
    renameSync(join(root, 'aside'), folder)
    await expect.poll(() => inForce(), SOON).toBe(text('nmap'))
  })

  it('P2: a change is seen at once, not only with the next look at the folder', async () => {
    await store[Symbol.asyncDispose]()
    begin(60_000)
    await look()
    await pause(200)
    writeFileSync(at('R9000-a.yaml'), NEXT)
    await expect.poll(() => inForce(), { timeout: 1_000, interval: 10 }).toBe(NEXT)
  })

  it('P2: of two files with one id the one that had it keeps it, and who loses it gives it up', async () => {
    writeFileSync(at('R9001-b.yaml'), text('x', 'R9001'))
    await expect.poll(() => inForce('R9001'), SOON).toBeDefined()
    writeFileSync(at('R9000-a.yaml'), text('nmap', 'R9001'))
    await expect.poll(problems, SOON).toHaveLength(1)
    expect([await inForce(), await inForce('R9001')]).toEqual([text('nmap'), text('x', 'R9001')])
    unlinkSync(at('R9001-b.yaml'))
    await expect.poll(() => inForce('R9001'), SOON).toBe(text('nmap', 'R9001'))
    expect(await inForce()).toBeUndefined()
  })
})

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TechniqueTag } from '@decnet/contracts/api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decnet, errorOf } from './rig/cli.ts'
import { type Fleet, startFleet } from './rig/fleet.ts'
import { httpGet } from './rig/http-get.ts'

const folder = mkdtempSync(join(tmpdir(), 'sigma-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const rule = (title: string, detection: string, more = 'logsource: { category: webserver }') => `title: ${title}
id: ${title.length}c1b2d3e-aaaa-4bbb-8ccc-0123456789ab
status: test
level: high
tags: [attack.t1190]
${more}
detection:
${detection}
  condition: selection
`
const GOOD = rule('Zebra', "  selection: { c-uri|contains: '/zebra-crossing.php?door=' }")
const BAD = rule('Counted', '  selection: { ParentImage: x }', 'logsource: { category: process_creation, product: linux }').replace(
  'condition: selection',
  'condition: selection | count() > 3',
)
const written = (path: string, text: string | Uint8Array): string => {
  writeFileSync(join(folder, path), text)
  return join(folder, path)
}
interface Answer {
  readonly read: number
  readonly written: number
  readonly rules: readonly {
    readonly file: string
    readonly rule: string | null
    readonly written: string | null
    readonly remarks: readonly { readonly line: number; readonly path: string; readonly message: string }[]
  }[]
}

describe('decnet ttp import-sigma', () => {
  it('writes what it can carry over, names everything else, and a second time changes nothing', async () => {
    mkdirSync(join(folder, 'in', 'deep'), { recursive: true })
    written('in/deep/good.yml', GOOD)
    written('in/bad.yaml', BAD)
    written('in/twice.yml', GOOD)
    written('in/long.yml', 'a: b\n'.repeat(2_000_000))
    written('in/bytes.yml', Uint8Array.of(0xff, 0xfe, 0x00))
    written('in/README.md', 'no rule')
    const out = join(folder, 'out')
    const run = async () => {
      const { code, stdout } = await decnet([
        'ttp',
        'import-sigma',
        join(folder, 'in'),
        '--out',
        out,
        '--json',
        '--home',
        join(folder, 'none'),
      ])
      return { code, ...(JSON.parse(stdout) as Answer) }
    }
    const first = await run()
    expect(first).toMatchObject({ code: 0, read: 5, written: 1 })
    const said = Object.fromEntries(
      first.rules.map(({ file, remarks }) => [
        file.slice(folder.length),
        remarks.map(({ line, path, message }) => `${line} ${path} ${message}`),
      ]),
    )
    expect(said).toMatchObject({
      '/in/deep/good.yml': [],
      '/in/twice.yml': [expect.stringContaining('id is also that of')],
      '/in/long.yml': [expect.stringContaining('larger than 256 kB')],
      '/in/bytes.yml': [expect.stringContaining('UTF-8')],
      '/in/bad.yaml': [
        expect.stringContaining('detection.selection.ParentImage ParentImage: the parent of what is typed is a shell'),
        expect.stringContaining('| count ( ) > 3'),
      ],
    })
    expect(readdirSync(out)).toEqual(['S5c1b2d3eaaaa-zebra.yaml'])
    expect((await decnet(['ttp', 'check', out])).code).toBe(0)
    expect((await run()).rules.map(({ written }) => written)).toEqual([null, null, 'unchanged', null, null])
    written('in/deep/good.yml', GOOD.replace('title: Zebra', 'title: Striped horse'))
    written('in/twice.yml', 'x')
    expect((await run()).rules.map(({ written }) => written)).toEqual([null, null, 'changed', null, null])
    expect(readdirSync(out)).toEqual(['S5c1b2d3eaaaa-striped-horse.yaml'])
  })

  it('fails where there is nothing, and where nothing could be carried over', async () => {
    const none = await decnet(['ttp', 'import-sigma', join(folder, 'nowhere'), '--json', '--out', join(folder, 'x')])
    expect([none.code === 0, errorOf(none).code]).toEqual([false, 'unreadable_rules'])
    const bad = await decnet(['ttp', 'import-sigma', written('only-bad.yml', BAD), '--out', join(folder, 'y')])
    expect([bad.code, bad.stdout]).toEqual([1, expect.stringContaining('only-bad.yml:9:')])
    expect(errorOf(await decnet(['ttp', 'import-sigma', '--json'])).code).toBe('usage')
  })
})

describe('beside a server', () => {
  let fleet: Fleet
  beforeAll(async () => {
    fleet = await startFleet()
  })
  afterAll(() => fleet?.[Symbol.asyncDispose]())

  it('a rule that was imported recognises the next request, and looking back those before', async () => {
    const { address, port } = fleet.target('http')
    const ask = (door: string) => httpGet(`http://${address}:${port}/zebra-crossing.php?door=${door}`)
    const found = async () =>
      (await fleet.get<readonly TechniqueTag[]>('/ttp/tags/by-attacker/127.0.0.1/T1190')).filter(
        ({ rule_id }) => rule_id === 'S5c1b2d3eaaaa',
      )
    await ask('before')
    await expect
      .poll(async () => JSON.stringify(await fleet.get('/logs?search=zebra-crossing')), { timeout: 30_000 })
      .toContain('door=before')
    const { code } = await decnet(['ttp', 'import-sigma', written('zebra.yml', GOOD), '--home', fleet.home])
    expect([code, readFileSync(join(fleet.home, 'rules', 'S5c1b2d3eaaaa-zebra.yaml'), 'utf8')]).toEqual([
      0,
      expect.stringContaining('id: S5c1b2d3eaaaa'),
    ])
    let asked = 0
    const next = async () => {
      await ask(`after-${++asked}`)
      return (await found()).length
    }
    await expect.poll(next, { timeout: 30_000, interval: 500 }).toBeGreaterThan(0)
    const evidence = async () => JSON.stringify((await found()).map(({ evidence }) => evidence))
    expect(await evidence()).not.toContain('door=before')
    const back = await decnet(['ttp', 'backfill', '--since', '1h', '--rule', 'S5c1b2d3eaaaa', '--home', fleet.home, '--json'])
    expect([back.code, JSON.parse(back.stdout).new_tags]).toEqual([0, expect.any(Number)])
    expect(await evidence()).toContain('door=before')
  })
})

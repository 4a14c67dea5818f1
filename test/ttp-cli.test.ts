import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { homeAt } from '../apps/server/src/home.ts'
import { migrate, openStore } from '../apps/server/src/store/open.ts'
import { wish } from '../apps/server/src/store/worker-desires.ts'
import { decnet, errorOf, follow } from './rig/cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'ttp-cli-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const RULE = `id: R1
version: 1
title: x
maturity: sandbox
sources: [command]
when: { programs: nmap }
emits: [{ technique: T1046, confidence: 0.9 }]
examples:
  match: [nmap]
  no_match: [sudo nmap]
`
const written = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

it('matches one result a line, in order, and loses no line', async () => {
  const lines = [
    '{"source_kind": "command", "payload": {"command_text": "uname -a"}}',
    '',
    'no json',
    '{"id": "x", "source_kind": "command", "payload": {"command_text": "cat /etc/shadow"}}',
    '{"id": 3, "source_kind": "nothing", "payload": {}}',
    '{"id": {"case": 4, "of": ["a"]}, "source_kind": "command", "payload": {"command_text": "ls"}}',
    '{"id": null, "source_kind": "command", "payload": {"command_text": "ls"}}',
  ]
  const { code, stdout, stderr } = await decnet(['ttp', 'match', '--in', written('corpus.jsonl', lines.join('\r\n')), '--json'])
  const { results } = JSON.parse(stdout)
  expect(results).toEqual([
    { matches: expect.arrayContaining([{ rule: 'R0477', technique_id: 'T1082', confidence: 0.45 }]) },
    { matches: [] },
    { error: 'line 3 is no JSON', matches: [] },
    {
      id: 'x',
      matches: expect.arrayContaining([{ rule: 'R0014', technique_id: 'T1003', sub_technique_id: 'T1003.008', confidence: 0.95 }]),
    },
    { id: 3, error: expect.stringContaining('line 5 has the source_kind "nothing"'), matches: [] },
    { id: { case: 4, of: ['a'] }, matches: [] },
    { id: null, matches: [] },
  ])
  expect(stderr).toContain('corpus.jsonl:3: is no JSON')
  expect(stderr).toMatch(/corpus\.jsonl: 2 lines could not be read\n$/u)
  expect(code).toBe(1)
})

it('match succeeds where every line could be read, and fails without --json too where one could not', async () => {
  const good = '{"source_kind": "command", "payload": {"command_text": "ls"}}'
  const run = (text: string) => decnet(['ttp', 'match', '--in', written('few.jsonl', text)])
  expect(await run(good)).toMatchObject({ code: 0, stdout: expect.stringContaining('1: nothing'), stderr: '' })
  expect(await run(`${good}\n{`)).toMatchObject({ code: 1, stderr: expect.stringMatching(/few\.jsonl: 1 line could not be read\n$/u) })
})

it('counts over the lines of one attacker', async () => {
  const lines = ['a', 'b', 'a', 'a', 'a', 'a'].map((attacker) =>
    JSON.stringify({ source_kind: 'auth_attempt', attacker_ip: attacker, payload: { username: 'zoe', password: 'Zq!7', success: false } }),
  )
  const { stdout } = await decnet(['ttp', 'match', '--in', written('attempts.jsonl', lines.join('\n')), '--json'])
  const rules: string[][] = JSON.parse(stdout).results.map((result: { matches: { rule: string }[] }) =>
    result.matches.map(({ rule }) => rule),
  )
  expect(rules.map((each) => each.includes('R0001'))).toEqual([false, false, false, false, false, true])
})

it('check says file, line and column of everything that is wrong', async () => {
  const path = written('R1-broken.yaml', RULE.replace('title: x', 'titel: x').replace('sandbox', 'ripe'))
  const { code, stdout } = await decnet(['ttp', 'check', path])
  expect(stdout).toContain(`${path}:3:1: titel: is not part of a rule; is it misspelt?`)
  expect(stdout).toContain(`${path}:4:1: maturity: `)
  expect(code).toBe(1)
})

it('check finds two files of one id, an example that comes out otherwise, and reads no backups of editors', async () => {
  const rules = mkdtempSync(join(folder, 'rules-'))
  for (const name of ['R1-a.yaml', 'R1-b.yaml', '.R1-a.yaml.swp', '4913', 'R1-a.yaml~']) writeFileSync(join(rules, name), RULE)
  const { code, stdout } = await decnet(['ttp', 'check', rules, '--json'])
  const report = JSON.parse(stdout)
  expect(report.rules).toBe(2)
  expect(report.problems.map(({ line, message }: { line: number; message: string }) => `${line} ${message}`)).toEqual([
    '10 examples.no_match.0: this example matches and should not.',
    '10 examples.no_match.0: this example matches and should not.',
    expect.stringContaining('the id R1 is also that of'),
  ])
  expect(code).toBe(1)
})

it('check refuses what the editor refuses, and takes the mark that some editors put before a text', async () => {
  const good = RULE.replace('no_match: [sudo nmap]', 'no_match: [ls]')
  const [nul, mark] = [written('nul.yaml', good.replace('title: x', 'title: "x\u0000"')), written('mark.yaml', `\uFEFF${good}`)]
  const { problems } = JSON.parse((await decnet(['ttp', 'check', nul, '--json'])).stdout)
  expect(problems).toMatchObject([{ line: 3, message: 'is no text: it holds U+0000.' }])
  expect((await decnet(['ttp', 'check', mark, '--json'])).code).toBe(0)
})

it('check names a folder, a pipe, a link to nowhere and what is no text among the files, and goes on', async () => {
  const rules = mkdtempSync(join(folder, 'odd-'))
  mkdirSync(join(rules, 'R2-folder.yaml'))
  execFileSync('mkfifo', [join(rules, 'R3-pipe.yaml')])
  symlinkSync(join(folder, 'nowhere'), join(rules, 'R4-link.yaml'))
  writeFileSync(join(rules, 'R5-bytes.yaml'), Uint8Array.of(0xff, 0xfe, 0))
  writeFileSync(join(rules, 'R6-good.yaml'), RULE.replace('no_match: [sudo nmap]', 'no_match: [ls]'))
  const { code, stdout } = await decnet(['ttp', 'check', rules, '--json'])
  expect([code, JSON.parse(stdout)]).toMatchObject([
    1,
    {
      rules: 5,
      examples: 2,
      problems: [
        { file: join(rules, 'R2-folder.yaml'), message: 'is no file.' },
        { file: join(rules, 'R3-pipe.yaml'), message: 'is no file.' },
        { file: join(rules, 'R4-link.yaml'), message: 'is a link that leads nowhere.' },
        { file: join(rules, 'R5-bytes.yaml'), message: 'is no text in UTF-8.' },
      ],
    },
  ])
})

it('lists and shows rules', async () => {
  expect((await decnet(['ttp', 'rules'])).stdout).toContain('T1003.008 0.95')
  const { stdout } = await decnet(['ttp', 'rules', '--json'])
  expect(JSON.parse(stdout).rules[0]).toMatchObject({ id: 'R0001', emits: [{ technique_id: 'T1110' }] })
  expect((await decnet(['ttp', 'show', 'r0014'])).stdout).toContain('id: R0014')
})

it('match warns where no rule is', async () => {
  const args = ['ttp', 'match', '--in', '-', '--rules', mkdtempSync(join(folder, 'none-')), '--json']
  const { code, stdout, stderr } = await decnet(args, { input: '{"source_kind": "command", "payload": {"command_text": "ls"}}' })
  expect([code, JSON.parse(stdout), stderr]).toEqual([
    0,
    { results: [{ matches: [] }] },
    expect.stringMatching(/^There is no rule in .*: nothing can match\.$/mu),
  ])
})

it('says all that it can do where it is asked for something else, and with --help', async () => {
  expect(errorOf(await decnet(['ttp', 'dance', '--json'])).hint).toContain('import-sigma')
  expect((await decnet(['ttp', '--help'])).stdout).toMatch(/action.*import-sigma/su)
})

it('decides about all rules that are named, or about none', async () => {
  const home = mkdtempSync(join(folder, 'home-'))
  const store = await openStore(homeAt(home).database)
  await migrate(store)
  await store.close()
  const ttp = (...args: string[]) => decnet(['ttp', ...args, '--home', home, '--json'])
  const decided = async () => JSON.parse((await ttp('state')).stdout).states.map(({ rule_id }: { rule_id: string }) => rule_id)
  const refused = await ttp('disable', 'R0018', 'R0019', 'NOPE', 'NEITHER')
  expect([refused.code, errorOf(refused).message]).toEqual([1, 'There is no rule NOPE, NEITHER: nothing was decided.'])
  expect(await decided()).toEqual([])
  expect(JSON.parse((await ttp('disable', 'r0018', 'R0019', 'R0018')).stdout).states).toMatchObject([
    { rule_id: 'R0018', state: 'disabled' },
    { rule_id: 'R0019', state: 'disabled' },
  ])
  expect(await decided()).toEqual(['R0018', 'R0019'])
  await ttp('enable', 'R0018', 'R0019')
  expect(await decided()).toEqual([])
})

it('a worker by itself ends with the way out where no fleet was ever started, and leaves nothing there', async () => {
  const home = join(folder, 'never')
  const none = await decnet(['worker', 'ttp-tagger', '--home', home, '--json'])
  expect([none.code, errorOf(none).code, existsSync(home)]).toEqual([1, 'home_empty', false])
  mkdirSync(home, { mode: 0o700 })
  await (await openStore(homeAt(home).database)).close()
  const empty = await decnet(['worker', 'ttp-tagger', '--home', home, '--json'])
  expect([empty.code, errorOf(empty)]).toMatchObject([1, { code: 'home_empty', hint: expect.stringContaining('decnet up') }])
})

it('a worker that an operator stopped says so, and ends when it is told to', async () => {
  const home = mkdtempSync(join(folder, 'stopped-'))
  const store = await openStore(homeAt(home).database)
  await migrate(store)
  await wish(store.db, { name: 'ttp-tagger', stopped: true, by: 'ana', now: 0 })
  await store.close()
  const { child, said } = follow(['worker', 'ttp-tagger', '--home', home])
  await expect.poll(said, { timeout: 30_000 }).toContain('ana stopped it. `decnet workers start ttp-tagger` has it run.')
  expect(said()).not.toContain('runs here')
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  expect(await gone).toEqual([0, null])
})

it.each([
  [['dance'], 'decnet ttp does not know dance.'],
  [['match'], 'Say --in <file>.'],
  [['match', '--in', join(folder, 'none')], 'There is no '],
  [['check', join(folder, 'none.yaml')], 'There is no '],
  [['show', 'R9999'], 'There is no rule R9999.'],
  [['rules', 'foo'], 'decnet ttp rules takes no foo.'],
  [['state', 'foo'], 'decnet ttp state takes no foo.'],
  [['show', 'R0018', 'R0019'], 'decnet ttp show takes no R0019.'],
  [['match', '--in', join(folder, 'file'), 'extra'], 'decnet ttp match takes no extra.'],
  [['backfill', '--since', '7d', 'foo'], 'decnet ttp backfill takes no foo.'],
  [['backfill', '--since', '2026-02-31'], '--since 2026-02-31 is no time.'],
  [['backfill', '--since', '7d', '--rule', ''], '--rule names no rule.'],
  [['backfill', '--since', '7d', '--rule', 'R0018,,NOPE'], '--rule R0018,,NOPE has a comma with no rule beside it.'],
  [['check', mkdtempSync(join(folder, 'empty-'))], 'There is no rule in '],
  [['import-sigma', mkdtempSync(join(folder, 'empty-'))], 'There is no rule of Sigma in '],
  [['match', '--in', folder], 'is a folder.'],
  [['match', '--in', join(folder, 'circle')], 'is a link that leads in a circle.'],
  [['match', '--in', '/dev/zero'], 'A line is longer than 16 MB.'],
  [['check', join(folder, 'circle')], 'is a link that leads in a circle.'],
  [['import-sigma', join(folder, 'circle')], 'is a link that leads in a circle.'],
  [['rules', '--home', join(folder, 'file')], 'is no folder.'],
  [['import-sigma', folder, '--home', join(folder, 'file', 'below')], 'a part of that path is a file'],
  [['check', '--home', join(folder, 'circle')], 'is a link that leads in a circle.'],
  [['state', '--database', join(folder, 'banana')], 'There is no database '],
  [['disable', 'R0018', '--database', folder], 'is no file of a database.'],
])('%s is refused in plain words', async (args, message) => {
  writeFileSync(join(folder, 'file'), '')
  if (!lstatSync(join(folder, 'circle'), { throwIfNoEntry: false })) symlinkSync('circle', join(folder, 'circle'))
  const result = await decnet(['ttp', ...args, '--json'])
  expect(result.code).toBe(1)
  expect(errorOf(result).message).toContain(message)
  expect(errorOf(result).message).not.toMatch(/\bE[A-Z]{4,}\b|unable to open/u)
})

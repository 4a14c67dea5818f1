import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Problem, problem, ttpBench, ttpHits, ttpRuleCheck, ttpRuleDetail, ttpRules, ttpTagVerdict } from '@decnet/contracts/api'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { ruleText } from '../domain/ttp/rule.fixture.ts'
import type { TtpTagTable } from '../store/technique-tables.ts'
import { type ApiRig, openApi } from './api.fixture.ts'

const text = ({ id = 'R9000', version = 1, program = 'nmap' } = {}) =>
  ruleText(`{ programs: ${program} }`, { id })
    .replace('version: 1', `version: ${version}`)
    .replace('maturity: sandbox', 'maturity: stable')
    .replace('match: [{ kind: x }], no_match: [{ kind: x }]', `match: [${program} -p 1], no_match: [ls]`)
const TAG = '0190a000-0000-7000-8000-000000000001'
const tagOf = (uuid: string, rule_id: string, at: number): TtpTagTable => ({
  uuid,
  source_kind: 'command',
  source_id: uuid,
  attacker_uuid: null,
  identity_uuid: null,
  session_id: 's',
  decky: null,
  service: null,
  tactic: null,
  technique_id: 'T1003',
  sub_technique_id: null,
  confidence: 0.9,
  rule_id,
  rule_version: 1,
  evidence: '{}',
  attack_release: '18',
  at,
  seq: 1,
})

describe('texts of rules over the API', () => {
  let rig: ApiRig
  let admin: string
  let viewer: string
  const heard: { topic: string; payload: unknown }[] = []
  beforeAll(async () => {
    rig = await openApi()
    admin = await rig.login('ana')
    viewer = await rig.login('vic')
    const subscription = rig.bus.as('test').subscribe('ttp.rule.reloaded.>')
    void (async () => {
      for await (const event of subscription)
        if (event.kind === 'message') heard.push({ topic: event.message.topic, payload: event.message.payload })
    })()
  })
  afterEach(() => heard.splice(0))
  afterAll(() => rig[Symbol.asyncDispose]())
  const ask = (method: string, path: string, body?: unknown, token = admin) =>
    rig.request(method, `/ttp${path}`, { token, ...(body === undefined ? {} : { body }) })
  const list = async () => ttpRules.parse((await ask('GET', '/rules')).json())
  const detail = async (id: string) => ttpRuleDetail.parse((await ask('GET', `/rules/${id}`)).json())
  const refused = async (answer: Promise<{ json(): unknown }>): Promise<Problem> => problem.parse((await answer).json())

  it('shows the text in force, what came with the product, and what both say', async () => {
    const rule = await detail('R0014')
    expect(rule).toMatchObject({ origin: 'shipped', problem: null, saved_by: null, path: expect.stringMatching(/R0014-.*\.yaml$/u) })
    expect(rule.yaml).toContain('id: R0014')
    expect(rule.shipped_yaml).toBe(rule.yaml)
    expect(rule.examples.match.length).toBeGreaterThan(2)
    expect((await ask('GET', '/rules/R9999')).statusCode).toBe(404)
  })

  it('P2: a text that is saved takes the place of the shipped one, is told of once, and taken back the shipped one returns', async () => {
    const yaml = text({ id: 'R0014', version: 50 })
    const saved = await ask('PUT', '/rules/R0014', { yaml })
    expect(saved.statusCode).toBe(200)
    expect(ttpRuleDetail.parse(saved.json())).toMatchObject({ origin: 'database', yaml, version: 50, saved_by: 'ana', path: null })
    expect((await ask('PUT', '/rules/R0014', { yaml })).statusCode).toBe(200)
    expect((await list()).data.find(({ id }) => id === 'R0014')).toMatchObject({ origin: 'database', version: 50 })
    const { shipped_yaml: shipped, beneath_yaml: beneath } = await detail('R0014')
    expect([shipped, beneath]).toEqual([expect.stringContaining('shadow'), shipped])
    const { version } = (await list()).data.find(({ id }) => id === 'R0015') ?? {}
    expect(version).toBeLessThan(50)
    expect((await ask('DELETE', '/rules/R0014')).statusCode).toBe(204)
    expect(await detail('R0014')).toMatchObject({ origin: 'shipped', saved_by: null })
    await expect.poll(() => heard).toHaveLength(2)
    expect(heard).toMatchObject([
      { topic: 'ttp.rule.reloaded.R0014', payload: { rule_id: 'R0014', rule_version: 50, change: 'changed' } },
      { payload: { change: 'changed', rule_version: expect.any(Number) } },
    ])
  })

  it('P2: a rule that nobody had is added, and gone when it is taken back', async () => {
    expect((await ask('PUT', '/rules/R9000', { yaml: text() })).statusCode).toBe(200)
    expect((await list()).data.map(({ id }) => id)).toContain('R9000')
    expect((await ask('DELETE', '/rules/R9000')).statusCode).toBe(204)
    expect((await ask('GET', '/rules/R9000')).statusCode).toBe(404)
    await expect
      .poll(() => heard)
      .toMatchObject([{ payload: { change: 'added', rule_version: 1 } }, { payload: { change: 'removed', rule_version: null } }])
  })

  it('keeps what a deleted rule found in the catalogue, and how often over time', async () => {
    const at = Date.parse('2026-11-20T10:30:00.000Z')
    const times = [at, at + 60_000, at + 3 * 3_600_000]
    const gone = times.map((time, n) => ({ ...tagOf(TAG, 'R9000', time), rule_version: n }))
    expect((await ask('PUT', '/rules/R9000', { yaml: text() })).statusCode).toBe(200)
    await rig.store.db
      .insertInto('ttp_tags')
      .values(gone.map((tag, n) => ({ ...tag, uuid: `0190a000-0000-7000-8000-0000000000a${n}` })))
      .execute()
    expect((await list()).deleted).toEqual([])
    expect((await ask('DELETE', '/rules/R9000')).statusCode).toBe(204)
    const { data, deleted, total } = await list()
    expect([data.some(({ id }) => id === 'R9000'), total]).toEqual([false, data.length])
    expect(deleted).toEqual([
      {
        ...{ id: 'R9000', version: 2, sources: ['command'], emits: [{ technique: 'T1003', confidence: 0.9 }] },
        ...{ hits: { count: 3, last_at: '2026-11-20T13:30:00.000Z' }, verdicts: { right: 0, wrong: 0 } },
      },
    ])
    const hits = async (query: Record<string, string> = {}) =>
      ttpHits.parse((await rig.request('GET', `/ttp/hits?${new URLSearchParams(query)}`, { token: viewer })).json())
    expect(await hits()).toEqual({
      ...{ start_time: '2026-11-20T10:00:00.000Z', interval_minutes: 60 },
      data: [{ rule: 'R9000', count: 3, series: [2, 0, 0, 1] }],
    })
    const day = { start_time: '2026-11-01T00:00:00Z', end_time: '2026-11-20T12:00:00Z' }
    expect(await hits(day)).toMatchObject({
      start_time: '2026-11-20T00:00:00.000Z',
      interval_minutes: 1_440,
      data: [{ count: 2, series: [2] }],
    })
    expect(await hits({ start_time: '2027-01-01T00:00:00Z' })).toMatchObject({ data: [] })
    const fine = await rig.request('GET', '/ttp/hits?interval_minutes=0.5', { token: viewer })
    expect(fine.statusCode).toBe(422)
    await rig.store.db.deleteFrom('ttp_tags').where('rule_id', '=', 'R9000').execute()
    expect(await hits()).toEqual({ start_time: null, interval_minutes: 60, data: [] })
  })

  it.each([
    ['whose example does not match', text().replace('nmap -p 1', 'ls'), 9, /this example should match and does not/u],
    ['whose example matches and should not', text().replace('no_match: [ls]', 'no_match: [nmap x]'), 9, /matches and should not/u],
    ['of another id', text({ id: 'R9001' }), 1, /is to be R9000/u],
    ['with a technique that is none', text().replace('T1059.004', 'T9999'), 7, /has no technique T9999/u],
    ['that is no YAML', 'id: [', 1, /is no YAML/u],
    [
      'with a pattern that is slow',
      text().replace('{ programs: nmap }', "{ programs: nmap, line: { regex: '([a-q][^u-z]{300}x|[b-r][^t-z]{300}y)' } }"),
      6,
      /ms are allowed/u,
    ],
  ])('keeps no text %s, and says where it is wrong', async (_what, yaml, line, message) => {
    const answer = await refused(ask('PUT', '/rules/R9000', { yaml }))
    expect(answer).toMatchObject({ status: 422, code: 'bad_rule' })
    expect(answer.errors).toContainEqual({ field: 'yaml', line, column: expect.any(Number), message: expect.stringMatching(message) })
    expect((await ask('GET', '/rules/R9000')).statusCode).toBe(404)
  })

  it('takes texts from admins only, and none that is too long', async () => {
    expect((await ask('PUT', '/rules/R9000', { yaml: text() }, viewer)).statusCode).toBe(403)
    expect((await ask('DELETE', '/rules/R9000', undefined, viewer)).statusCode).toBe(403)
    expect((await ask('POST', '/rules/check', { yaml: text() }, viewer)).statusCode).toBe(403)
    expect((await ask('PUT', '/rules/R9000', { yaml: 'x'.repeat(70_000) })).statusCode).toBe(422)
    expect((await ask('PUT', '/rules/R9000', { yaml: text(), more: 1 })).statusCode).toBe(422)
  })

  it('takes back only what is in the database', async () => {
    expect(await refused(ask('DELETE', '/rules/R0014'))).toMatchObject({ status: 409, code: 'rule_not_saved' })
    expect(await refused(ask('DELETE', '/rules/R9000'))).toMatchObject({ status: 404, code: 'rule_unknown' })
  })

  it('checks a text without keeping it: all that is wrong, and how each example comes out', async () => {
    const check = async (yaml: string) => ttpRuleCheck.parse((await ask('POST', '/rules/check', { yaml })).json())
    expect(await check(text())).toMatchObject({
      rule: { id: 'R9000', version: 1 },
      problems: [],
      examples: [
        { list: 'match', index: 0, line: 9, passed: true },
        { list: 'no_match', index: 0, line: 9, passed: true },
      ],
    })
    const wrong = await check(text().replace('no_match: [ls]', 'no_match: [ls, nmap x]'))
    expect(wrong.problems).toHaveLength(1)
    expect(wrong.examples.map(({ passed }) => passed)).toEqual([true, true, false])
    expect(wrong.examples.map(({ example }) => typeof example)).toEqual(['string', 'string', 'string'])
    expect(await check('- x')).toMatchObject({ rule: null, problems: [{ line: 1, column: 1 }], examples: [] })
    expect((await ask('GET', '/rules/R9000')).statusCode).toBe(404)
  })

  it('P2: a file of the folder lies over the shipped rule and beneath the database; a broken one is told of with its place', async () => {
    const folder = join(rig.home.path, 'rules')
    mkdirSync(folder)
    const file = join(folder, 'R0014-ours.yaml')
    writeFileSync(file, text({ id: 'R0014', version: 40 }))
    await expect.poll(() => detail('R0014')).toMatchObject({ origin: 'folder', version: 40, path: file, problem: null })
    await expect.poll(() => heard).toMatchObject([{ payload: { rule_id: 'R0014', rule_version: 40, change: 'changed' } }])
    expect(await refused(ask('DELETE', '/rules/R0014'))).toMatchObject({ status: 409 })
    await ask('PUT', '/rules/R0014', { yaml: text({ id: 'R0014', version: 50 }) })
    expect(await detail('R0014')).toMatchObject({ origin: 'database', version: 50, beneath_yaml: text({ id: 'R0014', version: 40 }) })
    await ask('DELETE', '/rules/R0014')
    expect(await detail('R0014')).toMatchObject({ origin: 'folder', version: 40 })
    writeFileSync(file, text({ id: 'R0014', version: 41 }).replace('T1059.004', 'T9999'))
    const problem = { line: 7, column: expect.any(Number), message: expect.stringContaining('T9999'), path: file }
    await expect.poll(() => detail('R0014')).toMatchObject({ origin: 'folder', version: 40, problem })
    expect((await list()).broken).toEqual([{ ...problem, id: 'R0014', origin: 'folder' }])
    writeFileSync(file, 'id: R0014\nversion: 0\ntitel: x\nmaturity: ripe\n')
    await expect.poll(async () => (await detail('R0014')).problems.length).toBeGreaterThan(4)
    const { problem: first, problems } = await detail('R0014')
    expect(problems[0]).toEqual(first)
    expect(problems.map(({ line }) => line)).toEqual(problems.map(({ line }) => line).toSorted((a, b) => a - b))
    expect(problems.map(({ message }) => message)).toContainEqual(expect.stringContaining('titel'))
    writeFileSync(file, `${text({ id: 'R0014' })}${Array.from({ length: 300 }, (_, n) => `x${n}: 1`).join('\n')}\n`)
    await expect.poll(async () => (await detail('R0014')).problems.at(-1)?.message).toBe('and 281 more problems from here on.')
    expect((await detail('R0014')).problems).toHaveLength(20)
    writeFileSync(join(folder, 'R9002-new.yaml'), 'id: R9002\nversion: x')
    await expect.poll(async () => (await list()).broken.map(({ id }) => id)).toContain('R9002')
  })

  it('says what came of a rule, and counts what people said of its tags', async () => {
    const at = Date.parse('2026-11-20T10:00:00.000Z')
    await rig.store.db
      .insertInto('ttp_tags')
      .values([tagOf(TAG, 'R0016', at), tagOf(TAG.replace(/1$/u, '2'), 'R0016', at - 1_000)])
      .execute()
    const row = async () => (await list()).data.find(({ id }) => id === 'R0016')
    expect(await row()).toMatchObject({ hits: { count: 2, last_at: '2026-11-20T10:00:00.000Z' }, verdicts: { right: 0, wrong: 0 } })
    const say = (verdict: string, tag = TAG, token = admin) => ask('PUT', `/tags/${tag}/verdict`, { verdict }, token)
    expect(ttpTagVerdict.parse((await say('right')).json())).toMatchObject({ tag: TAG, verdict: 'right', said_by: 'ana' })
    expect(await row()).toMatchObject({ verdicts: { right: 1, wrong: 0 } })
    await say('wrong')
    expect(await row()).toMatchObject({ verdicts: { right: 0, wrong: 1 } })
    const tags = (await rig.request('GET', '/ttp/tags/T1003', { token: viewer })).json<{ uuid: string; verdict: unknown }[]>()
    expect(tags.map(({ verdict }) => verdict)).toEqual(['wrong', null])
    expect((await say('maybe')).statusCode).toBe(422)
    expect((await say('right', TAG, viewer)).statusCode).toBe(403)
    expect((await say('right', TAG.replace(/1$/u, '9'))).statusCode).toBe(404)
    expect((await ask('DELETE', `/tags/${TAG}/verdict`)).statusCode).toBe(204)
    expect((await ask('DELETE', `/tags/${TAG}/verdict`)).statusCode).toBe(404)
    expect(await row()).toMatchObject({ verdicts: { right: 0, wrong: 0 } })
  })
})

describe('the bench', () => {
  let rig: ApiRig
  let admin: string
  beforeAll(async () => {
    rig = await openApi()
    admin = await rig.login('ana')
  })
  afterAll(() => rig[Symbol.asyncDispose]())
  const bench = async (body: unknown) => ttpBench.parse((await rig.request('POST', '/ttp/bench', { token: admin, body })).json())
  const command = (command_text: string) => ({ source_kind: 'command', payload: { command_text } })

  it('says what the rules recognise, with title, technique and evidence; nothing is nothing, and no kind is said to be none', async () => {
    const { results } = await bench({
      items: [{ id: 'a', ...command('cat /etc/shadow') }, command('ls'), { source_kind: 'thought', payload: {} }],
    })
    expect(results[0]).toMatchObject({ id: 'a', error: null, missed: null })
    expect(results[0]?.matches).toContainEqual({
      rule: 'R0014',
      title: expect.any(String),
      technique: 'T1003.008',
      technique_name: '/etc/passwd and /etc/shadow',
      confidence: expect.any(Number),
      evidence: expect.objectContaining({ command_text: 'cat /etc/shadow' }),
      suppressed: null,
    })
    expect(results[1]).toEqual({ error: null, matches: [], missed: null })
    expect(results[2]).toMatchObject({ error: expect.stringContaining('thought is no kind of evidence'), matches: [] })
  }, 60_000)

  it('tries a text in place of the rule with its id, and says which parts of its condition do not hold', async () => {
    const yaml = text({ id: 'R0014' }).replace(
      'when: { programs: nmap }',
      'when:\n  programs: nmap\n  user: root\n  not: { line: { contains: help } }',
    )
    const { problems, results } = await bench({
      items: [
        command('cat /etc/shadow'),
        { source_kind: 'command', payload: { command_text: 'nmap x', user: 'root' } },
        command('nmap --help'),
        { source_kind: 'query', payload: { query_text: 'select 1' } },
      ],
      yaml,
    })
    expect(problems).toEqual([])
    expect(results[0]?.matches.map(({ rule }) => rule)).not.toContain('R0014')
    expect(results[0]?.missed).toMatchObject({
      reason: 'condition',
      parts: [
        { part: 'programs', line: 7 },
        { part: 'user', line: 8 },
      ],
    })
    expect(results[1]?.matches.map(({ rule }) => rule)).toContain('R0014')
    expect(results[1]?.missed).toBeNull()
    expect(results[2]?.missed?.parts.map(({ part }) => part)).toEqual(['user', 'not'])
    expect(results[3]?.missed).toEqual({ reason: 'other_kind', parts: [] })
  }, 60_000)

  it('counts over the items as one attacker’s, and says when a window waits for more', async () => {
    const yaml = text().replace('{ programs: nmap }', '{ threshold: { of: { programs: nmap }, count: 2, within: 5m, by: attacker } }')
    const { results } = await bench({ items: [command('nmap a'), command('ls'), command('nmap b')], yaml })
    expect(results.map(({ missed }) => missed)).toEqual([
      { reason: 'window', parts: [] },
      { reason: 'condition', parts: [{ part: 'threshold', line: expect.any(Number), column: expect.any(Number) }] },
      null,
    ])
  }, 60_000)

  it('takes no more than a hundred items, a broken text only to say so, and texts from admins only', async () => {
    const items = [command('nmap x')]
    const ask = (body: unknown, token = admin) => rig.request('POST', '/ttp/bench', { token, body })
    expect((await ask({ items: Array.from({ length: 101 }, () => items[0]) })).statusCode).toBe(422)
    expect((await ask({ items: [] })).statusCode).toBe(422)
    expect(await bench({ items, yaml: 'id: [' })).toMatchObject({ problems: [{ line: 1 }], results: [{ missed: null }] })
    const viewer = await rig.login('vic')
    expect((await ask({ items }, viewer)).statusCode).toBe(200)
    expect((await ask({ items, yaml: text() }, viewer)).statusCode).toBe(403)
  }, 60_000)
})

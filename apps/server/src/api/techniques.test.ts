import { navigatorLayer, observedTechniques, techniqueTags } from '@decnet/contracts/api'
import { attackerId, deterministicId } from '@decnet/kernel'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { visit } from '../workers/folds.fixture.ts'
import { type ApiRig, openApi, T0 } from './api.fixture.ts'

const [A, B] = ['203.0.113.7', '2001:db8::7']

describe('observed techniques', () => {
  let rig: ApiRig
  let token: string
  let identity: string
  const mine = visit({ ip: A, commands: ['cat /etc/shadow'] })
  const session = mine[0]?.sessionId ?? ''
  beforeAll(async () => {
    rig = await openApi()
    token = await rig.login('vic')
    await rig.feed(...mine, ...visit({ ip: B, at: 60_000 }))
    const tag = (name: string, values: object = {}) => ({
      uuid: deterministicId('tag', name),
      source_kind: 'command',
      source_id: deterministicId('event', name),
      attacker_uuid: attackerId(A),
      identity_uuid: null,
      session_id: session,
      decky: 'web-01',
      service: 'ssh',
      tactic: 'TA0006',
      technique_id: 'T1003',
      sub_technique_id: 'T1003.008',
      confidence: 0.9,
      rule_id: 'R0014',
      rule_version: 1,
      evidence: JSON.stringify({ command_text: 'cat /etc/shadow \u202e<b>' }),
      attack_release: '18',
      at: T0,
      seq: 7,
      ...values,
    })
    await rig.store.db
      .insertInto('ttp_tags')
      .values([
        tag('1'),
        tag('2', { at: T0 + 60_000, seq: 9, confidence: 0.4, rule_id: 'gone' }),
        tag('3', { attacker_uuid: attackerId(B), session_id: null, technique_id: 'T0855', sub_technique_id: null, tactic: 'TA0106' }),
      ])
      .execute()
    const found = await rig.request('GET', `/attackers/${A}/attribution`, { token })
    identity = found.json<{ identity_uuid: string }>().identity_uuid
  })
  afterAll(() => rig[Symbol.asyncDispose]())
  const get = (path: string, query: Record<string, string> = {}) => rig.request('GET', `/ttp/${path}`, { token, query })
  const rows = async (path: string, query?: Record<string, string>) =>
    observedTechniques.parse((await get(path, query)).json()).map((row) => `${row.sub_technique_id ?? row.technique_id} ${row.count}`)
  const nobody = deterministicId('identity', 'nobody')

  it('are for those who are logged in', async () => {
    for (const path of ['observed', `by-attacker/${A}`, 'tags/T1003', `tags/by-attacker/${A}/T1003`, 'export/navigator'])
      expect((await rig.request('GET', `/ttp/${path}`)).statusCode).toBe(401)
  })

  it('of everybody, of an attacker by uuid and address, of a session, of an identity; of an unknown id none', async () => {
    expect(await rows('observed')).toEqual(['T0855 1', 'T1003.008 2'])
    for (const id of [A, attackerId(A)]) expect(await rows(`by-attacker/${id}`)).toEqual(['T1003.008 2'])
    expect(await rows(`by-attacker/${encodeURIComponent(B)}`)).toEqual(['T0855 1'])
    expect(await rows(`by-session/${session}`)).toEqual(['T1003.008 2'])
    expect(await rows(`by-identity/${identity}`)).toEqual(['T1003.008 2'])
    for (const of of ['attacker', 'session', 'identity', 'campaign']) expect(await rows(`by-${of}/${nobody}`)).toEqual([])
    const [first] = observedTechniques.parse((await get(`by-identity/${identity}`)).json())
    expect(first).toMatchObject({
      technique_name: 'OS Credential Dumping',
      sub_technique_name: '/etc/passwd and /etc/shadow',
      tactics: [{ id: 'TA0006', name: 'Credential Access', count: 2 }],
      attacker_count: 1,
      identity_count: 1,
      mitre_url: 'https://attack.mitre.org/techniques/T1003/008',
    })
  })

  it('of a time, of a tactic by id and short name, of at least so much confidence', async () => {
    expect(await rows('observed', { end_time: new Date(T0).toISOString() })).toEqual(['T0855 1', 'T1003.008 1'])
    for (const tactic of ['TA0006', 'credential-access']) expect(await rows('observed', { tactic })).toEqual(['T1003.008 2'])
    expect(await rows('observed', { tactic: 'TA0001' })).toEqual([])
    expect(await rows(`by-attacker/${A}`, { confidence: '0.5' })).toEqual(['T1003.008 1'])
    for (const query of [{ confidence: '2' }, { start_time: 'now' }, { colour: 'red' }])
      expect((await get('observed', query as unknown as Record<string, string>)).statusCode).toBe(422)
  })

  it('have their evidence: exact text, the rule by its title, the record', async () => {
    const tags = async (path: string, query?: Record<string, string>) => techniqueTags.parse((await get(path, query)).json())
    const all = await tags(`tags/by-attacker/${A}/T1003`)
    expect(all.map(({ seq }) => seq)).toEqual([9, 7])
    expect(all[1]).toMatchObject({
      rule_id: 'R0014',
      rule_title: expect.stringMatching(/\w/u),
      evidence: { command_text: 'cat /etc/shadow \u202e<b>' },
      attacker_ip: A,
      identity_uuid: identity,
      session_id: session,
      timestamp: new Date(T0).toISOString(),
    })
    expect(all[0]?.rule_title).toBeNull()
    for (const path of ['tags/t1003.008', `tags/by-session/${session}/T1003`, `tags/by-identity/${identity}/T1003.008`])
      expect((await tags(path)).map(({ seq }) => seq)).toEqual([9, 7])
    expect((await tags('rules/R0014/tags')).map(({ technique_id: id, seq }) => `${id} ${seq}`)).toEqual(['T0855 7', 'T1003 7'])
    expect(await tags('rules/R9999/tags')).toEqual([])
    expect(await tags('tags/T1003', { sub_technique_id: 'T1003.001' })).toEqual([])
    expect(await tags('tags/T1003', { limit: '1' })).toHaveLength(1)
    expect(await tags(`tags/by-identity/${nobody}/T1003`)).toEqual([])
    for (const limit of ['0', '1001', 'x']) expect((await get('tags/T1003', { limit })).statusCode).toBe(422)
    for (const id of ['T1', '1003', '__proto__']) expect((await get(`tags/${id}`)).statusCode).toBe(422)
    expect((await get('tags/by-identity/none/T1003')).statusCode).toBe(422)
  })

  it('are a layer of what changed since the period before', async () => {
    const minute = (n: number) => new Date(T0 + n * 60_000).toISOString()
    const scores = async (query: Record<string, string>) =>
      navigatorLayer
        .parse((await get('export/navigator/difference', query)).json())
        .techniques.map(({ score, comment }) => [score, comment])
    // One at the beginning of the first period, one at the beginning of the second.
    expect(await scores({ start_time: minute(1), end_time: minute(2) })).toEqual([[0, '1 tag now, 1 before']])
    expect(await scores({ start_time: minute(0), end_time: minute(1) })).toEqual([[2, '2 tags now, 0 before']])
    expect(await scores({ start_time: minute(2), end_time: minute(3) })).toEqual([[-1, '0 tags now, 1 before']])
    expect((await get('export/navigator/difference')).statusCode).toBe(422)
    expect((await get('export/navigator/difference', { start_time: minute(1), end_time: minute(1) })).json()).toMatchObject({
      status: 422,
      code: 'period_empty',
    })
  })

  it('are a layer for the Navigator, of each domain, as a file', async () => {
    const answer = await get('export/navigator')
    expect(answer.headers['content-disposition']).toBe('attachment; filename="navigator-fleet-enterprise-attack.json"')
    const ids = async (path: string, query?: Record<string, string>) =>
      navigatorLayer.parse((await get(path, query)).json()).techniques.map(({ techniqueID, score }) => `${techniqueID} ${score}`)
    expect(await ids('export/navigator')).toEqual(['T1003.008 2'])
    expect(await ids('export/navigator', { domain: 'ics-attack' })).toEqual(['T0855 1'])
    expect(await ids(`export/navigator/identity/${identity}`, { start_time: new Date(T0 + 1).toISOString() })).toEqual(['T1003.008 1'])
    expect((await get('export/navigator', { domain: 'mobile-attack' })).statusCode).toBe(422)
    for (const of of ['identity', 'campaign'])
      expect((await get(`export/navigator/${of}/${nobody}`)).json()).toMatchObject({ status: 404, code: `${of}_unknown` })
  })
})

import { type Identity, navigatorLayer, type Page } from '@decnet/contracts/api'
import { attackerId, deterministicId } from '@decnet/kernel'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { attackData } from '../attack/load.ts'
import { layerFormat } from '../domain/attack/navigator-format.fixture.ts'
import { visit } from '../workers/folds.fixture.ts'
import { type ApiRig, openApi, T0 } from './api.fixture.ts'

const [A, B, C] = ['203.0.113.7', '192.0.2.200', '198.51.100.77']
const file = ['a'.repeat(64)]
const fetches = ['http://203.0.113.99:8443/drop/ivy.sh']
const rare = {
  hassh: 'b5752e36ba6c5979a575e43178908adf',
  logins: [['deploy', 'Kestrel-over-the-quarry-91']] as const,
  commands: ['cat /opt/billing/ledger.conf'],
  ...{ fetches, files: file },
}
const other = { hassh: '2'.repeat(32), logins: [['git', 'sunken-bell']] as const, fetches, files: file }

let rig: ApiRig
let token: string
let ours: Identity
const tag = (ip: string, n: number, technique: string, tactic: string | null, confidence = 0.9) => ({
  ...{ uuid: deterministicId('tag', `${ip} ${n}`), source_kind: 'command', source_id: deterministicId('event', `${ip} ${n}`) },
  ...{ attacker_uuid: attackerId(ip), identity_uuid: null, session_id: null, decky: 'web-01', service: 'ssh', tactic, confidence },
  ...{ technique_id: technique.slice(0, 5), sub_technique_id: technique.length > 5 ? technique : null, rule_id: 'R0014', rule_version: 1 },
  ...{ evidence: '{}', attack_release: '18', at: T0 + n * 60_000, seq: n },
})

beforeAll(async () => {
  rig = await openApi()
  token = await rig.login('vic')
  const strangers = Array.from({ length: 20 }, (_, n) =>
    visit({ ip: `198.51.100.${n + 1}`, at: n * 60_000, hassh: '0a07365cc01fa9fc82608ba4019af499', logins: [['root', '123456']] }),
  ).flat()
  await rig.feed(...strangers)
  await rig.feed(...visit({ ip: A, ...rare }), ...visit({ ip: B, at: 600_000, ...rare }), ...visit({ ip: C, at: 1_200_000, ...other }))
  await rig.store.db
    .insertInto('ttp_tags')
    .values([
      tag(A, 1, 'T1003.008', 'TA0006'),
      tag(B, 2, 'T1003.008', 'TA0006', 0.5),
      tag(A, 3, 'T1110', null),
      tag(C, 4, 'T1082', 'TA0007'),
      tag(C, 5, 'T0855', 'TA0106'),
      tag('198.51.100.1', 6, 'T1046', 'TA0007'),
    ])
    .execute()
  const found = await rig.request('GET', `/identities?search=${A}`, { token })
  const [identity] = found.json<Page<Identity>>().data
  if (!identity) throw new Error('no identity')
  ours = identity
})
afterAll(() => rig[Symbol.asyncDispose]())

/** A layer as a file that the Navigator reads: of the published format, and each technique where ATT&CK has it. */
async function layer(path: string, query: Record<string, string> = {}) {
  const answer = await rig.request('GET', `/ttp/export/navigator/${path}`, { token, query })
  expect(answer.statusCode).toBe(200)
  layerFormat.parse(JSON.parse(answer.body))
  const { versions, domain, techniques, metadata, name } = navigatorLayer.parse(answer.json())
  const data = attackData(rig.home)
  expect(versions).toEqual({
    attack: data.releases.find((release) => release.domain === domain)?.release,
    navigator: '4.9.0',
    layer: '4.5',
  })
  for (const { techniqueID, tactic, showSubtechniques } of techniques) {
    expect(data.technique(techniqueID)?.tactics.map(({ shortName }) => shortName)).toContain(tactic)
    if (showSubtechniques) expect(data.techniques.some(({ parent }) => parent?.id === techniqueID)).toBe(true)
  }
  const scores = techniques.map(({ techniqueID, tactic, score }) => `${techniqueID} ${tactic} ${score}`)
  return { answer, name, techniques, scores, facts: Object.fromEntries(metadata.map(({ name, value }) => [name, value])) }
}

it('the layer of an identity holds what its addresses showed, in the published format', async () => {
  const { answer, name, scores, techniques, facts } = await layer(`identity/${ours.uuid}`)
  expect(scores).toEqual(['T1003.008 credential-access 2', 'T1110 credential-access 1'])
  expect(name).toBe(`DECNET: identity ${ours.code_name}`)
  expect(answer.headers['content-disposition']).toBe(`attachment; filename="navigator-${ours.uuid}-enterprise-attack.json"`)
  expect(facts).toMatchObject({ Of: `identity ${ours.code_name}`, Id: ours.uuid, From: 'the beginning', 'Least confidence': '0' })
  expect(techniques[0]?.metadata).toEqual([
    { name: 'Tags', value: '2' },
    { name: 'Attackers', value: '2' },
    { name: 'Identities', value: '1' },
    { name: 'Confidence', value: '0.90' },
    { name: 'First seen', value: new Date(T0 + 60_000).toISOString() },
    { name: 'Last seen', value: new Date(T0 + 120_000).toISOString() },
  ])
  expect((await layer(`identity/${ours.uuid}`, { confidence: '0.6' })).scores).toEqual([
    'T1003.008 credential-access 1',
    'T1110 credential-access 1',
  ])
})

it('the layer of a campaign holds what its identities showed, each domain in its own', async () => {
  const campaign = ours.campaign
  expect(campaign).not.toBeNull()
  const { scores, facts } = await layer(`campaign/${campaign?.uuid}`)
  expect(scores).toEqual(['T1003.008 credential-access 2', 'T1082 discovery 1', 'T1110 credential-access 1'])
  expect(facts).toMatchObject({ Of: `campaign ${campaign?.code_name}`, Id: campaign?.uuid })
  expect((await layer(`campaign/${campaign?.uuid}`, { domain: 'ics-attack' })).scores).toEqual(['T0855 impair-process-control 1'])
  const late = { start_time: new Date(T0 + 10 * 60_000).toISOString() }
  expect((await layer(`campaign/${campaign?.uuid}`, late)).scores).toEqual([])
})

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { attackDataOf } from './attack-data.ts'
import { layerFormat } from './navigator-format.fixture.ts'
import { navigatorDifference, navigatorLayer } from './navigator-layer.ts'
import { parseRelease } from './release.ts'
import { showObserved } from './show-observed.ts'

const shipped = (name: string) =>
  parseRelease(JSON.parse(readFileSync(new URL(`../../../../../data/attack/${name}.json`, import.meta.url), 'utf8')))
const data = attackDataOf([shipped('enterprise'), shipped('ics')])

const seen = (technique_id: string, sub: string | null, tactics: Record<string, number>) =>
  showObserved(data, {
    technique_id,
    sub_technique_id: sub === null ? null : `${technique_id}.${sub}`,
    tactics,
    count: Object.values(tactics).reduce((sum, count) => sum + count, 0),
    confidence_max: 0.9,
    first_seen: '2026-11-21T12:00:00.000Z',
    last_seen: '2026-11-21T13:00:00.000Z',
    attacker_count: 2,
    identity_count: 1,
  })
const rows = [
  seen('T1110', null, { TA0006: 3 }),
  seen('T1110', '001', { TA0006: 1_500 }),
  seen('T1078', null, { TA0001: 2, TA0003: 5 }),
  seen('T0855', null, { TA0106: 4 }),
]
const of = (domain: 'enterprise-attack' | 'ics-attack', some = rows) =>
  navigatorLayer(data, some, { domain, name: 'DECNET: all attackers', description: 'What was recognised.', facts: { To: 'now' } })

describe('a Navigator layer', () => {
  it('is of the published format, with techniques where ATT&CK has them', () => {
    for (const domain of ['enterprise-attack', 'ics-attack'] as const) {
      const layer = layerFormat.parse(of(domain))
      expect(layer.versions.attack).toBe('18')
      for (const { techniqueID, tactic } of layer.techniques) {
        const technique = data.technique(techniqueID)
        expect(technique?.domain).toBe(domain)
        expect(technique?.tactics.map(({ shortName }) => shortName)).toContain(tactic)
      }
    }
    expect(layerFormat.parse(of('ics-attack', [])).techniques).toEqual([])
  })

  it('scores by count, tactic by tactic, a sub-technique apart from its parent; the gradient ends at the most', () => {
    const layer = of('enterprise-attack')
    expect(layer.techniques.map(({ techniqueID, tactic, score }) => [techniqueID, tactic, score])).toEqual([
      ['T1110', 'credential-access', 3],
      ['T1110.001', 'credential-access', 1_500],
      ['T1078', 'initial-access', 2],
      ['T1078', 'persistence', 5],
    ])
    expect(layer.gradient.maxValue).toBe(1_500)
    expect(layer.techniques[1]?.comment).toContain('1,500 tags of 2 attackers; confidence up to 0.90')
    expect(layer.techniques.map(({ showSubtechniques }) => showSubtechniques)).toEqual([true, undefined, true, true])
    expect(layer.techniques[1]?.metadata).toContainEqual({ name: 'Tags', value: '1500' })
    expect(layer.metadata).toEqual([{ name: 'To', value: 'now' }])
    expect(of('ics-attack').techniques.map(({ techniqueID }) => techniqueID)).toEqual(['T0855'])
  })
})

describe('a difference of two periods', () => {
  const before = [seen('T1110', '001', { TA0006: 2_000 }), seen('T1003', '008', { TA0006: 4 }), seen('T1110', null, { TA0006: 3 })]
  const subject = { domain: 'enterprise-attack', name: 'DECNET: what changed', description: '', facts: {} } as const

  it('scores what was seen more and less often, around nothing', () => {
    const layer = layerFormat.parse(navigatorDifference(data, rows, before, subject))
    expect(Object.fromEntries(layer.techniques.map(({ techniqueID, tactic, score }) => [`${techniqueID} ${tactic}`, score]))).toEqual({
      'T1110 credential-access': 0,
      'T1110.001 credential-access': -500,
      'T1003.008 credential-access': -4,
      'T1078 initial-access': 2,
      'T1078 persistence': 5,
    })
    expect(layer.gradient).toMatchObject({ minValue: -500, maxValue: 500 })
    expect(layer.techniques.find(({ techniqueID }) => techniqueID === 'T1110.001')?.comment).toBe('1,500 tags now, 2,000 before')
    expect(layerFormat.parse(navigatorDifference(data, [], [], subject)).techniques).toEqual([])
  })
})

describe('what was observed', () => {
  it('bears the names of ATT&CK; a tag that names no tactic counts for each of its technique', () => {
    expect(seen('T1078', null, { '': 2, TA0003: 1 })).toMatchObject({
      technique_name: 'Valid Accounts',
      domain: 'enterprise-attack',
      tactics: [
        { id: 'TA0001', name: 'Initial Access', count: 2 },
        { id: 'TA0003', count: 3 },
        { id: 'TA0004', count: 2 },
        { id: 'TA0005', count: 2 },
      ],
    })
    expect(seen('T1110', '001', { TA0006: 1 })).toMatchObject({
      technique_name: 'Brute Force',
      sub_technique_name: 'Password Guessing',
      mitre_url: 'https://attack.mitre.org/techniques/T1110/001',
    })
  })

  it('keeps its id for a name where ATT&CK does not know it', () => {
    expect(seen('T9999', '001', { TA0006: 1 })).toMatchObject({ technique_name: 'T9999', sub_technique_name: 'T9999.001' })
    expect(seen('T0999', null, { TA9999: 1 })).toMatchObject({ domain: 'ics-attack', tactics: [] })
  })
})

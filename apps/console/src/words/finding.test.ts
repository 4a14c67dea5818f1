import { allTopics } from '@decnet/contracts/topics'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tell } from './event.ts'
import { findings } from './finding.ts'
import type { EventLike } from './said.ts'

const [A, B] = ['1ca31f08-5522-5aae-8371-fe81f0e39de3', '7f0e1d9c-0000-5000-8000-aabbccddeeff']
const record = (topic: string, fields: Record<string, unknown> = {}): EventLike => ({
  seq: 1,
  id: 'x',
  topic,
  timestamp: '2026-01-01T00:00:00.000Z',
  decky: null,
  service: null,
  event_type: topic,
  attacker_ip: null,
  session_id: null,
  fields,
})
const records = allTopics.filter(({ kind, pattern }) => kind === 'record' && pattern !== 'system.log')
/** A name as it stands in the log: `decky.web-01.state`. */
const concrete = (pattern: string) => pattern.replace('*', 'web-01').replace('*', 'x').replace('>', 'motor.typing_rhythm')

describe('what was derived, in words', () => {
  it('has words for every topic that is published and kept in the log, and for none that is not kept', () => {
    const told = Object.keys(findings)
    expect(records.filter(({ planned, pattern }) => !planned && !told.includes(pattern)).map(({ pattern }) => pattern)).toEqual([])
    expect(told.filter((pattern) => !records.some((topic) => topic.pattern === pattern))).toEqual([])
  })
  it.each(records.filter(({ pattern }) => pattern in findings).map(({ pattern }) => concrete(pattern)))(
    '%s is told without its name',
    (topic) => {
      const { verb, object, note } = tell(record(topic))
      expect(verb).toMatch(/^[a-z][a-z ]+$/u)
      expect(verb).not.toBe(topic.replaceAll(/[._]/gu, ' '))
      expect([verb, object, note].join(' ')).not.toMatch(/undefined|null|NaN|\w_\w|\w\.\w/u)
    },
  )
  it('says what a probe found, and in which way', () => {
    const told = (fields: Record<string, unknown>) =>
      tell(record('attacker.fingerprinted', { attacker_ip: '203.0.113.7', port: 22, ...fields }))
    expect(told({ hassh_server: 'a'.repeat(32), ssh_banner: 'SSH-2.0-x' })).toMatchObject({ object: 'a'.repeat(32), note: 'HASSH' })
    expect(told({ cert_sha256: 'b'.repeat(64), subject_cn: 'x' })).toMatchObject({ object: 'b'.repeat(64), note: 'certificate' })
    expect(told({ addr: 'fd00::1' })).toMatchObject({ object: '', note: '' })
  })
  it('says who, and whom else it concerns', () => {
    expect(tell(record('identity.merged', { winner_uuid: A, loser_uuid: B }))).toMatchObject({
      who: { kind: 'identity', uuid: B },
      verb: 'is the same as',
      about: [{ kind: 'identity', uuid: A }],
    })
    const assigned = { identity_uuid: A, campaign_uuid: B, prior_campaign_uuid: null }
    for (const topic of ['identity.campaign.assigned', 'campaign.identity.assigned'])
      expect(tell(record(topic, assigned))).toMatchObject({ verb: 'joined campaign', about: [{ kind: 'campaign', uuid: B }] })
    expect(tell(record('identity.campaign.assigned', { ...assigned, campaign_uuid: null, prior_campaign_uuid: B }))).toMatchObject({
      verb: 'left campaign',
      about: [{ kind: 'campaign', uuid: B }],
    })
  })
  it('says which techniques were recognised', () => {
    const told = (ids: unknown) => tell(record('ttp.tagged', { techniques_added: ids }))
    expect(told(['T1003.008', 'T1082'])).toMatchObject({ verb: 'used techniques', techniques: ['T1003.008', 'T1082'] })
    expect(told(['T1082']).verb).toBe('used the technique')
    for (const nonsense of [undefined, 'T1082', [7, 'T1', null]]) expect(told(nonsense).techniques).toEqual([])
  })
  it('says what an operator said, and why', () => {
    const say = (kind: string) => tell(record('identity.link.stated', { kind, a: A, b: B, by: 'ana', reason: 'the same hands' }))
    expect(say('confirm')).toMatchObject({ by: 'ana', verb: 'said that two addresses are one', note: 'the same hands' })
    expect(new Set(['confirm', 'forbid', 'withdraw'].map((kind) => say(kind).verb)).size).toBe(3)
  })
  it('says how a habit changed', () => {
    const change = { identity_uuid: A, primitive: 'motor.typing_rhythm', old_state: null }
    const verbs = ['stable', 'drifting', 'multi_actor'].map((new_state) =>
      tell(record('attribution.profile.state_changed', { ...change, new_state })),
    )
    expect(verbs.map(({ verb, note }) => [verb, note])).toEqual([
      ['habit is stable', 'Typing rhythm'],
      ['habit is drifting', 'Typing rhythm'],
      ['habit takes turns', 'Typing rhythm'],
    ])
  })
  it('has words whatever the fields hold', () => {
    const names = ['f', 'score', 'kind', 'primitive', 'value', 'providers', 'identity_uuid', 'winner_uuid', 'new_state', 'by', 'reason']
    fc.assert(
      fc.property(
        fc.constantFrom(...records.map(({ pattern }) => concrete(pattern))),
        fc.dictionary(fc.constantFrom(...names), fc.jsonValue()),
        (topic, fields) => {
          expect(tell(record(topic, fields)).verb).not.toBe('')
        },
      ),
    )
  })
})

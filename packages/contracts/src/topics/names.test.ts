import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ROOTS, TopicNameError, topicLeaf, topicName, topicSegment } from './define.ts'
import { allTopics, topics } from './index.ts'

/** What no interpolated segment may be (reference bus-workers-storage §9.2). */
const BAD_SEGMENTS = ['', 'has.dot', 'has*wildcard', 'has>wild', 'with space', 'with\ttab']

describe('T1: names', () => {
  it('T1: there are the thirteen roots, and every topic stands below one of them', () => {
    expect(ROOTS).toEqual([
      'topology',
      'decky',
      'attacker',
      'identity',
      'campaign',
      'credential',
      'attribution',
      'orchestrator',
      'canary',
      'smtp',
      'email',
      'ttp',
      'system',
    ])
    for (const topic of allTopics) expect(ROOTS).toContain(topic.template.split('.')[0])
  })

  it('T1: names that subscribers know stay as they are', () => {
    expect(Object.fromEntries(Object.entries(topics).map(([key, topic]) => [key, topic.template]))).toMatchObject({
      systemLog: 'system.log',
      systemBusHealth: 'system.bus.health',
      workerHealth: 'system.{worker}.health',
      workerControl: 'system.{worker}.control',
      deckyState: 'decky.{decky}.state',
      attackerObserved: 'attacker.observed',
      attackerScored: 'attacker.scored',
      attackerSessionStarted: 'attacker.session.started',
      attackerSessionEnded: 'attacker.session.ended',
      credentialCaptured: 'credential.captured',
      credentialReuseDetected: 'credential.reuse.detected',
    })
  })

  it('T1: what a topic builds is what the reference writes down', () => {
    expect([
      topics.deckyState.name('d-42'),
      topics.systemBusHealth.name(),
      topics.systemLog.name(),
      topics.attackerSessionStarted.name(),
      topics.workerHealth.name('sniffer'),
      topics.workerControl.name('mutator'),
    ]).toEqual([
      'decky.d-42.state',
      'system.bus.health',
      'system.log',
      'attacker.session.started',
      'system.sniffer.health',
      'system.mutator.control',
    ])
  })

  it('T1: no two topics have one template', () => {
    expect(new Set(allTopics.map((topic) => topic.template)).size).toBe(allTopics.length)
  })
})

describe('T2: builders', () => {
  it.each(BAD_SEGMENTS)('T2: the segment %j is refused, by the function and by every family that interpolates', (bad) => {
    expect(() => topicSegment(bad)).toThrow(TopicNameError)
    for (const family of [topics.deckyState, topics.workerHealth, topics.workerControl])
      expect(() => family.name(bad)).toThrow(TopicNameError)
  })

  it('T2: whole leaves take dots and refuse to be empty', () => {
    expect(topicName('credential', 'reuse.detected')).toBe('credential.reuse.detected')
    expect(topicName('attacker', 'session.started')).toBe('attacker.session.started')
    expect(topicName('identity', 'observation.linked')).toBe('identity.observation.linked')
    expect(topicName('attribution', 'profile.state_changed')).toBe('attribution.profile.state_changed')
    expect(topicName('email', 'received')).toBe('email.received')
    for (const bad of ['', '.', 'a..b', '.a', 'a.', 'a.*', 'a.>', 'a b']) {
      expect(() => topicLeaf(bad), JSON.stringify(bad)).toThrow(TopicNameError)
      expect(() => topicName('attacker', bad), JSON.stringify(bad)).toThrow(TopicNameError)
    }
  })

  it('T2: a root that is none is refused', () => {
    expect(() => topicName('attackers' as never, 'observed')).toThrow(TopicNameError)
  })

  it('T2: a family takes exactly as many segments as it has holes', () => {
    expect(() => topics.deckyState.name(...([] as unknown as [string]))).toThrow(TopicNameError)
    expect(() => topics.deckyState.name(...(['a', 'b'] as unknown as [string]))).toThrow(TopicNameError)
    expect(() => topics.systemLog.name(...(['a'] as unknown as []))).toThrow(TopicNameError)
  })

  it('T2: whatever the string, it is one whole token of the name or it is refused', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        let name: string
        try {
          name = topics.deckyState.name(value)
        } catch (error) {
          expect(error).toBeInstanceOf(TopicNameError)
          return
        }
        expect(name.split('.')).toEqual(['decky', value, 'state'])
        expect(value).not.toMatch(/[*>\s]/u)
      }),
    )
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AnyTopic, ROOTS, TopicNameError, topicLeaf, topicName, topicSegment } from './define.ts'
import { allTopics, topics } from './index.ts'

/** What no interpolated segment may be. */
const BAD_SEGMENTS = ['', 'has.dot', 'has*wildcard', 'has>wild', 'with space', 'with\ttab']

/** As the founding documents write them, in their order. */
const FOUNDING = [
  'topology.{topology_id}.mutation.enqueued',
  'topology.{topology_id}.mutation.applying',
  'topology.{topology_id}.mutation.applied',
  'topology.{topology_id}.mutation.failed',
  'topology.{topology_id}.status',
  'decky.{decky_id}.state',
  'decky.{decky_id}.traffic',
  'decky.{decky_id}.mutate_request',
  'decky.{decky_id}.mutation',
  'decky.{decky_id}.service_added',
  'decky.{decky_id}.service_removed',
  'decky.{decky_id}.service_config_changed',
  'orchestrator.traffic.{decky_id}',
  'orchestrator.file.{decky_id}',
  'orchestrator.email.{decky_id}',
  'attacker.observed',
  'attacker.scored',
  'attacker.fingerprinted',
  'attacker.fingerprint_rotated',
  'attacker.session.started',
  'attacker.session.ended',
  'attacker.intel.enriched',
  'attacker.observation.{primitive}',
  'identity.formed',
  'identity.observation.linked',
  'identity.merged',
  'identity.unmerged',
  'identity.campaign.assigned',
  'campaign.formed',
  'campaign.identity.assigned',
  'campaign.merged',
  'campaign.unmerged',
  'credential.captured',
  'credential.reuse.detected',
  'attribution.profile.state_changed',
  'attribution.profile.multi_actor_suspected',
  'canary.{token_id}.placed',
  'canary.{token_id}.triggered',
  'canary.{token_id}.revoked',
  'smtp.probe.pending',
  'email.received',
  'ttp.tagged',
  'ttp.rule.fired.{technique_id}',
  'ttp.rule.suppressed',
  'ttp.rule.reloaded.{rule_id}',
  'ttp.rule.state.{rule_id}',
  'system.log',
  'system.bus.health',
  'system.{worker}.health',
  'system.{worker}.control',
  'system.webhook.subscriptions_changed',
]
/** What came after them. */
const LATER = ['decky.{decky_id}.lifecycle']

/** How a hole is called is our business; where it stands is not. */
const anonymous = (template: string) => template.replaceAll(/\{\w+\+?\}/gu, '{}')
const holesOf = (topic: AnyTopic) => topic.template.match(/\{\w+\+?\}/gu) ?? []
const build = (topic: AnyTopic, ...segments: string[]) => (topic.name as (...segments: string[]) => string)(...segments)

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

  it('T1: every topic of the founding documents is in the registry', () => {
    const registry = allTopics.map((topic) => anonymous(topic.template))
    for (const template of [...FOUNDING, ...LATER]) expect(registry).toContain(anonymous(template))
    expect(new Set(FOUNDING.map((template) => template.split('.')[0]))).toEqual(new Set(ROOTS))
  })

  it('T1: what a topic builds is what the reference writes down', () => {
    expect([
      topics.topologyMutationApplied.name('abc123'),
      topics.topologyStatus.name('t-1'),
      topics.deckyState.name('d-42'),
      topics.systemBusHealth.name(),
      topics.systemLog.name(),
      topics.attackerSessionStarted.name(),
      topics.workerHealth.name('sniffer'),
      topics.workerControl.name('mutator'),
      topics.identityObservationLinked.name(),
      topics.attributionProfileStateChanged.name(),
      topics.ttpRuleFired.name('T1110'),
      topics.emailReceived.name(),
      topics.attackerObservation.name('motor.typing_rhythm'),
    ]).toEqual([
      'topology.abc123.mutation.applied',
      'topology.t-1.status',
      'decky.d-42.state',
      'system.bus.health',
      'system.log',
      'attacker.session.started',
      'system.sniffer.health',
      'system.mutator.control',
      'identity.observation.linked',
      'attribution.profile.state_changed',
      'ttp.rule.fired.T1110',
      'email.received',
      'attacker.observation.motor.typing_rhythm',
    ])
  })

  it('T1: no two topics have one template', () => {
    expect(new Set(allTopics.map((topic) => anonymous(topic.template))).size).toBe(allTopics.length)
  })

  it('T1: a name belongs to one topic, but for the health of the bus, which is that of a worker as well', () => {
    const under = (topic: AnyTopic, name: string) => {
      const parts = topic.template.split('.').map((token) => (token.endsWith('+}') ? '.+' : token.startsWith('{') ? '[^.]+' : token))
      return new RegExp(`^${parts.join('\\.')}$`, 'u').test(name)
    }
    for (const topic of allTopics) {
      const name = build(topic, ...holesOf(topic).map(() => 'x-1'))
      const owners = allTopics.filter((other) => under(other, name))
      expect(new Set(owners), name).toEqual(new Set(topic === topics.systemBusHealth ? [topic, topics.workerHealth] : [topic]))
    }
  })
})

describe('T2: builders', () => {
  it.each(BAD_SEGMENTS)('T2: the segment %j is refused, by the function and at each place of every family that interpolates one', (bad) => {
    expect(() => topicSegment(bad)).toThrow(TopicNameError)
    const families = allTopics.filter((topic) => holesOf(topic).length > 0 && !topic.template.endsWith('+}'))
    expect(families.length).toBeGreaterThan(20)
    for (const family of families) {
      const good = holesOf(family).map(() => 'x-1')
      build(family, ...good)
      for (const place of good.keys()) expect(() => build(family, ...good.with(place, bad)), family.template).toThrow(TopicNameError)
    }
  })

  it.each(ROOTS)('T2: a whole leaf below %s may hold dots and may not be empty', (root) => {
    expect(topicName(root, 'first.second')).toBe(`${root}.first.second`)
    expect(() => topicName(root, '')).toThrow(TopicNameError)
  })

  it('T2: whole leaves take dots and refuse to be empty', () => {
    for (const [leaf, topic] of [
      [topicName('credential', 'reuse.detected'), topics.credentialReuseDetected],
      [topicName('attacker', 'session.started'), topics.attackerSessionStarted],
      [topicName('attacker', 'intel.enriched'), topics.attackerIntelEnriched],
      [topicName('identity', 'observation.linked'), topics.identityObservationLinked],
      [topicName('campaign', 'identity.assigned'), topics.campaignIdentityAssigned],
      [topicName('attribution', 'profile.state_changed'), topics.attributionProfileStateChanged],
      [topicName('smtp', 'probe.pending'), topics.smtpProbePending],
      [topicName('email', 'received'), topics.emailReceived],
      [topicName('ttp', 'rule.suppressed'), topics.ttpRuleSuppressed],
      [topicName('system', 'bus.health'), topics.systemBusHealth],
    ] as const)
      expect(leaf).toBe(topic.name())
    expect(() => topics.attackerObservation.name('')).toThrow(TopicNameError)
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

describe('T3, T4, T5: families', () => {
  it('T3: behind the mutation of a topology stands one of the four states of its row, and nothing else has a topic', () => {
    const family = allTopics.filter((topic) => topic.template.startsWith('topology.{topology}.mutation.'))
    expect(new Set(family.map((topic) => build(topic, 't-1')))).toEqual(
      new Set(['enqueued', 'applying', 'applied', 'failed'].map((state) => `topology.t-1.mutation.${state}`)),
    )
  })

  it('T4: the life that is given to one decky has its uuid as the third token, whatever was done', () => {
    const decky = '0192d3c4-0000-7000-8000-000000000001'
    const family = [topics.orchestratorTraffic, topics.orchestratorFile, topics.orchestratorEmail]
    expect(family.map((topic) => topic.name(decky))).toEqual(['traffic', 'file', 'email'].map((kind) => `orchestrator.${kind}.${decky}`))
    expect(new Set(allTopics.filter((topic) => topic.template.startsWith('orchestrator.')))).toEqual(new Set(family))
  })

  it('T4: what happens to a canary token stands behind the token', () => {
    expect([topics.canaryPlaced, topics.canaryTriggered, topics.canaryRevoked].map((topic) => topic.name('tok1'))).toEqual([
      'canary.tok1.placed',
      'canary.tok1.triggered',
      'canary.tok1.revoked',
    ])
  })

  it('T4: topics of a decky take its name', () => {
    const family = allTopics.filter((topic) => topic.template.startsWith('decky.'))
    for (const topic of family) expect(build(topic, 'web-01')).toBe(topic.template.replace('{decky}', 'web-01'))
    // A name with a dot in a leaf of its own would have been two tokens: they are written with an underscore.
    for (const topic of family) expect(topic.template.split('.')).toHaveLength(3)
  })

  it('T5: a rule that fired is told by its parent technique; a sub-technique is refused', () => {
    expect(topics.ttpRuleFired.name('T1110')).toBe('ttp.rule.fired.T1110')
    expect(() => topics.ttpRuleFired.name('T1110.001')).toThrow(TopicNameError)
    expect(topics.ttpRuleReloaded.name('R0001')).toBe('ttp.rule.reloaded.R0001')
    expect(topics.ttpRuleState.name('R0001')).toBe('ttp.rule.state.R0001')
  })
})

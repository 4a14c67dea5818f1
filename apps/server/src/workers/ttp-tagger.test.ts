import { topics } from '@decnet/contracts/topics'
import { AppError, attackerId } from '@decnet/kernel'
import { type Bus, createMemoryBus } from '@decnet/kernel/bus'
import type { NewLogRecord } from '@decnet/kernel/log'
import { type AnyWorker, runWorker } from '@decnet/kernel/worker'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { indexRules } from '../domain/ttp/engine/index-of-rules.ts'
import { ruleIn } from '../domain/ttp/rule.fixture.ts'
import { onEachDatabase } from '../store/fixtures/each-database.ts'
import { logTable, type Tx } from '../store/log-table.ts'
import type { Store } from '../store/open.ts'
import { revertExpired, setRuleState } from '../store/rule-states.ts'
import { isStructural } from '../store/structural.ts'
import { event, settle, visit } from './folds.fixture.ts'
import { ttpTagger } from './ttp-tagger/worker.ts'

const SHADOW = ruleIn(`
id: R0014
version: 1
title: Password hashes read
maturity: stable
sources: [command]
when: { command_text: { contains: /etc/shadow } }
emits: [{ technique: T1003.008, tactic: TA0006, confidence: 0.95 }, { technique: T1059, confidence: 0.2 }]
evidence: [command_text]
examples: { match: [cat /etc/shadow], no_match: [cat /etc/passwd] }
`)
const BRUTE = ruleIn(`
id: R0001
version: 1
title: Password guessing
maturity: stable
sources: [auth_attempt]
when: { threshold: { of: { success: false }, count: 3, within: 5m, by: attacker } }
emits: [{ technique: T1110, confidence: 0.85 }]
examples: { match: [{ events: [{ times: 3, success: false }] }], no_match: [{ success: false }] }
`)
const KNOWN = ruleIn(`
id: R0054
version: 1
title: An address known for guessing passwords
maturity: stable
sources: [intel]
when: { abuseipdb_categories: ['18'] }
emits: [{ technique: T1110, confidence: 0.7 }]
evidence: [providers]
examples: { match: [{ abuseipdb_categories: ['18'] }], no_match: [{ abuseipdb_categories: ['14'] }] }
`)
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
const [A, B] = ['203.0.113.7', '192.0.2.200']
const guess = (ip: string, at: number): NewLogRecord =>
  event({ type: 'auth_attempt', ip, at, body: { principal: 'root', outcome: 'failure', secret_printable: 'x', secret_kind: 'plaintext' } })

onEachDatabase('ttp-tagger', ({ open }) => {
  let store: Store
  let bus: Bus
  let workers: readonly AnyWorker<Tx>[]
  const tagger = () => [ttpTagger(async () => ({ index: indexRules([SHADOW, BRUTE, KNOWN]), release: '18' }))] as readonly AnyWorker<Tx>[]
  beforeEach(async () => {
    store = await open()
    bus = createMemoryBus()
    workers = tagger()
  })
  afterEach(async () => {
    await bus.close()
    await store.close()
  })
  const feed = (...records: NewLogRecord[]) => settle(store, bus, workers, records)
  const tags = () => store.db.selectFrom('ttp_tags').selectAll().orderBy('seq').orderBy('uuid').execute()
  const told = async (topic: string) =>
    (await store.db.selectFrom('log').select(['topic', 'body']).where('topic', 'like', topic).orderBy('seq').execute()).map(
      ({ topic, body }) => ({ topic, ...(JSON.parse(body) as Record<string, unknown>) }),
    )

  function hear(pattern: string): { topic: string; payload: unknown }[] {
    const heard: { topic: string; payload: unknown }[] = []
    const subscription = bus.as('test').subscribe(pattern)
    void (async () => {
      for await (const event of subscription)
        if (event.kind === 'message') heard.push({ topic: event.message.topic, payload: event.message.payload })
    })()
    return heard
  }

  it('P1: a command becomes a tag with its evidence; told once of all and once of each technique', async () => {
    const fired = hear('ttp.rule.fired.>')
    await feed(...visit({ ip: A, commands: ['cat /etc/passwd', 'cat /etc/shadow'] }))
    const [tag, ...others] = await tags()
    expect(others).toEqual([])
    expect(tag).toMatchObject({
      source_kind: 'command',
      attacker_uuid: attackerId(A),
      identity_uuid: null,
      technique_id: 'T1003',
      sub_technique_id: 'T1003.008',
      tactic: 'TA0006',
      confidence: 0.95,
      rule_id: 'R0014',
      attack_release: '18',
    })
    expect(JSON.parse(tag?.evidence ?? '')).toEqual({ command_text: 'cat /etc/shadow' })
    expect(await told('ttp.%')).toEqual([
      expect.objectContaining({
        topic: 'ttp.tagged',
        tag_uuids: [tag?.uuid],
        techniques_added: ['T1003.008'],
        attacker_uuid: attackerId(A),
      }),
    ])
    await expect.poll(() => fired).toHaveLength(1)
    expect(fired[0]).toMatchObject({
      topic: 'ttp.rule.fired.T1003',
      payload: { technique_id: 'T1003', sub_technique_id: 'T1003.008', tag_uuids: [tag?.uuid] },
    })
  })

  it('P1: looking again writes nothing and says nothing; a new version of the process goes on', async () => {
    await feed(...visit({ ip: A, commands: ['cat /etc/shadow'] }), guess(A, 1_000), guess(A, 2_000), guess(A, 3_000))
    const [before, said] = [await tags(), await told('ttp.%')]
    expect(before.map(({ technique_id }) => technique_id)).toEqual(['T1003', 'T1110'])
    await store.db.deleteFrom('cursors').where('name', '=', 'ttp-tagger').execute()
    workers = tagger()
    await feed()
    expect(await tags()).toEqual(before)
    expect(await told('ttp.%')).toEqual(said)
  })

  it('P1: a finding below the floor is told of as suppressed, and is no tag', async () => {
    const heard = hear('ttp.rule.suppressed')
    await feed(...visit({ ip: A, commands: ['cat /etc/shadow'] }))
    await expect.poll(() => heard).toHaveLength(1)
    expect(heard[0]?.payload).toMatchObject({ rule_id: 'R0014', technique_id: 'T1059', reason: 'confidence_floor', confidence: 0.2 })
    expect(await tags()).toHaveLength(1)
  })

  it('P3: what a reputation service says wakes it at once, and is evidence', async () => {
    const log = logTable(store)
    // Only a bell can wake it within the time of this test.
    const pollMs = { withBus: 600_000, withoutBus: 600_000 }
    const running = runWorker(tagger()[0] as AnyWorker<Tx>, { log, bus, logger: silent, pollMs, leaseMs: 600_000 })
    try {
      running.start()
      await expect.poll(async () => (await running.status()).partitions).toBe(1)
      const payload = {
        attacker_uuid: attackerId(A),
        attacker_ip: A,
        aggregate_verdict: 'malicious' as const,
        providers: ['abuseipdb'],
        abuseipdb_categories: [18],
      }
      const record = { ...event({ type: 'intel.enriched', ip: A, at: 0 }), topic: 'attacker.intel.enriched', body: payload }
      await log.transaction((_tx, log) => log.append([record]))
      bus.as('enrich').publishTo(topics.attackerIntelEnriched, [], payload, 'intel.enriched')
      await expect.poll(async () => (await tags()).map(({ rule_id, source_kind }) => [rule_id, source_kind])).toEqual([['R0054', 'intel']])
    } finally {
      await running.close()
    }
  })

  it('P2: a rule that is disabled makes no tag, a clipped one claims no more, and what was decided for a time ends by itself', async () => {
    const decided = { rule_id: 'R0014', confidence_max: null, expires_at: null, reason: null, set_by: 'ada', set_at: 0 }
    await setRuleState(store.db, { ...decided, state: 'disabled' })
    await feed(...visit({ ip: A, commands: ['cat /etc/shadow'] }))
    expect(await tags()).toEqual([])
    await setRuleState(store.db, { ...decided, state: 'clipped', confidence_max: 0.5, expires_at: 5_000 })
    await feed(...visit({ ip: A, commands: ['cat /etc/shadow'] }))
    expect((await tags()).map(({ confidence }) => confidence)).toEqual([0.5])
    expect(await revertExpired(store.db, 4_999)).toEqual([])
    expect(await revertExpired(store.db, 5_000)).toEqual(['R0014'])
    expect(await revertExpired(store.db, 5_000)).toEqual([])
    await feed(...visit({ ip: A, commands: ['cat /etc/shadow'] }))
    expect((await tags()).map(({ confidence }) => confidence)).toEqual([0.5, 0.95])
  })

  it('rules that cannot be read hold it back and cost no record', async () => {
    let broken = true
    const load = async () => {
      if (broken) throw new AppError('A rule is broken.', { code: 'bad_rules', status: 503 })
      return { index: indexRules([SHADOW]), release: '18' }
    }
    const log = logTable(store)
    await log.transaction((_tx, log) => log.append(visit({ ip: A, commands: ['cat /etc/shadow'] })))
    const worker = runWorker(ttpTagger(load) as AnyWorker<Tx>, { log, bus, logger: silent, structural: isStructural })
    try {
      worker.start()
      await expect.poll(async () => (await worker.status()).failuresInARow, { timeout: 10_000 }).toBeGreaterThan(4)
      broken = false
      worker.ring()
      await expect.poll(async () => (await tags()).length, { timeout: 10_000 }).toBe(1)
      expect(await store.db.selectFrom('dead_letters').selectAll().execute()).toEqual([])
    } finally {
      await worker.close()
    }
  })

  it('speaks once of a burst, over batches and restarts, and again when its time is over', async () => {
    const burst = (from: number, count: number) => Array.from({ length: count }, (_, number) => guess(A, from + number * 1_000))
    await feed(...burst(0, 40))
    workers = tagger()
    await feed(...burst(60_000, 40))
    expect(await tags()).toHaveLength(1)
    workers = tagger()
    await feed(...burst(310_000, 40))
    expect(await tags()).toHaveLength(2)
    expect(await store.db.selectFrom('ttp_windows').selectAll().execute()).toHaveLength(1)
  })

  it('counts over batches and restarts, each attacker by itself', async () => {
    await feed(guess(A, 0), guess(B, 1_000))
    workers = tagger()
    await feed(guess(A, 10_000), guess(B, 400_000))
    expect(await tags()).toEqual([])
    workers = tagger()
    await feed(guess(A, 20_000), guess(B, 410_000))
    expect((await tags()).map(({ attacker_uuid, technique_id }) => [attacker_uuid, technique_id])).toEqual([[attackerId(A), 'T1110']])
  })
})

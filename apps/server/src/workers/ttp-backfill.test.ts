import { attackerId } from '@decnet/kernel'
import { type Bus, createMemoryBus } from '@decnet/kernel/bus'
import type { NewLogRecord } from '@decnet/kernel/log'
import { type AnyWorker, runWorker } from '@decnet/kernel/worker'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { indexRules } from '../domain/ttp/engine/index-of-rules.ts'
import type { Rule } from '../domain/ttp/rule/rule.ts'
import { ruleIn } from '../domain/ttp/rule.fixture.ts'
import { backfillOf, requestBackfill } from '../store/backfills.ts'
import { onEachDatabase } from '../store/fixtures/each-database.ts'
import { logTable, type Tx } from '../store/log-table.ts'
import type { Store } from '../store/open.ts'
import { setRuleState } from '../store/rule-states.ts'
import { event, settle, T0, visit } from './folds.fixture.ts'
import { ttpBackfill } from './ttp-backfill/worker.ts'
import { ttpTagger } from './ttp-tagger/worker.ts'

const shadow = (version: number) =>
  ruleIn(`
id: R0014
version: ${version}
title: Password hashes read
maturity: stable
sources: [command]
when: { command_text: { contains: /etc/shadow } }
emits: [{ technique: T1003.008, tactic: TA0006, confidence: 0.95 }, { technique: T1059, confidence: 0.2 }]
evidence: [command_text]
examples: { match: [cat /etc/shadow], no_match: [cat /etc/passwd] }
`)
const SHADOW = shadow(1)
const LIMITED = ruleIn(`
id: R0015
version: 1
title: Who am I
maturity: stable
sources: [command]
when: { programs: [id, whoami] }
emits: [{ technique: T1033, confidence: 0.7 }]
rate_limit: { count: 2, within: 10m, by: attacker }
examples: { match: [id], no_match: [ls] }
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
const SPREAD = ruleIn(`
id: R0002
version: 1
title: Many names tried
maturity: stable
sources: [auth_attempt]
when: { distinct: { of: { success: false }, field: username, count: 3, within: 5m, by: attacker } }
emits: [{ technique: T1110.003, confidence: 0.8 }]
examples: { match: [{ events: [{ username: a, success: false }, { username: b, success: false }, { username: c, success: false }] }], no_match: [{ success: false }] }
`)
const RULES = [SHADOW, LIMITED, BRUTE, SPREAD]
const MINUTE = 60_000
const [A, B] = ['203.0.113.7', '192.0.2.200']
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

const guess = (ip: string, at: number, principal = 'root'): NewLogRecord =>
  event({ type: 'auth_attempt', ip, at, body: { principal, outcome: 'failure', secret_printable: 'x', secret_kind: 'plaintext' } })
const typed = (ip: string, at: number, command: string): NewLogRecord => event({ type: 'command', ip, at, body: { command } })

onEachDatabase('ttp-backfill', ({ open }) => {
  let store: Store
  let bus: Bus
  beforeEach(async () => {
    store = await open()
    bus = createMemoryBus()
  })
  afterEach(async () => {
    await bus.close()
    await store.close()
  })
  const live = (rules: readonly Rule[], ...records: NewLogRecord[]) =>
    settle(store, bus, [ttpTagger(async () => ({ index: indexRules(rules), release: '18' })) as AnyWorker<Tx>], records)
  const tags = () => store.db.selectFrom('ttp_tags').selectAll().orderBy('seq').orderBy('uuid').execute()
  const append = (...records: NewLogRecord[]) => logTable(store).transaction((_tx, log) => log.append(records))
  const worker = (rules: readonly Rule[]) =>
    ttpBackfill({ log: logTable(store), db: store.db, rules: async () => ({ index: indexRules(rules), release: '18' }), now: () => T0 })
  const request = async (more: { since?: string; sinceAt?: number; untilAt?: number | null; rules?: readonly string[] } = {}) =>
    (await requestBackfill(store.db, { since: 'all', sinceAt: 0, untilAt: null, rules: null, by: 'ada', now: T0, ...more })).row.uuid
  /** Lets it work until the run has ended. */
  async function finish(uuid: string, rules: readonly Rule[]) {
    const running = runWorker(worker(rules), { log: logTable(store), bus, logger: silent })
    running.start()
    const ended = async () => (await backfillOf(store.db, uuid))?.ended_at ?? null
    try {
      await expect.poll(ended, { timeout: 15_000, interval: 10 }).not.toBeNull()
    } finally {
      await running.close()
    }
    const row = await backfillOf(store.db, uuid)
    return { tags: row?.tags, techniques: JSON.parse(row?.techniques ?? ''), records: row?.records, evidence: row?.evidence }
  }
  const backfill = async (rules: readonly Rule[], more: Parameters<typeof request>[0] = {}) => finish(await request(more), rules)

  it('finds in a log that nobody looked at what the tagger would have found, and tells of it once', async () => {
    const records = [
      ...visit({ ip: A, commands: ['cat /etc/shadow', 'id', 'id', 'id'] }),
      ...[0, 1, 2, 3, 4].map((at) => guess(B, at * 1_000)),
    ]
    await append(...records)
    const heard: unknown[] = []
    const subscription = bus.as('test').subscribe('ttp.>')
    void (async () => {
      for await (const event of subscription) if (event.kind === 'message') heard.push(event.message.topic)
    })()
    expect(await backfill(RULES)).toEqual({
      tags: 4,
      techniques: { 'T1003.008': 1, T1033: 2, T1110: 1 },
      records: records.length,
      evidence: expect.any(Number),
    })
    const found = await tags()
    expect(found.map(({ technique_id, at, attacker_uuid }) => [technique_id, at, attacker_uuid])).toEqual([
      ['T1003', T0 + 2_000, attackerId(A)],
      ['T1033', T0 + 3_000, attackerId(A)],
      ['T1033', T0 + 4_000, attackerId(A)],
      ['T1110', T0 + 2_000, attackerId(B)],
    ])
    const told = await store.db.selectFrom('log').selectAll().where('topic', 'like', 'ttp.%').orderBy('seq').execute()
    expect(told.map(({ source, ts, body }) => [source, ts, JSON.parse(body).tag_uuids])).toEqual(
      found.map(({ at, uuid }) => ['ttp-backfill', at, [uuid]]),
    )
    await expect.poll(() => heard.filter((topic) => topic === 'ttp.tagged')).toHaveLength(4)
    expect(heard).toContain('ttp.rule.fired.T1110')
    await live(RULES)
    expect(await tags()).toEqual(found)
    expect(await backfill(RULES)).toMatchObject({ tags: 0, techniques: {} })
    expect(await tags()).toEqual(found)
    expect(await store.db.selectFrom('ttp_windows').select('rule').where('rule', 'like', '~%').execute()).toEqual([])
  })

  it('over a log that was tagged as it came, from wherever it begins, adds nothing', async () => {
    // Longer than a window, so that those of a run begin at another event than those of then.
    const attack = Array.from({ length: 60 }, (_, n) => [
      guess(A, n * 40_000, `user-${n % 4}`),
      typed(A, n * 40_000 + 1, 'id'),
      ...(n % 7 === 0 ? [typed(B, n * 40_000 + 2, 'cat /etc/shadow'), guess(B, n * 40_000 + 3)] : []),
    ]).flat()
    await live(RULES, ...attack)
    const before = await tags()
    expect(new Set(before.map(({ rule_id }) => rule_id)).size).toBe(4)
    const windows = await store.db.selectFrom('ttp_windows').selectAll().orderBy('rule').orderBy('window_key').execute()
    for (const minutes of [0, 1, 7, 19, 20, 21, 33]) {
      const since = new Date(T0 + minutes * MINUTE).toISOString()
      expect([minutes, await backfill(RULES, { since, sinceAt: T0 + minutes * MINUTE })]).toEqual([
        minutes,
        expect.objectContaining({ tags: 0 }),
      ])
    }
    expect(await tags()).toEqual(before)
    expect(await store.db.selectFrom('ttp_windows').selectAll().orderBy('rule').orderBy('window_key').execute()).toEqual(windows)
  })

  it('after rules changed brings the tags of the new ones, and no others', async () => {
    const attack = [...visit({ ip: A, commands: ['cat /etc/shadow', 'id'] }), ...[0, 1, 2].map((at) => guess(A, at))]
    await live([SHADOW, BRUTE], ...attack)
    const before = (await tags()).map(({ uuid }) => uuid)
    expect(await backfill([shadow(2), BRUTE, LIMITED])).toMatchObject({ tags: 2, techniques: { 'T1003.008': 1, T1033: 1 } })
    const added = (await tags()).filter(({ uuid }) => !before.includes(uuid))
    expect(added.map(({ rule_id, rule_version }) => [rule_id, rule_version]).sort()).toEqual([
      ['R0014', 2],
      ['R0015', 1],
    ])
  })

  it('runs the rules and looks at the time that are asked for', async () => {
    await append(...[0, 1, 2, 3].flatMap((hour) => [typed(A, hour * 60 * MINUTE, 'cat /etc/shadow'), typed(A, hour * 60 * MINUTE, 'id')]))
    const asked = { since: 'then', sinceAt: T0 + 60 * MINUTE, untilAt: T0 + 120 * MINUTE, rules: ['R0014'] }
    expect(await backfill(RULES, asked)).toMatchObject({ tags: 2, techniques: { 'T1003.008': 2 } })
    expect((await tags()).map(({ at }) => (at - T0) / MINUTE)).toEqual([60, 120])
  })

  it('obeys what operators decided about rules', async () => {
    const decided = { rule_id: 'R0014', confidence_max: null, expires_at: null, reason: null, set_by: 'ada', set_at: 0 }
    await setRuleState(store.db, { ...decided, state: 'disabled' })
    await append(typed(A, 0, 'cat /etc/shadow'))
    expect(await backfill(RULES)).toMatchObject({ tags: 0 })
  })

  it('cut off anywhere goes on where it was, with the same outcome, though two do it at once', async () => {
    const attack = Array.from({ length: 1_700 }, (_, n) => guess(n % 3 === 0 ? A : B, n * 30_000, `user-${n % 5}`))
    await append(...attack)
    const uuid = await request()
    let steps = 0
    const cut = async () => {
      const one = worker(RULES)
      const context = { publish: () => undefined, signal: new AbortController().signal }
      // The second has the same place in mind, and is told that it is taken.
      await Promise.all([one.run(context), worker(RULES).run(context)])
      steps += 1
    }
    for (let n = 0; n < 3; n++) await cut()
    const row = await backfillOf(store.db, uuid)
    expect([steps, row?.ended_at, (row?.position ?? 0) > 0]).toEqual([3, null, true])
    expect((await requestBackfill(store.db, { since: 'all', sinceAt: 0, untilAt: null, rules: null, by: 'bob', now: T0 })).resumed).toBe(
      true,
    )
    const { tags: count } = await finish(uuid, RULES)
    const found = await tags()
    expect(count).toBe(found.length)
    expect((await backfillOf(store.db, uuid))?.records).toBe(attack.length)
    await store.db.deleteFrom('ttp_tags').execute()
    await live(RULES)
    const ids = (rows: typeof found) => rows.map(({ uuid }) => uuid).sort()
    expect(ids(await tags())).toEqual(ids(found))
  })

  it('an empty log and a time without records end at once', async () => {
    expect(await backfill(RULES)).toMatchObject({ tags: 0, records: 0 })
    await append(typed(A, 0, 'id'))
    expect(await backfill(RULES, { since: 'later', sinceAt: T0 + 60 * MINUTE })).toMatchObject({ tags: 0, records: 0 })
  })
})

import { exampleRecord } from '@decnet/kernel/log/conformance'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { onEachDatabase } from './fixtures/each-database.ts'
import type { Operation } from './fleet.ts'
import { logTable } from './log-table.ts'
import type { Store } from './open.ts'
import { deleteOlder, type Rules } from './retention.ts'
import { ruleTallies, sayVerdict } from './rule-tallies.ts'

const NOW = 1_763_000_000_000
const DAY = 24 * 3_600_000

onEachDatabase('what is no longer kept', ({ open }) => {
  let store: Store
  beforeEach(async () => {
    store = await open()
  })
  afterEach(() => store.close())

  /** Records with these ages in days. */
  const append = (...ages: readonly number[]) =>
    logTable(store).transaction((_tx, log) => log.append(ages.map((age) => exampleRecord({ ts: NOW - age * DAY }))))
  const reached = async (fold: string, seq: number) => {
    const shares = await logTable(store).lease(fold, { owner: 'x', partitions: 2, ttlMs: 60_000 })
    await logTable(store).transaction((_tx, log) => log.advance(fold, shares, seq))
  }
  const run = (rules: Rules, limit = 100, readers: readonly string[] = []) => deleteOlder(store.db, rules, { limit, readers, now: NOW })
  const left = async () => (await store.db.selectFrom('log').select('seq').orderBy('seq').execute()).map(({ seq }) => seq)

  it('leaves the log oldest first, some at a time', async () => {
    await append(9, 8, 7, 6, 2, 1)
    const log = { before: NOW - 5 * DAY }
    expect(await run({ log }, 3)).toEqual({ rows: { log: 3, decky_operations: 0 }, more: true })
    expect(await run({ log }, 3)).toEqual({ rows: { log: 1, decky_operations: 0 }, more: false })
    expect(await left()).toEqual([5, 6])
    expect(await logTable(store).head()).toBe(6)
    expect((await append(0)).map(({ seq }) => seq)).toEqual([7])
  })

  it('leaves the log without gaps: a young record keeps what came after it, one from the future does not', async () => {
    await append(9, 1, 8, 7)
    await run({ log: { before: NOW - 5 * DAY } })
    expect(await left()).toEqual([2, 3, 4])
    await store.db.deleteFrom('log').execute()
    await append(9, -4_000, 8, 1, 7)
    await run({ log: { before: NOW - 5 * DAY } })
    expect(await left()).toEqual([8, 9])
  })

  it('stays in the log while a fold has yet to read it', async () => {
    await append(9, 9, 9, 9, 9)
    const log = { before: NOW }
    await reached('quick', 5)
    await run({ log }, 100, ['quick', 'not yet begun'])
    expect(await left()).toHaveLength(5)
    await reached('slow', 2)
    await run({ log }, 100, ['quick', 'slow'])
    expect(await left()).toEqual([3, 4, 5])
    await reached('slow', 5)
    await run({ log }, 100, ['quick', 'slow'])
    expect(await left()).toEqual([])
  })

  it('is all but the newest, where rows are counted', async () => {
    await append(9, 8, 7, 0, 0)
    await run({ log: { keep: 2 } })
    expect(await left()).toEqual([4, 5])
    for (let n = 0; n < 5; n += 1)
      await logTable(store).transaction((_tx, log) => log.park({ worker: 'w', seq: n, recordId: null, error: '', raw: '' }))
    expect(await run({ dead_letters: { keep: 3 } })).toEqual({ rows: { dead_letters: 2 }, more: false })
    expect((await store.db.selectFrom('dead_letters').select('seq').orderBy('seq').execute()).map(({ seq }) => seq)).toEqual([2, 3, 4])
  })

  it('operations on deckies go with the log, but for open ones, the last of each kind, and those of the last day', async () => {
    const at = (id: string, days: number, more: Partial<Operation> = {}): Operation => ({
      ...{ id, decky: 'web-01', operation: 'mutate', status: 'succeeded', error: null, trigger_kind: 'scheduled', actor: null },
      ...{ wish_before: null, wish_after: null, detail: null, generation: 1 },
      ...{ created_at: NOW - days * DAY, started_at: null, finished_at: NOW - days * DAY },
      ...more,
    })
    const all = [
      at('a creation', 90, { operation: 'deploy' }),
      at('b old', 80),
      at('c old, failed', 70, { status: 'failed' }),
      at('d old, at once with the next', 60),
      at('e the last', 60),
      at('f of another', 80, { decky: 'db-01' }),
      at('g of another, open', 70, { decky: 'db-01', status: 'running', finished_at: null }),
      at('h of a third, today', 0.5, { decky: 'app-01' }),
      at('i of a third', 0.1, { decky: 'app-01' }),
    ]
    await store.db.insertInto('decky_operations').values(all).execute()
    const ids = async () => (await store.db.selectFrom('decky_operations').select('id').orderBy('id').execute()).map(({ id }) => id[0])
    expect((await run({ sessions: { before: NOW } })).rows).toEqual({ sessions: 0 })
    await append(75, 2)
    expect(await run({ log: { keep: 2 } })).toEqual({ rows: { log: 0, decky_operations: 2 }, more: false })
    expect((await ids()).join('')).toBe('acdeghi')
    const log = { before: NOW - 30 * DAY }
    expect(await run({ log }, 1)).toEqual({ rows: { log: 1, decky_operations: 1 }, more: true })
    await run({ log: { before: NOW } })
    expect((await ids()).join('')).toBe('aeghi')
  })

  it('windows of rules go when nothing counts in them any more, and nobody is at them', async () => {
    const window = (key: string, days: number, seq: number) => ({
      rule: 'R1@1',
      window_key: key,
      at: NOW - days * DAY,
      state: '{}',
      last_seq: seq,
    })
    await store.db
      .insertInto('ttp_windows')
      .values([window('old', 40, 1), window('young', 3, 1), window('old, an import is at it', 40, 199_999)])
      .execute()
    await store.db.updateTable('log_head').set({ seq: 200_000 }).execute()
    expect((await run({ ttp_windows: { before: NOW - 31 * DAY } })).rows).toEqual({ ttp_windows: 1 })
    const kept = await store.db.selectFrom('ttp_windows').select('window_key').orderBy('window_key').execute()
    expect(kept.map(({ window_key }) => window_key)).toEqual(['old, an import is at it', 'young'])
  })

  it('what was said of tags goes with them, by their age and with their attacker', async () => {
    const tag = (uuid: string, days: number, attacker: string) => ({
      ...{ uuid, source_kind: 'command', source_id: uuid, attacker_uuid: attacker, identity_uuid: null, session_id: null, decky: null },
      ...{ service: null, tactic: null, technique_id: 'T1003', sub_technique_id: null, confidence: 1, rule_id: 'R1', rule_version: 1 },
      ...{ evidence: '{}', attack_release: '18', at: NOW - days * DAY, seq: 1 },
    })
    await store.db
      .insertInto('ttp_tags')
      .values([tag('old', 40, 'a'), tag('young', 1, 'a'), tag('of one who goes', 1, 'b')])
      .execute()
    for (const uuid of ['old', 'young', 'of one who goes'])
      await sayVerdict(store.db, { tag_uuid: uuid, verdict: 'right', said_by: 'ana', at: NOW })
    expect(await sayVerdict(store.db, { tag_uuid: 'nobody', verdict: 'right', said_by: 'ana', at: NOW })).toBe(false)
    const counts = {
      event_count: 1,
      session_count: 1,
      credential_count: 0,
      command_count: 1,
      file_count: 0,
      login_count: 0,
      service_count: 1,
    }
    const gone = {
      ...{
        uuid: 'b',
        ip: '192.0.2.1',
        first_seen: NOW - 40 * DAY,
        last_seen: NOW - 40 * DAY,
        ...counts,
        decky_count: 1,
        outreach_count: 0,
      },
      ...{
        services: '[]',
        deckies: '[]',
        score: 0,
        severity: 'info',
        score_parts: '[]',
        last_seq: 1,
        behaviour: 'unknown',
        profile: null,
        techniques: null,
      },
    }
    const said = async () =>
      (await store.db.selectFrom('ttp_verdicts').select('tag_uuid').orderBy('tag_uuid').execute()).map((row) => row.tag_uuid)
    await run({ ttp_tags: { before: NOW - 31 * DAY } })
    expect(await said()).toEqual(['of one who goes', 'young'])
    expect(await ruleTallies(store.db)).toEqual([{ rule: 'R1', hits: 2, last: NOW - DAY, right: 2, wrong: 0 }])
    await store.db.insertInto('attackers').values(gone).execute()
    await run({ attackers: { before: NOW - 31 * DAY } })
    expect(await said()).toEqual(['young'])
  })

  it('goes by the last sign of life; open sessions and tables without a rule are kept', async () => {
    const row = { attacker_uuid: 'u', attacker_ip: 'i', decky: 'd', service: 's', source: 's', part: 0, end_reason: null }
    const counts = {
      event_count: 0,
      command_count: 0,
      credential_count: 0,
      file_count: 0,
      principal: null,
      logged_in: 0,
      client: null,
      replay: null,
      late_source: null,
      late_at: null,
    }
    const session = (id: string, last: number, ended: number | null) => ({
      ...row,
      ...counts,
      id,
      started_at: NOW - 20 * DAY,
      last_at: NOW - last * DAY,
      ended_at: ended === null ? null : NOW - ended * DAY,
      last_seq: 1,
    })
    await store.db
      .insertInto('sessions')
      .values([session('old', 10, 10), session('open', 10, null), session('long', 1, 1)])
      .execute()
    await append(9)
    expect(await run({ sessions: { before: NOW - 5 * DAY }, attackers: { before: NOW }, auth_sessions: { before: NOW } })).toEqual({
      rows: { sessions: 1, attackers: 0, auth_sessions: 0 },
      more: false,
    })
    expect((await store.db.selectFrom('sessions').select('id').orderBy('id').execute()).map(({ id }) => id)).toEqual(['long', 'open'])
    expect(await left()).toEqual([1])
  })
})

import { attackerId, deterministicId } from '@decnet/kernel'
import type { NewLogRecord } from '@decnet/kernel/log'
import { expect, it } from 'vitest'
import { onEachDatabase } from './fixtures/each-database.ts'
import { type Layer, nameColumns } from './groups.ts'
import { logTable } from './log-table.ts'
import { observedTechniques, type TagScope, techniqueTags } from './observed-techniques.ts'
import type { Store } from './open.ts'
import type { TtpTagTable } from './technique-tables.ts'

const [A, B, C] = ['203.0.113.7', '192.0.2.200', '2001:db8::7']
const [ONE, TWO, LOST, CAMPAIGN] = ['one', 'two', 'lost', 'campaign'].map((name) => deterministicId('identity', name)) as [
  string,
  string,
  string,
  string,
]
const FLEET: TagScope = { of: 'fleet', id: '' }

const tag = (name: string, values: Partial<TtpTagTable> = {}): TtpTagTable => ({
  uuid: deterministicId('tag', name),
  source_kind: 'command',
  source_id: deterministicId('event', name),
  attacker_uuid: attackerId(A),
  identity_uuid: null,
  session_id: null,
  decky: 'web-01',
  service: 'ssh',
  tactic: 'TA0006',
  technique_id: 'T1003',
  sub_technique_id: 'T1003.008',
  confidence: 0.95,
  rule_id: 'R0014',
  rule_version: 1,
  evidence: '{"command_text":"cat /etc/shadow"}',
  attack_release: '18',
  at: 1_000,
  seq: 1,
  ...values,
})
const group = (layer: Layer, uuid: string, merged_into_uuid: string | null = null) => ({
  uuid,
  layer,
  formed_at: 1,
  merged_into_uuid,
  confidence: 1,
  suspected: null,
  ...nameColumns(uuid),
})
const member = (layer: Layer, member: string, group_uuid: string) => ({ layer, member, group_uuid, linked_at: 1, probability: 1, why: '' })

/** Three attackers: A and C are one identity, B another; both work together. */
async function fill({ db }: Store): Promise<void> {
  await db
    .insertInto('actor_groups')
    .values([group('identity', ONE), group('identity', TWO), group('identity', LOST, TWO), group('campaign', CAMPAIGN)])
    .execute()
  await db
    .insertInto('group_members')
    .values([
      member('identity', attackerId(A), ONE),
      member('identity', attackerId(C), ONE),
      member('identity', attackerId(B), LOST),
      member('campaign', ONE, CAMPAIGN),
      member('campaign', TWO, CAMPAIGN),
    ])
    .execute()
  await db
    .insertInto('ttp_tags')
    .values([
      tag('a1', { session_id: 's-1' }),
      tag('a2', { at: 5_000, seq: 5, confidence: 0.5 }),
      tag('a3', { sub_technique_id: null, at: 2_000, seq: 2 }),
      tag('b1', { attacker_uuid: attackerId(B), at: 9_000, seq: 9, tactic: 'TA0009' }),
      tag('c1', { attacker_uuid: attackerId(C), technique_id: 'T1110', sub_technique_id: null, tactic: null, at: 3_000, seq: 3 }),
      tag('g1', { attacker_uuid: null, identity_uuid: LOST, technique_id: 'T1583', sub_technique_id: null, at: 4_000, seq: 4 }),
    ])
    .execute()
}

onEachDatabase('techniques as they are read', (bench) => {
  const names = async ({ db }: Store, scope: TagScope, filter: { from?: number; to?: number; confidence?: number } = {}) =>
    (await observedTechniques(db, { scope, confidence: 0, ...filter })).map(
      ({ technique_id, sub_technique_id, count }) => `${sub_technique_id ?? technique_id} ${count}`,
    )

  it('are counted by technique, sub-techniques apart, with their tactics and those who showed them', async () => {
    await using store = await bench.open()
    await fill(store)
    const rows = await observedTechniques(store.db, { scope: FLEET, confidence: 0 })
    expect(rows).toMatchObject([
      { technique_id: 'T1003', sub_technique_id: null, count: 1, attacker_count: 1 },
      {
        technique_id: 'T1003',
        sub_technique_id: 'T1003.008',
        count: 3,
        tactics: { TA0006: 2, TA0009: 1 },
        confidence_max: 0.95,
        first_seen: '1970-01-01T00:00:01.000Z',
        last_seen: '1970-01-01T00:00:09.000Z',
        attacker_count: 2,
        identity_count: 2,
      },
      { technique_id: 'T1110', tactics: { '': 1 }, identity_count: 1 },
      { technique_id: 'T1583', attacker_count: 0, identity_count: 1 },
    ])
    expect(await names(store, FLEET, { from: 4_000, to: 5_000 })).toEqual(['T1003.008 1', 'T1583 1'])
    expect(await names(store, FLEET, { confidence: 0.6 })).toEqual(['T1003 1', 'T1003.008 2', 'T1110 1', 'T1583 1'])
  })

  it('are those of an attacker by uuid and address, of a session, of an identity, of a campaign; of an unknown id none', async () => {
    await using store = await bench.open()
    await fill(store)
    for (const id of [A, attackerId(A)]) expect(await names(store, { of: 'attacker', id })).toEqual(['T1003 1', 'T1003.008 2'])
    expect(await names(store, { of: 'session', id: 's-1' })).toEqual(['T1003.008 1'])
    expect(await names(store, { of: 'identity', id: ONE })).toEqual(['T1003 1', 'T1003.008 2', 'T1110 1'])
    // Merged into another, it is found under that one, with what it showed by itself.
    for (const id of [TWO, LOST]) expect(await names(store, { of: 'identity', id })).toEqual(['T1003.008 1', 'T1583 1'])
    expect(await names(store, { of: 'campaign', id: CAMPAIGN })).toEqual(['T1003 1', 'T1003.008 3', 'T1110 1', 'T1583 1'])
    for (const of of ['attacker', 'session', 'identity', 'campaign'] as const)
      expect(await names(store, { of, id: deterministicId('identity', 'nobody') })).toEqual([])
  })

  it('follow their attackers when identities merge and part again, without being written anew', async () => {
    await using store = await bench.open()
    await fill(store)
    const before = await store.db.selectFrom('ttp_tags').selectAll().orderBy('uuid').execute()
    const merge = (into: string | null) =>
      store.db.updateTable('actor_groups').set({ merged_into_uuid: into }).where('uuid', 'in', [TWO, LOST]).execute()
    await merge(ONE)
    for (const id of [ONE, TWO])
      expect(await names(store, { of: 'identity', id })).toEqual(['T1003 1', 'T1003.008 3', 'T1110 1', 'T1583 1'])
    const merged = await techniqueTags(store.db, { scope: FLEET, confidence: 0, technique: 'T1583', limit: 10 })
    expect(merged.map(({ identity_uuid }) => identity_uuid)).toEqual([ONE])
    await store.db.updateTable('actor_groups').set({ merged_into_uuid: null }).where('uuid', '=', TWO).execute()
    await store.db.updateTable('actor_groups').set({ merged_into_uuid: TWO }).where('uuid', '=', LOST).execute()
    expect(await names(store, { of: 'identity', id: ONE })).toEqual(['T1003 1', 'T1003.008 2', 'T1110 1'])
    expect(await names(store, { of: 'identity', id: TWO })).toEqual(['T1003.008 1', 'T1583 1'])
    expect(await store.db.selectFrom('ttp_tags').selectAll().orderBy('uuid').execute()).toEqual(before)
  })

  it('of an identity, for coming from several addresses, are there as long as those are its own', async () => {
    await using store = await bench.open()
    await fill(store)
    const { db } = store
    const said = (name: string, topic: string, body: Record<string, unknown>): NewLogRecord => ({
      ...{ id: deterministicId('event', name), topic, type: topic, ts: 1, source: 'identity-clusterer', msg: null, body },
      ...{ decky: null, service: null, attackerIp: null, attackerPort: null, sessionId: null },
    })
    await logTable(store).transaction((_tx, log) =>
      log.append([
        said('f', 'identity.formed', { identity_uuid: ONE, observation_uuids: [attackerId(A), attackerId(C)] }),
        said('l', 'identity.observation.linked', { identity_uuid: ONE, observation_uuid: attackerId(C), prior_identity_uuid: TWO }),
        said('m', 'identity.merged', { winner_uuid: ONE, loser_uuid: TWO }),
      ]),
    )
    const shown = { source_kind: 'identity', attacker_uuid: null, identity_uuid: ONE, sub_technique_id: null } as const
    await db
      .insertInto('ttp_tags')
      .values(['f', 'l', 'm'].map((name, n) => tag(name, { ...shown, technique_id: `T200${n}` })))
      .execute()
    const ofOne = async () => {
      const seen = await names(store, { of: 'identity', id: ONE })
      const listed = await techniqueTags(db, { scope: { of: 'identity', id: ONE }, confidence: 0, limit: 50 })
      const fleet = await names(store, FLEET)
      const is = (name: string) => name.startsWith('T200')
      expect([...new Set(listed.map(({ technique_id }) => `${technique_id} 1`).filter(is))].sort()).toEqual(seen.filter(is))
      expect(fleet.filter(is)).toEqual(seen.filter(is))
      return seen.filter(is)
    }
    const merge = (uuid: string, into: string | null) =>
      db.updateTable('actor_groups').set({ merged_into_uuid: into }).where('uuid', '=', uuid).execute()
    const move = (ip: string, to: string) =>
      db.updateTable('group_members').set({ group_uuid: to }).where('member', '=', attackerId(ip)).execute()
    expect(await ofOne()).toEqual(['T2000 1', 'T2001 1'])
    await merge(TWO, ONE)
    expect(await ofOne()).toEqual(['T2000 1', 'T2001 1', 'T2002 1'])
    await move(C, TWO)
    expect(await ofOne()).toEqual(['T2000 1', 'T2001 1', 'T2002 1'])
    await merge(TWO, null)
    expect(await ofOne()).toEqual([])
    await move(C, ONE)
    expect(await ofOne()).toEqual(['T2000 1', 'T2001 1'])
    expect((await techniqueTags(db, { scope: { of: 'rule', id: 'R0014' }, confidence: 0, technique: 'T2002', limit: 9 })).length).toBe(1)
  })

  it('show their tags newest first, of a technique with those of its sub-techniques, or of one sub-technique', async () => {
    await using store = await bench.open()
    await fill(store)
    const seqs = async (sub?: string, limit = 200, scope = FLEET) =>
      (await techniqueTags(store.db, { scope, confidence: 0, technique: 'T1003', sub, limit })).map(({ seq }) => seq)
    expect([await seqs(), await seqs('T1003.008'), await seqs(undefined, 2)]).toEqual([
      [9, 5, 2, 1],
      [9, 5, 1],
      [9, 5],
    ])
    expect(await seqs(undefined, 200, { of: 'identity', id: ONE })).toEqual([5, 2, 1])
    const [tag] = await techniqueTags(store.db, {
      scope: { of: 'session', id: 's-1' },
      confidence: 0,
      technique: 'T1003',
      limit: 1,
    })
    expect(tag).toMatchObject({
      attacker_uuid: attackerId(A),
      identity_uuid: ONE,
      timestamp: '1970-01-01T00:00:01.000Z',
      evidence: { command_text: 'cat /etc/shadow' },
    })
  })
})

import { topics } from '@decnet/contracts/topics'
import { attackerId, newId } from '@decnet/kernel'
import { type Bus, createMemoryBus } from '@decnet/kernel/bus'
import type { NewLogRecord } from '@decnet/kernel/log'
import type { AnyWorker } from '@decnet/kernel/worker'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { onEachDatabase } from '../store/fixtures/each-database.ts'
import type { Tx } from '../store/log-table.ts'
import type { Store } from '../store/open.ts'
import credentials from './credentials/worker.ts'
import { event, type Seen, settle, T0 } from './folds.fixture.ts'
import { IDLE_MS } from './profiler/silence.ts'
import profiler from './profiler/worker.ts'
import reuseCorrelator from './reuse-correlator/worker.ts'

const attempt = (secret: string, more: Partial<Seen> & { principal?: string; outcome?: string } = {}): NewLogRecord =>
  event({
    ...more,
    type: 'auth_attempt',
    body: {
      principal: more.principal ?? 'root',
      secret_b64: Buffer.from(secret).toString('base64'),
      secret_printable: secret,
      secret_kind: 'plaintext',
      outcome: more.outcome ?? 'failure',
      method: 'password',
    },
  })
const tick = (at: number) => event({ type: 'tick', at, ip: null, session: null, decky: 'sensor', service: 'sensor' })

onEachDatabase('the folds over the event log', ({ open }) => {
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

  /** Appends, then runs every fold until nothing is left to do. */
  const feed = (...records: NewLogRecord[]) =>
    settle(store, bus, [credentials, profiler, reuseCorrelator] as readonly AnyWorker<Tx>[], records)
  const derived = async (topic: string) =>
    (await store.db.selectFrom('log').select('body').where('topic', '=', topic).orderBy('seq').execute()).map(
      (row) => JSON.parse(row.body) as Record<string, unknown>,
    )

  it('A1: an address is observed once, however often it comes', async () => {
    await feed(event({ type: 'connect' }), event({ type: 'connect', session: 'session-2' }))
    await feed(event({ type: 'connect', session: 'session-3' }))
    expect(await derived('attacker.observed')).toEqual([
      {
        attacker_uuid: attackerId('203.0.113.7'),
        attacker_ip: '203.0.113.7',
        decky: 'web-01',
        service: 'ssh',
        event_type: 'connect',
        first_seen: new Date(T0).toISOString(),
      },
    ])
  })

  it('A1: attacker.scored is announced once for each threshold that is crossed', async () => {
    await feed(event({ type: 'connect' }), attempt('123456', { outcome: 'success' }))
    await feed(attempt('123456', { outcome: 'success' }), event({ type: 'command', body: { command: 'id' } }))
    await feed(
      event({ type: 'file_captured', body: { sha256: 'x' } }),
      ...Array.from({ length: 60 }, () => event({ type: 'command', body: { command: 'id' } })),
    )
    const scored = await derived('attacker.scored')
    expect(scored.map((payload) => payload.threshold)).toEqual([15, 35, 55, 75].slice(0, scored.length))
    expect(scored.length).toBeGreaterThanOrEqual(3)
    for (const payload of scored) expect(payload.score).toBeGreaterThanOrEqual(payload.threshold as number)
  })

  it('a clock that jumps back ends no session before what was seen in it', async () => {
    await feed(event({ type: 'connect', at: 60_000 }), event({ type: 'command', at: 61_000 }), event({ type: 'disconnect', at: 5_000 }))
    const { started_at, last_at, ended_at } = await store.db.selectFrom('sessions').selectAll().executeTakeFirstOrThrow()
    expect([started_at, last_at, ended_at].map((at) => Number(at) - T0)).toEqual([5_000, 61_000, 61_000])
  })

  it('A1: a session starts with its first event and ends with its disconnect, its own commands only', async () => {
    await feed(
      event({ type: 'connect', at: 0 }),
      event({ type: 'connect', at: 10, session: 'session-2', decky: 'db-01' }),
      event({ type: 'command', at: 20, body: { command: 'uname -a' } }),
      event({ type: 'command', at: 21, body: { command: 'sftp: ls /', mode: 'protocol' } }),
      event({ type: 'command', at: 21, session: 'session-2', decky: 'db-01', body: { command: 'not mine' } }),
      event({ type: 'command', at: 22, body: { command_b64: Buffer.from([0xff, 0x41]).toString('base64') } }),
      event({ type: 'disconnect', at: 5_000 }),
    )
    expect((await derived('attacker.session.started')).map((payload) => payload.session_id)).toEqual(['session-1', 'session-2'])
    const [ended, ...others] = await derived('attacker.session.ended')
    expect(others).toEqual([])
    expect(ended).toMatchObject({ session_id: 'session-1', duration_s: 5, end_reason: 'closed', command_count: 2, decky_id: 'web-01' })
    expect(ended?.commands).toMatchObject([
      { id: 'session-1#0', command_text: 'uname -a' },
      { id: 'session-1#1', command_text: '�A' },
    ])
  })

  it('a session that falls silent ends when its sensor has moved on far enough, at its last event', async () => {
    await feed(event({ type: 'connect', at: 0 }), event({ type: 'command', at: 1_000, body: { command: 'w' } }), tick(IDLE_MS))
    expect(await derived('attacker.session.ended')).toEqual([])
    await feed(tick(IDLE_MS + 1_001))
    expect(await derived('attacker.session.ended')).toMatchObject([{ end_reason: 'idle', duration_s: 1 }])
    // It was only silent.
    await feed(
      event({ type: 'command', at: IDLE_MS + 5_000, body: { command: 'exit' } }),
      event({ type: 'disconnect', at: IDLE_MS + 6_000 }),
    )
    expect(await store.db.selectFrom('sessions').select(['end_reason', 'ended_at']).execute()).toEqual([
      { end_reason: 'closed', ended_at: T0 + IDLE_MS + 6_000 },
    ])
  })

  it('a session that two imports tell of ends, whichever of them comes first, and however they are cut into each other', async () => {
    const from = (source: string, ...records: NewLogRecord[]) => records.map((record) => ({ ...record, source }))
    const first = from('import-1', event({ type: 'connect', at: 0 }), event({ type: 'command', at: 1_000, body: { command: 'w' } }))
    const second = from('import-2', event({ type: 'command', at: IDLE_MS - 1, body: { command: 'id' } }))
    const [end1 = [], end2 = []] = [from('import-1', tick(IDLE_MS + 1_001)), from('import-2', tick(3 * IDLE_MS))]
    const again = (records: readonly NewLogRecord[], session: string) =>
      records.map((record) => ({
        ...record,
        id: newId(),
        sessionId: record.sessionId && session,
        attackerIp: record.attackerIp && session,
      }))
    const orders = [
      [first, end1, second, end2],
      [second, end2, first, end1],
      [first, second, end1, end2],
      [second, first, end2, end1],
    ]
    for (const [index, order] of orders.entries()) for (const part of order) await feed(...again(part, `198.51.100.${index}`))
    const rows = await store.db.selectFrom('sessions').selectAll().orderBy('id').execute()
    expect(rows.map((row) => [row.source, row.end_reason, Number(row.ended_at) - T0, row.event_count, row.command_count])).toEqual(
      Array(4).fill(['import-2', 'idle', IDLE_MS - 1, 3, 2]),
    )
  })

  it('a session of which an older file tells after its end is announced again as a whole, once, when that file has gone on', async () => {
    const from = (source: string, ...records: NewLogRecord[]) => records.map((record) => ({ ...record, source }))
    const command = (at: number, command: string) => event({ type: 'command', at, body: { command } })
    await feed(...from('import-2', command(60_000, 'id'), event({ type: 'disconnect', at: 61_000 }), tick(9 * IDLE_MS)))
    expect(await derived('attacker.session.ended')).toMatchObject([{ command_count: 1, duration_s: 1 }])
    await feed(...from('import-1', event({ type: 'connect' }), command(1_000, 'w'), command(30_000, 'ls'), tick(IDLE_MS + 30_000)))
    expect(await derived('attacker.session.ended')).toHaveLength(1)
    await feed(...from('import-1', tick(IDLE_MS + 30_001), tick(9 * IDLE_MS)))
    const told = await derived('attacker.session.ended')
    expect(told).toHaveLength(2)
    expect(told[1]).toMatchObject({ started_at: new Date(T0).toISOString(), duration_s: 61, end_reason: 'closed', command_count: 3 })
    expect(told[1]?.commands).toMatchObject([{ command_text: 'w' }, { command_text: 'ls' }, { command_text: 'id' }])
    const rows = () => store.db.selectFrom('sessions').selectAll().execute()
    const before = await rows()
    await store.db.deleteFrom('cursors').execute()
    await feed()
    expect([await rows(), await derived('attacker.session.ended')]).toEqual([before, told])
  })

  it('sessions of a sensor that died end when it starts again', async () => {
    await feed(
      event({ type: 'connect', at: 0 }),
      event({ type: 'sensor_started', at: 9_000, ip: null, session: null, decky: 'sensor', service: 'sensor' }),
    )
    expect(await derived('attacker.session.ended')).toMatchObject([{ end_reason: 'lost', duration_s: 0 }])
  })

  it('sessions that begin while a sensor is still starting are its own, and go on', async () => {
    await feed(
      event({ type: 'connect', at: 0 }),
      event({ type: 'connect', at: 8_500, session: 'young' }),
      event({
        type: 'sensor_started',
        at: 9_000,
        ip: null,
        session: null,
        decky: 'sensor',
        service: 'sensor',
        body: { since: String(T0 + 8_000) },
      }),
      event({ type: 'disconnect', at: 10_000, session: 'young' }),
    )
    expect(await derived('attacker.session.ended')).toMatchObject([{ end_reason: 'lost' }, { session_id: 'young', end_reason: 'closed' }])
  })

  it('C1, C3: a credential is captured once per attempt, with no attacker at first and its owner soon after', async () => {
    await feed(attempt('s3cret'), attempt('s3cret', { at: 10 }), attempt('other'))
    const rows = await store.db.selectFrom('credentials').selectAll().orderBy('attempt_count', 'desc').execute()
    expect(rows.map((row) => [Buffer.from(row.secret_b64, 'base64').toString(), row.attempt_count, row.attacker_uuid])).toEqual([
      ['s3cret', 2, attackerId('203.0.113.7')],
      ['other', 1, attackerId('203.0.113.7')],
    ])
    const captured = await derived('credential.captured')
    expect(captured).toHaveLength(3)
    expect(JSON.stringify(captured)).not.toContain('s3cret')
  })

  it('C2, C3: one secret on two targets is one finding, announced when it appears and when it grows only', async () => {
    await feed(attempt('123456'), attempt('123456', { at: 1 }))
    expect(await derived('credential.reuse.detected')).toEqual([])
    await feed(attempt('123456', { service: 'ftp' }))
    await feed(attempt('123456', { service: 'ftp', at: 5 }), attempt('123456', { at: 6 }))
    expect(await derived('credential.reuse.detected')).toMatchObject([
      { target_count: 2, services: ['ftp', 'ssh'], deckies: ['web-01'], attacker_ips: ['203.0.113.7'] },
    ])
    await feed(attempt('123456', { ip: '198.51.100.9', decky: 'db-01', session: 'session-9' }))
    expect((await derived('credential.reuse.detected')).at(-1)).toMatchObject({
      target_count: 3,
      attacker_ips: ['203.0.113.7', '198.51.100.9'],
    })
    const [finding, ...others] = await store.db.selectFrom('credential_reuse').selectAll().execute()
    expect(others).toEqual([])
    expect(finding).toMatchObject({ target_count: 3, attempt_count: 6, confidence: 1 })
  })

  it('C2: different principals are different findings; none and an empty one are the same', async () => {
    await feed(attempt('pw', { principal: 'root' }), attempt('pw', { principal: 'admin', service: 'ftp' }))
    expect(await store.db.selectFrom('credential_reuse').selectAll().execute()).toEqual([])
    await feed(
      attempt('pw', { principal: '', decky: 'a' }),
      event({ type: 'auth_attempt', decky: 'b', body: { secret_b64: Buffer.from('pw').toString('base64'), outcome: 'failure' } }),
    )
    expect(await store.db.selectFrom('credential_reuse').select('target_count').execute()).toEqual([{ target_count: 2 }])
  })

  it('what is fed twice changes nothing: every fold forgets its cursor and reads the log again', async () => {
    await feed(
      event({ type: 'connect' }),
      attempt('123456'),
      attempt('123456', { service: 'ftp', session: 'session-2' }),
      event({ type: 'command', body: { command: 'id' } }),
      event({ type: 'disconnect', at: 10 }),
    )
    const everything = async () => ({
      attackers: await store.db.selectFrom('attackers').selectAll().execute(),
      sessions: await store.db.selectFrom('sessions').selectAll().orderBy('id').execute(),
      credentials: await store.db.selectFrom('credentials').selectAll().orderBy('id').execute(),
      reuse: await store.db.selectFrom('credential_reuse').selectAll().execute(),
      log: await store.db.selectFrom('log').select(['seq', 'id', 'topic']).orderBy('seq').execute(),
    })
    const before = await everything()
    await store.db.deleteFrom('cursors').execute()
    await feed()
    expect(await everything()).toEqual(before)
  })

  it('an attempt is counted once, also when the log is read again in other batches', async () => {
    await feed(attempt('pw'), attempt('pw', { at: 1 }))
    await store.db.deleteFrom('cursors').execute()
    await feed(attempt('pw', { at: 2 }), attempt('pw', { at: 3, outcome: 'success' }), attempt('pw', { at: 4 }))
    expect(await store.db.selectFrom('credentials').select(['attempt_count', 'outcome', 'last_seen']).execute()).toEqual([
      { attempt_count: 5, outcome: 'success', last_seen: T0 + 4 },
    ])
  })

  it('every derived record keeps to the schema of its topic', async () => {
    await feed(
      event({ type: 'connect' }),
      attempt('a', { outcome: 'success' }),
      attempt('a', { service: 'ftp' }),
      event({ type: 'disconnect', at: 10 }),
    )
    for (const topic of [
      topics.attackerObserved,
      topics.attackerScored,
      topics.attackerSessionStarted,
      topics.attackerSessionEnded,
      topics.credentialCaptured,
      topics.credentialReuseDetected,
    ]) {
      const payloads = await derived(topic.pattern)
      expect(payloads.length, topic.pattern).toBeGreaterThan(0)
      for (const payload of payloads) topic.payload.parse(payload)
    }
  })
})

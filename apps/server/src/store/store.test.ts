import { newId } from '@decnet/kernel'
import type { NewLogRecord } from '@decnet/kernel/log'
import { exampleRecord } from '@decnet/kernel/log/conformance'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { onEachDatabase } from './fixtures/each-database.ts'
import { HALVES, HOSTILE } from './fixtures/hostile-text.ts'
import { logHistogram, searchLog } from './log-search.ts'
import { logTable } from './log-table.ts'
import type { Store } from './open.ts'
import { reads } from './reads.ts'
import type { AttackerTable, CredentialTable, SessionTable } from './schema.ts'
import { upsert } from './upsert.ts'
import { wish, workerDesires } from './worker-desires.ts'
import { writes } from './writes.ts'

const T0 = 1_763_000_000_000
const HOUR = 3_600_000
const quoted = (text: string) => `"${text.replace(/["\\]/gu, '\\$&')}"`
const lower = (text: string) => text.replace(/[A-Z]/gu, (letter) => letter.toLowerCase())

const attacker = (n: number, more: Partial<AttackerTable> = {}): AttackerTable => ({
  uuid: `uuid-${n}`,
  ip: `203.0.113.${n}`,
  first_seen: T0 + n,
  last_seen: T0 + HOUR + n,
  event_count: 10 * n,
  session_count: n,
  credential_count: 1,
  command_count: 2,
  file_count: 0,
  login_count: 0,
  service_count: 1,
  decky_count: 1,
  services: '["ssh"]',
  deckies: '["web-01"]',
  score: n,
  severity: 'low',
  score_parts: '[]',
  last_seq: n,
  outreach_count: 0,
  techniques: null,
  behaviour: 'mixed',
  profile: null,
  ...more,
})
const credential = (n: number, more: Partial<CredentialTable> = {}): CredentialTable => ({
  id: `credential-${String(n).padStart(3, '0')}`,
  attacker_ip: '203.0.113.1',
  attacker_uuid: null,
  decky: 'web-01',
  service: 'ssh',
  principal: 'root',
  principal_b64: 'cm9vdA==',
  secret_kind: 'plaintext',
  secret_sha256: `sha-${n}`,
  secret_b64: `b64-${n}`,
  secret_printable: `secret ${n}`,
  outcome: 'failure',
  method: null,
  challenge: null,
  first_seen: T0,
  last_seen: T0 + n,
  attempt_count: 1,
  last_seq: n,
  ...more,
})
const session = (n: number, more: Partial<SessionTable> = {}): SessionTable => ({
  id: `session-${n}`,
  attacker_uuid: `uuid-${n % 3}`,
  attacker_ip: `203.0.113.${n % 3}`,
  decky: 'web-01',
  service: 'ssh',
  source: 'sensor',
  part: n % 16,
  started_at: T0 + n * 60_000,
  last_at: T0 + n * 60_000 + 1_000,
  ended_at: null,
  end_reason: null,
  event_count: 5,
  command_count: 1,
  credential_count: 0,
  file_count: 0,
  principal: null,
  logged_in: 0,
  client: null,
  replay: null,
  last_seq: n,
  late_source: null,
  late_at: null,
  ...more,
})

onEachDatabase('the store', ({ open }) => {
  let store: Store
  const fresh = () => {
    beforeAll(async () => {
      store = await open()
    })
    afterAll(() => store.close())
  }
  const append = (records: readonly NewLogRecord[]) => logTable(store).transaction((_tx, log) => log.append(records))

  describe('searches in the log', () => {
    fresh()
    const texts = [...HOSTILE, ...HALVES]
    const records = texts.map((text, n) =>
      exampleRecord({
        ts: T0 + n,
        body: { v: text, [`k${n}`]: 'x' },
        msg: text.toWellFormed(),
        decky: `decky-${n}`,
        service: n % 2 ? 'ssh' : 'http',
      }),
    )
    const found = async (search: string) =>
      (await searchLog(store.db, { search, limit: 100, offset: 0 })).data.map(({ seq }) => seq - 1).sort((a, b) => a - b)
    const numbers = (want: (text: string) => boolean) => texts.flatMap((text, n) => (want(text) ? [n] : []))
    beforeAll(() => append(records))

    it('give back what was given, byte for byte', async () => {
      const { data, total } = await searchLog(store.db, { limit: 100, offset: 0 })
      expect(total).toBe(texts.length)
      expect(data.toReversed()).toEqual(records.map((record, index) => ({ ...record, seq: index + 1 })))
    })

    it.each(texts.map((text) => [text.slice(0, 30), text]))('find %j as a word, and only where it stands', async (_shown, text) => {
      const inJson = (other: string) => lower(JSON.stringify(other)).includes(lower(JSON.stringify(text).slice(1, -1)))
      expect(await found(quoted(text))).toEqual(numbers((other) => inJson(other) || lower(other).includes(lower(text))))
      expect(await found(`-${quoted(text)}`)).toEqual(numbers((other) => !inJson(other) && !lower(other).includes(lower(text))))
    })

    it.each(texts.map((text) => [text.slice(0, 30), text]))(
      'find %j as the value of a field, and only where it is that',
      async (_shown, text) => {
        expect(await found(`v:${quoted(text)}`)).toEqual([texts.indexOf(text)])
        expect(await found(`-v:${quoted(text)}`)).toEqual(numbers((other) => other !== text))
      },
    )

    it('find columns by their exact value', async () => {
      for (const text of texts) expect(await found(`decky:${quoted(text)}`)).toEqual([])
      expect(await found('decky:decky-3')).toEqual([3])
      expect(await found('decky:Decky-3')).toEqual([])
      expect(await found('decky:"decky-3 "')).toEqual([])
      expect((await found('topic:system.* service:ssh')).length).toBe(Math.floor(texts.length / 2))
      expect(await found('topic:"(.*"')).toEqual([])
    })

    it('take ASCII letters in either case, and no others', async () => {
      expect(await found('COLE')).toEqual(numbers((text) => /cole/iu.test(text)))
      expect(await found('école')).toEqual([HOSTILE.indexOf('straSSe école')])
      expect(await found('STRASSE')).toEqual([HOSTILE.indexOf('straSSe école')])
    })

    it('count the same bars as the list has rows', async () => {
      const bars = await logHistogram(store.db, { intervalMs: 10, search: 'service:ssh' })
      expect(bars.map(({ time }) => time % 10)).toEqual(bars.map(() => 0))
      expect(bars.reduce((sum, bar) => sum + bar.count, 0)).toBe((await found('service:ssh')).length)
      expect(bars[0]).toEqual({ time: T0, service: 'ssh', count: 5 })
    })

    it('know numbers, truth values and nothing of what is derived, as they are written', async () => {
      await append([exampleRecord({ body: { n: 5, f: 1.5, yes: true, none: null, list: ['a'], deep: { v: 'inner' } } })])
      const derived = texts.length
      for (const term of ['n:5', 'f:1.5', 'yes:true', 'none:null', 'inner']) expect(await found(term), term).toEqual([derived])
      for (const term of ['n:50', 'yes:1', 'absent:null', 'v:inner', 'n:05']) expect(await found(term), term).toEqual([])
    })
  })

  describe('rows', () => {
    fresh()

    it('of every text column hold every text', async () => {
      for (const [n, text] of HOSTILE.entries()) {
        const short = text.slice(0, 60)
        const rows = credential(n, {
          principal: text,
          principal_b64: text,
          secret_b64: text,
          secret_printable: text,
          challenge: text,
          method: short,
          decky: short,
          service: short,
        })
        await store.db.transaction().execute((tx) => upsert(tx, 'credentials', 'id', [rows]))
        expect(await store.db.selectFrom('credentials').selectAll().where('id', '=', rows.id).executeTakeFirst()).toEqual(rows)
        const visit = session(n, { id: newId(), decky: short, principal: text, client: text, replay: short })
        await store.db.transaction().execute((tx) => upsert(tx, 'sessions', 'id', [visit]))
        expect(await store.db.selectFrom('sessions').selectAll().where('id', '=', visit.id).executeTakeFirst()).toEqual(visit)
        await store.db
          .insertInto('dead_letters')
          .values({ worker: 'w', seq: null, record_id: null, error: text, raw: text, at: T0 })
          .execute()
      }
      const letters = await store.db.selectFrom('dead_letters').select(['id', 'raw']).orderBy('id').execute()
      expect(letters).toEqual(HOSTILE.map((raw, n) => ({ id: n + 1, raw })))
    })

    it('are found by what credentials, attackers and sessions are asked for', async () => {
      const read = reads(store)
      for (const text of HOSTILE.filter((text) => text.length < 60)) {
        const listing = { sortBy: 'last_seen', order: 'desc', limit: 100, offset: 0 } as const
        const has = (other: string) => lower(other).includes(lower(text))
        expect((await read['credentials.list']({ ...listing, search: text })).total, text).toBe(HOSTILE.filter(has).length)
        expect((await read['credentials.list']({ ...listing, service: text })).total, text).toBe(1)
        expect((await read['sessions.list']({ decky: text, limit: 10, offset: 0 })).total, text).toBe(1)
        expect(await read['attackers.find'](text)).toBeNull()
        const attackers = { sortBy: 'recent', order: 'desc', limit: 10, offset: 0, search: text, service: text, decky: text } as const
        expect((await read['attackers.list'](attackers)).total).toBe(0)
        expect(await read['users.byName'](text)).toBeNull()
        expect(await read['reuse.find'](text)).toBeNull()
        expect((await read['reuse.list']({ minTargetCount: 0, attackerIp: text, secretKind: text, limit: 5, offset: 0 })).total).toBe(0)
      }
    })

    it('are whole numbers where they were, also beyond 32 bits', async () => {
      const row = attacker(7, { last_seen: 8_640_000_000_000_000, event_count: 5_000_000_000, last_seq: Number.MAX_SAFE_INTEGER })
      await store.db.transaction().execute((tx) => upsert(tx, 'attackers', 'uuid', [row]))
      expect(await store.db.selectFrom('attackers').selectAll().where('uuid', '=', row.uuid).executeTakeFirst()).toEqual(row)
      await store.db.deleteFrom('attackers').execute()
    })
  })

  describe('what is counted', () => {
    fresh()
    beforeAll(async () => {
      await store.db.transaction().execute(async (tx) => {
        await upsert(
          tx,
          'attackers',
          'uuid',
          [1, 2, 3].map((n) => attacker(n)),
        )
        await upsert(
          tx,
          'sessions',
          'id',
          Array.from({ length: 12 }, (_, n) => session(n)),
        )
        const services = ['ssh', 'ftp', 'ssh']
        const tried = services.map((service, n) =>
          credential(n, { service, secret_sha256: 'same', secret_b64: 'c2FtZQ==', secret_printable: 'same', attempt_count: n + 1 }),
        )
        await upsert(tx, 'credentials', 'id', [...tried, credential(9)])
      })
      const at = (n: number, more: Partial<NewLogRecord>) => exampleRecord({ ts: T0 + n * 60_000, ...more })
      await append([
        at(0, { type: 'connect', body: {} }),
        at(1, { type: 'auth_attempt', body: { outcome: 'success' } }),
        at(2, { type: 'auth_attempt', body: { outcome: 'failure' } }),
        at(3, { type: 'command', body: { command: 'id', mode: 'exec' } }),
        at(4, { type: 'command', body: { command: 'id', mode: 'interactive' } }),
        at(5, { type: 'command', body: { command: 'nul \u0000', mode: 'exec' } }),
        at(6, { type: 'command', body: { command: 'no shell', mode: 'none' } }),
        at(6, { type: 'command', body: { command: 'EHLO x', mode: 'protocol' } }),
        at(6, { type: 'query', body: { query: 'select 1' } }),
        at(7, { topic: 'credential.reuse.detected', type: 'reuse.detected', body: { id: 'finding', target_count: 2 } }),
        at(8, { topic: 'credential.reuse.detected', type: 'reuse.detected', body: { id: 'finding', target_count: 3 } }),
        at(-600, { type: 'connect', body: {} }),
      ])
    })

    it('is the same overview everywhere', async () => {
      const stats = await reads(store).stats({ from: T0 - HOUR, to: T0 + 3 * HOUR })
      expect(stats).toMatchObject({ total_logs: 12, unique_attackers: 3, active_deckies: 0 })
      expect(stats.sources.value).toBe(3)
      expect([stats.sessions.value, stats.logins.value, stats.credentials.value, stats.commands.value]).toEqual([1, 1, 2, 5])
      expect(stats.sessions.series.reduce((sum, n) => sum + n, 0)).toBe(1)
      expect([stats.reuse.value, stats.sessions.previous]).toEqual([1, 0])
      expect(stats.top_commands[0]).toEqual({ value: 'id', count: 2, sources: 1 })
      expect(stats.top_commands.length).toBe(2)
      expect(stats.top_passwords[0]).toMatchObject({ value: 'same', count: 6, sources: 1 })
      expect(stats.top_services).toEqual([{ value: 'ssh', count: 60, sources: 3 }])
      const longAgo = await reads(store).stats({ from: T0 - 5 * HOUR, to: T0 + 4 * HOUR })
      expect(longAgo.sessions).toMatchObject({ value: 1, previous: 1 })
    })

    it('keeps requests of a protocol apart from commands, and counts both', async () => {
      const ip = exampleRecord({}).attackerIp ?? ''
      const of = async (kind?: 'command' | 'request' | 'all') => {
        const page = await reads(store)['attackers.commands']({ ip, kind, limit: 2, offset: 0 })
        expect([page.commands, page.requests]).toEqual([5, 1])
        return [page.total, page.data.map((row) => `${row.kind} ${row.command}`)]
      }
      expect(await of()).toEqual([5, ['command select 1', 'command no shell']])
      expect(await of('request')).toEqual([1, ['request EHLO x']])
      expect(await of('all')).toEqual([6, ['command select 1', 'request EHLO x']])
    })

    it('is ordered and paged by any column', async () => {
      const read = reads(store)
      for (const sortBy of ['recent', 'active', 'traversals', 'score', 'first_seen', 'ip'] as const) {
        const page = await read['attackers.list']({ sortBy, order: 'desc', limit: 2, offset: 1 })
        expect([page.total, page.data.length]).toEqual([3, 2])
      }
      for (const sortBy of ['last_seen', 'first_seen', 'attempt_count', 'principal', 'secret', 'target_count'] as const) {
        const page = await read['credentials.list']({ sortBy, order: 'asc', limit: 10, offset: 0 })
        expect(page.data.map((row) => row.target_count).sort()).toEqual([1, 2, 2, 2])
      }
      expect((await read['credentials.top']({ by: 'pair', limit: 1 }))[0]).toMatchObject({ value: 'root / same', count: 6 })
      expect((await read['credentials.top']({ by: 'principal', limit: 1 }))[0]).toMatchObject({ value: 'root', count: 7, sources: 1 })
      expect(await read['attackers.facets']({})).toMatchObject({ service: [{ value: 'ssh', count: 3 }] })
      expect(await read['log.bounds']()).toEqual({ first: 1, head: 12 })
      expect(await read['log.span']()).toEqual({ from: T0 - 600 * 60_000, to: T0 + 8 * 60_000 })
      expect(await read['deckies.list'](new Map())).toEqual([])
    })
  })

  describe('people', () => {
    fresh()
    const add = (username: string) =>
      writes(store)['users.create']({ username, passwordHash: 'hash', role: 'admin', mustChangePassword: false, now: T0 })

    it('have names of their own', async () => {
      await add('ana')
      await expect(add('ana')).rejects.toMatchObject({ code: 'user_exists', status: 409 })
      for (const other of ['Ana', 'ana ', 'aná']) await add(other)
      expect((await reads(store)['users.list']()).map((user) => user.username)).toEqual(['Ana', 'ana', 'ana ', 'aná'])
    })

    it('that go take their logins with them, and the last administrator stays, whoever goes first', async () => {
      const write = writes(store)
      const users = await reads(store)['users.list']()
      const [one] = users
      await write['login.open']({ tokenSha256: 'token', userUuid: one?.uuid ?? '', now: T0, expiresAt: T0 + HOUR })
      expect(await reads(store)['auth.user']({ tokenSha256: 'token', now: T0 + 1 })).toMatchObject({ username: 'Ana', role: 'admin' })
      const gone = await Promise.allSettled(users.map(({ uuid }) => write['users.delete']({ uuid })))
      expect(gone.filter(({ status }) => status === 'rejected')).toMatchObject([{ reason: { code: 'last_admin' } }])
      expect((await reads(store)['users.list']()).length).toBe(1)
      const logins = await store.db.selectFrom('auth_sessions').selectAll().execute()
      const [left] = await reads(store)['users.list']()
      expect(logins.every((login) => login.user_uuid === left?.uuid)).toBe(true)
    })

    it('cannot log in where there is no such user', async () => {
      await expect(writes(store)['login.open']({ tokenSha256: 'x', userUuid: 'nobody', now: T0, expiresAt: T0 })).rejects.toThrow()
    })

    it('wish at the same moment, and no wish is lost', async () => {
      await Promise.all(['a', 'b', 'c', 'd', 'e'].map((name) => wish(store.db, { name, stopped: true, by: 'x', now: T0 })))
      await wish(store.db, { name: 'a', stopped: false, by: 'y', now: T0 })
      const desires = await workerDesires(store.db)
      expect(Object.keys(desires).sort()).toEqual(['a', 'b', 'c', 'd', 'e'])
      expect(desires.a).toEqual({ stopped: false, revision: 2, by: 'y', at: T0 })
    })
  })
})

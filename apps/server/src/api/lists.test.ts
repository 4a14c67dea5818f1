import { createHash } from 'node:crypto'
import { attackerPage, credentialPage, credentialReusePage, deckies, sessionPage, stats } from '@decnet/contracts/api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiRig, openApi, T0 } from './api.fixture.ts'

const LISTS = ['/attackers', '/sessions', '/credentials', '/credential-reuse', '/logs'] as const
const attempt = (principal: string, secret: string, more: object = {}) => ({
  type: 'auth_attempt',
  body: {
    principal,
    secret_b64: Buffer.from(secret).toString('base64'),
    // As the sensor writes it: for reading, not for telling one from another.
    secret_printable: secret.slice(0, 512).replace(/[^\x20-\x7e]/gu, '?'),
    secret_kind: 'plaintext',
    outcome: 'failure',
    method: 'password',
  },
  ...more,
})
/** Names and secrets as attackers choose them. */
const HOSTILE = [
  '<img src=x onerror=alert(1)>',
  '\u001b]0;owned\u0007\u001b[2J',
  '\u202eroot\u2066',
  "root' or '1'='1",
  '\\"};DROP TABLE users;',
  '%_%',
  '😀\u0301\u200d',
  'a\tb\nc\rd',
  '../../etc/passwd',
  '{"a":1}',
  '\u0000',
  'x'.repeat(50_000),
]

describe('an empty database', () => {
  let api: ApiRig
  let token: string
  beforeAll(async () => {
    api = await openApi()
    token = await api.login('vic')
  })
  afterAll(() => api[Symbol.asyncDispose]())

  it.each(LISTS)('%s answers an empty page', async (path) => {
    expect((await api.request('GET', path, { token })).json()).toEqual({ total: 0, limit: 50, offset: 0, data: [] })
  })

  it('has stats, all zero, over the last day', async () => {
    const answer = stats.parse((await api.request('GET', '/stats', { token })).json())
    expect(answer.period).toEqual({ start_time: new Date(T0 - 86_400_000).toISOString(), end_time: new Date(T0).toISOString() })
    for (const figure of ['sources', 'sessions', 'logins', 'credentials', 'files', 'commands', 'reuse'] as const)
      expect(answer[figure]).toEqual({ value: 0, previous: 0, series: Array.from({ length: 24 }, () => 0) })
    expect([answer.total_logs, answer.unique_attackers, answer.active_deckies, answer.deployed_deckies, answer.stories]).toEqual([
      0,
      0,
      0,
      0,
      [],
    ])
  })

  it('has no facets, no bars, no deckies, nothing most tried', async () => {
    expect((await api.request('GET', '/attackers/facets', { token })).json()).toEqual({ service: [], decky: [], severity: [] })
    for (const path of ['/logs/histogram', '/deckies', '/credentials/top'])
      expect((await api.request('GET', path, { token })).json()).toEqual([])
  })

  it.each([
    ['1970-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z'],
    ['0001-01-01T00:00:00.000Z', '2026-11-21T12:00:00+14:00'],
    ['2026-11-21T12:00:00.000Z', '2026-11-21T12:00:00.000Z'],
    ['2026-11-21T13:00:00.000Z', '2026-11-21T12:00:00.000Z'],
  ])('takes any period for its stats: %s to %s', async (start_time, end_time) => {
    const answer = await api.request('GET', '/stats', { token, query: { start_time, end_time } })
    expect(answer.statusCode).toBe(200)
    stats.parse(answer.json())
  })
})

describe('lists', () => {
  let api: ApiRig
  let token: string
  beforeAll(async () => {
    api = await openApi()
    token = await api.login('vic')
    await api.context.write('fleet.plan', { subnet: '127.77.9', now: T0 })
    const visits = Array.from({ length: 12 }, (_, index) => {
      const n = index + 1
      const at = { attackerIp: `203.0.113.${n}`, sessionId: `session-${n}`, ts: T0 + n * 1000, decky: n % 2 ? 'web-01' : 'db-01' }
      const login = attempt('root', n <= 6 ? 'shared' : `own-${n}`, at)
      return [{ ...at, type: 'connect', body: {} }, login, { ...at, type: 'disconnect', body: {} }]
    })
    await api.feed(
      ...visits.flat(),
      ...HOSTILE.map((text, n) =>
        attempt(text, text, { attackerIp: '198.51.100.66', sessionId: `hostile-${n}`, decky: 'web-01', service: 'ftp' }),
      ),
    )
  }, 60_000)
  afterAll(() => api[Symbol.asyncDispose]())
  const get = async <T = { total: number; limit: number; offset: number; data: Record<string, unknown>[] }>(path: string) => {
    const answer = await api.request('GET', path, { token })
    expect(answer.statusCode, answer.body).toBe(200)
    return answer.json<T>()
  }

  it.each(LISTS)('%s pages: total, limit, offset, data; no row twice, none left out', async (path) => {
    const whole = await get(`${path}?limit=1000`)
    expect([whole.limit, whole.offset, whole.data.length]).toEqual([1000, 0, whole.total])
    expect(whole.total).toBeGreaterThan(0)
    const rows: unknown[] = []
    for (let offset = 0; offset < whole.total; offset += 5) {
      const part = await get(`${path}?limit=5&offset=${offset}`)
      expect([part.total, part.limit, part.offset]).toEqual([whole.total, 5, offset])
      rows.push(...part.data)
    }
    expect(rows).toEqual(whole.data)
    expect((await get(`${path}?offset=100000`)).data).toEqual([])
  })

  it.each([
    'limit=0',
    'limit=1001',
    'limit=-1',
    'limit=1.5',
    'limit=x',
    'limit=1e9',
    'offset=-1',
    'offset=2147483648',
    'offset=NaN',
    'limit=5&limit=6',
  ])('every list refuses %s', async (query) => {
    for (const path of LISTS) {
      const answer = await api.request('GET', `${path}?${query}`, { token })
      expect([path, answer.statusCode, answer.json().code]).toEqual([path, 422, 'invalid_request'])
    }
  })

  it.each(['', 'null', 'NULL', 'undefined'])('a query value of %j counts as absent', async (absent) => {
    const names = {
      '/attackers': ['search', 'service', 'decky', 'severity', 'sort_by', 'order'],
      '/sessions': ['attacker', 'decky', 'service', 'open'],
      '/credentials': ['search', 'service', 'decky', 'attacker_ip', 'outcome', 'secret_sha256', 'sort_by', 'order'],
      '/credential-reuse': ['min_target_count', 'secret_kind', 'attacker_ip'],
      '/logs': ['search', 'after', 'before'],
    } as const
    for (const path of LISTS) {
      const plain = await get(path)
      for (const name of [...names[path], 'limit', 'offset', ...(path === '/credential-reuse' ? [] : ['start_time', 'end_time'])])
        expect(await get(`${path}?${name}=${absent}`), `${path} ${name}`).toEqual(plain)
    }
  })

  it.each(['start_time=yesterday', 'end_time=2026-13-01T00:00:00Z', 'start_time=2026-11-21', 'start_time=1763726400'])(
    'a time is RFC 3339: %s',
    async (query) => {
      for (const path of ['/attackers', '/logs', '/stats'])
        expect((await api.request('GET', `${path}?${query}`, { token })).statusCode).toBe(422)
    },
  )

  it('attackers are sorted and filtered as asked, and counted by facet', async () => {
    const ips = async (query: string) => attackerPage.parse(await get(`/attackers?${query}`)).data.map((row) => row.ip)
    expect((await ips('limit=2')).toSorted()).toContain('203.0.113.12')
    expect(await ips('sort_by=ip&order=asc&limit=2')).toEqual(['198.51.100.66', '203.0.113.1'])
    expect(await ips('sort_by=active&limit=1')).toEqual(['198.51.100.66'])
    expect(await ips('service=ftp')).toEqual(['198.51.100.66'])
    expect(await ips('service=ft')).toEqual([])
    expect((await ips('decky=db-01')).length).toBe(6)
    expect(await ips('search=113.12')).toEqual(['203.0.113.12'])
    expect(await ips('search=%25')).toEqual([])
    expect(await ips('search=_')).toEqual([])
    expect(await get('/attackers/facets?service=ftp')).toEqual({
      service: (await get<{ service: object[] }>('/attackers/facets')).service,
      decky: [{ value: 'web-01', count: 1 }],
      severity: [{ value: expect.any(String), count: 1 }],
    })
    expect(await get('/attackers/facets')).toMatchObject({ service: expect.arrayContaining([{ value: 'ftp', count: 1 }]) })
    expect(await get('/attackers/facets?service=ftp&decky=db-01')).toMatchObject({ decky: [{ value: 'web-01', count: 1 }], severity: [] })
    for (const key of ['203.0.113.1', (await get('/attackers?search=203.0.113.1')).data[0]?.uuid]) {
      expect((await api.request('GET', `/attackers/${String(key)}`, { token })).statusCode).toBe(200)
    }
  })

  it('sessions are found by attacker, decky, service and whether they are open', async () => {
    const total = async (query: string) => sessionPage.parse(await get(`/sessions?${query}`)).total
    expect([await total('open=true'), await total('open=false')]).toEqual([HOSTILE.length, 12])
    expect([await total('attacker=203.0.113.3'), await total('service=ftp'), await total('decky=db-01')]).toEqual([1, HOSTILE.length, 6])
    expect((await api.request('GET', '/sessions?open=maybe', { token })).statusCode).toBe(422)
  })

  it('C1, C4: credentials keep the exact bytes of whatever was tried, and a search finds them', async () => {
    const page = credentialPage.parse(await get('/credentials?service=ftp&limit=1000'))
    expect(page.total).toBe(HOSTILE.length)
    for (const text of HOSTILE) {
      const bytes = Buffer.from(text)
      const row = page.data.find((row) => row.secret_b64 === bytes.toString('base64'))
      expect(row, text.slice(0, 40)).toBeDefined()
      expect(row?.secret_sha256).toBe(createHash('sha256').update(bytes).digest('hex'))
      expect(Buffer.from(row?.principal_b64 ?? '', 'base64').equals(bytes)).toBe(true)
      if (text.length > 512 || text.includes('\0')) continue
      const found = credentialPage.parse(await get(`/credentials?service=ftp&search=${encodeURIComponent(text)}`))
      expect(found.data.map((found) => found.id)).toEqual([row?.id])
    }
  })

  it('the most tried are counted by their bytes, however alike they read', async () => {
    type Top = { secret_b64?: string; principal_b64?: string | null; count: number }[]
    const all = HOSTILE.map((text) => Buffer.from(text).toString('base64')).toSorted()
    for (const by of ['secret', 'principal', 'pair']) {
      const rows = (await get<unknown>(`/credentials/top?by=${by}&limit=100`)) as Top
      const exact = rows.map((row) => row.secret_b64 ?? row.principal_b64 ?? '')
      expect(exact.filter((b64) => all.includes(b64)).toSorted(), by).toEqual(all)
    }
  })

  it('C2, C4: one secret of several attackers is one finding, with every attempt', async () => {
    const page = credentialReusePage.parse(await get('/credential-reuse'))
    expect(page.data).toMatchObject([{ secret_printable: 'shared', target_count: 2, deckies: ['db-01', 'web-01'], confidence: 1 }])
    expect((await get('/credential-reuse?min_target_count=3')).total).toBe(0)
    const [finding] = page.data
    expect(await get<object>(`/credential-reuse/${finding?.id}`)).toEqual(finding)
    const spread = credentialPage.parse(await get('/credentials?limit=1000')).data.filter((row) => row.target_count > 1)
    expect(new Set(spread.map((row) => `${row.secret_sha256} ${row.target_count}`))).toEqual(new Set([`${finding?.secret_sha256} 2`]))
    expect((await get(`/credentials/attempts/${finding?.secret_sha256}`)).total).toBe(6)
    expect((await get<{ value: string; count: number }[]>('/credentials/top?by=secret&limit=1'))[0]).toMatchObject({
      value: 'shared',
      count: 6,
      sources: 6,
    })
  })

  it('what one attacker did is listed', async () => {
    const none = { total: 0, limit: 50, offset: 0, data: [] }
    expect(await get('/attackers/203.0.113.1/artifacts')).toEqual(none)
    for (const kind of ['command', 'request', 'all'])
      expect(await get(`/attackers/203.0.113.1/commands?kind=${kind}`)).toEqual({ ...none, commands: 0, requests: 0 })
    const { data } = await get('/sessions/session-1/events')
    expect(data.map((row) => row.event_type)).toEqual(expect.arrayContaining(['connect', 'auth_attempt', 'disconnect']))
    expect(data.every((row) => row.session_id === 'session-1')).toBe(true)
  })

  it('deckies are who the plan says, with what came to them', async () => {
    const fleet = deckies.parse(await get<unknown>('/deckies'))
    expect(fleet).toHaveLength(5)
    expect(new Set(fleet.map((decky) => decky.hostname)).size).toBe(5)
    const [first] = fleet
    expect(await get<object>(`/deckies/${first?.name}`)).toEqual(first)
  })

  it('stats say what the lists say', async () => {
    const { data } = attackerPage.parse(await get('/attackers?limit=1000'))
    const query = `start_time=${new Date(T0 - 1000).toISOString()}&end_time=${new Date(T0 + 60_000).toISOString()}`
    const answer = stats.parse(await get<unknown>(`/stats?${query}`))
    expect([answer.unique_attackers, answer.sources.value]).toEqual([data.length, data.length])
    expect(answer.sessions.value).toBe(12)
    expect(answer.credentials.value).toBe(12 + HOSTILE.length)
    expect(answer.sessions.series.reduce((sum, n) => sum + n, 0)).toBe(12)
    expect(answer.top_services[0]?.value).toMatch(/ssh|ftp/u)
  })
})

import { problem } from '@decnet/contracts/api'
import type { LightMyRequestResponse } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiRig, openApi } from './api.fixture.ts'
import { routes } from './routes/index.ts'

const TYPE = /^application\/problem\+json(?:;|$)/u
const JSON_TYPE = { 'content-type': 'application/json' }

describe('problem details (RFC 9457)', () => {
  let api: ApiRig
  let token: string
  beforeAll(async () => {
    api = await openApi()
    token = await api.login('ana')
  })
  afterAll(() => api[Symbol.asyncDispose]())

  function expectProblem(answer: LightMyRequestResponse, status: number, code: string) {
    expect(answer.statusCode).toBe(status)
    expect(answer.headers['content-type']).toMatch(TYPE)
    const body = problem.strict().parse(answer.json())
    expect([body.status, body.code, body.type]).toEqual([status, code, 'about:blank'])
    return body
  }

  it.each([
    ['cut off', '{"username": "a'],
    ['no JSON at all', 'username=ana'],
    ['JSON with something behind it', '{}}'],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x7d])],
  ])('a body that is %s is malformed', async (_what, body) => {
    const answer = await api.request('POST', '/auth/login', { headers: JSON_TYPE, body })
    expect(expectProblem(answer, 400, 'malformed_request')).toMatchObject({ title: 'Bad request', instance: '/api/v1/auth/login' })
  })

  it.each([
    ['missing fields', '/auth/login', {}, ['username', 'password']],
    ['a wrong type', '/auth/login', { username: 7, password: ['x'] }, ['username', 'password']],
    ['no object', '/auth/login', [], ['body']],
    ['an empty body', '/auth/login', '', ['body']],
    ['a field that nobody knows', '/auth/login', { username: 'a', password: 'b', otp: 1 }, ['otp']],
    ['a prototype', '/auth/login', '{"__proto__": {"role": "admin"}, "username": "a", "password": "b"}', ['__proto__']],
    [
      'a constructor',
      '/auth/login',
      '{"constructor": {"prototype": {"role": "admin"}}, "username": "a", "password": "b"}',
      ['constructor'],
    ],
    ['a name too long', '/auth/login', { username: 'x'.repeat(300), password: 'b' }, ['username']],
    ['a short password and a bad name', '/users', { username: 'a b', password: 'short', role: 'viewer' }, ['username', 'password']],
    ['a role that is none', '/users', { username: 'ab', password: 'long enough it is', role: 'root' }, ['role']],
  ])('%s are refused by name', async (_what, path, body, fields) => {
    const { errors } = expectProblem(await api.request('POST', path, { token, headers: JSON_TYPE, body }), 422, 'invalid_request')
    expect(errors?.map(({ field }) => field)).toEqual(fields)
    for (const { message } of errors ?? []) expect(message.length).toBeGreaterThan(3)
  })

  it('names refused parameters of the address and of the query', async () => {
    const inPath = expectProblem(await api.request('GET', '/artifacts/nothing', { token }), 422, 'invalid_request')
    expect(inPath.errors).toMatchObject([{ field: 'sha256' }])
    const inQuery = expectProblem(await api.request('GET', '/attackers?limit=0&sort_by=size', { token }), 422, 'invalid_request')
    expect(inQuery.errors?.map(({ field }) => field)).toEqual(['limit', 'sort_by'])
  })

  it.each([
    ['/attackers?limit=many', 'limit must be a whole number from 1 to 1,000.'],
    [
      '/attackers?limit=1.5&offset=-1',
      'limit must be a whole number from 1 to 1,000; offset must be a whole number from 0 to 2,147,483,647.',
    ],
    ['/attackers?limit=1&limit=2', 'limit is given more than once.'],
    ['/attackers?severity=1', 'severity must be one of info, low, medium, high, critical.'],
    ['/attackers?service=ssh&service=ftp', 'service is given more than once.'],
    [`/attackers?search=${'x'.repeat(600)}`, 'search must be a text of at most 512 characters.'],
    ['/attackers?start_time=yesterday', 'start_time must be a time such as 2026-11-21T21:48:05.123Z.'],
    ['/sessions?open=perhaps', 'open must be one of true, false.'],
    ['/logs?after=x', 'after must be a whole number of at least 0.'],
    ['/logs/histogram?interval_minutes=x', 'interval_minutes must be a number from 0.0167 to 43,200.'],
    ['/credential-reuse?min_target_count=1', 'min_target_count must be a whole number of at least 2.'],
    ['/credential-reuse/7', 'id must be a lower-case uuid.'],
    ['/deckies/Web_01', 'name must be lower-case letters, digits and -, at most 63.'],
  ])('says in plain words what %s must be', async (path, detail) => {
    expect(expectProblem(await api.request('GET', path, { token }), 422, 'invalid_request').detail).toBe(detail)
  })

  it('says in plain words what a body must hold', async () => {
    const told = async (path: string, body: unknown) =>
      expectProblem(await api.request('POST', path, { token, body }), 422, 'invalid_request').detail
    expect(await told('/auth/login', { username: 7 })).toBe('username must be a text of 1 to 256 characters; password is missing.')
    expect(await told('/users', { username: 'a b', password: 'short', role: 'root' })).toBe(
      'username must be letters, digits and _ . @ - only, at most 64; password must have at least 12 characters; role must be one of admin, viewer.',
    )
    expect(await told('/users', [])).toBe('The body must be a JSON object.')
  })

  it.each(routes.map((route) => [route.method, route.path, route] as const))(
    '%s %s takes no parameter that it does not name',
    (_m, _p, { query }) => {
      const result = query?.safeParse({ limt: '5' })
      expect(result?.error?.issues).toContainEqual(expect.objectContaining({ code: 'unrecognized_keys', keys: ['limt'] }))
    },
  )

  it('refuses unknown parameters by their names and says which there are', async () => {
    const listed = expectProblem(
      await api.request('GET', '/credential-reuse?limt=5&__proto__=1&constructor=2', { token }),
      422,
      'invalid_request',
    )
    expect(listed.errors?.map(({ field }) => field)).toEqual(['limt', '__proto__', 'constructor'])
    expect(listed.detail).toMatch(/^limt is not known: this query takes limit, offset, min_target_count, secret_kind, attacker_ip;/u)
    const { detail } = expectProblem(await api.request('POST', '/auth/logout?everywhere=1', { token }), 422, 'invalid_request')
    expect(detail).toBe('everywhere is not known: this query takes none.')
    expect((await api.request('GET', '/auth/me', { token })).statusCode).toBe(200)
    const many = Array.from({ length: 500 }, (_, n) => `${'x'.repeat(100)}${n}=1`).join('&')
    expect((await api.request('GET', `/ready?${many}`)).body.length).toBeLessThan(3_000)
  })

  it('an empty body is none, also where its type is named', async () => {
    const uuid = await api.addUser('bob', 'viewer')
    const answer = await api.request('DELETE', `/users/${uuid}`, { token, headers: JSON_TYPE })
    expect([answer.statusCode, answer.json()]).toEqual([200, { message: 'Removed.' }])
  })

  it('never repeats what was sent, however large or hostile', async () => {
    const secret = `<script>alert(1)</script>\u001b[2J${'s3cr3t'.repeat(1_000)}`
    const answer = await api.request('POST', '/auth/login', { body: { username: secret, password: secret, [secret.slice(0, 40)]: 1 } })
    expect(answer.statusCode).toBe(422)
    expect(answer.body).not.toContain('s3cr3ts3cr3t')
    expect(answer.headers['content-type']).toMatch(TYPE)
    expect(answer.headers['x-content-type-options']).toBe('nosniff')
  })

  it('a body over one megabyte is too large, declared or not', async () => {
    const body = JSON.stringify({ username: 'x'.repeat(1024 * 1024), password: 'b' })
    expectProblem(await api.request('POST', '/auth/login', { headers: JSON_TYPE, body }), 413, 'body_too_large')
  })

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/xml', 'nonsense'])(
    'a body of type %s is not taken',
    async (type) => {
      const answer = await api.request('POST', '/auth/login', { headers: { 'content-type': type }, body: 'username=ana&password=x' })
      expectProblem(answer, 415, 'not_json')
    },
  )

  it('what is not there is not there', async () => {
    for (const path of ['/nothing', '/api/v2/attackers', '/api', '/attackers/198.51.100.9', '/sessions/unknown', '/deckies/none'])
      expect((await api.request('GET', path, { token })).statusCode).toBe(404)
    expectProblem(await api.request('GET', '/nothing?secret=1', { token }), 404, 'not_found')
    expect((await api.request('GET', '/nothing?secret=1', { token })).json().instance).toBe('/api/v1/nothing')
    expectProblem(await api.request('PATCH', '/users', { token, body: {} }), 404, 'not_found')
  })

  it.each(['/attackers/%', '/attackers/%ff', '/attackers/%zz', '/attackers/%c0%ae', '/%'])(
    'an address that is none (%s) is a problem like others',
    async (path) => {
      const answer = await api.request('GET', path, { token })
      expect([400, 404]).toContain(answer.statusCode)
      expect(answer.headers['content-type']).toMatch(TYPE)
      problem.strict().parse(answer.json())
    },
  )

  it('an address of immense length is refused', async () => {
    const answer = await api.request('GET', `/attackers/${'x'.repeat(5_000)}`, { token })
    expect([404, 414, 422]).toContain(answer.statusCode)
    expect(answer.headers['content-type']).toMatch(TYPE)
  })

  it('what breaks here is told by an id that the log explains, and by nothing else', async () => {
    await api.store.db.schema.dropTable('credentials').execute()
    const answer = await api.request('GET', '/credentials', { token })
    const { error_id, detail } = expectProblem(answer, 500, 'internal')
    expect(error_id).toMatch(/^[0-9a-f-]{36}$/u)
    expect(answer.body).not.toMatch(/sql|table|stack|node_modules|\.ts/iu)
    expect(detail).toBe('The log of the server has the reason under this id.')
    expect(api.logged.join('\n')).toContain(error_id)
  })
})

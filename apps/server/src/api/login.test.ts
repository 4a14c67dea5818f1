import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ApiRig, openApi, PASSWORD, T0 } from './api.fixture.ts'

const WINDOW_MS = 5 * 60_000

describe('logging in', () => {
  let api: ApiRig
  beforeEach(async () => {
    api = await openApi()
  })
  afterEach(() => api[Symbol.asyncDispose]())
  const attempt = (username: string, password: string, address = '198.51.100.1') =>
    api.request('POST', '/auth/login', { body: { username, password }, address })

  it('answers a bearer token for scripts and sets a cookie for the console that no script and no other site can use', async () => {
    const answer = await attempt('ana', PASSWORD)
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toEqual({
      access_token: expect.stringMatching(/^[\w-]{43}$/u),
      token_type: 'bearer',
      must_change_password: false,
      expires_at: new Date(T0 + 12 * 3600_000).toISOString(),
    })
    const [cookie, ...others] = answer.cookies
    expect(others).toEqual([])
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/', value: answer.json().access_token, maxAge: 12 * 3600 })
    const me = { uuid: expect.any(String), username: 'ana', role: 'admin', must_change_password: false }
    const { access_token } = answer.json<{ access_token: string }>()
    expect((await api.request('GET', '/auth/me', { token: access_token })).json()).toMatchObject(me)
    expect((await api.request('GET', '/auth/me', { headers: { cookie: `decnet_session=${access_token}` } })).json()).toMatchObject(me)
  })

  it('keeps no token: the database has its hash only', async () => {
    const token = await api.login('ana')
    const rows = JSON.stringify(await api.store.db.selectFrom('auth_sessions').selectAll().execute())
    expect(rows).not.toContain(token)
  })

  it('answers a wrong password and an unknown user alike, with the same work', async () => {
    const times = { wrong: [] as number[], unknown: [] as number[] }
    for (let round = 0; round < 8; round += 1) {
      for (const [kind, username] of [
        ['wrong', 'ana'],
        ['unknown', `nobody-${round}`],
      ] as const) {
        const started = performance.now()
        const answer = await attempt(username, 'not the password', `198.51.100.${round}`)
        times[kind].push(performance.now() - started)
        expect([answer.statusCode, answer.json()]).toEqual([
          401,
          {
            type: 'about:blank',
            title: 'Not logged in',
            status: 401,
            code: 'wrong_credentials',
            detail: 'User name or password is wrong.',
            instance: '/api/v1/auth/login',
          },
        ])
        expect(answer.cookies).toEqual([])
      }
    }
    // Without the hash an unknown user takes a tenth; a loaded machine makes anything slower, so the fastest of each are compared.
    expect(Math.min(...times.unknown)).toBeGreaterThan(Math.min(...times.wrong) / 3)
  })

  it('refuses the eleventh attempt of one address after ten failures, says how long to wait, and forgets after five minutes', async () => {
    for (let n = 0; n < 10; n += 1) expect((await attempt(`user-${n}`, 'wrong')).statusCode).toBe(401)
    api.pass(60_000)
    const refused = await attempt('ana', PASSWORD)
    expect([refused.statusCode, refused.headers['retry-after'], refused.json().code]).toEqual([429, '240', 'too_many_attempts'])
    expect((await attempt('ana', PASSWORD, '198.51.100.2')).statusCode).toBe(200)
    api.pass(WINDOW_MS - 60_000 + 1)
    expect((await attempt('ana', PASSWORD)).statusCode).toBe(200)
  })

  it('refuses a user name after ten failures from ten addresses', async () => {
    for (let n = 0; n < 10; n += 1) expect((await attempt('ana', 'wrong', `198.51.100.${n}`)).statusCode).toBe(401)
    expect((await attempt('ana', PASSWORD, '203.0.113.1')).statusCode).toBe(429)
    expect((await attempt('vic', PASSWORD, '203.0.113.1')).statusCode).toBe(200)
  })

  it('counts attempts that run at once', async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, () => attempt('ana', 'wrong')))
    expect(answers.filter((answer) => answer.statusCode === 401).length).toBe(10)
    expect(answers.filter((answer) => answer.statusCode === 429).length).toBe(30)
  })

  it('does not count what succeeds', async () => {
    for (let n = 0; n < 15; n += 1) expect((await attempt('ana', PASSWORD)).statusCode).toBe(200)
  })

  it('ends a login after twelve hours', async () => {
    const token = await api.login('ana')
    api.pass(12 * 3600_000 - 1)
    expect((await api.request('GET', '/auth/me', { token })).statusCode).toBe(200)
    api.pass(2)
    expect((await api.request('GET', '/auth/me', { token })).statusCode).toBe(401)
  })

  it('logging out ends that login only, and a second time it is known no more', async () => {
    const [one, other] = [await api.login('ana'), await api.login('ana')]
    const out = await api.request('POST', '/auth/logout', { token: one })
    expect(out.statusCode).toBe(200)
    expect(out.cookies).toMatchObject([{ name: 'decnet_session', value: '' }])
    expect((await api.request('GET', '/auth/me', { token: one })).statusCode).toBe(401)
    expect((await api.request('POST', '/auth/logout', { token: one })).statusCode).toBe(401)
    expect((await api.request('GET', '/auth/me', { token: other })).statusCode).toBe(200)
  })

  it.each([
    ['nothing', {}],
    ['a token that is none', { authorization: 'Bearer 0123456789012345678901234567890123456789012' }],
    ['another scheme', { authorization: 'Basic YW5hOmNvcnJlY3QtaG9yc2UtYmF0dGVyeQ==' }],
    ['an empty token', { authorization: 'Bearer ' }],
    ['a hostile token', { authorization: `Bearer ' or 1=1 --${'x'.repeat(40)}` }],
    ['a hostile cookie', { cookie: "decnet_session=' or 1=1 --; decnet_session=%00" }],
  ])('lets %s in nowhere', async (_what, headers) => {
    const answer = await api.request('GET', '/attackers', { headers })
    expect([answer.statusCode, answer.headers['www-authenticate'], answer.json().code]).toEqual([401, 'Bearer', 'not_logged_in'])
  })
})

describe('a password that must be changed', () => {
  let api: ApiRig
  let token: string
  beforeEach(async () => {
    api = await openApi()
    await api.addUser('new', 'admin', { mustChange: true })
    token = await api.login('new')
  })
  afterEach(() => api[Symbol.asyncDispose]())
  const change = (old_password: string, new_password: string, shown = token) =>
    api.request('POST', '/auth/change-password', { token: shown, body: { old_password, new_password } })

  it('is said at the login, and until then only me, logout and change-password answer', async () => {
    expect((await api.request('POST', '/auth/login', { body: { username: 'new', password: PASSWORD } })).json().must_change_password).toBe(
      true,
    )
    expect((await api.request('GET', '/auth/me', { token })).json().must_change_password).toBe(true)
    for (const path of ['/attackers', '/users', '/stats', '/workers', '/stream', '/health']) {
      const answer = await api.request('GET', path, { token })
      expect([path, answer.statusCode, answer.json().code]).toEqual([path, 403, 'must_change_password'])
    }
    expect((await api.request('POST', '/auth/logout', { token })).statusCode).toBe(200)
  })

  it('once changed ends all logins of that user, and the new one lets in everywhere', async () => {
    const other = await api.login('new')
    const answer = await change(PASSWORD, 'a whole new passphrase')
    expect(answer.statusCode).toBe(200)
    for (const old of [token, other]) expect((await api.request('GET', '/auth/me', { token: old })).statusCode).toBe(401)
    expect((await api.request('POST', '/auth/login', { body: { username: 'new', password: PASSWORD } })).statusCode).toBe(401)
    const fresh = await api.login('new', 'a whole new passphrase')
    expect((await api.request('GET', '/users', { token: fresh })).statusCode).toBe(200)
  })

  it.each([
    ['eleven characters', 'elevenchars', 422],
    ['twelve characters', 'twelve-chars', 200],
    ['128 characters', 'x'.repeat(128), 200],
    ['129 characters', 'x'.repeat(129), 422],
    ['the old one', PASSWORD, 422],
  ])('with %s is answered by %3$i', async (_what, password, status) => {
    const answer = await change(PASSWORD, password)
    expect(answer.statusCode).toBe(status)
    if (status === 422) expect(answer.json().errors).toMatchObject([{ field: 'new_password' }])
  })

  it('needs the old one, and guesses at it are limited', async () => {
    for (let n = 0; n < 10; n += 1) {
      const answer = await change(`guess number ${n}`, 'a whole new passphrase')
      expect([answer.statusCode, answer.json().errors]).toEqual([401, [{ field: 'old_password', message: 'is wrong' }]])
    }
    const answer = await change(PASSWORD, 'a whole new passphrase')
    expect([answer.statusCode, Number(answer.headers['retry-after']) > 0]).toEqual([429, true])
  })
})

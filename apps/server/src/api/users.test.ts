import { user } from '@decnet/contracts/api'
import { newId } from '@decnet/kernel'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type ApiRig, openApi, PASSWORD } from './api.fixture.ts'

describe('users', () => {
  let api: ApiRig
  let token: string
  beforeEach(async () => {
    api = await openApi()
    token = await api.login('ana')
  })
  afterEach(() => api[Symbol.asyncDispose]())
  const list = async () => z.array(user.strict()).parse((await api.request('GET', '/users', { token })).json())
  const idOf = async (username: string) => (await list()).find((row) => row.username === username)?.uuid ?? ''
  const create = (body: object) => api.request('POST', '/users', { token, body })

  it('are listed without anything of their passwords', async () => {
    expect((await list()).map((row) => [row.username, row.role, row.last_login_at !== null])).toEqual([
      ['ana', 'admin', true],
      ['vic', 'viewer', false],
    ])
  })

  it('are made with a password that must be changed, and can log in', async () => {
    const answer = await create({ username: 'new.user@example-1', password: PASSWORD, role: 'viewer' })
    expect([answer.statusCode, answer.json()]).toEqual([201, { uuid: await idOf('new.user@example-1') }])
    const login = await api.request('POST', '/auth/login', { body: { username: 'new.user@example-1', password: PASSWORD } })
    expect(login.json().must_change_password).toBe(true)
  })

  it('have names of their own', async () => {
    const answer = await create({ username: 'vic', password: PASSWORD, role: 'admin' })
    expect([answer.statusCode, answer.json().code]).toEqual([409, 'user_exists'])
    expect((await list()).find((row) => row.username === 'vic')?.role).toBe('viewer')
  })

  it.each(['', ' ', 'a b', '<script>', 'a\u0000', '\u202e', 'ä', "'--", 'x'.repeat(65), '\ud800'])(
    'cannot be called %j',
    async (username) => {
      const answer = await create({ username, password: PASSWORD, role: 'viewer' })
      expect([answer.statusCode, answer.json().errors]).toEqual([422, [{ field: 'username', message: expect.any(String) }]])
    },
  )

  it('are removed with their logins', async () => {
    const vic = await api.login('vic')
    expect((await api.request('DELETE', `/users/${await idOf('vic')}`, { token })).statusCode).toBe(200)
    expect((await api.request('GET', '/auth/me', { token: vic })).statusCode).toBe(401)
    expect((await api.request('POST', '/auth/login', { body: { username: 'vic', password: PASSWORD } })).statusCode).toBe(401)
    expect((await list()).map((row) => row.username)).toEqual(['ana'])
  })

  it('cannot remove themselves', async () => {
    const answer = await api.request('DELETE', `/users/${await idOf('ana')}`, { token })
    expect([answer.statusCode, answer.json().code]).toEqual([409, 'own_account'])
  })

  it('keep one administrator, whatever is asked, also by two at once', async () => {
    const ana = await idOf('ana')
    const demoted = await api.request('PUT', `/users/${ana}/role`, { token, body: { role: 'viewer' } })
    expect([demoted.statusCode, demoted.json().code]).toEqual([409, 'last_admin'])
    const eva = await api.addUser('eva', 'admin')
    const tokenOfEva = await api.login('eva')
    const answers = await Promise.all([
      api.request('DELETE', `/users/${eva}`, { token }),
      api.request('DELETE', `/users/${ana}`, { token: tokenOfEva }),
    ])
    const left = await api.store.db.selectFrom('users').select('role').where('role', '=', 'admin').execute()
    expect(left).toHaveLength(1)
    expect(answers.map((answer) => answer.statusCode).toSorted()[0]).toBe(200)
  })

  it('get another role, and their logins end', async () => {
    const vic = await api.login('vic')
    const path = `/users/${await idOf('vic')}/role`
    expect((await api.request('PUT', path, { token, body: { role: 'admin' } })).statusCode).toBe(200)
    expect((await api.request('GET', '/auth/me', { token: vic })).statusCode).toBe(401)
    expect((await api.request('GET', '/users', { token: await api.login('vic') })).statusCode).toBe(200)
  })

  it('get another password, to be changed at the next login, and their logins end', async () => {
    const vic = await api.login('vic')
    const path = `/users/${await idOf('vic')}/reset-password`
    expect((await api.request('PUT', path, { token, body: { new_password: 'short' } })).statusCode).toBe(422)
    expect((await api.request('GET', '/auth/me', { token: vic })).statusCode).toBe(200)
    expect((await api.request('PUT', path, { token, body: { new_password: 'given by the administrator' } })).statusCode).toBe(200)
    expect((await api.request('GET', '/auth/me', { token: vic })).statusCode).toBe(401)
    const fresh = await api.login('vic', 'given by the administrator')
    expect((await api.request('GET', '/auth/me', { token: fresh })).json()).toMatchObject({ username: 'vic', must_change_password: true })
  })

  it('that are none are 404', async () => {
    const path = `/users/${newId()}`
    const answers = [
      await api.request('DELETE', path, { token }),
      await api.request('PUT', `${path}/role`, { token, body: { role: 'admin' } }),
      await api.request('PUT', `${path}/reset-password`, { token, body: { new_password: PASSWORD } }),
    ]
    expect(answers.map((answer) => [answer.statusCode, answer.json().code])).toEqual(Array.from({ length: 3 }, () => [404, 'user_unknown']))
    expect((await api.request('DELETE', '/users/%00', { token })).statusCode).toBe(422)
  })
})

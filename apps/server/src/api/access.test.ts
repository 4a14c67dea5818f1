import { newId } from '@decnet/kernel'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiRig, openApi } from './api.fixture.ts'
import { routes } from './routes/index.ts'

/** An address for each route; parameters are well-formed and name nothing. */
const PARAMS: Readonly<Record<string, string>> = { uuid: newId(), id: newId(), sha256: 'a'.repeat(64), name: 'nothing' }
const all = routes.map((route) => ({
  ...route,
  url: route.path.replace(/:(\w+)/gu, (_all, name: string) => PARAMS[name] ?? name),
  title: `${route.method} ${route.path}`,
}))
const table = (wanted: (route: (typeof all)[number]) => boolean) => all.filter(wanted).map((route) => [route.title, route] as const)
const withBody = (method: string) => (method === 'GET' ? {} : { body: {} })

describe('who may do what', () => {
  let api: ApiRig
  let admin: string
  let viewer: string
  beforeAll(async () => {
    api = await openApi()
    admin = await api.login('ana')
    viewer = await api.login('vic')
  })
  afterAll(() => api[Symbol.asyncDispose]())

  it('every route of the application is one of those enumerated here', () => {
    const served = new Set<string>()
    for (const [path, methods] of Object.entries(api.app.swagger().paths ?? {}))
      for (const method of Object.keys(methods)) served.add(`${method.toUpperCase()} ${path.replace(/\{(\w+)\}/gu, ':$1')}`)
    expect([...served].toSorted()).toEqual(all.map((route) => `${route.method} /api/v1${route.path}`).toSorted())
  })

  it('only login and ready are open', () => {
    expect(all.filter((route) => route.access === 'open').map((route) => route.path)).toEqual(['/auth/login', '/ready'])
  })

  it.each(table((route) => route.access !== 'open'))('%s answers 401 to nobody, whatever the body', async (_title, route) => {
    for (const options of [withBody(route.method), { headers: { authorization: 'Bearer 00000000000000000000000000000000' } }]) {
      const answer = await api.request(route.method, route.url, options)
      expect([answer.statusCode, answer.json().code]).toEqual([401, 'not_logged_in'])
    }
  })

  it.each(table((route) => route.access === 'admin'))(
    '%s answers exactly 403 to a viewer, before it looks at the body',
    async (_title, route) => {
      for (const options of [withBody(route.method), { ...withBody(route.method), headers: { 'content-type': 'text/plain' } }]) {
        const answer = await api.request(route.method, route.url, { token: viewer, ...options })
        expect([answer.statusCode, answer.json().code]).toEqual([403, 'insufficient_role'])
      }
      if (route.method === 'GET') return
      const malformed = await api.request(route.method, route.url, {
        token: viewer,
        body: '{"',
        headers: { 'content-type': 'application/json' },
      })
      expect(malformed.statusCode).toBe(403)
    },
  )

  it.each(table((route) => route.access === 'viewer' && !route.streams))('%s does not answer 403 to a viewer', async (_title, route) => {
    const answer = await api.request(route.method, route.url, { token: viewer, ...withBody(route.method) })
    expect([200, 404, 422]).toContain(answer.statusCode)
  })

  it.each(table((route) => route.access === 'admin' && route.method === 'GET'))('%s lets an administrator in', async (_title, route) => {
    expect([200, 404]).toContain((await api.request(route.method, route.url, { token: admin })).statusCode)
  })

  it.each(table((route) => route.method !== 'GET' && route.access !== 'open'))(
    "%s refuses a page of another site that uses the console's cookie",
    async (_title, route) => {
      const cookie = `decnet_session=${admin}`
      for (const site of ['cross-site', 'same-site', 'nonsense']) {
        const answer = await api.request(route.method, route.url, {
          headers: { cookie, 'sec-fetch-site': site },
          ...withBody(route.method),
        })
        expect([site, answer.statusCode, answer.json().code]).toEqual([site, 403, 'foreign_origin'])
      }
    },
  )

  it("the console's own page and a script with a token are let in, whatever site a browser names", async () => {
    const path = `/users/${newId()}`
    for (const site of ['same-origin', 'none']) {
      const headers = { cookie: `decnet_session=${admin}`, 'sec-fetch-site': site }
      expect((await api.request('DELETE', path, { headers })).statusCode).toBe(404)
    }
    expect((await api.request('DELETE', path, { token: admin, headers: { 'sec-fetch-site': 'cross-site' } })).statusCode).toBe(404)
  })

  it('what lies at no address is not there, whoever asks', async () => {
    for (const token of [undefined, viewer, admin]) {
      const answer = await api.request('GET', '/nothing/here', { token })
      expect([answer.statusCode, answer.json().code]).toEqual([404, 'not_found'])
    }
  })

  it('a role that changes holds at once', async () => {
    const uuid = await api.addUser('mia', 'admin')
    const token = await api.login('mia')
    expect((await api.request('GET', '/users', { token })).statusCode).toBe(200)
    expect((await api.request('PUT', `/users/${uuid}/role`, { token: admin, body: { role: 'viewer' } })).statusCode).toBe(200)
    expect((await api.request('GET', '/users', { token })).statusCode).toBe(401)
    expect((await api.request('GET', '/users', { token: await api.login('mia') })).statusCode).toBe(403)
  })
})

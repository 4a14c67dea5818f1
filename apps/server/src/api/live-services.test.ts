import { serviceSchema } from '@decnet/contracts/api'
import { topics } from '@decnet/contracts/topics'
import { services } from '@decnet/services'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { playedFleet, type Trouble } from '../fleet/played-fleet.fixture.ts'
import { changeFleet } from '../store/fleet.ts'
import { logTable } from '../store/log-table.ts'
import { type ApiRig, openApi, T0 } from './api.fixture.ts'

describe('services of a decky that stands', () => {
  let api: ApiRig
  let fleet: ReturnType<typeof playedFleet>
  let token: string
  let viewer: string
  beforeEach(async () => {
    api = await openApi()
    token = await api.login('ana')
    viewer = await api.login('vic')
    const log = logTable(api.store)
    const after = {
      ...{ name: 'web-01', seed: 's', archetype: 'web-server', ip: '127.77.0.10', createdAt: T0, mutateMinutes: null, lastMutated: null },
      services: [
        { name: 'http', port: 80, config: {} },
        { name: 'ssh', port: 22, config: {} },
      ],
    }
    await log.transaction((tx) => changeFleet(tx, [{ operation: 'deploy', trigger: 'creation', actor: null, before: null, after }], T0))
    fleet = playedFleet(log, () => T0)
    await fleet.settle()
  })
  afterEach(() => api[Symbol.asyncDispose]())

  const ask = (method: string, path: string, body?: object, more: { query?: Record<string, string>; as?: string } = {}) =>
    api.request(method, path, { token: more.as ?? token, ...(body ? { body } : {}), ...(more.query ? { query: more.query } : {}) })
  const refused = async (method: string, path: string, body?: object) => {
    const answer = await ask(method, path, body)
    const { code, errors } = answer.json<{ code: string; errors?: { field: string }[] }>()
    return [answer.statusCode, code, ...(errors?.map(({ field }) => field) ?? [])]
  }
  const told = async (type: string) =>
    (await api.store.db.selectFrom('log').select(['topic', 'body']).where('type', '=', type).orderBy('seq').execute()).map(
      ({ topic, body }) => [topic, JSON.parse(body) as Record<string, unknown>],
    )
  const shown = async () => Object.fromEntries(fleet.seen().get('web-01') ? Object.entries(fleet.seen().get('web-01') ?? {}) : [])

  it('M6: every service has a schema: a list of fields with title and default, and JSON Schema', async () => {
    for (const { name } of services) {
      const answer = await ask('GET', `/topologies/services/${name}/schema`, undefined, { as: viewer })
      const { fields, json_schema } = serviceSchema.parse(answer.json())
      expect(fields.map((field) => field.name)).toEqual(Object.keys(json_schema.properties as object))
      for (const field of fields) expect([field.title.length > 0, field.default !== null], `${name}.${field.name}`).toEqual([true, true])
    }
    const { fields } = (await ask('GET', '/topologies/services/ssh/schema')).json<{ fields: { name: string }[] }>()
    expect(fields.find(({ name }) => name === 'max_auth_tries')).toEqual({
      ...{ name: 'max_auth_tries', type: 'integer', title: 'MaxAuthTries', description: 'Failed attempts per connection' },
      ...{ default: 6, min: 1, max: 100 },
    })
    expect(fields.find(({ name }) => name === 'permit_root_login')).toMatchObject({ type: 'enum', enum: ['yes', 'no'] })
    expect(await refused('GET', '/topologies/services/gopher/schema')).toEqual([404, 'service_unknown', 'service'])
    expect((await ask('GET', '/topologies/services')).json<{ name: string }[]>().map(({ name }) => name)).toEqual(
      services.map(({ name }) => name),
    )
  })

  it('an absent body is an empty one where nothing has to be said; where something has, it is asked for', async () => {
    expect((await ask('POST', '/deckies/web-01/services/ssh/apply')).statusCode).toBe(202)
    await fleet.settle()
    expect(fleet.starts.get('web-01/ssh')).toBe(2)
    expect((await ask('POST', '/deckies/web-01/services')).json()).toMatchObject({ status: 422, detail: 'The body must be a JSON object.' })
  })

  it('a setting that is not possible is refused in words', async () => {
    const answer = await ask('POST', '/deckies/web-01/services/ssh/apply', { config: { max_auth_tries: 'many' } })
    expect(answer.json()).toMatchObject({
      detail: expect.stringMatching(/^max_auth_tries must be a whole number from 1 to 100\. /u),
      errors: [{ field: 'config.max_auth_tries', message: 'max_auth_tries must be a whole number from 1 to 100.' }],
    })
  })

  it('the tarpits of a decky that there is not are 404', async () => {
    expect(await refused('GET', '/deckies/nosuch/tarpit')).toEqual([404, 'decky_unknown'])
    expect((await ask('GET', '/deckies/web-01/tarpit', undefined, { as: viewer })).json()).toEqual({ tarpits: [], connections: [] })
  })

  it('M5: one that is added serves beside the others, and is told with all services after the change', async () => {
    const answer = await ask('POST', '/deckies/web-01/services', { service: 'ftp' })
    expect([answer.statusCode, answer.json()]).toMatchObject([
      202,
      {
        decky_name: 'web-01',
        operation: 'add_service',
        status: 'pending',
        actor: 'ana',
        old_services: ['http', 'ssh'],
        new_services: ['http', 'ssh', 'ftp'],
      },
    ])
    await fleet.settle()
    expect(Object.keys(await shown())).toEqual(['ftp', 'http', 'ssh'])
    expect(await told('service_added')).toEqual([
      ['decky.web-01.service_added', { decky_name: 'web-01', service_name: 'ftp', topology_id: null, services: ['http', 'ssh', 'ftp'] }],
    ])
    expect([fleet.starts.get('web-01/http'), fleet.starts.get('web-01/ssh')]).toEqual([1, 1])
    expect((await told('mutation')).at(-1)).toMatchObject([topics.deckyMutation.name('web-01'), { trigger: 'operator', actor: 'ana' }])
  })

  it('M5: one that is removed is gone, and is told', async () => {
    expect((await ask('DELETE', '/deckies/web-01/services/ssh')).statusCode).toBe(202)
    await fleet.settle()
    expect(await shown()).toEqual({ http: {} })
    expect(await told('service_removed')).toEqual([
      ['decky.web-01.service_removed', { decky_name: 'web-01', service_name: 'ssh', topology_id: null, services: ['http'] }],
    ])
  })

  it('M6: what is saved leaves the service alone; what is applied starts that service anew, and no other', async () => {
    const saved = await ask('PUT', '/deckies/web-01/services/ssh/config', {
      config: { max_auth_tries: '3', password_authentication: 'no' },
    })
    expect([saved.statusCode, saved.json()]).toEqual([
      200,
      { decky_name: 'web-01', service: 'ssh', config: { max_auth_tries: 3, password_authentication: false }, recreated: false },
    ])
    await fleet.settle()
    expect([await shown(), fleet.starts.get('web-01/ssh')]).toEqual([{ http: {}, ssh: {} }, 1])

    expect((await ask('POST', '/deckies/web-01/services/ssh/apply', {})).statusCode).toBe(202)
    await fleet.settle()
    const config = { max_auth_tries: 3, password_authentication: false }
    expect([await shown(), fleet.starts.get('web-01/ssh'), fleet.starts.get('web-01/http')]).toEqual([{ http: {}, ssh: config }, 2, 1])

    await ask('POST', '/deckies/web-01/services/ssh/apply', { config: { max_auth_tries: 9 } })
    await fleet.settle()
    expect((await shown()).ssh).toEqual({ max_auth_tries: 9 })
    // The same once more: started anew all the same.
    await ask('POST', '/deckies/web-01/services/ssh/apply', {})
    await fleet.settle()
    expect([(await shown()).ssh, fleet.starts.get('web-01/ssh')]).toEqual([{ max_auth_tries: 9 }, 4])
    expect((await told('service_config_changed')).map(([, body]) => body)).toMatchObject([
      { decky_name: 'web-01', service_name: 'ssh', topology_id: null, service_config: config, recreated: false },
      { service_config: config, recreated: true },
      { service_config: { max_auth_tries: 9 }, recreated: true },
      { service_config: { max_auth_tries: 9 }, recreated: true },
    ])
    // Its set of services is the same.
    expect(await told('mutation')).toHaveLength(1)
  })

  it('M5, M6: what is not there, there already, unknown or not possible is refused with its status, before anything is written', async () => {
    const on = (service: string) => `/deckies/web-01/services/${service}`
    const wanted = () => api.store.db.selectFrom('decky_services').selectAll().execute()
    const before = await wanted()
    expect(await refused('POST', '/deckies/web-99/services', { service: 'ftp' })).toEqual([404, 'decky_unknown'])
    expect(await refused('DELETE', '/deckies/web-99/services/ssh')).toEqual([404, 'decky_unknown'])
    expect(await refused('PUT', '/deckies/web-99/services/ssh/config', { config: {} })).toEqual([404, 'decky_unknown'])
    expect(await refused('POST', '/deckies/web-99/services/ssh/apply', {})).toEqual([404, 'decky_unknown'])
    expect(await refused('POST', '/deckies/web-01/services', { service: 'ssh' })).toEqual([409, 'service_present'])
    expect(await refused('DELETE', on('ftp'))).toEqual([409, 'service_absent'])
    expect(await refused('PUT', `${on('ftp')}/config`, { config: {} })).toEqual([409, 'service_absent'])
    expect(await refused('POST', `${on('ftp')}/apply`, {})).toEqual([409, 'service_absent'])
    expect(await refused('POST', '/deckies/web-01/services', { service: 'gopher' })).toEqual([422, 'service_unknown', 'service'])
    expect(await refused('POST', '/deckies/web-01/services', { service: 'sniffer' })).toEqual([422, 'service_unknown', 'service'])
    expect(await refused('DELETE', on('gopher'))).toEqual([422, 'service_unknown', 'service'])
    const bad = { config: { max_auth_tries: 'many', permit_root_login: 'maybe', hostname: 'x' } }
    const fields = ['config.max_auth_tries', 'config.permit_root_login', 'config.hostname']
    expect(await refused('PUT', `${on('ssh')}/config`, bad)).toEqual([422, 'config_invalid', ...fields])
    expect(await refused('POST', `${on('ssh')}/apply`, bad)).toEqual([422, 'config_invalid', ...fields])
    expect(await refused('POST', '/deckies/web-01/services', { service: 'redis', config: { password: 7 } })).toEqual([
      422,
      'config_invalid',
      'config.password',
    ])
    expect(await wanted()).toEqual(before)
    expect((await ask('POST', '/deckies/web-01/services', { service: 'ftp' }, { as: viewer })).statusCode).toBe(403)

    await ask('DELETE', on('ssh'))
    await fleet.settle()
    expect(await refused('DELETE', on('http'))).toEqual([409, 'last_service'])
  })

  it('while one change is under way another on that decky is refused as busy', async () => {
    await ask('POST', '/deckies/web-01/services', { service: 'ftp' })
    await fleet.crash()
    expect(await refused('DELETE', '/deckies/web-01/services/ssh')).toEqual([409, 'decky_busy'])
    await fleet.settle()
    expect((await ask('DELETE', '/deckies/web-01/services/ssh')).statusCode).toBe(202)
  })

  it('who waits is answered when it is done: 200, or 500 with the reason and all as before', async () => {
    const waiting = (first?: Trouble) => async (answer: ReturnType<typeof ask>) => {
      await expect
        .poll(async () => (await api.store.db.selectFrom('decky_operations').select('id').where('status', '=', 'pending').execute()).length)
        .toBe(1)
      await fleet.settle(first)
      return answer
    }
    const done = await waiting()(ask('POST', '/deckies/web-01/services', { service: 'ftp' }, { query: { wait: 'true' } }))
    expect([done.statusCode, done.json()]).toMatchObject([200, { status: 'succeeded', error: null }])
    const trouble: Trouble = { raise: () => false, open: (_decky, service) => service === 'redis', listen: () => false }
    const failed = await waiting(trouble)(ask('POST', '/deckies/web-01/services', { service: 'redis' }, { query: { wait: 'true' } }))
    expect([failed.statusCode, failed.json()]).toMatchObject([500, { status: 'failed', error: 'redis: the port is taken' }])
    expect(Object.keys(await shown())).toEqual(['ftp', 'http', 'ssh'])
    expect(await told('service_added')).toHaveLength(1)
  })

  it('M2: a mutation that is asked for is published and written down, and the mutator makes it', async () => {
    const heard = api.bus.as('test').subscribe(topics.deckyMutateRequest.pattern)
    const first = heard[Symbol.asyncIterator]().next()
    const answer = await ask('POST', '/deckies/web-01/mutate')
    expect([answer.statusCode, answer.json()]).toEqual([202, { decky_name: 'web-01', requested_at: new Date(T0).toISOString() }])
    expect((await first).value).toMatchObject({
      message: { topic: 'decky.web-01.mutate_request', payload: { requested_by: 'ana', ts: T0 / 1000 } },
    })
    heard.close()
    const made = () =>
      api.store.db.selectFrom('decky_operations').select(['actor', 'trigger_kind']).where('operation', '=', 'mutate').execute()
    await expect.poll(made, { timeout: 5_000 }).toEqual([{ actor: 'ana', trigger_kind: 'operator' }])
    expect(await refused('POST', '/deckies/web-99/mutate')).toEqual([404, 'decky_unknown'])
    expect((await ask('POST', '/deckies/web-01/mutate', undefined, { as: viewer })).statusCode).toBe(403)
  })

  it('says how deckies change by themselves: never, until an operator says otherwise', async () => {
    expect((await ask('GET', '/fleet/mutation', undefined, { as: viewer })).json()).toEqual({
      mutate_minutes: 0,
      strategies: ['shuffle', 'drift', 'behavioral'],
    })
    const wanted = { mutate_minutes: 45, strategies: ['move'] }
    expect((await ask('PUT', '/fleet/mutation', wanted)).json()).toEqual(wanted)
    expect((await ask('GET', '/fleet/mutation')).json()).toEqual(wanted)
    expect((await ask('PUT', '/fleet/mutation', { mutate_minutes: -1, strategies: ['chaos'] })).statusCode).toBe(422)
    expect((await ask('PUT', '/fleet/mutation', wanted, { as: viewer })).statusCode).toBe(403)

    const minutes = () => api.store.db.selectFrom('deckies').select('mutate_minutes').executeTakeFirst()
    for (const mutate_interval of [15, 0, null]) {
      expect((await ask('PUT', '/deckies/web-01/mutate-interval', { mutate_interval })).json()).toEqual({ mutate_interval })
      expect(await minutes()).toEqual({ mutate_minutes: mutate_interval })
    }
    expect(await refused('PUT', '/deckies/web-99/mutate-interval', { mutate_interval: 5 })).toEqual([404, 'decky_unknown'])
    expect((await ask('PUT', '/deckies/web-01/mutate-interval', { mutate_interval: -5 })).statusCode).toBe(422)
  })
})

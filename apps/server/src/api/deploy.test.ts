import { deployAccepted, fleetArchetypes, fleetDistros, fleetNetworks, lifecyclePage } from '@decnet/contracts/api'
import { topics } from '@decnet/contracts/topics'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiRig, openApi } from './api.fixture.ts'

describe('deploying over the API', () => {
  let rig: ApiRig
  let admin: string
  let viewer: string
  beforeAll(async () => {
    rig = await openApi()
    admin = await rig.login('ana')
    viewer = await rig.login('vic')
  }, 30_000)
  afterAll(() => rig[Symbol.asyncDispose]())
  const deploy = (body: unknown, { query = {}, headers = {}, token = admin }: { query?: object; headers?: object; token?: string } = {}) =>
    rig.request('POST', '/deckies/deploy', { token, body, query: { ...query }, headers: { ...headers } })
  const lifecycle = async (query: Record<string, string> = {}) =>
    lifecyclePage.parse((await rig.request('GET', '/deckies/lifecycle', { token: viewer, query })).json())
  const text = (type: string) => ({ headers: { 'content-type': type } })

  it('is for admins; what there is may be seen by everybody who logs in', async () => {
    expect((await deploy({ deckies: [{}] }, { token: viewer })).statusCode).toBe(403)
    expect((await rig.request('POST', '/deckies/teardown', { token: viewer, body: { all: true } })).statusCode).toBe(403)
    expect((await rig.request('POST', '/deckies/redeploy', { token: viewer })).statusCode).toBe(403)
    const kinds = fleetArchetypes.parse((await rig.request('GET', '/fleet/archetypes', { token: viewer })).json())
    expect(kinds.map(({ name }) => name)).toContain('database-server')
    const releases = fleetDistros.parse((await rig.request('GET', '/fleet/distros', { token: viewer })).json())
    expect(releases).toContainEqual({
      name: 'debian12',
      title: 'Debian GNU/Linux 12 (bookworm)',
      archetypes: expect.arrayContaining(['web-server']),
    })
    const networks = fleetNetworks.parse((await rig.request('GET', '/fleet/network', { token: viewer })).json())
    expect(networks).toMatchObject({ now: { substrate: 'loopback' }, deckies: 0, root: process.getuid?.() === 0 })
  })

  it('plans first, changes nothing on a dry run, and answers each operation by its id', async () => {
    const body = { seed: 'one', deckies: [{ name: 'web', amount: 2, services: ['http'] }] }
    const dry = await deploy(body, { query: { dry_run: 'true' } })
    expect(dry.statusCode).toBe(200)
    expect((await lifecycle()).total).toBe(0)
    await using subscription = rig.bus.as('test').subscribe('decky.*.lifecycle')
    const next = subscription[Symbol.asyncIterator]()
    const made = await deploy(body)
    expect(made.statusCode).toBe(202)
    const { lifecycle_ids, plan } = deployAccepted.parse(made.json())
    expect(plan).toEqual(deployAccepted.parse(dry.json()).plan)
    for (const name of ['web-01', 'web-02'])
      expect((await next.next()).value).toMatchObject({
        message: { topic: topics.deckyLifecycle.name(name), payload: { status: 'pending' } },
      })
    const rows = await lifecycle({ ids: lifecycle_ids.join(',') })
    expect(rows.data.map((row) => row.id).sort()).toEqual(lifecycle_ids.toSorted())
    expect(rows.data[0]).toMatchObject({
      status: 'pending',
      operation: 'deploy',
      trigger: 'creation',
      actor: 'ana',
      new_services: ['http'],
    })
    expect((await lifecycle({ decky: 'web-01' })).total).toBe(1)
    expect((await lifecycle({ status: 'failed' })).total).toBe(0)
    expect((await lifecycle({ ids: 'nothing' })).total).toBe(0)
    expect((await lifecycle({ limit: '1', offset: '1' })).data).toHaveLength(1)
  })

  it('adds unless it is told to replace, in the body or in the query', async () => {
    const before = deployAccepted.parse((await deploy({ replace_fleet: true, deckies: [{ name: 'first' }] })).json()).plan
    expect(before.kept).toEqual([])
    expect(deployAccepted.parse((await deploy({ deckies: [{ name: 'second' }] })).json()).plan.kept).toEqual(['first'])
    const { plan } = deployAccepted.parse((await deploy('[third]\n', { query: { replace_fleet: 'true' }, ...text('text/plain') })).json())
    expect([plan.retired, plan.kept]).toEqual([['first', 'second'], []])
  })

  it('takes INI and YAML, tells what concerns nobody, and the line of what is wrong', async () => {
    const ini = await deploy('[a]\nservices = ssh\n[b.ssh]\nmax_auth_tries = 3\n', text('text/plain; charset=utf-8'))
    expect(deployAccepted.parse(ini.json()).warnings).toEqual(['[b.ssh], line 3: there is no decky b; it changes nothing.'])
    expect((await deploy('deckies:\n  - name: c\n', text('application/yaml'))).statusCode).toBe(202)
    const wrong = await deploy('[d]\nservices = ssh\n[d.ssh]\n\nmax_auth_tries = none\n', text('text/plain'))
    expect([wrong.statusCode, wrong.json()]).toMatchObject([422, { code: 'deploy_invalid', errors: [{ line: 5 }] }])
    const clash = await deploy('[x]\n[x-2]\n[x-3]\namount=1\n[a]\n', text('text/plain'))
    expect([clash.statusCode, clash.json()]).toMatchObject([409, { code: 'deploy_clash', errors: [{ line: 5, field: 'deckies.3.name' }] }])
    const broken = await deploy('deckies:\n  - name: 5!x\n', text('application/yaml'))
    expect([broken.statusCode, broken.json()]).toMatchObject([422, { code: 'order_invalid', errors: [{ line: 2, column: 5 }] }])
  })

  it('refuses by field what cannot be, and takes no text elsewhere', async () => {
    const unknown = await deploy({ deckies: [{ name: 'Web', os_family: 'beos', port: 22 }] })
    expect(unknown.statusCode).toBe(422)
    expect(unknown.json<{ errors: { field: string }[] }>().errors.map(({ field }) => field)).toEqual([
      'deckies.0.name',
      'deckies.0.os_family',
      'deckies.0.port',
    ])
    expect((await deploy({ deckies: [{ amount: 250 }, { amount: 1 }] })).json()).toMatchObject({ code: 'deploy_invalid', status: 422 })
    expect((await rig.request('POST', '/deckies/teardown', { token: admin, body: 'all', ...text('text/plain') })).statusCode).toBe(415)
    expect((await deploy('x', text('text/html'))).statusCode).toBe(415)
  })

  it('tears down by name, all or nothing, and makes anew what is left', async () => {
    const teardown = (body: object) => rig.request('POST', '/deckies/teardown', { token: admin, body })
    expect((await teardown({ names: ['nobody'] })).statusCode).toBe(404)
    expect((await teardown({})).statusCode).toBe(422)
    await deploy({ replace_fleet: true, deckies: [{ name: 'gone' }, { name: 'left' }] })
    const gone = await teardown({ names: ['gone'] })
    expect([gone.statusCode, gone.json()]).toMatchObject([202, { retired: ['gone'] }])
    // What had not begun yet is replaced.
    expect((await lifecycle({ decky: 'gone' })).data.map(({ operation, status }) => [operation, status])).toEqual(
      expect.arrayContaining([
        ['deploy', 'failed'],
        ['teardown', 'pending'],
      ]),
    )
    expect((await rig.request('POST', '/deckies/redeploy', { token: admin })).json()).toMatchObject({
      lifecycle_ids: [expect.any(String)],
    })
    await teardown({ all: true })
    expect((await rig.request('POST', '/deckies/redeploy', { token: admin })).json()).toMatchObject({ status: 409, code: 'fleet_empty' })
  })
})

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AttackerProfile, Decky, Lifecycle, LogRow, Page } from '@decnet/contracts/api'
import { when } from '@decnet/kernel/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { attackerAt, urlOf } from './rig/attacks.ts'
import { decnet, errorOf } from './rig/cli.ts'
import { run, SSH_OPTIONS } from './rig/client.ts'
import { type Fleet, startFleet, type Target } from './rig/fleet.ts'

const tools = { sshpass: 'sshpass', ssh: 'openssh-client', curl: 'curl', mariadb: 'mariadb-client' }
const SOON = { timeout: 20_000, interval: 50 }

const asking = (fleet: Fleet) => async (method: string, path: string, body?: unknown) => {
  const answer = await fetch(`${fleet.api}${path}`, {
    method,
    headers: { authorization: `Bearer ${fleet.token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: answer.status, body: (await answer.json()) as Lifecycle & { code?: string } }
}
const eventsOf = (fleet: Fleet) => async (search: string) =>
  (await fleet.get<Page<LogRow>>(`/logs?limit=200&search=${encodeURIComponent(search)}`)).data.toReversed()
const deckyOf = (fleet: Fleet, name: string) => fleet.get<Decky>(`/deckies/${name}`)

/** A real client of a database that stays: each line is a statement, each answer comes when it comes. */
function mariadbSession({ address, port, login }: Target): { readonly child: ChildProcess; ask(sql: string): Promise<string> } {
  const child = spawn(
    'mariadb',
    ['-h', address, '-P', String(port), `-u${login.user}`, `-p${login.password}`, '--skip-ssl', '-N', '-B', '-n', '--skip-reconnect'],
    { stdio: ['pipe', 'pipe', 'pipe'] },
  )
  let said = ''
  child.stdout.on('data', (data: Buffer) => {
    said += data.toString('utf8')
  })
  child.stderr.on('data', (data: Buffer) => {
    said += data.toString('utf8')
  })
  return {
    child,
    async ask(sql) {
      const before = said.length
      child.stdin.write(`${sql};\n`)
      await expect.poll(() => said.slice(before), SOON).toContain('\n')
      return said.slice(before).trim()
    },
  }
}

when({ tools }).describe('a fleet that is changed while it is attacked', () => {
  let fleet: Fleet
  let ask: ReturnType<typeof asking>
  let events: ReturnType<typeof eventsOf>
  const children: ChildProcess[] = []
  beforeAll(async () => {
    fleet = await startFleet()
    ask = asking(fleet)
    events = eventsOf(fleet)
  })
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL')
    await fleet[Symbol.asyncDispose]()
  })
  const home = () => ['--home', fleet.home, '--json'] as const
  /** A decky with mysql and ssh. */
  const database = () => {
    const found = fleet.ready.deckies.find(({ services }) =>
      ['mysql', 'ssh'].every((name) => services.some((service) => service.name === name)),
    )
    if (!found) throw new Error('no decky has mysql and ssh')
    const target = (name: string): Target => {
      const service = found.services.find((each) => each.name === name)
      if (!service) throw new Error(`no ${name}`)
      return { decky: found.name, address: service.address, port: service.port, login: found.logins[0] ?? { user: 'root', password: '' } }
    }
    return { name: found.name, ssh: target('ssh'), mysql: target('mysql') }
  }
  const mayLogIn = async ({ address, port, login }: Target) =>
    (await run('sshpass', ['-p', login.password, 'ssh', ...SSH_OPTIONS, '-p', String(port), `${login.user}@${address}`, 'id'])).code === 0

  it('a MySQL session goes on while ssh beside it is configured anew, and only what is applied counts', async () => {
    const { name, ssh, mysql } = database()
    const session = mariadbSession(mysql)
    children.push(session.child)
    const id = await session.ask('select connection_id()')
    expect(id).toMatch(/^\d+$/u)
    expect(await mayLogIn(ssh)).toBe(true)

    const config = { password_authentication: 'no', kbd_interactive_authentication: 'no' }
    expect((await ask('PUT', `/deckies/${name}/services/ssh/config`, { config })).status).toBe(200)
    expect(await mayLogIn(ssh)).toBe(true)
    const applied = await ask('POST', `/deckies/${name}/services/ssh/apply?wait=true`, {})
    expect(applied).toMatchObject({ status: 200, body: { operation: 'configure', status: 'succeeded', actor: 'admin' } })
    expect(await mayLogIn(ssh)).toBe(false)
    expect(await session.ask('select connection_id()')).toBe(id)

    const again = await decnet(['service', 'apply', name, 'ssh', 'password_authentication=', 'kbd_interactive_authentication=', ...home()])
    expect([again.code, again.stderr]).toEqual([0, ''])
    expect(await mayLogIn(ssh)).toBe(true)
    expect(await session.ask('select connection_id()')).toBe(id)
    expect((await events(`topic:decky.${name}.service_config_changed`)).map(({ fields }) => fields.recreated)).toEqual([false, true, true])
    session.child.stdin?.end('quit\n')
    await once(session.child, 'exit')
  })

  it('a service comes and goes on a decky that stands, over the API and from the command line', async () => {
    const { name, ssh } = database()
    const had = (await deckyOf(fleet, name)).services.map((service) => service.name)
    expect(had).not.toContain('telnet')
    expect(await ask('POST', `/deckies/${name}/services?wait=true`, { service: 'telnet' })).toMatchObject({ status: 200 })
    const telnet = (await deckyOf(fleet, name)).services.find((service) => service.name === 'telnet')
    expect(telnet).toMatchObject({ state: 'listening' })
    const reach = () => run('curl', ['-s', '--max-time', '2', `telnet://${ssh.address}:${telnet?.port}`], { timeoutMs: 10_000 })
    expect((await reach()).stdout.length).toBeGreaterThan(0)
    expect(await ask('POST', `/deckies/${name}/services/ssh/apply`, { config: { max_auth_tries: 'lots' } })).toMatchObject({
      status: 422,
      body: { code: 'config_invalid', errors: [{ field: 'config.max_auth_tries' }] },
    })
    expect(await ask('POST', `/deckies/${name}/services`, { service: 'telnet' })).toMatchObject({
      status: 409,
      body: { code: 'service_present' },
    })

    const removed = await decnet(['service', 'remove', name, 'telnet', ...home()])
    expect([removed.code, removed.stderr]).toEqual([0, ''])
    // curl(1): 7 is "failed to connect to host".
    expect((await reach()).code).toBe(7)
    expect(errorOf(await decnet(['service', 'remove', name, 'telnet', ...home()]))).toMatchObject({ code: 'service_absent' })
    expect(errorOf(await decnet(['service', 'set', name, 'ssh', 'max_auth_tries=lots', ...home()]))).toMatchObject({
      code: 'config_invalid',
    })
    expect((await events(`topic:decky.${name}.>`)).map(({ event_type }) => event_type)).toEqual(
      expect.arrayContaining(['service_added', 'service_removed']),
    )
  })

  it('M3: a mutation that the death of the server interrupts is made once, and stands as a marker on the way of whoever came before and after', async () => {
    const source = '127.9.8.7'
    const intruder = attackerAt(source)
    const [first, second] = [fleet.target('http', 0), fleet.target('http', 1)]
    expect((await intruder.curl(urlOf(first))).code).toBe(0)
    await ask('PUT', '/fleet/mutation', { mutate_minutes: 0, strategies: ['shuffle'] })
    const before = (await deckyOf(fleet, first.decky)).services.map(({ name }) => name)

    expect((await ask('POST', `/deckies/${first.decky}/mutate`)).status).toBe(202)
    const operations = async () =>
      (await fleet.get<Page<Lifecycle>>(`/deckies/lifecycle?decky=${first.decky}`)).data.filter(({ operation }) => operation === 'mutate')
    await expect.poll(async () => (await operations()).length, { timeout: 20_000, interval: 5 }).toBe(1)
    process.kill(fleet.child('server'), 'SIGKILL')

    const ended = () =>
      operations().then(
        ([mine]) => mine?.status,
        () => 'nobody answers',
      )
    await expect.poll(ended, { timeout: 40_000, interval: 200 }).toBe('succeeded')
    const after = (await deckyOf(fleet, first.decky)).services.map(({ name }) => name)
    expect(after.toSorted()).not.toEqual(before.toSorted())
    const fact = { old_services: before, new_services: after, trigger: 'operator', actor: 'admin', strategy: 'shuffle' }
    const mutations = async () =>
      (await events(`topic:decky.${first.decky}.mutation`)).filter(({ fields }) => fields.strategy === 'shuffle')
    expect((await mutations()).map(({ fields }) => fields)).toMatchObject([fact])
    const states = await events(`topic:decky.${first.decky}.state`)
    expect(states.at(-1)?.fields).toMatchObject({ state: 'running', services: expect.arrayContaining(after) })

    // The other side of it: a line in the log of events, by the mutator of that decky.
    const lines = async () =>
      (await events('event:decky_mutated')).filter(({ decky, fields }) => decky === first.decky && fields.strategy === 'shuffle')
    await expect.poll(async () => (await lines()).length, SOON).toBe(1)
    const [line] = await lines()
    expect(line).toMatchObject({
      topic: 'system.log',
      service: 'mutator',
      fields: { ...fact, old_services: before.join(), new_services: after.join() },
    })

    expect((await intruder.curl(urlOf(second))).code).toBe(0)
    const way = async () => (await fleet.get<AttackerProfile>(`/attackers/${source}/profile`)).traversal
    await expect.poll(async () => (await way().catch(() => null))?.path, SOON).toEqual([first.decky, second.decky])
    expect((await way())?.mutations).toMatchObject([{ decky: first.decky, trigger: 'operator', old_services: before, new_services: after }])
  })

  it('M2: decnet mutate has one decky changed, and no other', async () => {
    const { decky } = fleet.target('http', 1)
    const asked = await decnet(['mutate', decky, ...home()])
    expect([asked.code, JSON.parse(asked.stdout)]).toMatchObject([0, { requested: [decky], running: true }])
    const made = async () =>
      (await fleet.get<Page<Lifecycle>>(`/deckies/lifecycle?limit=200`)).data.filter(
        ({ operation, status, actor }) => operation === 'mutate' && status === 'succeeded' && actor?.includes('command line'),
      )
    await expect.poll(async () => (await made()).map(({ decky_name }) => decky_name), SOON).toEqual([decky])
    expect(errorOf(await decnet(['mutate', 'web-99', ...home()]))).toMatchObject({ code: 'decky_unknown' })
    const set = await decnet(['mutate', '--interval', '90', '--strategies', 'drift', ...home()])
    expect(JSON.parse(set.stdout)).toMatchObject({ mutate_minutes: 90, strategies: ['drift'] })
    expect(await fleet.get('/fleet/mutation')).toEqual({ mutate_minutes: 90, strategies: ['drift'] })
  })
})

it('M3: without a bus a mutation is made and both sides are told; with the lines’ folder in nobody’s reach, the record is there all the same', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'live-'))
  const env = { DECNET_BUS_ENABLED: 'false' }
  try {
    const home = join(folder, 'home')
    // It has been there before, as an older release left it; then something is in the way.
    await (await startFleet({ home, env }))[Symbol.asyncDispose]()
    rmSync(join(home, 'sources', 'mutator'), { recursive: true, force: true })
    writeFileSync(join(home, 'sources', 'mutator'), 'in the way')
    await using fleet = await startFleet({ home, env })
    const [ask, events] = [asking(fleet), eventsOf(fleet)]
    const [one, other] = [fleet.target('http', 0).decky, fleet.target('http', 1).decky]
    const mutations = async (decky: string) =>
      (await events(`topic:decky.${decky}.mutation`)).filter(({ fields }) => fields.trigger === 'operator')
    const lines = async (decky: string) =>
      (await events('event:decky_mutated')).filter((event) => event.decky === decky && event.fields.trigger === 'operator')

    await ask('POST', `/deckies/${one}/mutate`)
    await expect.poll(async () => (await mutations(one)).length, SOON).toBe(1)
    // The line comes after the record: what is in its way goes when it was met.
    await expect
      .poll(() => readFileSync(join(home, 'logs', 'server.log'), 'utf8'), SOON)
      .toContain('a mutation could not be written as a line')
    rmSync(join(home, 'sources', 'mutator'))
    await ask('POST', `/deckies/${other}/mutate`)
    await expect.poll(async () => (await lines(other)).length, SOON).toBe(1)
    expect([(await mutations(other)).length, (await lines(one)).length]).toEqual([1, 0])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

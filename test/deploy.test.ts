import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Decky, DeployPlan, Lifecycle, LogRow, Page } from '@decnet/contracts/api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decnet, errorOf, follow } from './rig/cli.ts'
import { type Fleet, startFleet } from './rig/fleet.ts'
import { ftpLogin, httpGet } from './rig/wire.ts'

interface Said {
  plan: DeployPlan
  waiting: boolean
  retired?: string[]
  operations: Lifecycle[]
}
const ended = (status: Lifecycle['status']) => status === 'succeeded' || status === 'failed'

describe('deploying beside a fleet', () => {
  let fleet: Fleet
  const cli = (...args: string[]) => decnet([...args, '--home', fleet.home])
  const said = async (...args: string[]) => {
    const answer = await cli(...args, '--json', '--yes')
    expect([answer.code, answer.stderr]).toEqual([0, ''])
    return JSON.parse(answer.stdout) as Said
  }
  const ask = async (method: string, path: string, body?: string, type = 'application/json') => {
    const answer = await fetch(`${fleet.api}${path}`, {
      method,
      headers: { authorization: `Bearer ${fleet.token}`, ...(body === undefined ? {} : { 'content-type': type }) },
      ...(body === undefined ? {} : { body }),
    })
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
  }
  const names = async () => (await fleet.get<Decky[]>('/deckies')).map(({ name }) => name)
  const finished = async (ids: readonly string[]) => {
    const read = async () => (await fleet.get<Page<Lifecycle>>(`/deckies/lifecycle?ids=${ids.join(',')}&limit=250`)).data
    await expect.poll(async () => (await read()).filter(({ status }) => ended(status)).length, { timeout: 30_000 }).toBe(ids.length)
    return read()
  }
  /** Deckies of these names with a web server each, standing. */
  const stand = async (...wanted: string[]) => {
    const body = JSON.stringify({ deckies: wanted.map((name) => ({ name, services: ['http'] })) })
    const { body: answer } = await ask('POST', '/deckies/deploy', body)
    await finished(answer.lifecycle_ids as string[])
  }
  const listening = async (decky: string, service: string) => {
    const found = (await fleet.get<Decky[]>('/deckies')).find(({ name }) => name === decky)?.services.find(({ name }) => name === service)
    return { address: found?.address ?? '', port: found?.port ?? 0 }
  }
  const mutations = async (decky: string) =>
    (await fleet.get<Page<LogRow>>(`/logs?search=${encodeURIComponent(`event:mutation decky:${decky}`)}&limit=50`)).data
      .toReversed()
      .map(({ fields }) => fields as { trigger: string; old_services: string[]; new_services: string[] })

  beforeAll(async () => {
    fleet = await startFleet()
  })
  afterAll(() => fleet[Symbol.asyncDispose]())

  it('M4: the command line makes deckies that can be attacked at once, and their creation is a mutation from nothing', async () => {
    const before = await names()
    const { plan, waiting, operations } = await said('deploy', '-n', '2', '--services', 'ftp,http', '--seed', 'one')
    expect([waiting, operations.map(({ status }) => status)]).toEqual([false, ['succeeded', 'succeeded']])
    expect(plan.kept).toEqual(before)
    const [first] = plan.added
    const target = await listening(first?.name ?? '', 'ftp')
    expect(target.address).toBe(first?.ip)
    await ftpLogin(target, 'mallory', 'at once')
    await expect
      .poll(async () => (await fleet.get<Page<LogRow>>(`/logs?search=decky:${first?.name}%20event:auth_attempt`)).total, {
        timeout: 20_000,
      })
      .toBe(1)
    expect(await mutations(first?.name ?? '')).toMatchObject([{ trigger: 'creation', old_services: [], new_services: ['ftp', 'http'] }])
    expect((await cli('status')).stdout).toContain(first?.name)
  })

  it('the API makes them from JSON, INI and YAML, each with operations to follow', async () => {
    const bodies = [
      [JSON.stringify({ deckies: [{ name: 'json-host', services: ['http'] }] }), 'application/json', 1],
      ['[ini-host]\nservices = ftp\namount = 2\n[ini-host-02.ftp]\n[nobody.ftp]\n', 'text/plain', 2],
      ['deckies:\n  - { name: yaml-host, services: [redis] }\n', 'application/yaml', 1],
    ] as const
    for (const [body, type, count] of bodies) {
      const { status, body: answer } = await ask('POST', '/deckies/deploy', body, type)
      expect(status).toBe(202)
      expect(answer.warnings).toHaveLength(type === 'text/plain' ? 1 : 0)
      const ids = answer.lifecycle_ids as string[]
      expect(ids).toHaveLength(count)
      for (const each of await finished(ids))
        expect(each).toMatchObject({ status: 'succeeded', operation: 'deploy', actor: 'admin', error: null })
    }
    expect(await names()).toEqual(expect.arrayContaining(['json-host', 'ini-host-01', 'ini-host-02', 'yaml-host']))
    expect((await httpGet(await listening('json-host', 'http'), '/')).length).toBeGreaterThan(0)
  })

  it('a dry run changes nothing, and says the same as what is made of it', async () => {
    const before = await names()
    const body = JSON.stringify({ seed: 'dry', deckies: [{ amount: 3 }] })
    const dry = await ask('POST', '/deckies/deploy?dry_run=true', body)
    expect([dry.status, dry.body.lifecycle_ids]).toEqual([200, []])
    const shown = await cli('deploy', '-n', '3', '--seed', 'dry', '--dry-run', '--json')
    expect((JSON.parse(shown.stdout) as Said).plan).toEqual(dry.body.plan)
    expect((await cli('deploy', '-n', '3', '--dry-run')).stdout).toMatch(/^\+ .*\n= /mu)
    expect(await names()).toEqual(before)
    const made = await ask('POST', '/deckies/deploy', body)
    expect(made.body.plan).toEqual(dry.body.plan)
    await finished(made.body.lifecycle_ids as string[])
  })

  it('what is wrong is told by field, with its line in a text, and nothing is half-done', async () => {
    const before = await names()
    const clash = await ask('POST', '/deckies/deploy', JSON.stringify({ deckies: [{ name: before[0] }, { name: 'fresh' }] }))
    expect([clash.status, clash.body.code]).toEqual([409, 'deploy_clash'])
    const bad = await ask('POST', '/deckies/deploy', '[a]\nservices = ssh, gopher\n[b]\narchetype = nas\n', 'text/plain')
    expect([bad.status, bad.body.code]).toEqual([422, 'deploy_invalid'])
    expect((bad.body.errors as { line: number }[]).map(({ line }) => line)).toEqual([2, 4])
    const torn = await ask('POST', '/deckies/deploy', '[a\n', 'text/plain')
    expect([torn.status, torn.body.code, torn.body.errors]).toMatchObject([422, 'order_invalid', [{ line: 1 }]])
    const lan = { substrate: 'netns', link: 'macvlan', interface: 'nosuch0', subnet: '10.0.0.0/24', gateway: null }
    const nowhere = await ask('POST', '/deckies/deploy', JSON.stringify({ replace_fleet: true, network: lan, deckies: [{}] }))
    expect([nowhere.status, nowhere.body.code]).toEqual([422, process.getuid?.() === 0 ? 'no_interface' : 'needs_root'])
    const unsure = await cli('deploy', '-n', '1', '--json')
    expect([unsure.code, errorOf(unsure).code]).toEqual([1, 'not_confirmed'])
    expect((await ask('POST', '/deckies/teardown', JSON.stringify({ names: [before[0], 'nobody'] }))).status).toBe(404)
    expect((await ask('POST', '/auth/login', 'x', 'text/plain')).status).toBe(415)
    expect(await names()).toEqual(before)
  })

  it('redeploy makes every host anew as it was, without a mutation', async () => {
    await stand('again')
    const before = await fleet.get<Decky[]>('/deckies')
    const { operations } = await said('redeploy')
    expect(operations.map(({ decky_name, status }) => [decky_name, status])).toEqual(before.map(({ name }) => [name, 'succeeded']))
    const same = ({ name, ip, mac, hostname }: Decky) => ({ name, ip, mac, hostname })
    expect((await fleet.get<Decky[]>('/deckies')).map(same)).toEqual(before.map(same))
    expect(await mutations('again')).toHaveLength(1)
    expect((await httpGet(await listening('again', 'http'), '/')).length).toBeGreaterThan(0)
  })

  it('M4: teardown retires by name, as a mutation to nothing, and nobody answers there any more', async () => {
    await stand('gone-a', 'gone-b')
    const target = await listening('gone-a', 'http')
    const { retired, operations } = await said('teardown', '--id', 'gone-a', 'gone-b')
    expect([retired, operations.map(({ status }) => status)]).toEqual([
      ['gone-a', 'gone-b'],
      ['succeeded', 'succeeded'],
    ])
    expect(await names()).not.toContain('gone-a')
    await expect(httpGet(target, '/')).rejects.toThrow()
    expect((await mutations('gone-a')).at(-1)).toMatchObject({ trigger: 'retirement', old_services: ['http'], new_services: [] })
    const unknown = await cli('teardown', '--id', 'gone-a', '--yes', '--json')
    expect([unknown.code, errorOf(unknown).code]).toEqual([1, 'decky_unknown'])
  })

  it('status says how the fleet is and what is under way', async () => {
    const status = JSON.parse((await cli('status', '--json')).stdout) as { fleet: { name: string; state: string }[]; operations: unknown[] }
    expect(status.fleet.map(({ name }) => name)).toEqual(await names())
    expect(new Set(status.fleet.map(({ state }) => state))).toEqual(new Set(['running']))
    expect(status.operations).toEqual([])
  })

  it('a server that is killed in the middle finds the operations, and brings each to its end', async () => {
    const total = async () => (await fleet.get<Page<Lifecycle>>('/deckies/lifecycle?limit=1')).total
    const before = await total()
    const { child } = follow(['deploy', '-n', '8', '--yes', '--home', fleet.home])
    const over = new Promise<number | null>((resolve) => child.once('exit', resolve))
    await expect.poll(total, { timeout: 30_000, interval: 20 }).toBe(before + 8)
    process.kill(fleet.child('server'), 'SIGKILL')
    expect(await over).toBe(0)
    await expect.poll(() => names().catch(() => []), { timeout: 60_000 }).toHaveLength((await plannedNames()).length)
    const { data } = await fleet.get<Page<Lifecycle>>('/deckies/lifecycle?limit=250')
    expect(data.filter(({ status }) => !ended(status))).toEqual([])
    const running = async () => (await fleet.get<Decky[]>('/deckies')).filter(({ state }) => state !== 'running')
    await expect.poll(running, { timeout: 20_000 }).toEqual([])
  })
  const plannedNames = async () =>
    (JSON.parse((await cli('status', '--json')).stdout) as { fleet: { name: string }[] }).fleet.map(({ name }) => name)

  it('a fleet that is replaced is another one, on the same network', async () => {
    const before = await names()
    const { plan, operations } = await said('deploy', '-n', '2', '--replace', '--seed', 'anew')
    expect(plan.retired).toEqual(before)
    expect(operations.every(({ status }) => status === 'succeeded')).toBe(true)
    expect((await names()).toSorted()).toEqual(plan.added.map(({ name }) => name).toSorted())
  })
})

describe('deploying while nothing runs', () => {
  const homes: string[] = []
  const home = () => {
    const made = mkdtempSync(join(tmpdir(), 'deploy-'))
    homes.push(made)
    return made
  }
  afterAll(() => {
    for (const made of homes) rmSync(made, { recursive: true, force: true })
  })
  const said = async (...args: string[]) => JSON.parse((await decnet([...args, '--json', '--yes'])).stdout) as Said

  it('the same seed makes the same fleet in another home', async () => {
    const [one, two] = await Promise.all(
      [home(), home()].map((path) => said('deploy', '-n', '4', '--loopback', '--seed', 'again', '--home', path)),
    )
    const same = ({ plan }: Said) => plan.added.map(({ name, ip, mac, hostname, services }) => ({ name, ip, mac, hostname, services }))
    expect(two && same(two)).toEqual(one && same(one))
  })

  it('is written down, and done by the next start: those deckies, and no others', async () => {
    const path = home()
    writeFileSync(join(path, 'fleet.ini'), '[general]\nmutate-interval = 60\n[web]\nservices = http\namount = 2\n[web.http]\n')
    const { waiting, operations, plan } = await said('deploy', '-c', join(path, 'fleet.ini'), '--loopback', '--home', path)
    expect([waiting, operations.map(({ status }) => status)]).toEqual([true, ['pending', 'pending']])
    expect(plan.added.map(({ mutate_interval }) => mutate_interval)).toEqual([60, 60])
    await using fleet = await startFleet({ home: path })
    expect(fleet.ready.deckies.map(({ name }) => name)).toEqual(['web-01', 'web-02'])
    const read = async () => (await fleet.get<Page<Lifecycle>>('/deckies/lifecycle')).data.map(({ status }) => status)
    await expect.poll(read, { timeout: 20_000 }).toEqual(['succeeded', 'succeeded'])
  })

  it('a fleet that was retired stays away at the next start', async () => {
    const path = home()
    await said('deploy', '-n', '1', '--loopback', '--home', path)
    await said('teardown', '--all', '--home', path)
    await using fleet = await startFleet({ home: path })
    expect(fleet.ready.deckies).toEqual([])
  })

  it('everything that is wrong is told, each in a line of its own, and to programs by field', async () => {
    const path = home()
    const file = join(path, 'fleet.ini')
    writeFileSync(file, '[web]\namount = 2\nservices = rdp\narchetype = nope\n[web.ssh]\nmax_auth_tries = many\n')
    const told = await decnet(['deploy', '-c', file, '--loopback', '--home', path, '--yes'])
    expect(told.stderr.split('\n')).toEqual([
      '✗ 3 things about this fleet are not possible.',
      expect.stringMatching(/^ {2}Line 3: There is no service rdp; there are /u),
      expect.stringMatching(/^ {2}Line 4: There is no archetype nope; there are /u),
      '  Line 6: max_auth_tries must be a whole number from 1 to 100.',
      '',
    ])
    const { errors } = errorOf(await decnet(['deploy', '-c', file, '--loopback', '--home', path, '--yes', '--json']))
    expect(errors?.map(({ line }) => line)).toEqual([3, 4, 6])
    writeFileSync(file, '[web]\nport = 1\n[web]\narchetype = web-server ; remark\n')
    expect((await decnet(['deploy', '-c', file, '--loopback', '--home', path, '--yes'])).stderr).toMatch(
      /^✗ 3 things .*\n {2}Line 2: .*\n {2}Line 3: There is a section \[web\] already\.\n {2}Line 4: A remark stands in a line of its own/u,
    )
  })

  it('who claims another family than its services show is deployed with a note', async () => {
    const path = home()
    const file = join(path, 'fleet.yaml')
    writeFileSync(file, 'deckies:\n  - { name: mon-01, archetype: web-server, os_family: windows }\n')
    const dry = await decnet(['deploy', '-c', file, '--loopback', '--home', path, '--dry-run', '--json'])
    const note = expect.stringMatching(/^mon-01 claims Windows on the wire while its services are those of .*: one scan shows both\.$/u)
    expect((JSON.parse(dry.stdout) as Said).plan.notes).toEqual([note])
    expect(dry.stderr).toMatch(/^! mon-01 claims Windows on the wire/u)
  })

  it('containers without an engine are written down with a warning; up says that none stands, status why, and they stay wanted', async () => {
    const path = home()
    const env = { DOCKER_HOST: `unix://${join(path, 'nowhere.sock')}` }
    const args = ['deploy', '--compose', '--bridge', 'br-none', '--subnet', '10.9.77.0/24', '--gateway', 'none', '-n', '2', '--home', path]
    const made = await decnet([...args, '--yes', '--json'], { env })
    expect(made.code).toBe(0)
    const { warnings, operations } = JSON.parse(made.stdout) as Said & { warnings: string[] }
    expect(warnings).toEqual([expect.stringMatching(/^No Docker engine answers at .* come to stand once an engine answers\.$/u)])
    await using fleet = await startFleet({ home: path, env })
    const reason = expect.stringContaining('No Docker engine answers')
    const names = operations.map(({ decky_name }) => decky_name).toSorted()
    expect(fleet.ready.deckies).toEqual([])
    expect(fleet.ready.failed.toSorted((a, b) => (a.decky < b.decky ? -1 : 1))).toEqual(
      names.map((decky) => ({ decky, service: null, reason })),
    )
    await expect
      .poll(async () => (await fleet.get<Page<Lifecycle>>('/deckies/lifecycle')).data.map(({ status, error }) => [status, error]))
      .toEqual(names.map(() => ['running', reason]))
    const deckies = await fleet.get<Decky[]>('/deckies')
    expect(deckies.flatMap(({ state, services }) => services.map((service) => [state, service.state, service.detail]))).toEqual(
      deckies.flatMap(({ services }) => services.map(() => ['stopped', 'failed', reason])),
    )
    expect((await decnet(['status', '--home', path])).stdout).toMatch(/No Docker engine answers[\s\S]*tried again and again/u)
  })

  it.each<[what: string, args: string[], code: string]>([
    ['a file that is not there', ['-c', '/nowhere/fleet.ini'], 'file_unreadable'],
    ['two networks', ['--loopback', '-i', 'eth0'], 'usage'],
    ['two ways onto a network', ['--macvlan', '--bridge', 'br0'], 'usage'],
    ['a subnet that is none', ['--subnet', '10.0.0.0'], 'usage'],
    ['too many deckies', ['--loopback', '-n', '251'], 'bad_number'],
    ['a service that does not exist', ['--loopback', '--services', 'gopher'], 'deploy_invalid'],
    [
      'an interface that is not there',
      ['-i', 'nosuch0', '--subnet', '10.0.0.0/24'],
      process.getuid?.() === 0 ? 'no_interface' : 'needs_root',
    ],
  ])('is refused for %s before anything is written', async (_what, args, code) => {
    const path = home()
    const answer = await decnet(['deploy', ...args, '--home', path, '--yes', '--json'])
    expect([answer.code, answer.stdout, errorOf(answer).code]).toEqual([1, '', code])
    expect(errorOf(answer).message).not.toBe('')
    const status = JSON.parse((await decnet(['status', '--home', path, '--json'])).stdout) as { fleet: unknown[] }
    expect(status.fleet).toEqual([])
  })
})

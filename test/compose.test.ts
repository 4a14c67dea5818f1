import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Decky, Lifecycle, Page } from '@decnet/contracts/api'
import { when } from '@decnet/kernel/testing'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { compose } from '../apps/server/src/fleet/substrates/compose/compose.ts'
import { type Engine, openEngine } from '../apps/server/src/fleet/substrates/compose/engine.ts'
import { homeAt, prepareHome } from '../apps/server/src/home.ts'
import { markOf } from '../apps/server/src/supervisor/strays.ts'
import { decnet } from './rig/cli.ts'
import { run, SSH_OPTIONS } from './rig/client.ts'
import { DOCKER_TOOLS, type DockerEngine, startDocker } from './rig/docker.ts'
import { type Fleet, startFleet } from './rig/fleet.ts'
import { deploy, type Lan, makeLan } from './rig/lan.ts'

const tools = {
  ...DOCKER_TOOLS,
  ip: 'iproute2',
  nsenter: 'util-linux',
  nmap: 'nmap',
  curl: 'curl',
  sshpass: 'sshpass',
  ssh: 'openssh-client',
}
const IP = '10.9.0.20'
const SOON = { timeout: 30_000, interval: 200 }
/** The fleet is looked at every half minute. */
const HEALED = { timeout: 75_000, interval: 500 }
const network = {
  substrate: 'compose',
  driver: 'macvlan',
  interface: 'lan0',
  subnet: '10.9.0.0/24',
  gateway: '10.9.0.1',
  subnet6: null,
  gateway6: null,
} as const

interface Event {
  readonly type: string
  readonly event_type: string
  readonly decky: string | null
  readonly service: string | null
  readonly attacker_ip: string | null
}
interface Container {
  readonly Id: string
  readonly Names: readonly string[]
  readonly State: string
}

/** A client that stays, on the attacker's host: what it is given goes to the service. */
function stay(lan: Lan, ip: string, port: number): { readonly child: ChildProcess; ask(line: string): Promise<string> } {
  const script = `const s=require('net').connect(${port},'${ip}');process.stdin.pipe(s);s.pipe(process.stdout);s.on('close',()=>process.exit(3))`
  const child = spawn('nsenter', [`--net=/run/netns/${lan.space('attacker')}`, process.execPath, '-e', script], {
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  let said = ''
  child.stdout.on('data', (data: Buffer) => {
    said += data.toString('utf8')
  })
  return {
    child,
    async ask(line) {
      const before = said.length
      child.stdin.write(`${line}\r\n`)
      await vi.waitUntil(() => said.indexOf('\n', before) >= 0, SOON)
      return said.slice(before).trim()
    },
  }
}

when({ tools, root: true }).describe('a fleet in containers', () => {
  let lan: Lan
  let docker: DockerEngine
  let engine: Engine
  let home: string
  let fleet: Fleet
  let redis: ReturnType<typeof stay>
  const children: ChildProcess[] = []
  const containers = () => engine.ask<readonly Container[]>('GET', '/containers/json?all=1')
  const named = async (end: string) => (await containers()).find(({ Names }) => Names[0]?.endsWith(end))
  const networks = async () =>
    (await engine.ask<readonly { Name: string; Driver: string }[]>('GET', '/networks')).filter(({ Driver }) => Driver === 'macvlan')
  /** Asks for a change, and follows it to its end. */
  const live = async (method: string, path: string, body?: object): Promise<Lifecycle> => {
    const answer = await fetch(`${fleet.api}${path}`, {
      method,
      headers: { authorization: `Bearer ${fleet.token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    expect(answer.status).toBe(202)
    const { id } = (await answer.json()) as Lifecycle
    const now = async () => (await fleet.get<Page<Lifecycle>>(`/deckies/lifecycle?ids=${id}`)).data[0]
    await expect.poll(async () => ['succeeded', 'failed'].includes((await now())?.status ?? ''), HEALED).toBe(true)
    return (await now()) as Lifecycle
  }
  const curl = (port: number, ...more: readonly string[]) =>
    lan.run('attacker', 'curl', '-s', '-i', '--max-time', '10', ...more, `http://${IP}:${port}/`)
  const ssh = (password: string, user: string, command: string) =>
    lan.run('attacker', 'sshpass', '-p', password, 'ssh', ...SSH_OPTIONS, `${user}@${IP}`, command)

  beforeAll(async () => {
    lan = makeLan()
    docker = await startDocker(lan.space('fleet'))
    engine = openEngine(docker.socket)
    home = mkdtempSync(join(tmpdir(), 'compose-'))
    const web = { name: 'web-01', archetype: 'linux-server', ip: IP, services: ['ssh', 'http', 'redis'] }
    await deploy(home, { network, replace_fleet: true, deckies: [web] })
    fleet = await startFleet({ home, env: { DOCKER_HOST: docker.host } })
    redis = stay(lan, IP, 6379)
    children.push(redis.child)
    expect(await redis.ask('PING')).toMatch(/^[+-]/u)
  })
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL')
    await fleet?.stop()
    engine?.close()
    await docker?.[Symbol.asyncDispose]()
    await lan?.[Symbol.asyncDispose]()
    rmSync(home, { recursive: true, force: true })
  })

  it('stands on the network under its own address and card, and answers on its ports alone', async () => {
    const { stdout } = await lan.run('attacker', 'nmap', '-n', '-Pn', '-sS', '-p', '21,22,23,80,3306,6379', IP)
    expect([...stdout.matchAll(/^(\d+)\/tcp +open/gmu)].map(([, port]) => Number(port))).toEqual([22, 80, 6379])
    const { stdout: neighbours } = await lan.run('attacker', 'ip', '-4', 'neigh')
    const { mac } = await fleet.get<Decky>('/deckies/web-01')
    expect(neighbours).toContain(`${IP} dev eth0 lladdr ${mac}`)
    expect((await curl(80)).stdout).toMatch(/^HTTP\/1\.1 \d{3} /u)
  })

  it('runs every container without a right, as nobody, on a disk that it cannot write', async () => {
    for (const { Id } of await containers()) {
      const { State } = await engine.ask<{ State: { Pid: number } }>('GET', `/containers/${Id}/json`)
      const status = readFileSync(`/proc/${State.Pid}/status`, 'utf8')
      for (const set of ['CapEff', 'CapPrm', 'CapBnd', 'CapAmb']) expect(status).toMatch(new RegExp(`^${set}:\\s0+$`, 'mu'))
      expect(status).toMatch(/^Uid:\t65534\t65534\t65534\t65534$/mu)
      expect(status).toMatch(/^NoNewPrivs:\t1$/mu)
    }
  })

  it('what befalls a container is in the log, and what it kept is to be had', async () => {
    const { login } = fleet.target('ssh')
    const answer = await ssh(login.password, login.user, 'echo dropped > /tmp/x; id -un')
    expect(answer.stdout.trim()).toBe(login.user)
    await expect
      .poll(async () => (await fleet.get<Page<Event>>('/logs?limit=200')).data.map(({ event_type, type }) => event_type ?? type), SOON)
      .toContain('session_recorded')
    const { data } = await fleet.get<Page<Event & { fields: Record<string, string> }>>('/logs?limit=200')
    const recorded = data.find(({ event_type, type }) => (event_type ?? type) === 'session_recorded')
    expect(recorded).toMatchObject({ decky: 'web-01', service: 'ssh', attacker_ip: lan.attacker.ip })
    const session = recorded?.fields.replay ?? ''
    expect(readdirSync(join(home, 'sources', 'web-01.ssh', 'replays')).map((name) => `replays/${name}`)).toContain(
      session.startsWith('replays/') ? session : `replays/${session}`,
    )
  })

  it('is written down as a compose file that docker-compose takes and sees as running', async () => {
    const file = join(home, 'docker-compose.yml')
    const options = { env: { DOCKER_HOST: docker.host, COMPOSE_API_VERSION: '1.41' } }
    const config = await run('docker-compose', ['-f', file, 'config', '-q'], options)
    expect([config.code, config.stderr]).toEqual([0, ''])
    const project = `decnet-${markOf(homeAt(home))}`
    const ps = await run('docker-compose', ['-p', project, '-f', file, 'ps', '--services', '--filter', 'status=running'], options)
    expect(ps.stdout.trim().split('\n').toSorted()).toEqual(['web-01', 'web-01.http', 'web-01.redis', 'web-01.ssh'])
  })

  it('gets a service and has another one changed while a connection to a third one stays', async () => {
    const before = { redis: await named('.redis'), http: await named('.http') }
    const added = await live('POST', '/deckies/web-01/services', { service: 'ftp' })
    expect([added.status, added.error]).toEqual(['succeeded', null])
    const banner = stay(lan, IP, 21)
    children.push(banner.child)
    expect(await banner.ask('NOOP')).toMatch(/^(?:220|5)/u)
    const titles: string[] = []
    for (const site of ['default', 'wordpress']) {
      const applied = await live('POST', '/deckies/web-01/services/http/apply', { config: { site } })
      expect([applied.status, applied.error]).toEqual(['succeeded', null])
      titles.push(/<title>([^<]*)/u.exec((await curl(80)).stdout)?.[1] ?? '')
    }
    expect(new Set(titles).size).toBe(2)
    expect((await named('.http'))?.Id).not.toBe(before.http?.Id)
    expect((await named('.redis'))?.Id).toBe(before.redis?.Id)
    expect(await redis.ask('PING')).toMatch(/^[+-]/u)
    expect(redis.child.exitCode).toBeNull()
    const removed = await live('DELETE', '/deckies/web-01/services/ftp')
    expect([removed.status, removed.error]).toEqual(['succeeded', null])
    expect(await named('.ftp')).toBeUndefined()
    expect(await redis.ask('PING')).toMatch(/^[+-]/u)
  })

  it('goes on while its supervisor is killed, and is taken on by the next one as it stands', async () => {
    const before = (await containers()).map(({ Id }) => Id).toSorted()
    const pid = fleet.supervisor()
    process.kill(pid, 'SIGKILL')
    await expect.poll(() => fleet.supervisor() !== pid && existsSync(join(home, 'run', 'state.json')), HEALED).toBe(true)
    await expect.poll(async () => (await fleet.get<Decky>('/deckies/web-01').catch(() => null))?.state, HEALED).toBe('running')
    expect((await containers()).map(({ Id }) => Id).toSorted()).toEqual(before)
    expect(await redis.ask('PING')).toMatch(/^[+-]/u)
  })

  it('is whole again when a service, and when its host, was killed', async () => {
    const kill = async (end: string) => engine.ask('POST', `/containers/${(await named(end))?.Id}/kill`)
    await kill('.redis')
    // Long before the next look at the whole fleet.
    const redis = async () =>
      (await containers()).some(({ Names, State }) => State === 'running' && Names.some((name) => name.endsWith('.redis')))
    await expect.poll(redis, { timeout: 12_000, interval: 200 }).toBe(true)
    await expect
      .poll(async () => (await lan.run('attacker', 'nmap', '-n', '-Pn', '-p', '6379', IP)).stdout, HEALED)
      .toContain('6379/tcp open')
    const host = (await named('web-01'))?.Id
    await kill('web-01')
    await expect.poll(async () => (await named('web-01'))?.Id !== host && (await curl(80)).code, HEALED).toBe(0)
    await expect.poll(async () => (await containers()).filter(({ State }) => State === 'running').length, HEALED).toBe(4)
  })

  it('leaves nothing behind when it stops: no container, no network; when it was killed with its guard, after down', async () => {
    const nothing = async () => [await containers(), await networks(), existsSync(join(home, 'docker-compose.yml'))]
    expect((await fleet.stop()).code).toBe(0)
    expect(await nothing()).toEqual([[], [], false])
    const env = { DOCKER_HOST: docker.host }
    fleet = await startFleet({ home, env })
    const pid = fleet.supervisor()
    fleet.process.kill('SIGKILL')
    process.kill(pid, 'SIGKILL')
    expect(await containers()).toHaveLength(4)
    const down = await decnet(['down', '--home', home, '--json'], { env })
    expect([down.code, down.stderr, JSON.parse(down.stdout)]).toMatchObject([0, '', { removed: 1 }])
    expect(await nothing()).toEqual([[], [], false])
  })

  it('two fleets on one interface share its network, and the last one takes it away', async () => {
    const notices: string[] = []
    const fleetAt = (mark: string) => {
      const at = homeAt(join(home, mark))
      prepareHome(at)
      const identity = { uid: 65_534, gid: 65_534 }
      return compose(network, {
        mark,
        home: at,
        identity,
        dockerHost: docker.host,
        notice: (text) => notices.push(text),
        ended: () => undefined,
      })
    }
    const [one, two] = [fleetAt('aaaaaaaa'), fleetAt('bbbbbbbb')]
    const decky = { name: 'web-01', seed: 's', archetype: 'linux-server', ip: IP, createdAt: Date.UTC(2026, 0, 1), services: [] }
    await one.raise(decky)
    await expect(two.raise({ ...decky, seed: 't' })).rejects.toMatchObject({ code: 'address_taken' })
    await two.raise({ ...decky, seed: 't', ip: '10.9.0.21' })
    expect((await one.inspect())?.map(({ ip }) => ip)).toEqual([IP])
    expect((await two.inspect())?.map(({ ip }) => ip)).toEqual(['10.9.0.21'])
    expect(await networks()).toHaveLength(1)
    await one.remove()
    expect((await two.inspect())?.map(({ name }) => name)).toEqual(['web-01'])
    await two.remove()
    expect([await containers(), await networks(), notices]).toEqual([[], [], []])
  })

  it.each([
    ['an interface that is not there', { interface: 'nope0' }, 'no_interface'],
    ['IPvlan on a kernel without it', { driver: 'ipvlan' as const }, 'driver_missing'],
    ['an address outside of the network', { subnet: '10.44.0.0/24', gateway: '10.44.0.1' }, 'address_outside'],
  ])('%s is told in words, and leaves nothing', async (_what, change, code) => {
    const at = homeAt(join(home, 'cccccccc'))
    prepareHome(at)
    const identity = { uid: 65_534, gid: 65_534 }
    const it = compose(
      { ...network, ...change },
      { mark: 'cccccccc', home: at, identity, dockerHost: docker.host, notice: () => undefined, ended: () => undefined },
    )
    const decky = { name: 'web-01', seed: 's', archetype: 'linux-server', ip: IP, createdAt: Date.UTC(2026, 0, 1), services: [] }
    await expect(it.raise(decky)).rejects.toMatchObject({ code, hint: expect.any(String) })
    await it.remove()
    expect([await containers(), await networks()]).toEqual([[], []])
  })
})

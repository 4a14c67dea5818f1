import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FleetNetwork } from '@decnet/contracts'
import { type DeployPlan, deployRequest } from '@decnet/contracts/api'
import { expect } from 'vitest'
import { fleetDesk } from '../../apps/server/src/fleet/desk.ts'
import { homeAt, prepareHome } from '../../apps/server/src/home.ts'
import { openOperations } from '../../apps/server/src/store/fleet.ts'
import { logTable } from '../../apps/server/src/store/log-table.ts'
import { migrate, openStore } from '../../apps/server/src/store/open.ts'
import { markOf } from '../../apps/server/src/supervisor/strays.ts'
import { run } from './client.ts'

/** What `when()` needs to know for a test on a network of its own. */
export const LAN_NEEDS = {
  root: true,
  tools: { ip: 'iproute2', nsenter: 'util-linux', nmap: 'nmap', curl: 'curl', iptables: 'iptables' },
} as const

const PATH = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`

function ip(...lines: readonly string[]): void {
  const { status, stderr } = spawnSync('ip', ['-batch', '-'], { input: lines.join('\n'), encoding: 'utf8', env: { PATH } })
  if (status !== 0) throw new Error(`ip: ${stderr.trim()}`)
}

export type Place = 'fleet' | 'attacker' | 'gateway'

/**
 * A network of its own, 10.9.0.0/24 and fd09::/64: the machine where fleets run, with the bridge `br0` and the card `lan0`, an attacker
 * (.250) and a gateway (.1). Everything goes with it.
 */
export interface Lan extends AsyncDisposable {
  readonly space: (place: Place) => string
  /** Runs a command there to its end. */
  run(place: Place, command: string, ...args: readonly string[]): ReturnType<typeof run>
  /** Starts one; killed at the end. */
  spawn(place: Place, command: string, ...args: readonly string[]): ChildProcess
  readonly attacker: { readonly ip: string; readonly mac: string }
}

let count = 0

export function makeLan(): Lan {
  count += 1
  const mark = `dl${process.pid}-${count}`
  const space = (place: Place) => `${mark}-${place}`
  const places: readonly Place[] = ['fleet', 'attacker', 'gateway']
  const children = new Set<ChildProcess>()
  const dispose = async () => {
    for (const child of children) child.kill('SIGKILL')
    for (const place of places) spawnSync('ip', ['netns', 'del', space(place)], { env: { PATH } })
  }
  const mac = '00:1b:21:0a:0b:0c'
  try {
    const here = space('fleet')
    ip(...places.map((place) => `netns add ${space(place)}`))
    for (const place of places) spawnSync('ip', ['-n', space(place), 'link', 'set', 'lo', 'up'], { env: { PATH } })
    const within = (name: string, ...lines: readonly string[]) =>
      lines.forEach((line) => {
        const { status, stderr } = spawnSync('ip', ['-n', name, ...line.split(' ')], { encoding: 'utf8', env: { PATH } })
        if (status !== 0) throw new Error(`ip -n ${name} ${line}: ${stderr.trim()}`)
      })
    within(here, 'link add br0 type bridge', 'link set br0 up')
    within(here, 'link add lan0 type veth peer name lan0p', 'link set lan0p master br0 up', 'link set lan0 up')
    for (const [place, last] of [
      ['attacker', 250],
      ['gateway', 1],
    ] as const) {
      const own = place === 'attacker' ? ` address ${mac}` : ''
      within(here, `link add p${last} type veth peer name eth0 netns ${space(place)}${own}`, `link set p${last} master br0 up`)
      within(space(place), 'link set eth0 up', `addr add 10.9.0.${last}/24 dev eth0`, `addr add fd09::${last}/64 dev eth0 nodad`)
    }
  } catch (error) {
    void dispose()
    throw error
  }
  const enter = (place: Place) => [`--net=/run/netns/${space(place)}`]
  return {
    space,
    run: (place, command, ...args) => run('nsenter', [...enter(place), command, ...args], { timeoutMs: 90_000, env: { PATH } }),
    spawn(place, command, ...args) {
      const child = spawn('nsenter', [...enter(place), command, ...args], {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, PATH },
      })
      children.add(child)
      child.once('exit', () => children.delete(child))
      return child
    },
    attacker: { ip: '10.9.0.250', mac },
    [Symbol.asyncDispose]: dispose,
  }
}

export const lanNetwork = (link: 'bridge' | 'macvlan', more: object = {}): FleetNetwork => ({
  substrate: 'netns',
  link,
  interface: link === 'bridge' ? 'br0' : 'lan0',
  subnet: '10.9.0.0/24',
  gateway: '10.9.0.1',
  subnet6: null,
  gateway6: null,
  dhcp: false,
  ...more,
})

export type Deployed = DeployPlan & { readonly ids: readonly string[] }

/** Wants deckies of a home, whether a fleet runs in it or not. */
export async function deploy(home: string, request: object): Promise<Deployed> {
  const at = homeAt(home)
  prepareHome(at)
  const store = await openStore(at.database)
  try {
    await migrate(store)
    const desk = fleetDesk({ log: logTable(store), loopback: () => '127.77.0', told: () => undefined })
    const parsed = deployRequest.parse(request)
    const { plan, ids } = await desk['fleet.deploy']({ request: parsed, taken: [], actor: null, now: Date.now() })
    return { ...plan, ids }
  } finally {
    await store.close()
  }
}

/** What became of operations. */
export async function operations(home: string, ids: readonly string[]): Promise<{ decky: string; status: string; error: string | null }[]> {
  const store = await openStore(homeAt(home).database, { readonly: true })
  try {
    return await store.db
      .selectFrom('decky_operations')
      .select(['decky', 'status', 'error'])
      .where('id', 'in', [...ids])
      .execute()
  } finally {
    await store.close()
  }
}

/** How many operations have not come to their end. */
export async function underWay(home: string): Promise<number> {
  const store = await openStore(homeAt(home).database, { readonly: true })
  try {
    return (await openOperations(store.db)).length
  } finally {
    await store.close()
  }
}

/** Everything outside of a home that bears its mark: namespaces, cards of the machine where it runs, processes. */
export function leftOf(home: string, lan: Lan): string[] {
  const mark = markOf(homeAt(home))
  const spaces = readdirSync('/run/netns').filter((name) => name.includes(mark))
  const { stdout } = spawnSync('ip', ['-n', lan.space('fleet'), '-br', 'link'], { encoding: 'utf8', env: { PATH } })
  const cards = stdout.split('\n').filter((line) => line.includes(mark) || /macvlan|eth0@/u.test(line))
  const processes = readdirSync('/proc').filter((name) => /^\d+$/u.test(name) && marked(name, mark))
  return [...spaces, ...cards, ...processes]
}

function marked(pid: string, mark: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`DECNET_MARK=${mark}`)
  } catch {
    return false
  }
}

/** Starts a DHCP server at the gateway, .100 to .110, with leases of ten seconds; what it writes stands in a folder. */
export async function serveLeases(lan: Lan, folder: string): Promise<void> {
  const file = join(folder, 'udhcpd.conf')
  writeFileSync(join(folder, 'leases'), '')
  const lines = ['start 10.9.0.100', 'end 10.9.0.110', 'interface eth0', 'min_lease 5', `lease_file ${join(folder, 'leases')}`]
  const options = ['opt subnet 255.255.255.0', 'opt router 10.9.0.1', 'opt lease 10', `pidfile ${join(folder, 'pid')}`, 'auto_time 1']
  writeFileSync(file, `${[...lines, ...options].join('\n')}\n`)
  const server = lan.spawn('gateway', 'udhcpd', '-f', '-S', file)
  await new Promise((resolve) => setTimeout(resolve, 500))
  if (server.exitCode !== null) throw new Error(`udhcpd ended: ${server.exitCode}`)
}

/** Waits for the end of operations, and tells those that failed. */
export async function settled(home: string, { ids }: Deployed): Promise<{ decky: string; error: string | null }[]> {
  await expect
    .poll(async () => (await operations(home, ids)).filter(({ status }) => status === 'pending' || status === 'running').length, {
      timeout: 60_000,
      interval: 200,
    })
    .toBe(0)
  return (await operations(home, ids)).flatMap(({ decky, status, error }) => (status === 'succeeded' ? [] : [{ decky, error }]))
}

/** Open TCP ports of addresses as nmap sees them. */
export async function openPorts(lan: Lan, targets: readonly string[], ports: readonly number[]): Promise<Map<string, number[]>> {
  const { stdout } = await lan.run(
    'attacker',
    'nmap',
    '-n',
    '-Pn',
    '-sS',
    '-T4',
    '--max-retries',
    '4',
    '-p',
    ports.join(','),
    '-oG',
    '-',
    ...targets,
  )
  const rows = [...stdout.matchAll(/^Host: (\S+) .*?Ports: (.*)$/gmu)]
  return new Map(rows.map(([, ip = '', list = '']) => [ip, [...list.matchAll(/(\d+)\/open\//gu)].map(([, port]) => Number(port))]))
}

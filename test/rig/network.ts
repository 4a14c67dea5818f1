import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'

/** What `when()` of the kernel's testing needs to know: namespaces are root's. */
export const NETWORK_NEEDS = { root: true, tools: { ip: 'iproute2', nsenter: 'util-linux' } } as const

const PATH = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`

function must(command: string, ...args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8', env: { ...process.env, PATH } })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? stderr.trim()}`)
}

/** One host of the network: a namespace with a loopback of its own and one link to the switch. */
export interface NetworkHost {
  readonly name: string
  readonly address: string
  /** Starts a process there; killed when the network goes. */
  spawn(command: string, args: readonly string[], options?: SpawnOptions): ChildProcess
  /** Pulls its cable. */
  cut(): void
  /** Puts it back. */
  heal(): void
}

export interface Network extends AsyncDisposable {
  host(name: string): NetworkHost
  /** Starts a process at the switch, where everything passes on the interface `br0`. */
  readonly atSwitch: NetworkHost['spawn']
}

/** Hosts on one switch, each in a network namespace of its own; everything goes with it. Needs root. */
export async function makeNetwork(names: readonly string[]): Promise<Network> {
  const mark = `dn${process.pid}`
  const space = (name: string) => `${mark}-${name}`
  const switchSpace = space('switch')
  const children = new Set<ChildProcess>()
  const spaces: string[] = []
  const dispose = async () => {
    for (const child of children) child.kill('SIGKILL')
    await Promise.all([...children].map((child) => (child.exitCode === null && child.signalCode === null ? once(child, 'exit') : null)))
    for (const name of spaces.splice(0)) {
      // What those started in turn, and outlives them: a guard's supervisor.
      const { stdout } = spawnSync('ip', ['netns', 'pids', name], { env: { ...process.env, PATH }, encoding: 'utf8' })
      spawnSync('kill', ['-KILL', ...stdout.split('\n').filter(Boolean)], { env: { ...process.env, PATH } })
      spawnSync('ip', ['netns', 'delete', name], { env: { ...process.env, PATH } })
    }
  }
  try {
    must('ip', 'netns', 'add', switchSpace)
    spaces.push(switchSpace)
    must('ip', '-n', switchSpace, 'link', 'add', 'br0', 'type', 'bridge')
    must('ip', '-n', switchSpace, 'link', 'set', 'br0', 'up')
    const spawnIn =
      (own: string): NetworkHost['spawn'] =>
      (command, args, options = {}) => {
        const child = spawn('nsenter', [`--net=/var/run/netns/${own}`, command, ...args], {
          stdio: ['ignore', 'pipe', 'pipe'],
          ...options,
          env: { ...process.env, PATH, ...options.env },
        })
        children.add(child)
        child.once('exit', () => children.delete(child))
        return child
      }
    const hosts = new Map<string, NetworkHost>()
    for (const [index, name] of names.entries()) {
      const own = space(name)
      const address = `10.77.0.${index + 1}`
      must('ip', 'netns', 'add', own)
      spaces.push(own)
      must('ip', '-n', switchSpace, 'link', 'add', `p${index}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', own)
      must('ip', '-n', switchSpace, 'link', 'set', `p${index}`, 'master', 'br0', 'up')
      must('ip', '-n', own, 'address', 'add', `${address}/24`, 'dev', 'eth0')
      must('ip', '-n', own, 'link', 'set', 'lo', 'up')
      must('ip', '-n', own, 'link', 'set', 'eth0', 'up')
      hosts.set(name, {
        name,
        address,
        spawn: spawnIn(own),
        cut: () => must('ip', '-n', switchSpace, 'link', 'set', `p${index}`, 'down'),
        heal: () => must('ip', '-n', switchSpace, 'link', 'set', `p${index}`, 'up'),
      })
    }
    return {
      atSwitch: spawnIn(switchSpace),
      host(name) {
        const host = hosts.get(name)
        if (!host) throw new Error(`the network has no host ${name}`)
        return host
      },
      [Symbol.asyncDispose]: dispose,
    }
  } catch (error) {
    await dispose()
    throw error
  }
}

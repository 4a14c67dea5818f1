import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

/** What `when()` needs to know for a test with an engine of its own. */
export const DOCKER_TOOLS = { dockerd: 'docker.io', 'docker-compose': 'docker-compose' } as const

const PATH = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`
const READY_MS = 30_000

/** A Docker engine in a network namespace, with nothing of it elsewhere than in a folder of its own. Everything goes with it. */
export interface DockerEngine extends AsyncDisposable {
  readonly socket: string
  /** As DOCKER_HOST has it. */
  readonly host: string
}

/** Mounts below a folder, innermost first. */
const mountsBelow = (folder: string): string[] =>
  readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .flatMap((line) => line.split(' ')[1] ?? [])
    .filter((path) => path.startsWith(`${folder}/`))
    .reverse()

/** `space`: the name of the namespace. Needs root. */
export async function startDocker(space: string): Promise<DockerEngine> {
  const folder = mkdtempSync(join(tmpdir(), 'docker-'))
  const socket = join(folder, 'docker.sock')
  const own = ['--data-root', join(folder, 'data'), '--exec-root', join(folder, 'exec'), '--pidfile', join(folder, 'pid')]
  const alone = ['--iptables=false', '--ip6tables=false', '--bridge=none', '--log-level=error']
  // `ip netns exec` would hide the control groups.
  const child: ChildProcess = spawn('nsenter', [`--net=/run/netns/${space}`, 'dockerd', ...alone, ...own, '-H', `unix://${socket}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, PATH },
  })
  let said = ''
  child.stderr?.on('data', (data: Buffer) => {
    said = `${said}${data.toString('utf8')}`.slice(-4_000)
  })
  const over = () => child.exitCode !== null || child.signalCode !== null
  const dispose = async () => {
    if (!over()) {
      child.kill('SIGTERM')
      const killing = setTimeout(() => child.kill('SIGKILL'), 20_000)
      await once(child, 'exit')
      clearTimeout(killing)
    }
    for (const path of mountsBelow(folder)) spawnSync('umount', ['-l', path], { env: { PATH } })
    rmSync(folder, { recursive: true, force: true })
  }
  for (const end = Date.now() + READY_MS; !existsSync(socket); await pause(50)) {
    if (!over() && Date.now() < end) continue
    await dispose()
    throw new Error(`dockerd does not start: ${said}`)
  }
  return { socket, host: `unix://${socket}`, [Symbol.asyncDispose]: dispose }
}

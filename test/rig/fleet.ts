import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const ROOT = join(import.meta.dirname, '..', '..')
const READY_MS = 60_000
export const PASSWORD = 'correct-horse-battery-staple'

export interface ReadyLine {
  readonly console: string
  readonly adminPassword?: string
  readonly deckies: readonly {
    readonly name: string
    readonly ip: string
    readonly services: readonly { readonly name: string; readonly address: string; readonly port: number; readonly note?: string }[]
    readonly logins: readonly { readonly user: string; readonly password: string }[]
  }[]
  readonly failed: readonly { readonly decky: string; readonly service: string | null; readonly reason: string }[]
  readonly movedFrom: string | null
}

export interface Target {
  readonly decky: string
  readonly address: string
  readonly port: number
  /** An account that lets in. */
  readonly login: { readonly user: string; readonly password: string }
}

export interface Fleet extends AsyncDisposable {
  readonly home: string
  readonly ready: ReadyLine
  /** What was started: a guard in front of the supervisor. */
  readonly process: ChildProcess
  /** Process id of the supervisor. */
  supervisor(): number
  /** Where a service listens; of the n-th decky that has it. */
  target(service: string, nth?: number): Target
  /** A logged-in GET below /api/v1. */
  get<T = unknown>(path: string): Promise<T>
  readonly token: string
  readonly api: string
  /** Process id of a child of the supervisor. */
  child(name: 'server' | 'sensor' | 'root-helper'): number
  /** What it wrote to standard error so far. */
  complaints(): string
  stop(signal?: NodeJS.Signals): Promise<{ code: number | null; ms: number }>
}

/** A port that was free a moment ago. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = net.createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo
      server.close(() => resolve(port))
    })
  })

export interface FleetOptions {
  /** Kept by the caller, who removes it; absent = a new one, removed at the end. */
  readonly home?: string
  readonly env?: NodeJS.ProcessEnv
  readonly args?: readonly string[]
  /** The network namespace where it runs; its API is out of reach then. */
  readonly within?: string
}

async function logIn(api: string, password: string): Promise<string> {
  const login = await fetch(`${api}/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'admin', password }),
  })
  return ((await login.json()) as { access_token: string }).access_token
}

/** `decnet up` as an operator would start it, in a home of its own, waited for until its ready line. */
export async function startFleet(options: FleetOptions = {}): Promise<Fleet> {
  const home = options.home ?? mkdtempSync(join(tmpdir(), 'fleet-'))
  const command = [...(options.within === undefined ? [] : ['nsenter', `--net=/run/netns/${options.within}`]), join(ROOT, 'bin', 'decnet')]
  const child = spawn(
    command[0] ?? '',
    [...command.slice(1), 'up', '--json', '--home', home, '--listen', `127.0.0.1:${await freePort()}`, ...(options.args ?? [])],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, DECNET_ADMIN_PASSWORD: PASSWORD, ...options.env },
    },
  )
  let complaints = ''
  child.stderr.on('data', (data: Buffer) => {
    complaints += data.toString('utf8')
  })
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const ready = await new Promise<ReadyLine>((resolve, reject) => {
    let said = ''
    const timer = setTimeout(() => reject(new Error(`not ready after ${READY_MS} ms: ${complaints}`)), READY_MS)
    child.stdout.on('data', (data: Buffer) => {
      said += data.toString('utf8')
      const end = said.indexOf('\n')
      if (end < 0) return
      clearTimeout(timer)
      resolve(JSON.parse(said.slice(0, end)) as ReadyLine)
    })
    void exited.then((code) => reject(new Error(`decnet up ended with ${code}: ${complaints}`)))
  }).catch((error: unknown) => {
    // What did not become ready is not left behind.
    child.kill('SIGTERM')
    if (options.home === undefined) rmSync(home, { recursive: true, force: true })
    throw error
  })

  const api = `${ready.console}api/v1`
  const token = options.within === undefined ? await logIn(api, options.env?.DECNET_ADMIN_PASSWORD ?? PASSWORD) : ''

  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    const started = performance.now()
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    const code = await exited
    return { code, ms: performance.now() - started }
  }
  const supervisor = () => (JSON.parse(readFileSync(join(home, 'run', 'state.json'), 'utf8')) as { pid: number }).pid
  return {
    home,
    ready,
    process: child,
    supervisor,
    complaints: () => complaints,
    token,
    api,
    target(service, nth = 0) {
      const all = ready.deckies.flatMap((decky) =>
        decky.services
          .filter(({ name }) => name === service)
          .map(({ address, port }) => ({ decky: decky.name, address, port, login: decky.logins[0] ?? { user: 'root', password: '' } })),
      )
      const found = all[nth]
      if (!found) throw new Error(`the fleet has ${all.length} deckies with ${service}`)
      return found
    },
    async get<T>(path: string) {
      const answer = await fetch(`${api}${path}`, { headers: { authorization: `Bearer ${token}` } })
      if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`)
      return (await answer.json()) as T
    },
    child(name) {
      const parent = supervisor()
      const pids = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').trim().split(' ').map(Number)
      const pid = pids.find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`apps/${name}/`))
      if (pid === undefined) throw new Error(`${name} does not run`)
      return pid
    },
    stop,
    async [Symbol.asyncDispose]() {
      await stop()
      if (options.home === undefined) rmSync(home, { recursive: true, force: true })
    },
  }
}

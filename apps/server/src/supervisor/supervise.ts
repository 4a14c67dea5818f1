import { chownSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { AppError } from '@decnet/kernel'
import { type DeckyPlan, makePersona } from '@decnet/persona'
import { type Home, prepareHome } from '../home.ts'
import { type Child, superviseChild } from './child.ts'
import { bindFleet, type Listener } from './listeners.ts'
import { claimSubnet } from './network.ts'
import type { FromServer, ToServer } from './protocol.ts'

export interface FleetReady {
  readonly console: string
  /** Shown once: the home's first start made it. */
  readonly adminPassword?: string
  readonly deckies: readonly {
    readonly name: string
    readonly ip: string
    readonly services: readonly { readonly name: string; readonly address: string; readonly port: number; readonly note?: string }[]
    /** Accounts that let an attacker in. */
    readonly logins: readonly { readonly user: string; readonly password: string }[]
  }[]
  /** Services that could not be given any port. */
  readonly failed: readonly { readonly decky: string; readonly service: string; readonly reason: string }[]
  /** The subnet that this home had before, when another home holds it now. */
  readonly movedFrom: string | null
}

export interface SuperviseOptions {
  readonly home: Home
  readonly listen: { readonly host: string; readonly port: number }
  /** Built console; null serves the API alone. */
  readonly consoleFolder: string | null
  readonly env: NodeJS.ProcessEnv
  /** What happens after the start, for the operator's eyes. */
  readonly notice: (text: string) => void
}

export interface Running extends AsyncDisposable {
  readonly ready: FleetReady
  /** Rejects when the fleet cannot go on. */
  readonly failed: Promise<never>
  stop(): Promise<void>
}

const SENSOR_GRACE_MS = 2_500
const SERVER_GRACE_MS = 2_000

interface StateFile {
  readonly pid: number
  readonly startedAt: number
  readonly ready: FleetReady | null
}

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('decnet')
  } catch {
    return false
  }
}

/** What runs in this home now, or null. */
export function runningIn(home: Home): StateFile | null {
  try {
    const state = JSON.parse(readFileSync(home.stateFile, 'utf8')) as StateFile
    return alive(state.pid) ? state : null
  } catch {
    return null
  }
}

const writeState = (home: Home, ready: FleetReady | null) => {
  const { adminPassword: _never, ...shown } = ready ?? {}
  writeFileSync(home.stateFile, `${JSON.stringify({ pid: process.pid, startedAt: Date.now(), ready: ready ? shown : null })}\n`, {
    mode: 0o600,
  })
}

/** Who the sensor becomes when started as root: `nobody`, or a user of its own where the machine has one. */
function sensorUser(): { uid: number; gid: number } {
  const line =
    /^decnet-sensor:[^:]*:(\d+):(\d+):/mu.exec(readFileSync('/etc/passwd', 'utf8')) ??
    /^nobody:[^:]*:(\d+):(\d+):/mu.exec(readFileSync('/etc/passwd', 'utf8'))
  return { uid: Number(line?.[1] ?? 65_534), gid: Number(line?.[2] ?? 65_534) }
}

/**
 * Starts the server and the sensor and keeps both alive; binds the fleet's addresses itself and hands them on, so that the sensor needs no
 * right and a port stays open while the sensor is started again.
 * @throws {AppError} `already_running`, `home_*`, `no_subnet`, and what the server reports.
 */
export async function supervise(options: SuperviseOptions): Promise<Running> {
  const { home, notice } = options
  prepareHome(home)
  const other = runningIn(home)
  if (other) {
    throw new AppError(`A fleet is running in ${home.path} already (process ${other.pid}).`, {
      code: 'already_running',
      hint: 'Look at it with `decnet status`, stop it with Ctrl-C or kill, or name another home with --home.',
    })
  }
  const claim = await claimSubnet(home.networkFile)
  writeState(home, null)

  const root = process.getuid?.() === 0
  const identity = root ? sensorUser() : undefined
  if (identity) for (const folder of [home.sensor, home.spool, home.artifacts, home.replays]) chownSync(folder, identity.uid, identity.gid)

  let listeners: Listener[] = []
  let plan: readonly DeckyPlan[] = []
  let sensor: Child | undefined
  let serving = false
  let served: { console: string; adminPassword: string | null } | undefined
  let settle: { resolve(): void; reject(error: unknown): void } | undefined
  const started = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject }
  })
  let fail: (error: unknown) => void = () => undefined
  const failed = new Promise<never>((_resolve, reject) => {
    fail = reject
  })
  failed.catch(() => undefined)

  const tellServer = () => server.send({ type: 'fleet', services: listeners.map((listener) => listener.bound), serving } satisfies ToServer)
  const check = () => {
    if (serving && served) settle?.resolve()
  }

  const startSensor = () => {
    sensor = superviseChild({
      name: 'sensor',
      module: fileURLToPath(import.meta.resolve('@decnet/sensor/main')),
      logs: home.logs,
      env: { PATH: options.env.PATH, NODE_ENV: 'production', NODE_COMPILE_CACHE: home.cache },
      // Many idle connections, few live objects: small young space, one helper thread for the collector.
      flags: ['--max-semi-space-size=1', '--v8-pool-size=1'],
      begin(child) {
        child.send({ type: 'serve', directory: home.sensor, ...identity, plan })
        for (const { bound, handle } of listeners) {
          if (handle)
            child.send({ type: 'listener', decky: bound.decky, service: bound.service, port: bound.port }, handle as never, {
              keepOpen: true,
            })
        }
        child.send({ type: 'listening' })
      },
      message(message) {
        if ((message as { type?: unknown } | null)?.type !== 'ready') return
        serving = true
        tellServer()
        check()
      },
      ring: () => server.send({ type: 'ring' } satisfies ToServer),
      died(code, signal, inMs) {
        serving = false
        tellServer()
        notice(`The sensor ended (${signal ?? code}); it starts again in ${inMs} ms.`)
      },
    })
  }

  const server = superviseChild({
    name: 'server',
    module: fileURLToPath(new URL('../main.ts', import.meta.url)),
    logs: home.logs,
    env: { ...options.env, NODE_COMPILE_CACHE: home.cache },
    begin(child) {
      child.send({
        type: 'start',
        home: home.path,
        subnet: claim.subnet,
        listen: options.listen,
        consoleFolder: options.consoleFolder,
      } satisfies ToServer)
    },
    message(message) {
      const said = message as FromServer
      if (said.type === 'plan') {
        if (!sensor) {
          plan = said.plan
          listeners = bindFleet(plan)
          startSensor()
        }
        tellServer()
      } else if (said.type === 'ready') {
        served ??= { console: said.console, adminPassword: said.adminPassword }
        check()
      } else if (said.type === 'failed') {
        const { message, code, hint } = said.error
        const error = new AppError(message, { code, ...(hint === null ? {} : { hint }) })
        settle?.reject(error)
        fail(error)
      }
    },
    died: (code, signal, inMs) =>
      notice(`The server ended (${signal ?? code}); it starts again in ${inMs} ms. Nothing is lost: the sensor goes on writing.`),
  })

  let stopped: Promise<void> | undefined
  const stop = () => {
    stopped ??= (async () => {
      await sensor?.stop(SENSOR_GRACE_MS)
      await server.stop(SERVER_GRACE_MS)
      for (const { handle } of listeners) handle?.close()
      await claim.release()
      rmSync(home.stateFile, { force: true })
    })()
    return stopped
  }

  try {
    await started
  } catch (error) {
    await stop()
    throw error
  }
  const ready = describe(plan, listeners, served, claim.moved)
  writeState(home, ready)
  return { ready, failed, stop, [Symbol.asyncDispose]: stop }
}

function describe(
  plan: readonly DeckyPlan[],
  listeners: readonly Listener[],
  served: { console: string; adminPassword: string | null } | undefined,
  moved: string | null,
): FleetReady {
  const bound = listeners.map((listener) => listener.bound)
  return {
    console: served?.console ?? '',
    ...(served?.adminPassword ? { adminPassword: served.adminPassword } : {}),
    deckies: plan.map((decky) => ({
      name: decky.name,
      ip: decky.ip,
      logins: makePersona(decky).users.flatMap(({ name, password }) => (password === null ? [] : [{ user: name, password }])),
      services: bound.flatMap(({ decky: owner, service, address, port, detail }) =>
        owner === decky.name && port !== null ? [{ name: service, address, port, ...(detail === null ? {} : { note: detail }) }] : [],
      ),
    })),
    failed: bound.flatMap(({ decky, service, port, detail }) => (port === null ? [{ decky, service, reason: detail ?? '' }] : [])),
    movedFrom: moved,
  }
}

import { lchownSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { FleetNetwork } from '@decnet/contracts'
import { AppError, isNodeError } from '@decnet/kernel'
import { type DeckyPlan, makePersona } from '@decnet/persona'
import { type ListenAddress, tryListen } from '../api/try-listen.ts'
import { substrates } from '../fleet/substrates/substrates.ts'
import { type Home, homeUnusable, prepareHome } from '../home.ts'
import { type Child, superviseChild } from './child.ts'
import { compileAhead } from './compile-ahead.ts'
import { createFleet, wordsOf } from './fleet.ts'
import { claimHome } from './home-claim.ts'
import { claimSubnet, type SubnetClaim } from './network.ts'
import type { BoundService, FromServer, ToServer } from './protocol.ts'
import { sensorWire } from './sensor-link.ts'
import { sensorUser } from './sensor-user.ts'
import { writeState } from './state.ts'
import { endStrays, MARK, markOf } from './strays.ts'
import { networkWatcher } from './watcher.ts'

export interface FleetReady {
  /** Absent of an agent, which has none. */
  readonly console?: string
  /** Of an agent: whether NATS answered at the start; until it does, the spool holds. */
  readonly nats?: boolean
  /** Shown once: the home's first start made it. */
  readonly adminPassword?: string
  readonly deckies: readonly {
    readonly name: string
    readonly ip: string
    readonly services: readonly { readonly name: string; readonly address: string; readonly port: number; readonly note?: string }[]
    /** Accounts that let an attacker in. */
    readonly logins: readonly { readonly user: string; readonly password: string }[]
  }[]
  /** What is wanted and could not be made, and is tried again: a service, or (null) a whole decky. */
  readonly failed: readonly { readonly decky: string; readonly service: string | null; readonly reason: string }[]
  /** The subnet that this home had before, when another home holds it now. */
  readonly movedFrom: string | null
}

export interface SuperviseOptions {
  readonly home: Home
  /** `agent`: the events of this host's deckies go to a server elsewhere; nothing is stored or shown here. */
  readonly role?: 'server' | 'agent'
  readonly listen: ListenAddress
  /** Built console; null serves the API alone. */
  readonly consoleFolder: string | null
  readonly env: NodeJS.ProcessEnv
  /** What happens after the start, for the operator's eyes. */
  readonly notice: (text: string) => void
  /** Gives up a start that is not over; what runs is stopped with `stop`. */
  readonly signal?: AbortSignal
}

export interface Running extends AsyncDisposable {
  readonly ready: FleetReady
  /** Rejects when the fleet cannot go on. */
  readonly failed: Promise<never>
  stop(): Promise<void>
}

type Served = Extract<FromServer, { type: 'ready' }>

const SENSOR_GRACE_MS = 2_500
const SERVER_GRACE_MS = 2_000
const ALIVE_MS = 30_000
/** How long after each look at the fleet comes the next, whether it still stands; at containers each is many questions to Docker. */
const CHECK_MS = { loopback: 30_000, netns: 5_000, compose: 30_000 } as const

/**
 * Takes a home and a subnet for it, and says so in the home, once it is sure that the console can listen.
 * @throws {AppError} `already_running`, `port_taken`, `listen_failed`, `no_subnet`, `home_unusable`.
 */
async function takeHome({ home, listen }: SuperviseOptions): Promise<SubnetClaim> {
  const own = await claimHome(home)
  let claim: SubnetClaim | undefined
  try {
    await tryListen(listen)
    claim = await claimSubnet(home.networkFile)
    writeState(home, null)
    await endStrays(markOf(home))
    const { release } = claim
    return { ...claim, release: async () => void (await Promise.all([release(), own.release()])) }
  } catch (error) {
    await claim?.release()
    await own.release()
    throw isNodeError(error) && !(error instanceof AppError) ? homeUnusable(home.path, error) : error
  }
}

/**
 * Starts the server and the sensor and keeps both alive; binds the fleet's addresses itself and hands them on, so that the sensor needs no
 * right and a port stays open while the sensor is started again.
 * @throws {AppError} `already_running`, `home_*`, `no_subnet`, and what the server reports; the signal's reason when that gave up the start,
 * after everything has been stopped.
 */
export async function supervise(options: SuperviseOptions): Promise<Running> {
  const { home, notice } = options
  // Children inherit it: nothing in the home is for others.
  process.umask(0o077)
  prepareHome(home)
  const claim = await takeHome(options)
  const mark = markOf(home)

  const root = process.getuid?.() === 0
  const identity = root ? sensorUser() : undefined
  if (identity) for (const folder of [home.sensor, home.spool, home.artifacts, home.replays]) lchownSync(folder, identity.uid, identity.gid)

  let sensor: Child | undefined
  const wire = sensorWire()
  let trouble: string | null = null
  let served: Served | undefined
  let settle: { resolve(): void; reject(error: unknown): void } | undefined
  const started = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject }
  })
  let fail: (error: unknown) => void = () => undefined
  const failed = new Promise<never>((_resolve, reject) => {
    fail = reject
  })
  failed.catch(() => undefined)

  const childEnv = { PATH: options.env.PATH, NODE_ENV: 'production', NODE_COMPILE_CACHE: home.cache, [MARK]: mark }
  const ring = () => server.send({ type: 'ring' } satisfies ToServer)
  let network: FleetNetwork = { substrate: 'loopback' }
  const watcher = networkWatcher({ home, identity, env: childEnv, ring, notice })
  const fleet = createFleet({
    sensor: wire,
    substrate: substrates({
      mark,
      logs: home.logs,
      env: childEnv,
      containers: {
        home,
        identity: identity ?? { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 },
        dockerHost: options.env.DOCKER_HOST,
        ended: () => void fleet.check(),
        notice,
      },
      died(code, signal) {
        notice(`The root helper ended (${signal ?? code}); it starts again and takes its hosts on.`)
        void fleet.check()
      },
    }),
    report(report) {
      server.send({ type: 'fleet', ...report } satisfies ToServer)
      watcher.follow(network, report.hosts)
      const whole = report.problems.find(({ decky }) => decky === null)
      const words = whole ? wordsOf(whole) : null
      if (words !== null && words !== trouble) notice(words)
      trouble = words
    },
  })
  const tellAlive = () =>
    server.send({
      type: 'alive',
      pid: process.pid,
      restarts: { server: server.restarts, sensor: sensor?.restarts ?? 0 },
      sniffer: watcher.state,
    } satisfies ToServer)
  const alive = setInterval(() => {
    tellAlive()
    // A server that could not write it down then can now.
    fleet.tell()
  }, ALIVE_MS)
  alive.unref()
  let checking: ReturnType<typeof setTimeout> | undefined
  const checkSoon = () => {
    clearTimeout(checking)
    checking = setTimeout(() => void fleet.check().finally(() => (stopped ? undefined : checkSoon())), CHECK_MS[network.substrate])
    checking.unref()
  }
  const check = () => {
    if (wire.serving && served) settle?.resolve()
  }

  const sensorModule = fileURLToPath(import.meta.resolve('@decnet/sensor/main'))
  // While the server starts.
  const over = new AbortController()
  const compiled = compileAhead(sensorModule, childEnv, over.signal)
  const startSensor = () => {
    sensor = superviseChild({
      name: 'sensor',
      module: sensorModule,
      logs: home.logs,
      env: childEnv,
      // Many idle connections, few live objects: small young space, one helper thread for the collector.
      flags: ['--max-semi-space-size=1', '--v8-pool-size=1'],
      begin(child) {
        wire.begin(child, { type: 'serve', directory: home.sensor, ...identity }, fleet)
      },
      message(message) {
        const before = wire.serving
        if (wire.heard(message) !== 'ready' || before) return
        fleet.tell()
        check()
      },
      ring,
      died(code, signal, inMs) {
        wire.away()
        fleet.tell()
        tellAlive()
        notice(`The sensor ended (${signal ?? code}); it starts again in ${inMs} ms.`)
      },
    })
  }

  const server = superviseChild({
    name: 'server',
    module: fileURLToPath(new URL(options.role === 'agent' ? '../agent.ts' : '../main.ts', import.meta.url)),
    logs: home.logs,
    env: { ...options.env, NODE_COMPILE_CACHE: home.cache, [MARK]: mark },
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
        network = said.network
        checkSoon()
        void fleet.converge(said).then(async () => {
          await compiled
          if (!stopped && !sensor) startSensor()
        })
      } else if (said.type === 'ready') {
        served ??= said
        tellAlive()
        check()
      } else if (said.type === 'failed') {
        const { message, code, hint } = said.error
        // Once it has served, what stands in its way may pass (a full disk): it is started again, and the sensor goes on meanwhile.
        if (served) return notice(`The server cannot start: ${message}${hint === null ? '' : ` ${hint}`}`)
        const error = new AppError(message, { code, ...(hint === null ? {} : { hint }) })
        settle?.reject(error)
        fail(error)
        // It will not be better the next time: not started again while everything else is stopped.
        void server.stop(SERVER_GRACE_MS)
      }
    },
    died: (code, signal, inMs) =>
      notice(`The server ended (${signal ?? code}); it starts again in ${inMs} ms. Nothing is lost: the sensor goes on writing.`),
  })

  let stopped: Promise<void> | undefined
  const stop = () => {
    stopped ??= (async () => {
      over.abort()
      try {
        writeState(home, null, true)
      } catch (error) {
        notice(`That it stops could not be written down: ${String(error)}`)
      }
      clearInterval(alive)
      clearTimeout(checking)
      await compiled
      await Promise.all([sensor?.stop(SENSOR_GRACE_MS), watcher.stop()])
      // Nobody is left to answer whoever waits for it.
      wire.away()
      await Promise.all([server.stop(SERVER_GRACE_MS), fleet.remove()])
      rmSync(home.stateFile, { force: true })
      await claim.release()
    })()
    return stopped
  }

  const giveUp = () => settle?.reject(options.signal?.reason)
  options.signal?.addEventListener('abort', giveUp, { once: true })
  if (options.signal?.aborted) giveUp()
  try {
    await started
  } catch (error) {
    await stop()
    throw error
  } finally {
    options.signal?.removeEventListener('abort', giveUp)
  }
  const ready = describe(fleet.plan, fleet.services, served, claim.moved)
  try {
    writeState(home, ready)
  } catch (error) {
    notice(`What runs could not be written down, so that \`decnet status\` does not know it: ${String(error)}`)
  }
  return { ready, failed, stop, [Symbol.asyncDispose]: stop }
}

function describe(
  plan: readonly DeckyPlan[],
  services: readonly BoundService[],
  served: Served | undefined,
  moved: string | null,
): FleetReady {
  const up = new Set(plan.map(({ name }) => name))
  const down = new Map(services.flatMap(({ decky, detail }) => (up.has(decky) ? [] : [[decky, detail] as const])))
  return {
    ...(typeof served?.console === 'string' ? { console: served.console } : {}),
    ...(served?.natsAnswers === undefined ? {} : { nats: served.natsAnswers }),
    ...(served?.adminPassword ? { adminPassword: served.adminPassword } : {}),
    deckies: plan.map((decky) => ({
      name: decky.name,
      ip: decky.ip,
      logins: makePersona(decky).users.flatMap(({ name, password }) => (password === null ? [] : [{ user: name, password }])),
      services: services.flatMap(({ decky: owner, service, address, port, detail }) =>
        owner === decky.name && port !== null ? [{ name: service, address, port, ...(detail === null ? {} : { note: detail }) }] : [],
      ),
    })),
    failed: [
      ...[...down].map(([decky, reason]) => ({ decky, service: null, reason: reason ?? '' })),
      ...services.flatMap(({ decky, service, port, detail }) =>
        port === null && up.has(decky) ? [{ decky, service, reason: detail ?? '' }] : [],
      ),
    ],
    movedFrom: moved,
  }
}

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Role } from '@decnet/contracts/api'
import { AppError } from '@decnet/kernel'
import { type Bus, createMemoryBus } from '@decnet/kernel/bus'
import type { NewLogRecord } from '@decnet/kernel/log'
import { exampleRecord } from '@decnet/kernel/log/conformance'
import { createLogger } from '@decnet/kernel/logging'
import { announcer, runWorker } from '@decnet/kernel/worker'
import { services } from '@decnet/services'
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'
import { recordFleetState } from '../fleet/record-state.ts'
import { type Home, homeAt, prepareHome } from '../home.ts'
import { logTable } from '../store/log-table.ts'
import { migrate, openStore, type Store } from '../store/open.ts'
import { ensurePlan } from '../store/plan.ts'
import { reads } from '../store/reads.ts'
import { hashPassword } from '../store/users.ts'
import { writes } from '../store/writes.ts'
import type { Pipeline } from '../threads/pipeline.ts'
import type { Call, Operations } from '../threads/rpc.ts'
import credentials from '../workers/credentials/worker.ts'
import profiler from '../workers/profiler/worker.ts'
import reuseCorrelator from '../workers/reuse-correlator/worker.ts'
import { buildApp } from './app.ts'
import { loginLimits } from './auth/login-limits.ts'
import type { ApiContext } from './context.ts'
import { type LiveTiming, liveTail } from './live.ts'
import { workerBoard } from './worker-board.ts'

export const T0 = Date.parse('2026-11-21T12:00:00.000Z')
export const PASSWORD = 'correct-horse-battery'

/** Calls operations here as if they were another thread's: arguments and answers are copies. */
const direct =
  <Ops extends Operations>(operations: Ops): Call<Ops> =>
  async (name, args) => {
    const operation = operations[name] as ((args: unknown) => Promise<never>) | undefined
    if (!operation) throw new Error(`no such operation: ${name}`)
    return structuredClone(await operation(structuredClone(args)))
  }

/** The pipeline's operations over this store, with the real folds, and nothing that reads a spool. */
function pipelineOver(store: Store, bus: Bus) {
  const log = logTable(store)
  const silent = createLogger({ name: 'test', level: 'silent' })
  const workers = new Map(
    [credentials, profiler, reuseCorrelator].map((worker) => [worker.name, runWorker(worker, { log, bus, logger: silent })]),
  )
  const named = (name: string) => {
    const worker = workers.get(name)
    if (!worker) throw new AppError(`There is no worker ${name}.`, { code: 'worker_unknown', status: 404 })
    return worker
  }
  const operations: Pipeline = {
    ...writes(store),
    'fleet.plan': (options) => ensurePlan(store.db, { ...options, knownServices: services }),
    async 'fleet.record'(args) {
      announcer(bus.as('fleet'))(await recordFleetState(log, args.services, args.serving, args.now))
    },
    'workers.list': () =>
      Promise.all(
        [...workers.values()].map(async (worker) => ({
          name: worker.name,
          summary: worker.summary,
          kind: worker.kind,
          ...(await worker.status()),
        })),
      ),
    async 'workers.start'({ name }) {
      const wasRunning = (await named(name).status()).state === 'running'
      named(name).start()
      return { wasRunning }
    },
    'workers.stop': ({ name }) => named(name).stop(),
    run: async () => workers.forEach((worker) => void worker.start()),
    ring: async () => workers.forEach((worker) => void worker.ring()),
    async close() {
      for (const worker of workers.values()) await worker.close()
    },
  }
  return operations
}

export interface ApiRig extends AsyncDisposable {
  readonly app: FastifyInstance
  readonly context: ApiContext
  readonly store: Store
  readonly home: Home
  readonly bus: Bus
  /** What the server has logged, as lines. */
  readonly logged: string[]
  /** Moves the clock of limits and logins. */
  pass(ms: number): void
  /** Appends records as the ingester would, rings, and lets every fold finish. */
  feed(...records: readonly Partial<NewLogRecord>[]): Promise<void>
  addUser(username: string, role: Role, options?: { readonly mustChange?: boolean }): Promise<string>
  login(username: string, password?: string): Promise<string>
  request(method: string, path: string, options?: RequestOptions): Promise<LightMyRequestResponse>
}
export interface RequestOptions {
  readonly token?: string | undefined
  readonly body?: unknown
  readonly headers?: Record<string, string>
  readonly query?: Record<string, string>
  readonly address?: string
}

/** The whole application over a database of its own, with the users `ana` (admin) and `vic` (viewer), on no port. */
export async function openApi(
  options: { readonly bus?: Bus; readonly timing?: LiveTiming; readonly console?: string } = {},
): Promise<ApiRig> {
  const folder = mkdtempSync(join(tmpdir(), 'api-'))
  const home = homeAt(join(folder, 'home'))
  prepareHome(home)
  const store = openStore(home.database)
  await migrate(store, home.database)
  const bus = options.bus ?? createMemoryBus()
  let moved = 0
  const now = () => T0 + moved
  const logged: string[] = []
  const logger = createLogger({ name: 'test', level: 'silent' })
  logger.error = ((fields: unknown, message: string) => void logged.push(JSON.stringify([fields, message]))) as typeof logger.error
  const read = direct(reads(store))
  const pipeline = pipelineOver(store, bus)
  const write = direct(pipeline)
  const live = liveTail(bus, read, options.timing)
  const board = workerBoard({ bus, write, file: home.workersFile, now })
  const context: ApiContext = { read, write, bus, home, logger, live, board, limits: loginLimits(now), now }
  let consoleFolder: string | null = null
  if (options.console !== undefined) {
    consoleFolder = join(folder, 'console')
    mkdirSync(consoleFolder)
    writeFileSync(join(consoleFolder, 'index.html'), options.console)
  }
  const app = await buildApp(context, consoleFolder)
  await app.ready()
  await pipeline.run()

  const rig: ApiRig = {
    app,
    context,
    store,
    home,
    bus,
    logged,
    pass(ms) {
      moved += ms
    },
    async feed(...records) {
      const whole = records.map((record, index) => exampleRecord({ ts: T0 + index, ...record }))
      await logTable(store).transaction((_tx, log) => log.append(whole))
      bus.as('ingester').publish('system.log', { component: 'ingester', flushed: whole.length, position: 0 }, 'batch_committed')
      for (let idle = 0; idle < 3; ) {
        await pipeline.ring()
        await new Promise((resolve) => setTimeout(resolve, 2))
        idle = (await pipeline['workers.list']()).every((worker) => worker.state === 'stopped' || worker.lag === 0) ? idle + 1 : 0
      }
    },
    addUser: async (username, role, { mustChange = false } = {}) =>
      write('users.create', { username, role, passwordHash: await hashPassword(PASSWORD), mustChangePassword: mustChange, now: now() }),
    async login(username, password = PASSWORD) {
      const answer = await rig.request('POST', '/auth/login', { body: { username, password } })
      if (answer.statusCode !== 200) throw new Error(`login: ${answer.statusCode} ${answer.body}`)
      return answer.json<{ access_token: string }>().access_token
    },
    request(method, path, { token, body, headers, query, address } = {}) {
      const wanted: InjectOptions = {
        method: method as 'GET',
        url: path.startsWith('/api') ? path : `/api/v1${path}`,
        headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...headers },
        ...(query === undefined ? {} : { query }),
        ...(address === undefined ? {} : { remoteAddress: address }),
        ...(body === undefined ? {} : { payload: body as object }),
      }
      return app.inject(wanted)
    },
    async [Symbol.asyncDispose]() {
      live.close()
      board.close()
      await app.close()
      await pipeline.close()
      await bus.close()
      await store.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  await rig.addUser('ana', 'admin')
  await rig.addUser('vic', 'viewer')
  return rig
}

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Role } from '@decnet/contracts/api'
import { type Bus, createMemoryBus } from '@decnet/kernel/bus'
import type { NewLogRecord } from '@decnet/kernel/log'
import { exampleRecord } from '@decnet/kernel/log/conformance'
import { createLogger } from '@decnet/kernel/logging'
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'
import { indexRules } from '../domain/ttp/engine/index-of-rules.ts'
import { type Home, homeAt, prepareHome } from '../home.ts'
import type { ProberSettings } from '../probe/settings.ts'
import { ruleDesk } from '../rules/rule-desk.ts'
import { type RuleBook, ruleBook } from '../rules/rule-set.ts'
import { logTable } from '../store/log-table.ts'
import { migrate, openStore, type Store } from '../store/open.ts'
import { reads } from '../store/reads.ts'
import { similarReads } from '../store/similar.ts'
import { hashPassword } from '../store/users.ts'
import { pipelineOperations } from '../threads/operations.ts'
import type { Call, Operations } from '../threads/rpc.ts'
import { memoryVectors } from '../vectors/memory.ts'
import type { VectorStore } from '../vectors/port.ts'
import { manifests } from '../workers/manifests.ts'
import { buildApp } from './app.ts'
import { loginLimits } from './auth/login-limits.ts'
import type { ApiContext } from './context.ts'
import { type LiveTiming, liveTail } from './live.ts'
import { workerBoard } from './worker-board.ts'

export const T0 = Date.parse('2026-11-21T12:00:00.000Z')
export const PASSWORD = 'correct-horse-battery'
/** Made once: to hash takes long on purpose. */
let hashed: Promise<string> | undefined
const hash = () => {
  hashed ??= hashPassword(PASSWORD)
  return hashed
}

/** Calls operations here as if they were another thread's: arguments and answers are copies. */
const direct =
  <Ops extends Operations>(operations: Ops): Call<Ops> =>
  async (name, args) => {
    const operation = operations[name] as ((args: unknown) => Promise<never>) | undefined
    if (!operation) throw new Error(`no such operation: ${name}`)
    return structuredClone(await operation(structuredClone(args)))
  }

const QUICK = { settleMs: 10, lookMs: 50 }

/** The pipeline's operations over this store, with the real folds, and nothing that reads a spool. */
const hosted = manifests.filter(({ alone }) => alone)
const pipelineOver = (store: Store, bus: Bus, vectors: VectorStore, own: RuleBook['own'], now: () => number, prober?: ProberSettings) =>
  pipelineOperations({
    store,
    bus,
    log: logTable(store),
    logger: createLogger({ name: 'test', level: 'silent' }),
    intakes: { list: async () => [] },
    retention: {},
    prober,
    recordings: { read: async () => null },
    rules: { set: async () => ({ index: indexRules([]), release: '18' }), own },
    vectors,
    now,
    manifests: hosted,
    vitals: () => ({}),
  })

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
  options: {
    readonly bus?: Bus
    readonly timing?: LiveTiming
    readonly console?: string
    readonly vectors?: VectorStore
    readonly prober?: ProberSettings
  } = {},
): Promise<ApiRig> {
  const folder = mkdtempSync(join(tmpdir(), 'api-'))
  const home = homeAt(join(folder, 'home'))
  prepareHome(home)
  const store = await openStore(home.database)
  await migrate(store)
  const bus = options.bus ?? createMemoryBus()
  let moved = 0
  const now = () => T0 + moved
  const logged: string[] = []
  const logger = createLogger({ name: 'test', level: 'silent' })
  logger.error = ((fields: unknown, message: string) => void logged.push(JSON.stringify([fields, message]))) as typeof logger.error
  const vectors = options.vectors ?? memoryVectors()
  const read = direct(reads(store))
  const similar = direct(similarReads(store.db, vectors))
  const book = ruleBook(home, { timing: QUICK })
  const desk = ruleDesk(home, store.db, QUICK)
  const pipeline = pipelineOver(store, bus, vectors, book.own, now, options.prober)
  const write = direct(pipeline)
  const live = liveTail(bus, read, options.timing)
  const board = workerBoard({ bus, read, write, file: home.workersFile, now })
  const context: ApiContext = { read, write, similar, rules: direct(desk), bus, home, logger, live, board, limits: loginLimits(now), now }
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
        for (const { name } of hosted) await pipeline['workers.ring']({ name })
        await new Promise((resolve) => setTimeout(resolve, 2))
        idle = (await pipeline['workers.list']()).every((worker) => worker.state === 'stopped' || (worker.lag ?? 0) === 0) ? idle + 1 : 0
      }
    },
    addUser: async (username, role, { mustChange = false } = {}) =>
      write('users.create', { username, role, passwordHash: await hash(), mustChangePassword: mustChange, now: now() }),
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
      await desk['rules.closeDesk']()
      await pipeline.close()
      await book[Symbol.asyncDispose]()
      await bus.close()
      await store.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  await rig.addUser('ana', 'admin')
  await rig.addUser('vic', 'viewer')
  return rig
}

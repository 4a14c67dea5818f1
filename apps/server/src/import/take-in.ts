import { existsSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { AppError } from '@decnet/kernel'
import { createMemoryBus } from '@decnet/kernel/bus'
import { createLogger } from '@decnet/kernel/logging'
import { type Environment, vectorSettings } from '../config.ts'
import { importSource } from '../domain/import-source.ts'
import type { Home } from '../home.ts'
import { recordingsIn } from '../recordings.ts'
import { release } from '../release.ts'
import { ruleBook } from '../rules/rule-set.ts'
import type { Layer } from '../store/groups.ts'
import { linkageState } from '../store/linkage-state.ts'
import { logTable } from '../store/log-table.ts'
import type { Store } from '../store/open.ts'
import { workerDesires } from '../store/worker-desires.ts'
import { openVectors } from '../vectors/open.ts'
import { hostWorkers, type WorkerHost } from '../workers/host.ts'
import { manifests } from '../workers/manifests.ts'
import { vitals } from '../workers/vitals.ts'
import { importFolders } from './folders.ts'
import { importIntakes } from './import-intakes.ts'

const LOOK_MS = 100
/** Each look asks what every fold has yet to read. */
const FOLDS_LOOK_MS = 400
/** Nothing else comes, so that a short time without a record is the end of them. */
const QUIET_MS = 200
/** Nobody waits for the database: what a fold writes again with each batch it writes a tenth as often. */
const BATCHES = 10
/** Whoever brings in order what it wrote once that is so. */
const LINKED: Readonly<Record<string, Layer>> = { 'identity-clusterer': 'identity', 'campaign-clusterer': 'campaign' }
/** Folds that do not move for so long are busy with something else, or stopped elsewhere. */
const PATIENCE_MS = 30_000

export interface Waiting {
  readonly store: Store
  /** The import's folder, there until everything in it is committed. */
  readonly folder: string
  readonly name: string
  /** The log's last record before the import. */
  readonly head: number
  /** This process does the work itself. */
  readonly ours: boolean
  /** Told what is being waited for: records that came to the log, or that folds have yet to read. */
  readonly progress: (stage: 'log' | 'folds', records: number) => void
  /** Throws when nobody is there any more to do the work. */
  readonly check: () => Promise<void>
  /** Tells whoever takes in that there is more. */
  readonly ring: () => void
}

/** Rows that an import brought since `head`. */
async function rowsOf({ store, name, head }: Pick<Waiting, 'store' | 'name' | 'head'>): Promise<number> {
  const row = await store.db
    .selectFrom('log')
    .select((eb) => eb.fn.countAll<number>().as('rows'))
    .where('seq', '>', head)
    .where('source', '=', importSource(name))
    .where('topic', '=', 'system.log')
    .where((eb) => eb.not(eb.and([eb('type', '=', 'tick'), eb('decky', '=', 'import')])))
    .executeTakeFirst()
  return Number(row?.rows ?? 0)
}

/**
 * Records that folds have yet to read, all together, or one while what they wrote has yet to be brought in order; folds that were stopped are not
 * waited for, nor where others run them those that nobody ran.
 */
async function behind({ store, ours }: Waiting): Promise<number> {
  const log = logTable(store)
  const wishes = await workerDesires(store.db)
  const head = await log.head()
  let unread = 0
  let unsettled = 0
  for (const { definition } of manifests) {
    if (definition?.kind !== 'fold' || wishes[definition.name]?.stopped) continue
    const layer = LINKED[definition.name]
    if (layer && !(await linkageState(store.db, layer)).settled) unsettled = 1
    const reached = (await log.shares(definition.name)).map(({ seq }) => seq)
    if (reached.length === 0 && !ours) continue
    const patterns = definition.reads.map(({ pattern }) => pattern)
    const { records } = await log.read(reached.length === 0 ? 0 : Math.min(...reached), 1, patterns)
    if (records[0] !== undefined) unread += Math.max(1, head - records[0].seq + 1)
  }
  return unread + unsettled
}

/**
 * Waits until a spool is in the log and the folds have seen it. Answers how many of its events are new, and whether the folds are through; where they
 * do not move for a long time they are not waited for.
 */
export async function untilTakenIn(waiting: Waiting): Promise<{ readonly events: number; readonly folded: boolean }> {
  const { store, folder, progress, check, ring } = waiting
  const log = logTable(store)
  while (existsSync(folder)) {
    await check()
    ring()
    progress('log', (await log.head()) - waiting.head)
    await pause(LOOK_MS)
  }
  let rest = await behind(waiting)
  for (let since = performance.now(), before = rest; rest > 0 && performance.now() - since < PATIENCE_MS; before = rest) {
    await check()
    progress('folds', rest)
    await pause(FOLDS_LOOK_MS)
    rest = await behind(waiting)
    if (rest !== before) since = performance.now()
  }
  return { events: await rowsOf(waiting), folded: rest === 0 }
}

/** Takes imports in by workers of this process, where no server runs. `coming`: there is more to take in before anybody thinks about it. */
export async function hostForImports(store: Store, env: Environment, home: Home, coming: () => boolean) {
  const bus = createMemoryBus()
  const intakes = importIntakes(importFolders(home).waiting)
  const logger = createLogger({ name: 'import', level: env.logLevel === 'debug' ? 'debug' : 'warn' })
  const vectors = await openVectors(vectorSettings(env, home), logger)
  const rules = ruleBook(home, { logger })
  const host: WorkerHost = hostWorkers({
    manifests: manifests.filter(({ name, kind }) => name === 'ingester' || kind === 'fold'),
    parts: {
      log: logTable(store),
      intakes,
      db: store.db,
      retention: {},
      recordings: recordingsIn(home),
      vectors,
      rules,
      now: Date.now,
      logger,
    },
    bus,
    logger,
    inTurn: { quietMs: QUIET_MS, batches: BATCHES, coming },
    quarantineAfter: env.quarantineAfter,
    vitals: vitals(release),
  })
  await host.run()
  return {
    /** There is more to take in. */
    ring: () => host.ring('ingester'),
    /** @throws {AppError} `worker_quarantined` when one of them cannot go on. */
    async check(): Promise<void> {
      const failed = (await host.list()).find(({ state }) => state === 'quarantined')
      if (failed)
        throw new AppError(`The worker ${failed.name} cannot go on: ${failed.lastError ?? 'it fails'}.`, {
          code: 'worker_quarantined',
          hint: 'What was imported waits in the home; it is taken in when that is mended.',
        })
    },
    async [Symbol.asyncDispose]() {
      await host.close()
      await rules[Symbol.asyncDispose]()
      await vectors[Symbol.asyncDispose]()
      await intakes[Symbol.asyncDispose]()
      await bus.close()
    },
  }
}

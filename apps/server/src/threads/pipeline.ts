import { setPriority } from 'node:os'
import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { createLogger } from '@decnet/kernel/logging'
import { type BusSettings, joinBus, type NatsSettings, remoteIntakes } from '../connections.ts'
import { mutationSpool } from '../fleet/tell-mutation.ts'
import { homeAt } from '../home.ts'
import { importFolders } from '../import/folders.ts'
import { importIntakes } from '../import/import-intakes.ts'
import { homeIntakes } from '../intake/home-intakes.ts'
import type { ProberSettings } from '../probe/settings.ts'
import { recordingsIn } from '../recordings.ts'
import { ruleBook } from '../rules/rule-set.ts'
import { refuseHalfCopied } from '../store/copy.ts'
import { logTable } from '../store/log-table.ts'
import { migrate, openStore } from '../store/open.ts'
import { remakeVectors } from '../store/remake-vectors.ts'
import { openVectors, type VectorSettings } from '../vectors/open.ts'
import { workersNamed } from '../workers/manifests.ts'
import type { Retention } from '../workers/retention/rules.ts'
import { vitals } from '../workers/vitals.ts'
import { pipelineOperations } from './operations.ts'
import { serveOperations } from './rpc.ts'
import { startFailure } from './start-failure.ts'

const NICENESS = 3

export interface PipelineData {
  /** A path or a URL. */
  readonly database: string
  /** Its folder. */
  readonly home: string
  readonly bus: BusSettings
  /** Where sensors on other hosts send their lines; null where there are none. */
  readonly remote: NatsSettings | null
  readonly retention: Retention
  readonly prober: ProberSettings | undefined
  readonly vectors: VectorSettings
  readonly logLevel: string
  readonly build: string
  /** Names of the workers to run here. */
  readonly workers: readonly string[]
  readonly quarantineAfter: number | undefined
}

/** The thread that owns the only writing connection: ingest, folds, and the API's writes as whole operations. */
async function pipeline(data: PipelineData) {
  const logger = createLogger({ name: 'pipeline', level: data.logLevel })
  const store = await openStore(data.database)
  await migrate(store)
  await refuseHalfCopied(store)
  const bus = await joinBus(data.bus, 'pipeline', logger)
  const remote = data.remote ? await remoteIntakes(data.remote, logger) : null
  const spools = homeIntakes(homeAt(data.home))
  const mutationLines = mutationSpool(join(homeAt(data.home).sources, 'mutator', 'spool'))
  const imports = importIntakes(importFolders({ path: data.home }).waiting)
  const vectors = await openVectors(data.vectors, logger)
  if (await remakeVectors(store.db, vectors)) logger.info('vectors are made again from the log')
  const rules = ruleBook(homeAt(data.home), { logger })
  // Before the first evidence comes: it takes a second, and whoever asks waits within a transaction.
  if (data.workers.includes('ttp-tagger')) rules.set(store.db).catch((err: unknown) => logger.error({ err }, 'the rules cannot be read'))
  const operations = pipelineOperations({
    store,
    bus,
    logger,
    log: logTable(store),
    intakes: { list: async () => [...(await spools.list()), ...(await imports.list()), ...((await remote?.list()) ?? [])] },
    retention: data.retention,
    prober: data.prober,
    recordings: recordingsIn(homeAt(data.home)),
    mutationLines,
    vectors,
    rules,
    manifests: workersNamed(data.workers),
    quarantineAfter: data.quarantineAfter,
    vitals: vitals(data.build),
  })
  return {
    ...operations,
    async close() {
      await operations.close()
      await mutationLines[Symbol.asyncDispose]()
      await rules[Symbol.asyncDispose]()
      await vectors[Symbol.asyncDispose]()
      await spools[Symbol.asyncDispose]()
      await imports[Symbol.asyncDispose]()
      await remote?.[Symbol.asyncDispose]()
      await bus.close()
      await store.close()
    },
  }
}

if (parentPort) {
  const port = parentPort
  // Where threads have priorities of their own (Linux): what floods in waits on disk, who asks or attacks does not wait.
  setPriority(NICENESS)
  try {
    serveOperations(port, await pipeline(workerData as PipelineData))
    port.postMessage({ ready: true })
  } catch (error) {
    port.postMessage(startFailure(error))
  }
}

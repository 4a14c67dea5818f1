import { setPriority } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import { AppError } from '@decnet/kernel'
import { openBus } from '@decnet/kernel/bus'
import { createLogger } from '@decnet/kernel/logging'
import { announcer, type RunningWorker, runWorker } from '@decnet/kernel/worker'
import { services } from '@decnet/services'
import { recordFleetState } from '../fleet/record-state.ts'
import { spoolIntake } from '../intake/spool-intake.ts'
import { logTable } from '../store/log-table.ts'
import { migrate, openStore } from '../store/open.ts'
import { ensurePlan } from '../store/plan.ts'
import { isTransient } from '../store/transient.ts'
import { stoppedWorkers, writes } from '../store/writes.ts'
import type { BoundService } from '../supervisor/protocol.ts'
import credentials from '../workers/credentials/worker.ts'
import { ingester } from '../workers/ingester/worker.ts'
import profiler from '../workers/profiler/worker.ts'
import reuseCorrelator from '../workers/reuse-correlator/worker.ts'
import { serveOperations } from './rpc.ts'

const NICENESS = 3

export interface PipelineData {
  readonly database: string
  readonly spool: string
  readonly bus: { readonly enabled: boolean; readonly type: string; readonly socketPath: string }
  readonly logLevel: string
}

/** The thread that owns the only writing connection: ingest, folds, and the API's writes as whole operations. */
async function pipeline(data: PipelineData) {
  const logger = createLogger({ name: 'pipeline', level: data.logLevel })
  const store = openStore(data.database)
  await migrate(store, data.database)
  const log = logTable(store)
  const bus = await openBus({ ...data.bus, role: 'client', name: 'pipeline' }, logger)
  const intake = spoolIntake({ directory: data.spool, source: 'sensor' })

  const workers = new Map<string, RunningWorker>()
  for (const worker of [ingester(intake, log), credentials, profiler, reuseCorrelator]) {
    // A flood reaches the log, and whoever watches it, before it is thought about; then each gives way to those whose records it reads.
    const before = [...workers.values()]
    const givesWay = () => before.some(({ busy }) => busy)
    workers.set(worker.name, runWorker(worker, { log, bus, logger, transient: isTransient, givesWay }))
  }
  const named = (name: string) => {
    const worker = workers.get(name)
    if (!worker) throw new AppError(`There is no worker ${name}.`, { code: 'worker_unknown', status: 404 })
    return worker
  }
  const announceFleet = announcer(bus.as('fleet'))

  const own = writes(store)
  return {
    ...own,
    'fleet.plan': (options: { subnet: string; now: number }) => ensurePlan(store.db, { ...options, knownServices: services }),
    async 'fleet.record'(args: { services: BoundService[]; serving: boolean; now: number }) {
      announceFleet(await recordFleetState(log, args.services, args.serving, args.now))
    },
    async 'workers.list'() {
      const list = [...workers.values()]
      return Promise.all(
        list.map(async (worker) => ({ name: worker.name, summary: worker.summary, kind: worker.kind, ...(await worker.status()) })),
      )
    },
    async 'workers.start'({ name }: { name: string }) {
      const worker = named(name)
      const wasRunning = (await worker.status()).state === 'running'
      await own['workers.desire']({ name, stopped: false })
      worker.start()
      return { wasRunning }
    },
    async 'workers.stop'({ name }: { name: string }) {
      const worker = named(name)
      await own['workers.desire']({ name, stopped: true })
      await worker.stop()
    },
    async run() {
      const stopped = await stoppedWorkers(store.db)
      for (const worker of workers.values()) if (!stopped.includes(worker.name)) worker.start()
    },
    async ring() {
      workers.get('ingester')?.ring()
    },
    /** What the spool holds is taken in and folded before the database closes. */
    async close() {
      for (const worker of workers.values()) await worker.close()
      await intake[Symbol.asyncDispose]()
      await bus.close()
      await store.close()
    },
  }
}
export type Pipeline = Awaited<ReturnType<typeof pipeline>>

if (parentPort) {
  const port = parentPort
  // Where threads have priorities of their own (Linux): what floods in waits on disk, who asks or attacks does not wait.
  setPriority(NICENESS)
  try {
    serveOperations(port, await pipeline(workerData as PipelineData))
    port.postMessage({ ready: true })
  } catch (error) {
    const app = error instanceof AppError ? { code: error.code, ...(error.hint === undefined ? {} : { hint: error.hint }) } : {}
    port.postMessage({ failed: { message: error instanceof Error ? error.message : String(error), ...app } })
  }
}

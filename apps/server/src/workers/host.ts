import { topics } from '@decnet/contracts/topics'
import { AppError } from '@decnet/kernel'
import type { Bus } from '@decnet/kernel/bus'
import type { Logger } from '@decnet/kernel/logging'
import { Doorbell, type RunningWorker, runWorker, type WorkerStatus } from '@decnet/kernel/worker'
import { isStructural } from '../store/structural.ts'
import { isTransient } from '../store/transient.ts'
import { type WorkerDesires, workerDesires } from '../store/worker-desires.ts'
import type { Manifest, WorkerParts } from './manifests.ts'

/** Wishes that nobody announced are found after this time. */
const LOOK_MS = 2_000

export interface HostOptions {
  readonly manifests: readonly Manifest[]
  readonly parts: WorkerParts
  readonly bus: Bus
  readonly logger: Logger
  /** Whoever is listed later works when those before are through: nothing else is to be done, and nobody watches. */
  readonly inTurn?:
    | {
        readonly quietMs: number
        readonly batches: number
        /** While it answers true folds wait: more comes, and what they say must not hang on how much was there when they looked. */
        readonly coming: () => boolean
      }
    | undefined
  /** Failures in a row after which a worker is left alone for a while; the kernel's own number where absent. */
  readonly quarantineAfter?: number | undefined
  /** More members of every heartbeat: whose process it is. */
  readonly vitals: () => Record<string, unknown>
}

export interface HostedWorker extends WorkerStatus {
  readonly name: string
}

/** Workers that one process runs as operators want them, with or without a bus. */
export interface WorkerHost extends AsyncDisposable {
  list(): Promise<HostedWorker[]>
  /** Starts what is to run; from then on wishes are obeyed, each once. */
  run(): Promise<void>
  /** Looks for new wishes now. Resolves when they are carried out. */
  obey(): Promise<void>
  /** There may be work. */
  ring(name: string): void
  close(): Promise<void>
}

export function hostWorkers(options: HostOptions): WorkerHost {
  const { bus, logger } = options
  const { log, db } = options.parts
  const workers = new Map<string, RunningWorker>()
  for (const manifest of options.manifests) {
    // A flood reaches the log, and whoever watches it, before it is thought about; then each gives way to those whose records it reads.
    const before = [...workers.values()]
    const others = () => before.some(({ busy }) => busy)
    const { inTurn } = options
    const waits = () => others() || (worker.kind === 'fold' && inTurn?.coming() === true)
    const worker = manifest.make(options.parts)
    const running = runWorker(worker, {
      log,
      bus,
      logger,
      transient: isTransient,
      structural: isStructural,
      ...(inTurn ? { waits, quietMs: inTurn.quietMs, batches: inTurn.batches } : { givesWay: others }),
      extra: options.vitals,
      ...(options.quarantineAfter !== undefined && { quarantine: { after: options.quarantineAfter } }),
    })
    workers.set(manifest.name, running)
  }

  let seen: WorkerDesires | undefined
  let turn: Promise<void> = Promise.resolve()
  async function carryOut(): Promise<void> {
    const wishes = await workerDesires(db)
    const before = seen
    seen = wishes
    for (const [name, worker] of workers) {
      const wished = wishes[name]
      if (before && wished?.revision === before[name]?.revision) continue
      if (wished?.stopped) await worker.stop()
      else worker.start()
    }
  }
  const obey = () => {
    const mine = turn.then(carryOut)
    turn = mine.catch(() => undefined)
    return mine
  }

  const bell = new Doorbell()
  let closed = false
  let looking: Promise<void> = Promise.resolve()
  const subscription = bus.as('worker-host').subscribe(topics.workerControl.pattern)
  void (async () => {
    for await (const event of subscription) if (event) bell.ring()
  })()
  async function look(): Promise<void> {
    while (!closed) {
      await bell.wait(LOOK_MS)
      if (closed) return
      await obey().catch((err: unknown) => logger.warn({ err }, 'what operators want of workers could not be read'))
    }
  }

  return {
    list: () => Promise.all([...workers].map(async ([name, worker]) => ({ name, ...(await worker.status()) }))),
    async run() {
      await obey()
      looking = look()
    },
    obey,
    ring(name) {
      const worker = workers.get(name)
      if (!worker) throw new AppError(`There is no worker ${name}.`, { code: 'worker_unknown', status: 404 })
      worker.ring()
    },
    async close() {
      closed = true
      bell.ring()
      subscription.close()
      await looking
      await turn
      // In the order of the start: what the spool holds is taken in first.
      for (const worker of workers.values()) await worker.close()
    },
    [Symbol.asyncDispose]() {
      return this.close()
    },
  }
}

import { setTimeout as pause } from 'node:timers/promises'
import { AppError } from '@decnet/kernel'
import { createMemoryBus } from '@decnet/kernel/bus'
import type { Logger } from '@decnet/kernel/logging'
import { runWorker } from '@decnet/kernel/worker'
import type { Home } from '../home.ts'
import { ruleBook } from '../rules/rule-set.ts'
import type { TtpBackfillTable } from '../store/backfill-table.ts'
import { type BackfillRequest, backfillOf, requestBackfill } from '../store/backfills.ts'
import { logTable } from '../store/log-table.ts'
import { migrate, openStore, type Store } from '../store/open.ts'
import { isTransient } from '../store/transient.ts'
import { workerDesires } from '../store/worker-desires.ts'
import { runningIn } from '../supervisor/state.ts'
import { ttpBackfill } from '../workers/ttp-backfill/worker.ts'

const LOOK_MS = 200
/** A run that a server does not move for so long waits for something that an operator should know of. */
const PATIENCE_MS = 60_000

export interface BackfillRun {
  readonly home: Home
  readonly database: string
  readonly request: BackfillRequest
  readonly logger: Logger
  readonly progress: (row: TtpBackfillTable) => void
}

interface Run {
  readonly row: TtpBackfillTable
  /** It was asked for before, and went on. */
  readonly resumed: boolean
}

/**
 * Asks for a run and waits for its end. The server of the home does it; where none runs, this process. Killed at any moment and begun again with
 * the same words, it goes on.
 * @throws {AppError} `rule_unknown`, `backfill_failed`, `backfill_stopped`, `backfill_waiting`.
 */
export async function runBackfill(run: BackfillRun): Promise<Run> {
  const held = new AsyncDisposableStack()
  try {
    return await runWith(run, held)
  } finally {
    await held.disposeAsync()
  }
}

async function runWith({ home, database, request, logger, progress }: BackfillRun, held: AsyncDisposableStack): Promise<Run> {
  const served = () => runningIn(home) !== null
  const store = held.use(await openStore(database))
  const ours = !served()
  if (ours) await migrate(store)
  const book = held.use(ruleBook(home, { logger }))
  if (request.rules) {
    const known = new Set((await book.set(store.db)).index.rules.map(({ id }) => id))
    const unknown = request.rules.find((id) => !known.has(id))
    if (unknown !== undefined)
      throw new AppError(`There is no rule ${unknown} that is run.`, {
        code: 'rule_unknown',
        hint: '`decnet ttp rules` lists them; those of maturity sandbox are not run.',
      })
  }
  const { row: asked, resumed } = await requestBackfill(store.db, request)
  const worker = ours ? held.use(hosted(store, () => book.set(store.db), logger)) : null
  let [row, moved] = [asked, performance.now()]
  while (row.ended_at === null) {
    progress(row)
    await pause(LOOK_MS)
    const now = await backfillOf(store.db, row.uuid)
    if (now === undefined) throw gone()
    if (now.position !== row.position) moved = performance.now()
    row = now
    if (worker) await worker.check()
    else await stillServed(store, served(), performance.now() - moved)
  }
  return { row, resumed }
}

const LATER = 'What is left stays asked for: ask again with the same words and it goes on.'
const gone = () => new AppError('Somebody took the run back.', { code: 'backfill_stopped' })

/** @throws {AppError} when nobody is there any more to do the work. */
async function stillServed({ db }: Store, served: boolean, quietMs: number): Promise<void> {
  if ((await workerDesires(db))['ttp-backfill']?.stopped)
    throw new AppError('The worker ttp-backfill is stopped.', {
      code: 'backfill_stopped',
      hint: '`decnet workers start ttp-backfill` has it go on.',
    })
  if (!served) throw new AppError('The server stopped before everything was looked at.', { code: 'backfill_waiting', hint: LATER })
  if (quietMs > PATIENCE_MS)
    throw new AppError('The server does not get on with it.', { code: 'backfill_waiting', hint: `\`decnet workers\` says why. ${LATER}` })
}

/** Does the work here. */
function hosted(store: Store, rules: Parameters<typeof ttpBackfill>[0]['rules'], logger: Logger) {
  const bus = createMemoryBus()
  const log = logTable(store)
  const worker = runWorker(ttpBackfill({ log, db: store.db, rules, now: Date.now }), { log, bus, logger, transient: isTransient })
  worker.start()
  return {
    /** @throws {AppError} `backfill_failed` when it cannot go on. */
    async check(): Promise<void> {
      const { failuresInARow, lastError } = await worker.status()
      if (failuresInARow > 3) throw new AppError(`It cannot go on: ${lastError ?? 'it fails'}.`, { code: 'backfill_failed', hint: LATER })
    },
    async [Symbol.asyncDispose]() {
      await worker.close()
      await bus.close()
    },
  }
}

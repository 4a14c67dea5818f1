import { createHash } from 'node:crypto'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '@decnet/kernel'
import { spoolFileName } from '@decnet/kernel/intake'
import type { Environment } from '../config.ts'
import { importSource } from '../domain/import-source.ts'
import { type Home, prepareHome } from '../home.ts'
import { logTable } from '../store/log-table.ts'
import { migrate, openStore, type Store } from '../store/open.ts'
import { runningIn } from '../supervisor/state.ts'
import type { ConversionOrder, Converting, Reached } from '../threads/converter.ts'
import { startThread } from '../threads/start.ts'
import { claimImport } from './claim.ts'
import type { Converted } from './convert.ts'
import type { Sources } from './evidence-folder.ts'
import { importFolders, prepareImportFolders } from './folders.ts'
import { formatNamed } from './formats.ts'
import { beginningOf, findInputs, type Input } from './inputs.ts'
import { type Journal, newJournal, readJournal, writeJournal } from './journal.ts'
import { likelyFormat, understood } from './likely-format.ts'
import { spoolId } from './spool-writer.ts'
import { hostForImports, untilTakenIn } from './take-in.ts'

export interface ImportRequest {
  readonly format: string
  readonly paths: readonly string[]
  readonly sources: Sources
  readonly home: Home
  readonly env: Environment
  /** Until the events are in the tables; otherwise they wait for a server. */
  readonly wait: boolean
  /** `done` and `total` are bytes of the inputs while they are read; afterwards records, and how many is not known. */
  readonly progress: (stage: 'read' | 'log' | 'folds', done: number, total: number) => void
}
export interface ImportResult extends Converted {
  /** What the import is called among the sources of the log. */
  readonly source: string
  /** New ones among {@link Converted.totals}; null when nobody waited. */
  readonly fresh: number | null
  /** The folds have read all of it. */
  readonly folded: boolean
  /** Where the lines lie that were not understood; null when there are none. */
  readonly aside: string | null
  /** The format that its beginning looks like, where no line was understood. */
  readonly likely: string | null
  /** Files in the given folders that are not of this format. */
  readonly others: readonly string[]
}

/** One name for the same files read in the same way, wherever they lie; another each time for what comes over standard input. */
function nameOf({ format, sources }: ImportRequest, inputs: readonly Input[], now: number): string {
  if (inputs.some(({ path }) => path === '-')) return `${format}-stdin-${now.toString(36)}`
  const files = inputs.map(({ size, head }) => [size, createHash('sha256').update(head).digest('hex')])
  return `${format}-${createHash('sha256')
    .update(JSON.stringify([files, sources]))
    .digest('hex')
    .slice(0, 16)}`
}

/**
 * Imports logs of other systems: turns them into event lines in a spool of their own, which the server of the home takes in like a sensor's; without
 * a server this process does so itself. Killed at any moment and begun again, or done twice, it changes nothing.
 * @throws {AppError} `import_absent`, `import_format`, `import_nothing`, `import_other_format`, `import_packed`, `import_running`, `import_too_many`.
 */
export async function runImport(request: ImportRequest): Promise<ImportResult> {
  const held = new AsyncDisposableStack()
  try {
    return await importWith(request, held)
  } finally {
    await held.disposeAsync()
  }
}

async function importWith(request: ImportRequest, held: AsyncDisposableStack): Promise<ImportResult> {
  const { home, env, progress } = request
  const format = formatNamed(request.format)
  const { inputs, others } = await findInputs(request.paths, format.fits)
  if (inputs.length === 0)
    throw new AppError('There is nothing of that format to import.', {
      code: 'import_nothing',
      hint: 'Name the files themselves to read them all the same.',
    })
  const heads = inputs.map(({ head }) => head)
  const { lines, known } = understood(format, heads)
  const other = lines > 0 && known === 0 ? likelyFormat(heads) : null
  if (other !== null)
    throw new AppError(`This is no log of the format ${request.format}: it looks like ${other}.`, {
      code: 'import_other_format',
      hint: `decnet import --format ${other} …`,
    })
  prepareHome(home)
  const folders = importFolders(home)
  prepareImportFolders(folders)
  const now = Date.now()
  const name = nameOf(request, inputs, now)
  const folder = join(folders.waiting, name)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  held.use(await claimImport(folder))

  const running = () => runningIn(home) !== null
  const store = held.use(request.wait ? await opened(running() ? 'reading' : 'writing', env.databaseUrl ?? home.database) : null)
  const head = store === null ? 0 : await logTable(store.store).head()
  const journal = (await resumable(folder, name, store?.store ?? null)) ?? newJournal(now, head)
  // Whoever goes on after a kill knows what was there before.
  writeJournal(folder, journal)
  const ours = store?.writes ?? false
  // What is converted is taken in meanwhile; its folder goes when all of it is.
  const host = store !== null && ours ? held.use(await hostForImports(store.store, env, home, () => existsSync(folder))) : null
  const aside = join(folders.aside, `${name}.log`)
  const total = inputs.reduce((sum, { size }) => sum + (size ?? 0), 0)
  const before = inputs.map((_, index) => inputs.slice(0, index).reduce((sum, { size }) => sum + (size ?? 0), 0))
  const converted =
    journal.end === null
      ? await convertApart(
          {
            format: request.format,
            inputs: inputs.map(({ head, ...input }) => input),
            folder,
            aside,
            folders,
            sources: request.sources,
            journal,
          },
          ({ input, offset }) => {
            host?.ring()
            progress('read', (before[input] ?? 0) + Math.min(offset, inputs[input]?.size ?? offset), total)
          },
        )
      : { totals: journal.totals, damaged: [], ticks: journal.clock.ticks }
  host?.ring()
  const { lines: read, unknown } = converted.totals
  const likely = read > 0 && unknown === read ? likelyFormat([await beginningOf(aside)]) : null
  const result = { ...converted, source: importSource(name), aside: unknown > 0 ? aside : null, likely, others }
  if (store === null) return { ...result, fresh: null, folded: false }

  const check = async () => {
    await host?.check()
    if (host === null && !running())
      throw new AppError('The server stopped before everything was taken in.', {
        code: 'import_waiting',
        hint: 'What is left waits in the home: it is taken in when the server starts, or when you import again.',
      })
  }
  const { events, folded } = await untilTakenIn({
    store: store.store,
    folder,
    name,
    head: journal.head,
    ours,
    check,
    ring: () => host?.ring(),
    progress: (stage, records) => progress(stage, records, 0),
  })
  return { ...result, fresh: events, folded }
}

/** Converts in a thread of its own. */
async function convertApart(order: ConversionOrder, progress: (reached: Reached) => void): Promise<Converted> {
  const stdin = order.inputs.some(({ path }) => path === '-') ? process.stdin : undefined
  const thread = await startThread<Converting>(new URL('../threads/converter.ts', import.meta.url), null, stdin)
  thread.onMessage((message) => {
    if (isReached(message)) progress(message)
  })
  return thread.call('convert', order).finally(() => thread.terminate())
}

const isReached = (message: unknown): message is Reached => typeof message === 'object' && message !== null && 'offset' in message

/** What an earlier try wrote down; null where it began for another database, which has nothing of what that one took in and removed. */
async function resumable(folder: string, name: string, store: Store | null): Promise<Journal | null> {
  const journal = readJournal(folder)
  if (journal === null || store === null || existsSync(join(folder, spoolFileName(spoolId(journal.startedAt, 0))))) return journal
  const known = await store.db.selectFrom('intake_positions').select('source').where('source', '=', importSource(name)).executeTakeFirst()
  return known === undefined ? null : journal
}

/** The database, to look at while a server writes, or to write where none does. */
async function opened(mode: 'reading' | 'writing', database: string) {
  const writes = mode === 'writing'
  const store = await openStore(database, writes ? {} : { readonly: true })
  if (writes) await migrate(store)
  return { store, writes, [Symbol.asyncDispose]: () => store.close() }
}

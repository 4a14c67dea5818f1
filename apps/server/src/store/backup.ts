import { closeSync, createReadStream, createWriteStream, existsSync, openSync, readSync, renameSync, rmSync } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { AppError } from '@decnet/kernel'
import { sql } from 'kysely'
import { z } from 'zod'
import { type Copied, copy } from './copy.ts'
import { dialectOf } from './dialect.ts'
import { insertRows, type Value } from './insert-rows.ts'
import { checkStore, type Db, MIGRATIONS, migrate, openStore, type Store } from './open.ts'
import { countRows, filledTables, type Row, RowSum, rowsOf } from './table-rows.ts'
import { TABLES, type TableName } from './tables.ts'

const FORMAT = 'decnet-backup-1'
const BATCH = 2_000

export interface BackupProgress {
  readonly table: TableName
  readonly done: number
  readonly total: number
}
type Progress = (progress: BackupProgress) => void

/** One line each: what it is, a table's columns, one of its rows, how many and which sum they have, and that it is whole. */
const line = z.union([
  z.object({ format: z.literal(FORMAT), made_at: z.string(), migrations: z.array(z.string()) }),
  z.object({ table: z.string(), columns: z.array(z.string()) }),
  z.array(z.union([z.string(), z.number(), z.null()])),
  z.object({ end: z.string(), sum: z.string() }),
  z.object({ whole: z.literal(true) }),
])

async function* dumped(db: Db, at: Date, progress: Progress): AsyncGenerator<string> {
  yield `${JSON.stringify({ format: FORMAT, made_at: at.toISOString(), migrations: Object.keys(MIGRATIONS) })}\n`
  for (const table of TABLES) {
    const sum = new RowSum()
    const total = await countRows(db, table.name)
    let columns: string[] | undefined
    for await (const rows of rowsOf(db, table, null, BATCH)) {
      let text = ''
      if (!columns) {
        columns = Object.keys(rows[0] ?? {})
        text = `${JSON.stringify({ table: table.name, columns })}\n`
      }
      for (const row of rows) {
        sum.add(row)
        text += `${JSON.stringify(columns.map((column) => row[column] ?? null))}\n`
      }
      yield text
      progress({ table: table.name, done: sum.rows, total })
    }
    yield `${JSON.stringify({ end: table.name, sum: sum.value })}\n`
  }
  yield `${JSON.stringify({ whole: true })}\n`
}

/**
 * Writes everything, as it is at one moment, to a new file that only its owner may read; who works with the database goes on. A file database is
 * copied as a file unless `portable`; others become JSON lines, compressed, that any database can be restored from.
 * @throws {AppError} `file_exists`.
 */
export async function backup(
  store: Store,
  file: string,
  options: { readonly now: Date; readonly portable?: boolean; readonly progress?: Progress },
): Promise<void> {
  if (existsSync(file)) throw new AppError(`${file} exists.`, { code: 'file_exists', hint: 'Name another file; none is overwritten.' })
  const part = `${file}.part`
  try {
    if (store.file && !options.portable) {
      closeSync(openSync(part, 'wx', 0o600))
      await store.file.raw.backup(part)
      const copied = await openStore(part, { readonly: true })
      try {
        checkStore(copied)
      } finally {
        await copied.close()
      }
    } else {
      const progress = options.progress ?? (() => undefined)
      await store.db
        .transaction()
        .setIsolationLevel(store.file ? 'serializable' : 'repeatable read')
        .execute((tx) => pipeline(dumped(tx, options.now, progress), createGzip(), createWriteStream(part, { flags: 'wx', mode: 0o600 })))
    }
    renameSync(part, file)
  } finally {
    for (const left of [part, `${part}-wal`, `${part}-shm`]) rmSync(left, { force: true })
  }
}

const damaged = (file: string, why: string, cause?: unknown) =>
  new AppError(`${file} cannot be restored: ${why}.`, { code: 'backup_damaged', hint: 'Nothing was changed. Use another backup.', cause })

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function opened(file: string): number {
  try {
    return openSync(file, 'r')
  } catch (cause) {
    throw new AppError(`${file} cannot be read.`, { code: 'file_unreadable', hint: 'Check that it is there and yours.', cause })
  }
}

function isSqlite(file: string): boolean {
  const start = Buffer.alloc(16)
  const handle = opened(file)
  try {
    readSync(handle, start, 0, 16, 0)
  } finally {
    closeSync(handle)
  }
  return start.toString('latin1') === 'SQLite format 3\0'
}

/** The lines of a compressed file; a line of text may hold what others take for the end of one. */
async function* linesOf(file: string): AsyncGenerator<string> {
  let rest = ''
  try {
    const gunzip = createGunzip()
    const source = createReadStream(file)
    source.on('error', (error) => gunzip.destroy(error))
    for await (const text of source.pipe(gunzip).setEncoding('utf8') as AsyncIterable<string>) {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      yield* lines
    }
  } catch (error) {
    throw error instanceof AppError ? error : damaged(file, 'it is cut off or no backup', error)
  }
}

/** Puts the lines of a dump into an empty database. */
async function load(tx: Db, file: string, progress: Progress): Promise<Record<string, number>> {
  const rows: Record<string, number> = {}
  let table: TableName | undefined
  let columns: readonly string[] = []
  let sum = new RowSum()
  let batch: Value[][] = []
  let begun = false
  let whole = false
  const flush = async () => {
    if (table && batch.length > 0) await insertRows(tx, table, columns, batch)
    batch = []
  }
  const take = async (text: string) => {
    const read = line.safeParse(parsed(text))
    if (!read.success) throw damaged(file, 'it holds a line that means nothing')
    const said = read.data
    if ('format' in said) {
      const newer = said.migrations.filter((name) => !Object.hasOwn(MIGRATIONS, name))
      if (newer.length > 0) throw damaged(file, 'it was made by a newer release')
      begun = true
    } else if (!begun) throw damaged(file, 'it is no backup')
    else if (Array.isArray(said)) {
      sum.add(Object.fromEntries(columns.map((column, n) => [column, said[n] ?? null])) as Row)
      batch.push(said)
      if (batch.length === BATCH) await flush()
    } else if ('table' in said) {
      table = TABLES.find(({ name }) => name === said.table)?.name
      if (!table) throw damaged(file, 'it holds a table that is unknown here')
      columns = said.columns
    } else if ('end' in said) {
      await flush()
      if (sum.value !== said.sum) throw damaged(file, `${said.end} is not what it was`)
      rows[said.end] = sum.rows
      if (table) progress({ table, done: sum.rows, total: sum.rows })
      table = undefined
      sum = new RowSum()
    } else whole = true
  }
  for await (const text of linesOf(file)) await take(text)
  if (!whole) throw damaged(file, 'it is cut off')
  return rows
}

/**
 * Restores a backup into an empty database, all of it or nothing: a dump into any, a database file by copying it.
 * @throws {AppError} `database_not_empty`, `backup_damaged`, and those of {@link copy}.
 */
export async function restore(store: Store, file: string, progress: Progress = () => undefined): Promise<Copied> {
  if (isSqlite(file)) {
    const from = await openStore(file, { readonly: true })
    return copy(from, store, ({ step, ...rest }) => step === 'copy' && progress(rest)).finally(() => from.close())
  }
  await migrate(store)
  const filled = await filledTables(store.db)
  if (filled.length > 0)
    throw new AppError(`${store.address.label} is not empty.`, {
      code: 'database_not_empty',
      hint: 'Restore into a new, empty database; nothing that is there is overwritten.',
    })
  const rows = await store.db.transaction().execute(async (tx) => {
    await tx.deleteFrom('log_head').execute()
    const rows = await load(tx, file, progress)
    const count = dialectOf(tx).countOn('dead_letters', 'id')
    if (count) await sql`${count}`.execute(tx)
    return rows
  })
  return { rows: rows as Record<TableName, number> }
}

import { statSync } from 'node:fs'
import { AppError, isNodeError } from '@decnet/kernel'
import Database from 'better-sqlite3'
import { Kysely, SqliteDialect } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import { corrupt, isDamage } from './damage.ts'
import * as founding from './migrations/0001-founding.ts'
import type { Schema } from './schema.ts'
import { keepStatements } from './statements.ts'

const MIGRATIONS: Record<string, Migration> = { '0001-founding': founding }

/** Larger files are not read through at every start; damage there shows when it is met. */
const CHECKED_BYTES = 64 * 1024 * 1024

export type Db = Kysely<Schema>

export interface Store extends AsyncDisposable {
  readonly db: Db
  /** The connection below `db`, for statements that are prepared once and run a million times. */
  readonly raw: Database.Database
  close(): Promise<void>
}

const sizeOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? -1

/**
 * Opens the database file, made if absent unless `readonly`.
 * @throws {AppError} `database_corrupt`, `database_full`, `database_unreadable`.
 */
export function openStore(path: string, options: { readonly readonly?: boolean } = {}): Store {
  let raw: Database.Database
  // SQLite would take an emptied file for a new database and drop the log beside it, which may hold everything.
  if (sizeOf(path) === 0 && sizeOf(`${path}-wal`) > 0) throw corrupt(path, undefined)
  try {
    raw = new Database(path, { readonly: options.readonly ?? false, timeout: 10_000 })
    raw.pragma('foreign_keys = ON')
    raw.pragma('temp_store = MEMORY')
    raw.pragma(`cache_size = -${options.readonly ? 16_000 : 64_000}`)
    // A search that no index helps reads the whole log: through the system's own cache it takes half the time.
    if (options.readonly) raw.pragma('mmap_size = 2147418112')
    else {
      // 32 MiB instead of 4: the pages at the ends of indexes change with each batch, and each checkpoint writes them again.
      raw.pragma('wal_autocheckpoint = 8000')
      raw.pragma('journal_mode = WAL')
      raw.pragma('synchronous = NORMAL')
      raw.pragma('journal_size_limit = 67108864')
    }
    raw.prepare('select count(*) from sqlite_schema').get()
  } catch (error) {
    if (isDamage(error)) throw corrupt(path, error)
    if (isNodeError(error) && error.code === 'SQLITE_FULL')
      throw new AppError(`The disk is full: ${path} cannot grow.`, {
        code: 'database_full',
        hint: 'Free some space, then start again.',
        cause: error,
      })
    throw new AppError(`The database ${path} cannot be opened: ${error instanceof Error ? error.message : String(error)}.`, {
      code: 'database_unreadable',
      hint: 'Check that its folder exists and belongs to you.',
      cause: error,
    })
  }
  const db = new Kysely<Schema>({ dialect: new SqliteDialect({ database: keepStatements(raw) }) })
  const close = async () => {
    await db.destroy()
    // Kysely closes what it has used; a connection that stays open keeps the last one from taking over the log.
    raw.close()
  }
  return { db, raw, close, [Symbol.asyncDispose]: close }
}

/** Reads a database of moderate size through. @throws {AppError} `database_corrupt`. */
export function checkStore(store: Store, path: string): void {
  let verdict: unknown
  try {
    if (statSync(path).size < CHECKED_BYTES) verdict = store.raw.pragma('quick_check(1)', { simple: true })
  } catch (error) {
    throw isDamage(error) ? corrupt(path, error) : error
  }
  if (verdict !== undefined && verdict !== 'ok') throw corrupt(path, undefined)
}

/** Brings the tables to this release's shape. @throws {AppError} `database_corrupt`, `migration_failed`. */
export async function migrate(store: Store, path: string): Promise<void> {
  checkStore(store, path)
  const migrator = new Migrator({ db: store.db, provider: { getMigrations: async () => MIGRATIONS } })
  const { error } = await migrator.migrateToLatest()
  if (error !== undefined) {
    if (isDamage(error)) throw corrupt(path, error)
    throw new AppError('The database could not be brought to the shape of this release.', {
      code: 'migration_failed',
      hint: 'Was it made by a newer release? Then use that one.',
      cause: error,
    })
  }
  await store.db
    .insertInto('log_head')
    .values({ id: 1, seq: 0 })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

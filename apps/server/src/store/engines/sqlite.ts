import { statSync } from 'node:fs'
import { AppError, isNodeError } from '@decnet/kernel'
import type Database from 'better-sqlite3'
import {
  CompiledQuery,
  type DatabaseConnection,
  Kysely,
  SqliteAdapter,
  SqliteDialect,
  type SqliteDialectConfig,
  SqliteDriver,
} from 'kysely'
import { corrupt, isDamage } from '../damage.ts'
import type { Schema } from '../schema.ts'
import { keepStatements } from './statements.ts'

/** The file below a store, and the connection to it: for statements that are prepared once and run a million times. */
export interface SqliteFile {
  readonly path: string
  readonly raw: Database.Database
}

/** Tables are made in a transaction (SQLite can): a migration that was killed in the middle leaves nothing behind. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl() {
    return true
  }
}

/** Waits for its turn at the beginning: whoever reads first and is to write later is refused where another process wrote between. */
class WritingDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection) {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'))
  }
}

class TransactionalDialect extends SqliteDialect {
  readonly #config: SqliteDialectConfig
  readonly #writes: boolean
  constructor(config: SqliteDialectConfig, writes: boolean) {
    super(config)
    this.#config = config
    this.#writes = writes
  }
  override createAdapter() {
    return new TransactionalAdapter()
  }
  override createDriver() {
    return this.#writes ? new WritingDriver(this.#config) : super.createDriver()
  }
}

const sizeOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? -1

function prepareConnection(raw: Database.Database, readonly: boolean): void {
  raw.pragma('foreign_keys = ON')
  raw.pragma('temp_store = MEMORY')
  raw.pragma(`cache_size = -${readonly ? 16_000 : 64_000}`)
  // A search that no index helps reads the whole log: through the system's own cache it takes half the time.
  if (readonly) raw.pragma('mmap_size = 2147418112')
  else {
    // 32 MiB instead of 4: the pages at the ends of indexes change with each batch, and each checkpoint writes them again.
    raw.pragma('wal_autocheckpoint = 8000')
    raw.pragma('journal_mode = WAL')
    raw.pragma('synchronous = NORMAL')
    raw.pragma('journal_size_limit = 67108864')
  }
  raw.prepare('select count(*) from sqlite_schema').get()
}

/** @throws {AppError} `database_corrupt`, `database_full`, `database_unreadable`. */
export async function openSqlite(path: string, readonly: boolean) {
  const { default: Database } = await import('better-sqlite3')
  let raw: Database.Database
  // SQLite would take an emptied file for a new database and drop the log beside it, which may hold everything.
  if (sizeOf(path) === 0 && sizeOf(`${path}-wal`) > 0) throw corrupt(path, undefined)
  try {
    raw = new Database(path, { readonly, timeout: 10_000 })
    prepareConnection(raw, readonly)
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
  const db = new Kysely<Schema>({ dialect: new TransactionalDialect({ database: keepStatements(raw) }, !readonly) })
  const file: SqliteFile = { path, raw }
  const close = async () => {
    await db.destroy()
    // Kysely closes what it has used; a connection that stays open keeps the last one from taking over the log.
    raw.close()
  }
  return { db, file, close }
}

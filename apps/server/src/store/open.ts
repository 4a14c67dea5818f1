import { statSync } from 'node:fs'
import { AppError } from '@decnet/kernel'
import { type Kysely, sql } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import { corrupt, isDamage } from './damage.ts'
import { type DatabaseAddress, parseDatabaseUrl } from './database-url.ts'
import { type Dialect, dialectOf } from './dialect.ts'
import { IDLE_TRANSACTION_MS } from './engines/limits.ts'
import { openSqlite, type SqliteFile } from './engines/sqlite.ts'
import * as founding from './migrations/0001-founding.ts'
import * as profile from './migrations/0002-profile.ts'
import * as identities from './migrations/0003-identities.ts'
import * as fingerprints from './migrations/0004-fingerprints.ts'
import * as codeNames from './migrations/0005-code-names.ts'
import * as habits from './migrations/0006-habits.ts'
import * as techniques from './migrations/0007-techniques.ts'
import * as ruleTexts from './migrations/0008-rule-texts.ts'
import * as backfill from './migrations/0009-backfill.ts'
import * as recognised from './migrations/0010-recognised.ts'
import * as probes from './migrations/0011-probes.ts'
import * as fleet from './migrations/0012-fleet.ts'
import * as lateEvents from './migrations/0013-late-events.ts'
import * as mutation from './migrations/0014-mutation.ts'
import * as tarpits from './migrations/0015-tarpits.ts'
import * as partings from './migrations/0016-partings.ts'
import { refusal } from './refusal.ts'
import type { Schema } from './schema.ts'
import { refuseEncoding, refuseOld } from './server-version.ts'
import { insertNew } from './upsert.ts'

export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-founding': founding,
  '0002-profile': profile,
  '0003-identities': identities,
  '0004-fingerprints': fingerprints,
  '0005-code-names': codeNames,
  '0006-habits': habits,
  '0007-techniques': techniques,
  '0008-rule-texts': ruleTexts,
  '0009-backfill': backfill,
  '0010-recognised': recognised,
  '0011-probes': probes,
  '0012-fleet': fleet,
  '0013-late-events': lateEvents,
  '0014-mutation': mutation,
  '0015-tarpits': tarpits,
  '0016-partings': partings,
}

/** Larger files are not read through at every start; damage there shows when it is met. */
const CHECKED_BYTES = 64 * 1024 * 1024
/** Folds, the ingester and the API's writes at once; readers ask a few questions at a time. */
const CONNECTIONS = { writing: 10, reading: 4 } as const

export type Db = Kysely<Schema>

export interface Store extends AsyncDisposable {
  readonly db: Db
  readonly dialect: Dialect
  readonly address: DatabaseAddress
  /** Only where the store is a file. */
  readonly file: SqliteFile | null
  close(): Promise<void>
}

export interface OpenOptions {
  readonly readonly?: boolean
  /** A transaction that says nothing for so long is ended by the server, in whole seconds: its process may have been stopped. 10,000. */
  readonly idleTransactionMs?: number
}

const encodingOf = async (db: Db) =>
  (await sql<{ encoding: string }>`select current_setting('server_encoding') as encoding`.execute(db)).rows[0]?.encoding ?? ''

async function connect(address: DatabaseAddress, { readonly = false, idleTransactionMs = IDLE_TRANSACTION_MS }: OpenOptions) {
  if (address.engine === 'sqlite') return openSqlite(address.path, readonly)
  const settings = { readonly, idleTransactionMs, connections: readonly ? CONNECTIONS.reading : CONNECTIONS.writing }
  const { db, close } =
    address.engine === 'postgres'
      ? (await import('./engines/postgres.ts')).openPostgres(address, settings)
      : (await import('./engines/mysql.ts')).openMysql(address, settings)
  try {
    const { rows } = await sql<{ version: string }>`select version() as version`.execute(db)
    refuseOld(address, rows[0]?.version ?? '')
    if (address.engine === 'postgres') refuseEncoding(address, await encodingOf(db))
  } catch (error) {
    await close()
    throw refusal(address, error)
  }
  return { db, file: null, close }
}

/**
 * Opens the store that a URL or a path names (see {@link parseDatabaseUrl}); only its own driver is loaded. A file is made if absent unless
 * `readonly`; a server's database must be there.
 * @throws {AppError} `database_url`, `database_corrupt`, `database_full`, `database_unreadable`, `database_unreachable`, `database_login`,
 * `database_missing`, `database_rights`, `database_busy`, `database_tls`, `database_version`, `database_encoding`.
 */
export async function openStore(url: string, options: OpenOptions = {}): Promise<Store> {
  const address = parseDatabaseUrl(url)
  const { db, file, close } = await connect(address, options)
  let closed: Promise<void> | undefined
  const once = () => {
    closed ??= close()
    return closed
  }
  return { db, dialect: dialectOf(db), address, file, close: once, [Symbol.asyncDispose]: once }
}

/** Reads a database file of moderate size through. @throws {AppError} `database_corrupt`. */
export function checkStore({ file }: Store): void {
  if (!file) return
  let verdict: unknown
  try {
    if (statSync(file.path).size < CHECKED_BYTES) verdict = file.raw.pragma('quick_check(1)', { simple: true })
  } catch (error) {
    throw isDamage(error) ? corrupt(file.path, error) : error
  }
  if (verdict !== undefined && verdict !== 'ok') throw corrupt(file.path, undefined)
}

export const migratorOf = (db: Db) => new Migrator({ db, provider: { getMigrations: async () => ({ ...MIGRATIONS }) } })

/** Brings the tables to this release's shape. @throws {AppError} `database_corrupt`, `database_rights`, `migration_failed`. */
export async function migrate(store: Store): Promise<void> {
  const { db, address } = store
  checkStore(store)
  const { error } = await migratorOf(db).migrateToLatest()
  if (error !== undefined) {
    if (address.engine === 'sqlite' && isDamage(error)) throw corrupt(address.path, error)
    const known = address.engine === 'sqlite' ? error : refusal(address, error)
    if (known instanceof AppError) throw known
    throw new AppError(
      `The database could not be brought to the shape of this release: ${error instanceof Error ? error.message : String(error)}.`,
      {
        code: 'migration_failed',
        hint: 'Was it made by a newer release? Then use that one.',
        cause: error,
      },
    )
  }
  await insertNew(db, 'log_head', ['id'], [{ id: 1, seq: 0 }])
}

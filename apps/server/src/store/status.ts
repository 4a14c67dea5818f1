import { sql } from 'kysely'
import { migratorOf, type Store } from './open.ts'
import { productOf } from './server-version.ts'
import { countRows } from './table-rows.ts'
import { TABLES, type TableName } from './tables.ts'

export interface DatabaseStatus {
  readonly engine: 'sqlite' | 'mysql' | 'postgres'
  /** Path, or URL without its password. */
  readonly where: string
  /** `SQLite 3.51.0`, `MariaDB 10.11.6`. */
  readonly server: string
  readonly migrations: { readonly applied: readonly string[]; readonly pending: readonly string[] }
  /** Bytes on its disk, indexes included. */
  readonly size: number
  /** Empty until it was migrated. */
  readonly tables: readonly { readonly name: TableName; readonly rows: number }[]
}

/** What an operator asks of a database; nothing is changed. */
export async function databaseStatus({ db, dialect, address }: Store): Promise<DatabaseStatus> {
  const { engine, label: where } = address
  const version = engine === 'sqlite' ? sql<string>`sqlite_version()` : sql<string>`version()`
  const { answer, size } = await db.selectNoFrom([version.as('answer'), dialect.size.as('size')]).executeTakeFirstOrThrow()
  const product = engine === 'sqlite' ? { name: 'SQLite', version: answer } : productOf(engine, answer)
  const migrations = await migratorOf(db).getMigrations()
  const names = (done: boolean) => migrations.filter(({ executedAt }) => (executedAt !== undefined) === done).map(({ name }) => name)
  const tables: { name: TableName; rows: number }[] = []
  if (names(true).length > 0) for (const { name } of TABLES) tables.push({ name, rows: await countRows(db, name) })
  return {
    engine,
    where,
    server: `${product.name} ${product.version}`,
    migrations: { applied: names(true), pending: names(false) },
    size: Number(size),
    tables: tables.sort((a, b) => a.name.localeCompare(b.name)),
  }
}

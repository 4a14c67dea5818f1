import { CompiledQuery, type Insertable, type Kysely } from 'kysely'
import { dialectOf } from './dialect.ts'
import type { Schema } from './schema.ts'

/** Rows of one statement. */
const AT_ONCE = 50

type Row<Table extends keyof Schema> = Insertable<Schema[Table]>
type Column<Table extends keyof Schema> = keyof Row<Table> & string

/** In the order of their keys: two who write the same rows at the same time wait for one another instead of locking one another out. */
const byKey = <R>(rows: readonly R[], key: keyof R): readonly R[] =>
  rows.toSorted((a, b) => (a[key] < b[key] ? -1 : a[key] > b[key] ? 1 : 0))

async function write<Table extends keyof Schema & string>(
  db: Kysely<Schema>,
  table: Table,
  keys: readonly Column<Table>[],
  rows: readonly Row<Table>[],
  keep: boolean,
): Promise<void> {
  const { quote, place, onKnown, locksRows } = dialectOf(db)
  const columns = Object.keys(rows[0] ?? {}) as Column<Table>[]
  const changes = keep ? [] : columns.filter((column) => !keys.includes(column))
  const head = `insert into ${quote(table)} (${columns.map(quote).join(', ')}) values `
  const tail = ` ${onKnown(keys, changes)}`
  const [key] = keys
  const ordered = locksRows && key !== undefined ? byKey(rows, key) : rows
  for (let at = 0; at < ordered.length; at += AT_ONCE) {
    const some = ordered.slice(at, at + AT_ONCE)
    const places = some.map((_, row) => `(${columns.map((_column, n) => place(row * columns.length + n + 1)).join(', ')})`)
    const values = some.flatMap((row) => columns.map((column) => row[column]))
    await db.executeQuery(CompiledQuery.raw(`${head}${places.join(', ')}${tail}`, values))
  }
}

/** Writes whole rows by their key, new or known, many in one statement. All rows have the same columns; no key stands twice among them. */
export const upsert = <Table extends keyof Schema & string>(
  db: Kysely<Schema>,
  table: Table,
  key: Column<Table> | readonly Column<Table>[],
  rows: readonly Row<Table>[],
): Promise<void> => write(db, table, typeof key === 'string' ? [key] : key, rows, false)

/** Writes those rows whose key is not known yet; the others stay as they are. */
export const insertNew = <Table extends keyof Schema & string>(
  db: Kysely<Schema>,
  table: Table,
  keys: readonly Column<Table>[],
  rows: readonly Row<Table>[],
): Promise<void> => write(db, table, keys, rows, true)

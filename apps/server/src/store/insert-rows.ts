import { CompiledQuery, type Kysely } from 'kysely'
import { dialectOf } from './dialect.ts'
import type { Schema } from './schema.ts'

export type Value = string | number | null
/** Rows of one statement, and about the characters that it may hold: servers refuse longer packets. */
const ROWS = 500
const CHARACTERS = 2_000_000

/** Inserts any number of new rows, many in one statement. Each has a value for each column. */
export async function insertRows(
  db: Kysely<Schema>,
  table: keyof Schema,
  columns: readonly string[],
  rows: Iterable<readonly Value[]>,
): Promise<void> {
  const { quote, place } = dialectOf(db)
  const head = `insert into ${quote(table)} (${columns.map(quote).join(', ')}) values `
  const places = (count: number) =>
    Array.from({ length: count }, (_, row) => `(${columns.map((_column, n) => place(row * columns.length + n + 1)).join(', ')})`).join(', ')
  let full: string | undefined
  let values: Value[] = []
  let count = 0
  let characters = 0
  const flush = async () => {
    if (count === 0) return
    if (count === ROWS) full ??= head + places(ROWS)
    await db.executeQuery(CompiledQuery.raw(count === ROWS && full !== undefined ? full : head + places(count), values))
    values = []
    count = 0
    characters = 0
  }
  for (const row of rows) {
    for (const value of row) characters += typeof value === 'string' ? value.length : 8
    values.push(...row)
    count += 1
    if (count === ROWS || characters > CHARACTERS) await flush()
  }
  await flush()
}

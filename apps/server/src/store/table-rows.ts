import { hash } from 'node:crypto'
import { CompiledQuery, type Kysely } from 'kysely'
import { dialectOf } from './dialect.ts'
import type { Value } from './insert-rows.ts'
import type { Schema } from './schema.ts'
import { TABLES, type Table, type TableName } from './tables.ts'

export type Row = Readonly<Record<string, Value>>

/** Rows in the order of their key, after a given one, some at a time. */
export async function* rowsOf(
  db: Kysely<Schema>,
  { name, key }: Table,
  after: Row | null = null,
  atOnce = 2_000,
): AsyncGenerator<readonly Row[]> {
  const { quote, place } = dialectOf(db)
  const columns = key.map(quote)
  const tuple = (parts: readonly string[]) => (parts.length === 1 ? (parts[0] ?? '') : `(${parts.join(', ')})`)
  const behind = ` where ${tuple(columns)} > ${tuple(key.map((_, n) => place(n + 1)))}`
  const select = (bound: boolean) => `select * from ${quote(name)}${bound ? behind : ''} order by ${columns.join(', ')} limit ${atOnce}`
  let last = after
  for (;;) {
    const bounds = last ? key.map((column) => last?.[column] ?? null) : []
    const { rows } = await db.executeQuery<Row>(CompiledQuery.raw(select(last !== null), bounds))
    if (rows.length > 0) yield rows
    if (rows.length < atOnce) return
    last = rows.at(-1) ?? null
  }
}

/** The row with the greatest key. */
export async function lastRow(db: Kysely<Schema>, { name, key }: Table): Promise<Row | null> {
  const { quote } = dialectOf(db)
  const order = key.map((column) => `${quote(column)} desc`).join(', ')
  const { rows } = await db.executeQuery<Row>(CompiledQuery.raw(`select * from ${quote(name)} order by ${order} limit 1`))
  return rows[0] ?? null
}

export async function countRows(db: Kysely<Schema>, name: TableName): Promise<number> {
  const { total } = await db
    .selectFrom(name)
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow()
  return Number(total)
}

/** The tables that hold something; a fresh database has the head of an empty log and nothing else. */
export async function filledTables(db: Kysely<Schema>): Promise<TableName[]> {
  const filled: TableName[] = []
  for (const { name } of TABLES) {
    if (name === 'log_head') continue
    if (
      (
        await db
          .selectFrom(name)
          .select((eb) => eb.lit(1).as('one'))
          .limit(1)
          .execute()
      ).length > 0
    )
      filled.push(name)
  }
  return filled
}

/** A sum over rows that does not depend on their order: the same rows in two databases, the same sum. */
export class RowSum {
  rows = 0
  #sum = 0n
  add(row: Row): void {
    const columns = Object.keys(row).sort()
    const digest = hash('sha256', JSON.stringify(columns.map((column) => [column, row[column] ?? null])), 'hex')
    this.rows += 1
    this.#sum = (this.#sum + BigInt(`0x${digest}`)) & ((1n << 256n) - 1n)
  }
  get value(): string {
    return `${this.rows}:${this.#sum.toString(16)}`
  }
}

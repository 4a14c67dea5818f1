import type { ColumnDefinition, KeyDefinition } from '../sql/ast.ts'
import { fail } from '../sql-error.ts'
import { textOf, type Value } from './value.ts'

export interface Table {
  name: string
  columns: readonly ColumnDefinition[]
  keys: readonly KeyDefinition[]
  rows: Value[][]
  /** Bytes that its rows hold, by estimate. */
  size: number
  engine: string
  charset: string
  collation: string
  comment: string
  /** Next value that AUTO_INCREMENT gives. */
  nextId: bigint
  /** Epoch milliseconds. */
  createdAt: number
  updatedAt: number | null
}
export interface Database {
  readonly name: string
  readonly charset: string
  readonly collation: string
  readonly tables: Map<string, Table>
}

const DATABASES_LIMIT = 200
const TABLES_LIMIT = 2_000
const ROWS_LIMIT = 200_000
const BYTES_LIMIT = 32 * 1024 * 1024
const VALUE_COST = 24

export const sizeOf = (row: readonly Value[]): number =>
  row.reduce((sum: number, value) => sum + VALUE_COST + (typeof value === 'string' ? value.length : 0), 64)

/** Every database of one decky: what was seeded and what attackers made of it. Bounded; names are case-sensitive, as on Linux. */
export class Catalog {
  readonly databases = new Map<string, Database>()
  #bytes = 0
  #rows = 0
  #tables = 0

  create(name: string, charset: string, collation: string): Database {
    if (this.databases.size >= DATABASES_LIMIT) throw fail.tableFull(name)
    const database: Database = { name, charset, collation, tables: new Map() }
    this.databases.set(name, database)
    return database
  }

  drop(database: Database): number {
    const count = database.tables.size
    for (const table of [...database.tables.values()]) this.remove(database, table)
    this.databases.delete(database.name)
    return count
  }

  add(database: Database, table: Table): void {
    if (this.#tables >= TABLES_LIMIT) throw fail.tableFull(table.name)
    this.#tables += 1
    database.tables.set(table.name, table)
  }

  remove(database: Database, table: Table): void {
    this.replaceRows(table, [])
    this.#tables -= 1
    database.tables.delete(table.name)
  }

  insert(table: Table, row: Value[]): void {
    const size = sizeOf(row)
    if (this.#rows >= ROWS_LIMIT || this.#bytes + size > BYTES_LIMIT) throw fail.tableFull(table.name)
    this.#rows += 1
    this.#bytes += size
    table.size += size
    table.rows.push(row)
  }

  replaceRows(table: Table, rows: Value[][]): void {
    const size = rows.reduce((sum, row) => sum + sizeOf(row), 0)
    if (size > table.size && this.#bytes - table.size + size > BYTES_LIMIT) throw fail.tableFull(table.name)
    this.#bytes += size - table.size
    this.#rows += rows.length - table.rows.length
    table.size = size
    table.rows = rows
  }
}

/** What SHOW COLUMNS shows under Key. */
export function keyOf(table: Pick<Table, 'keys' | 'columns'>, column: ColumnDefinition): 'PRI' | 'UNI' | 'MUL' | '' {
  const first = (kind: KeyDefinition['kind'], alone: boolean) =>
    table.keys.some(
      (key) => key.kind === kind && key.columns[0]?.toLowerCase() === column.name.toLowerCase() && (!alone || key.columns.length === 1),
    )
  if (table.keys.some((key) => key.kind === 'PRIMARY' && key.columns.some((name) => name.toLowerCase() === column.name.toLowerCase())))
    return 'PRI'
  if (first('UNIQUE', true)) return 'UNI'
  return first('UNIQUE', false) || first('KEY', false) || first('FULLTEXT', false) ? 'MUL' : ''
}

/** The key that a row would break, with the values that stand there already; NULL breaks none. */
export function brokenKey(
  table: Table,
  row: readonly Value[],
  except: readonly Value[] | null = null,
): { readonly key: KeyDefinition; readonly entry: string; readonly rows: readonly Value[][] } | null {
  for (const key of table.keys) {
    if (key.kind !== 'PRIMARY' && key.kind !== 'UNIQUE') continue
    const places = key.columns.map((name) => table.columns.findIndex((column) => column.name.toLowerCase() === name.toLowerCase()))
    const wanted = places.map((place) => textOf(row[place] ?? null)?.toLowerCase() ?? null)
    if (wanted.includes(null)) continue
    const rows = table.rows.filter(
      (other) =>
        other !== except && places.every((place, index) => (textOf(other[place] ?? null)?.toLowerCase() ?? null) === wanted[index]),
    )
    if (rows.length > 0) return { key, entry: places.map((place) => textOf(row[place] ?? null)).join('-'), rows }
  }
  return null
}

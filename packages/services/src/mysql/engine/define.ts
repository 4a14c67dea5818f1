import { charsetOfCollation, fits } from '../charset.ts'
import type { ColumnDefinition, ColumnPlace, KeyDefinition, Statement, TableName } from '../sql/ast.ts'
import { fail } from '../sql-error.ts'
import { type Answer, ok } from './answer.ts'
import type { Table } from './catalog.ts'
import { isDictionary } from './dictionary/names.ts'
import { type Column, FLAG, TYPE } from './meta.ts'
import type { Session } from './session.ts'
import { defaultValue, implicitDefault, stored } from './store.ts'
import type { Value } from './value.ts'
import { defaultCollation, isCharset } from './variables.ts'

type Of<Is extends Statement['is']> = Extract<Statement, { is: Is }>

const COLUMNS_LIMIT = 1_017
const ENGINES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    innodb: 'InnoDB',
    myisam: 'MyISAM',
    memory: 'MEMORY',
    heap: 'MEMORY',
    aria: 'Aria',
    csv: 'CSV',
    archive: 'ARCHIVE',
  }),
)

export function createDatabase({ name, ifNotExists, charset, collation }: Of<'create-database'>, session: Session): Answer {
  const { server } = session
  if (!session.account.all && !(session.sees(name) && server.catalog.databases.has(name)))
    throw fail.databaseDenied(session.account.name, session.account.host, name)
  if (isDictionary(name) && name.toLowerCase() === 'information_schema')
    throw fail.databaseDenied(session.account.name, session.account.host, name)
  if (server.hasDatabase(name)) {
    if (!ifNotExists) throw fail.databaseExists(name)
    session.warn('Note', 1007, fail.databaseExists(name).message)
    return ok()
  }
  if (charset !== null && !isCharset(charset)) throw fail.unknownCharset(charset)
  const { mariadb } = server.product
  const collated = collation === null ? null : charsetOfCollation(collation, mariadb)
  if (collation !== null && collated === null) throw fail.unknownCollation(collation)
  if (charset !== null && collation !== null && !fits(collation, charset, mariadb))
    throw fail.wrongCollation(collation, charset.toLowerCase())
  const set = charset?.toLowerCase() ?? (collated === null || collated === '' ? server.product.charset : collated)
  server.catalog.create(name, set, collation ?? defaultCollation(set, server.product))
  return ok(1)
}

export function dropDatabase({ name, ifExists }: Of<'drop-database'>, session: Session): Answer {
  const { server } = session
  if (!session.sees(name) || isDictionary(name)) throw fail.databaseDenied(session.account.name, session.account.host, name)
  const database = server.catalog.databases.get(name)
  if (database === undefined) {
    if (!ifExists) throw fail.noDatabaseToDrop(name)
    session.warn('Note', 1008, fail.noDatabaseToDrop(name).message)
    return { is: 'ok', affected: 0, insertId: 0n, info: '', dropped: true }
  }
  const count = server.catalog.drop(database)
  if (session.database === name) session.database = null
  return { is: 'ok', affected: count, insertId: 0n, info: '', dropped: true }
}

/** A column that keeps what a column of a result shows. */
function columnFrom(column: Column): ColumnDefinition {
  const { type, length, decimals, text, flags } = column
  const base =
    type === TYPE.longlong
      ? 'bigint'
      : type === TYPE.long || type === TYPE.short || type === TYPE.tiny || type === TYPE.int24
        ? 'int'
        : type === TYPE.decimal
          ? 'decimal'
          : type === TYPE.double || type === TYPE.float
            ? 'double'
            : type === TYPE.date
              ? 'date'
              : type === TYPE.datetime || type === TYPE.timestamp
                ? 'datetime'
                : type === TYPE.time
                  ? 'time'
                  : length > 16_383
                    ? text
                      ? 'longtext'
                      : 'longblob'
                    : text
                      ? 'varchar'
                      : 'varbinary'
  return {
    name: column.name,
    nullable: !(flags & FLAG.notNull),
    autoIncrement: false,
    onUpdate: false,
    comment: '',
    type: {
      base,
      length: base.startsWith('var') ? Math.max(1, length) : base === 'decimal' ? Math.max(1, length - 1) : null,
      scale: base === 'decimal' ? decimals : null,
      members: [],
      unsigned: Boolean(flags & FLAG.unsigned),
    },
  }
}

function check(columns: readonly ColumnDefinition[], keys: readonly KeyDefinition[]): void {
  if (columns.length === 0) throw fail.noColumns()
  if (columns.length > COLUMNS_LIMIT) throw fail.tooManyColumns()
  const names = new Set<string>()
  for (const { name } of columns) {
    if (names.has(name.toLowerCase())) throw fail.duplicateColumn(name)
    names.add(name.toLowerCase())
  }
  if (keys.filter(({ kind }) => kind === 'PRIMARY').length > 1) throw fail.multiplePrimary()
  for (const column of keys.flatMap((key) => key.columns)) if (!names.has(column.toLowerCase())) throw fail.keyColumnMissing(column)
}

const withPrimary = (columns: readonly ColumnDefinition[], keys: readonly KeyDefinition[]): readonly ColumnDefinition[] => {
  const primary = keys.find(({ kind }) => kind === 'PRIMARY')?.columns.map((name) => name.toLowerCase()) ?? []
  return columns.map((column) => (primary.includes(column.name.toLowerCase()) ? { ...column, nullable: false } : column))
}

export function createTable(statement: Of<'create-table'>, session: Session): Answer {
  const { server } = session
  const { name } = statement.table
  const database = server.writable(session, statement.table.database)
  if (database.tables.has(name)) {
    if (!statement.ifNotExists) throw fail.tableExists(name)
    session.warn('Note', 1050, fail.tableExists(name).message)
    return ok()
  }
  const like = statement.like === null ? null : server.table(session, statement.like, 'SELECT').table
  const result = statement.query === null ? null : server.queries.run(statement.query, session, null)
  const { options } = statement
  const engine = options.engine === null ? 'InnoDB' : (ENGINES.get(options.engine.toLowerCase()) ?? null)
  if (engine === null) throw fail.unknownEngine(options.engine ?? '')
  const charset = options.charset === null ? database.charset : options.charset.toLowerCase()
  if (!isCharset(charset)) throw fail.unknownCharset(options.charset ?? '')
  const own = statement.columns.map(({ name: column }) => column.toLowerCase())
  const keys = like?.keys ?? statement.keys
  const columns = withPrimary(
    like?.columns ?? [
      ...statement.columns,
      ...(result?.columns ?? []).filter((column) => !own.includes(column.name.toLowerCase())).map(columnFrom),
    ],
    keys,
  )
  check(columns, keys)
  const table: Table = {
    name,
    columns,
    keys,
    rows: [],
    size: 0,
    engine: like?.engine ?? engine,
    charset,
    collation: options.collation ?? (options.charset === null ? database.collation : defaultCollation(charset, server.product)),
    comment: options.comment ?? '',
    nextId: BigInt(options.autoIncrement ?? 1),
    createdAt: server.now(),
    updatedAt: null,
  }
  server.catalog.add(database, table)
  if (result === null) return ok()
  const from = columns.length - result.columns.length
  for (const [index, row] of result.rows.entries()) {
    const place = { database: database.name, table: name, row: index + 1 }
    server.catalog.insert(
      table,
      columns.map((column, at) => (at < from ? defaultValue(column, session) : stored(row[at - from] ?? null, column, place, session))),
    )
  }
  return ok(result.rows.length, `Records: ${result.rows.length}  Duplicates: 0  Warnings: 0`)
}

export function dropTables({ tables, ifExists }: Of<'drop-table'>, session: Session): Answer {
  const { server } = session
  const missing: string[] = []
  const found: { readonly name: TableName; readonly database: string }[] = []
  for (const table of tables) {
    const database = server.databaseName(session, table.database)
    session.allow('DROP', database, table.name)
    if (isDictionary(database)) throw fail.databaseDenied(session.account.name, session.account.host, database)
    if (server.catalog.databases.get(database)?.tables.has(table.name)) found.push({ name: table, database })
    else missing.push(`${database}.${table.name}`)
  }
  // What exists is dropped even when another is missing.
  if (session.server.product.mariadb || missing.length === 0 || ifExists)
    for (const { name, database } of found) {
      const holder = server.catalog.databases.get(database)
      const table = holder?.tables.get(name.name)
      if (holder && table) server.catalog.remove(holder, table)
    }
  if (missing.length > 0 && !ifExists) throw fail.unknownTable(missing.join(','))
  for (const name of missing) session.warn('Note', 1051, fail.unknownTable(name).message)
  return ok()
}

export function truncate({ table: name }: Of<'truncate'>, session: Session): Answer {
  const { table } = session.server.table(session, name, 'DROP')
  session.server.catalog.replaceRows(table, [])
  session.undo.delete(table)
  table.nextId = 1n
  return ok()
}

export function renameTables({ pairs }: Of<'rename-table'>, session: Session): Answer {
  for (const [from, to] of pairs) rename(from, to, session)
  return ok()
}

function rename(from: TableName, to: TableName, session: Session): void {
  const { server } = session
  const { database, table } = server.table(session, from, 'ALTER')
  const target = server.writable(session, to.database ?? database.name)
  if (target.tables.has(to.name)) throw fail.tableExists(to.name)
  database.tables.delete(table.name)
  table.name = to.name
  target.tables.set(to.name, table)
}

/** Index at which a column goes in. @throws {SqlError} 1054 */
function placeFor(place: ColumnPlace, { columns, name }: Pick<Table, 'columns' | 'name'>): number {
  if (place === null) return columns.length
  if (place === 'first') return 0
  const index = columns.findIndex((column) => column.name.toLowerCase() === place.after.toLowerCase())
  if (index < 0) throw fail.unknownColumn(place.after, name)
  return index + 1
}

/** Changes a table's shape; rows follow. */
export function alterTable({ table: name, changes }: Of<'alter-table'>, session: Session): Answer {
  const { server } = session
  const { database, table } = server.table(session, name, 'ALTER')
  const { mariadb } = server.product
  let copied = 0
  const place = (column: string): number => table.columns.findIndex((candidate) => candidate.name.toLowerCase() === column.toLowerCase())
  const reshape = (
    columns: readonly ColumnDefinition[],
    keys: readonly KeyDefinition[],
    row: (old: readonly Value[], index: number) => Value[],
  ): void => {
    check(columns, keys)
    session.budget.step(table.rows.length)
    const rows = table.rows.map(row)
    server.catalog.replaceRows(table, rows)
    session.undo.delete(table)
    table.columns = withPrimary(columns, keys)
    table.keys = keys
  }
  const at = (index: number) => ({ database: database.name, table: table.name, row: index + 1 })
  for (const change of changes) {
    switch (change.is) {
      case 'add': {
        const { column } = change
        let next = table.nextId
        const fill = (): Value => {
          if (column.autoIncrement) {
            next += 1n
            return next - 1n
          }
          if (column.default !== undefined || column.nullable) return defaultValue(column, session)
          return implicitDefault(column)
        }
        const index = placeFor(change.place, table)
        reshape(table.columns.toSpliced(index, 0, column), [...table.keys, ...change.keys], (old) => old.toSpliced(index, 0, fill()))
        table.nextId = next
        break
      }
      case 'change': {
        const index = place(change.from)
        if (index < 0) throw fail.unknownColumn(change.from, table.name)
        const renamed = (column: string): string => (column.toLowerCase() === change.from.toLowerCase() ? change.column.name : column)
        copied = table.rows.length
        const kept = { ...table, columns: table.columns.toSpliced(index, 1) }
        const target = change.place === null ? index : placeFor(change.place, kept)
        reshape(
          kept.columns.toSpliced(target, 0, change.column),
          table.keys.map((key) => ({ ...key, columns: key.columns.map(renamed) })),
          (old, row) => old.toSpliced(index, 1).toSpliced(target, 0, stored(old[index] ?? null, change.column, at(row), session)),
        )
        break
      }
      case 'drop': {
        const index = place(change.column)
        if (index < 0) throw fail.cannotDrop('COLUMN', change.column, mariadb)
        if (table.columns.length === 1) throw fail.noColumns()
        reshape(
          table.columns.filter((_column, which) => which !== index),
          table.keys
            .map((key) => ({ ...key, columns: key.columns.filter((column) => column.toLowerCase() !== change.column.toLowerCase()) }))
            .filter(({ columns }) => columns.length > 0),
          (old) => old.filter((_value, which) => which !== index),
        )
        break
      }
      case 'drop-key':
        if (!table.keys.some((key) => key.name.toLowerCase() === change.name.toLowerCase()))
          throw fail.cannotDrop('INDEX', change.name, mariadb)
        table.keys = table.keys.filter((key) => key.name.toLowerCase() !== change.name.toLowerCase())
        break
      case 'key':
        check(table.columns, [...table.keys, change.key])
        table.keys = [...table.keys, change.key]
        break
      case 'rename':
        rename(
          { database: database.name, name: table.name },
          { database: change.to.database ?? database.name, name: change.to.name },
          session,
        )
        break
      case 'options':
        if (change.options.engine !== null) {
          const engine = ENGINES.get(change.options.engine.toLowerCase())
          if (engine === undefined) throw fail.unknownEngine(change.options.engine)
          table.engine = engine
        }
        if (change.options.comment !== null) table.comment = change.options.comment
        if (change.options.autoIncrement !== null) table.nextId = BigInt(Math.max(1, Math.trunc(change.options.autoIncrement)))
        break
    }
  }
  return ok(copied, `Records: ${copied}  Duplicates: 0  Warnings: 0`)
}

import type { ColumnDefinition, Expression, Order, Statement } from '../sql/ast.ts'
import { fail, SqlError } from '../sql-error.ts'
import { type Answer, ok } from './answer.ts'
import { brokenKey, type Table } from './catalog.ts'
import { describe } from './describe.ts'
import { evaluate } from './evaluate.ts'
import { stamp } from './functions/time.ts'
import { type Field, Scope } from './scope.ts'
import { tableColumns } from './server.ts'
import type { Session } from './session.ts'
import { defaultValue, stored } from './store.ts'
import { integerOf, isTrue, orderValues, textOf, type Value } from './value.ts'

type Insert = Extract<Statement, { is: 'insert' }>
type Update = Extract<Statement, { is: 'update' }>
type Delete = Extract<Statement, { is: 'delete' }>

const same = (a: readonly Value[], b: readonly Value[]): boolean => a.every((value, index) => textOf(value) === textOf(b[index] ?? null))
const fieldsOf = (table: Table, database: string, alias: string): readonly Field[] =>
  tableColumns(table, database).map((column) => ({ ...column, alias }))

function columnPlace(table: Table, name: string, word: string): number {
  const place = table.columns.findIndex((column) => column.name.toLowerCase() === name.toLowerCase())
  if (place < 0) throw fail.unknownColumn(name, word)
  return place
}

/** Gives AUTO_INCREMENT columns their number; the number given, if any. */
function number(table: Table, row: Value[]): bigint | null {
  const place = table.columns.findIndex(({ autoIncrement }) => autoIncrement)
  if (place < 0) return null
  const given = row[place] ?? null
  if (given !== null && integerOf(given) !== 0n) {
    if (integerOf(given) >= table.nextId) table.nextId = integerOf(given) + 1n
    return null
  }
  row[place] = table.nextId
  table.nextId += 1n
  return row[place]
}

export function insert(statement: Insert, session: Session, parameters: readonly Value[]): Answer {
  const { server } = session
  const { database, table } = server.table(session, statement.table, 'INSERT')
  const word = server.product.clauseWords ? 'INSERT INTO' : 'field list'
  const places = (statement.columns ?? (statement.columns === null ? table.columns.map(({ name }) => name) : [])).map((name) =>
    columnPlace(table, name, word),
  )
  const scope = new Scope(session, fieldsOf(table, database.name, table.name))
  scope.parameters = parameters
  const given: readonly (readonly (Value | undefined)[])[] = Array.isArray(statement.rows)
    ? statement.rows.map((row: readonly (Expression | null)[]) => row.map((value) => (value === null ? undefined : evaluate(value, scope))))
    : 'selects' in statement.rows
      ? server.queries.run(statement.rows, session, scope).rows
      : []
  session.touch(table)
  let affected = 0
  let duplicates = 0
  let firstId: bigint | null = null
  for (const [index, values] of given.entries()) {
    session.budget.step(4)
    const emptyRow = values.length === 0 && (statement.columns?.length ?? 0) === 0
    if (!emptyRow && values.length !== places.length) throw fail.columnCount(index + 1)
    const place = { database: database.name, table: table.name, row: index + 1 }
    try {
      const row = table.columns.map((column, at): Value => {
        const position = emptyRow ? -1 : places.indexOf(at)
        const value = position < 0 ? undefined : values[position]
        return value === undefined ? defaultValue(column, session) : stored(value, column, place, session)
      })
      const given = number(table, row)
      firstId ??= given
      const outcome = placeRow(statement, session, table, row, scope, place)
      affected += outcome
      if (outcome !== 1) duplicates += 1
    } catch (error) {
      if (!statement.ignore || !(error instanceof SqlError) || error.code === 1114) throw error
      session.warn('Warning', error.code, error.message)
      duplicates += 1
    }
  }
  table.updatedAt = server.now()
  if (firstId !== null) session.lastInsertId = firstId
  const many = given.length > 1 || !Array.isArray(statement.rows)
  return ok(
    affected,
    many ? `Records: ${given.length}  Duplicates: ${duplicates}  Warnings: ${session.warnings.length}` : '',
    firstId ?? 0n,
  )
}

/** Puts one row into its table: 1 = new, 2 = instead of another, 0 = nothing changed. */
function placeRow(
  statement: Insert,
  session: Session,
  table: Table,
  row: Value[],
  scope: Scope,
  place: { readonly database: string; readonly table: string; readonly row: number },
): number {
  const { catalog, product } = session.server
  session.budget.step(1 + Math.ceil(table.rows.length / 16))
  const broken = brokenKey(table, row)
  if (broken === null) {
    catalog.insert(table, row)
    return 1
  }
  if (statement.replace) {
    catalog.replaceRows(
      table,
      table.rows.filter((other) => !broken.rows.includes(other)),
    )
    catalog.insert(table, row)
    return 2
  }
  const [old] = broken.rows
  if (statement.onDuplicate.length > 0 && old !== undefined) {
    scope.row = old
    scope.inserted = row
    const changed = old.slice()
    for (const [name, expression] of statement.onDuplicate) {
      const at = columnPlace(table, name, product.clauseWords ? 'UPDATE' : 'field list')
      const column = table.columns[at]
      if (column) changed[at] = stored(evaluate(expression, scope), column, place, session)
    }
    if (same(old, changed)) return 0
    catalog.replaceRows(
      table,
      table.rows.map((other) => (other === old ? changed : other)),
    )
    return 2
  }
  throw fail.duplicateEntry(broken.entry, product.mariadb ? broken.key.name : `${table.name}.${broken.key.name}`)
}

/** Rows that WHERE, ORDER BY and LIMIT leave. */
function chosen(
  rows: readonly Value[][],
  scope: Scope,
  where: Expression | null,
  order: readonly Order[],
  limit: Update['limit'],
): readonly Value[][] {
  if (where !== null) describe(where, scope.at('where'))
  for (const { value } of order) describe(value, scope.at('order'))
  let found = rows.filter((row) => {
    scope.session.budget.step()
    scope.row = row
    return where === null || isTrue(evaluate(where, scope))
  })
  for (const { value, descending } of order.toReversed()) {
    const keys = new Map(
      found.map((row) => {
        scope.row = row
        return [row, evaluate(value, scope)] as const
      }),
    )
    found = found.toSorted((a, b) => orderValues(keys.get(a) ?? null, keys.get(b) ?? null) * (descending ? -1 : 1))
  }
  return limit === null ? found : found.slice(0, Math.max(0, Number(integerOf(evaluate(limit.count, scope)))))
}

export function update(statement: Update, session: Session, parameters: readonly Value[]): Answer {
  const { server } = session
  const { database, table } = server.table(session, statement.table, 'UPDATE')
  const scope = new Scope(session, fieldsOf(table, database.name, statement.alias))
  scope.parameters = parameters
  const targets = statement.set.map(([name, expression]) => {
    const at = columnPlace(table, name, server.product.clauseWords ? 'SET' : 'field list')
    describe(expression, scope.at('list'))
    return [at, expression] as const
  })
  const matched = chosen(table.rows, scope, statement.where, statement.order, statement.limit)
  session.touch(table)
  const now = stamp(server.wallTime(session.startedAt))
  const changes = new Map<readonly Value[], Value[]>()
  for (const [index, row] of matched.entries()) {
    const changed = row.slice()
    for (const [at, expression] of targets) {
      const column: ColumnDefinition | undefined = table.columns[at]
      scope.at('list').row = changed
      if (column)
        changed[at] = stored(evaluate(expression, scope), column, { database: database.name, table: table.name, row: index + 1 }, session)
    }
    if (same(row, changed)) continue
    for (const [at, column] of table.columns.entries()) if (column.onUpdate && !targets.some(([target]) => target === at)) changed[at] = now
    session.budget.step(1 + Math.ceil(table.rows.length / 16))
    const broken = brokenKey(table, changed, row)
    if (broken) throw fail.duplicateEntry(broken.entry, server.product.mariadb ? broken.key.name : `${table.name}.${broken.key.name}`)
    changes.set(row, changed)
  }
  if (changes.size > 0) {
    server.catalog.replaceRows(
      table,
      table.rows.map((row) => changes.get(row) ?? row),
    )
    table.updatedAt = server.now()
  }
  return ok(changes.size, `Rows matched: ${matched.length}  Changed: ${changes.size}  Warnings: ${session.warnings.length}`)
}

export function remove(statement: Delete, session: Session, parameters: readonly Value[]): Answer {
  const { server } = session
  const { database, table } = server.table(session, statement.table, 'DELETE')
  const scope = new Scope(session, fieldsOf(table, database.name, statement.alias))
  scope.parameters = parameters
  const gone = new Set<readonly Value[]>(chosen(table.rows, scope, statement.where, statement.order, statement.limit))
  session.touch(table)
  if (gone.size > 0) {
    server.catalog.replaceRows(
      table,
      table.rows.filter((row) => !gone.has(row)),
    )
    table.updatedAt = server.now()
  }
  return ok(gone.size)
}

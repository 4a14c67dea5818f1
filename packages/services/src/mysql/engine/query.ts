import type { Expression, Query, Select, SelectItem } from '../sql/ast.ts'
import { fail } from '../sql-error.ts'
import { commonMeta } from './common-meta.ts'
import { describe } from './describe.ts'
import { evaluate } from './evaluate.ts'
import { isAggregate, isVolatile } from './is-aggregate.ts'
import { type Column, FLAG } from './meta.ts'
import { type Field, Scope } from './scope.ts'
import type { Session } from './session.ts'
import { joined, narrowed, openSource, type Source } from './source.ts'
import { groupKey, integerOf, isTrue, orderValues, textOf, type Value } from './value.ts'

export interface Rows {
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly Value[])[]
}

/** `*` and `t.*` as columns. */
function spread(items: readonly SelectItem[], fields: readonly Field[], scope: Scope): readonly SelectItem[] {
  return items.flatMap((item): readonly SelectItem[] => {
    if (item.value.is !== 'star') return [item]
    const table = item.value.path.at(-1)
    const all = fields.filter((field) => table === undefined || field.alias === table)
    if (all.length === 0) throw table === undefined ? fail.syntax(scope.session.server.product.name, '*', 1) : fail.unknownTable(table)
    return all.map((field) => ({ value: { is: 'column', path: [field.alias, field.name] }, alias: null, text: field.name }))
  })
}

function columnOf(item: SelectItem, scope: Scope): Column {
  const meta = describe(item.value, scope)
  if (item.value.is === 'column') {
    const found = scope.resolve(item.value.path)
    const field = 'scope' in found ? found.scope.fields[found.index] : undefined
    // In a result a column is called as the query calls it.
    if (field) return { ...field, name: item.alias ?? (item.text === field.name ? field.name : (item.value.path.at(-1) ?? field.name)) }
  }
  const literal = item.value.is === 'literal' ? item.value : null
  const name =
    item.alias ??
    (literal?.as === 'string' ? (textOf(literal.value) ?? '') : literal?.as === 'boolean' ? item.text.toUpperCase() : item.text)
  return { ...meta, name, originalName: '', database: '', table: '', originalTable: '' }
}

/** A column of ENUM is ordered by its members' places. */
function sortKey(expression: Expression, scope: Scope): Value {
  const value = evaluate(expression, scope)
  if (expression.is !== 'column' || typeof value !== 'string') return value
  const found = scope.resolve(expression.path)
  const members = 'scope' in found ? found.scope.fields[found.index]?.members : undefined
  return members === undefined ? value : BigInt(members.indexOf(value) + 1)
}

interface Ordered {
  readonly row: readonly Value[]
  readonly keys: readonly Value[]
}
interface Prepared {
  readonly scope: Scope
  readonly source: Source
  readonly items: readonly SelectItem[]
  readonly columns: readonly Column[]
}

function prepare(select: Select, session: Session, outer: Scope | null): Prepared {
  const [first, ...others] = select.from
  let source: Source = first === undefined ? { fields: [], rows: [[]] } : openSource(first, session, outer)
  for (const join of others) source = joined(source, join, session, outer, select.where)
  const scope = new Scope(session, source.fields, outer)
  const items = spread(select.items, source.fields, scope)
  if (first === undefined && select.items.some(({ value }) => value.is === 'star')) throw fail.syntax(session.server.product.name, '', 1)
  const columns = items.map((item) => columnOf(item, scope.at('list')))
  if (select.where !== null) describe(select.where, scope.at('where'))
  return { scope, source, items, columns }
}

function runSelect(
  select: Select,
  order: Query['order'],
  session: Session,
  outer: Scope | null,
): { readonly columns: readonly Column[]; readonly ordered: Ordered[] } {
  const { scope, source, items, columns } = prepare(select, session, outer)
  const aliases = new Map(items.flatMap((item) => (item.alias === null ? [] : [[item.alias.toLowerCase(), item.value] as const])))
  const { where } = select
  const rows =
    where === null
      ? source.rows
      : narrowed(source, where, scope.at('where')).filter((row) => {
          scope.at('where').row = row
          return isTrue(evaluate(where, scope))
        })
  /** A whole number is the place of an item. */
  const placed = (expression: Expression, clause: 'order' | 'group'): Expression => {
    if (expression.is !== 'literal' || typeof expression.value !== 'bigint') return expression
    const item = items[Number(expression.value) - 1]
    if (item === undefined) throw fail.unknownColumn(expression.value.toString(), scope.at(clause).word)
    return item.value
  }
  scope.aliases = aliases
  const group = select.group.map((expression) => placed(expression, 'group'))
  const sorting = order.map(({ value }) => placed(value, 'order'))
  for (const expression of group) describe(expression, scope.at('group'))
  for (const expression of sorting) describe(expression, scope.at('order'))
  if (select.having !== null) describe(select.having, scope.at('having'))
  const grouped = group.length > 0 || items.some(({ value }) => isAggregate(value)) || isAggregate(select.having)
  const emit = (): Ordered => {
    const row = items.map(({ value }) => evaluate(value, scope.at('list')))
    session.budget.bytes(row.reduce((sum: number, value) => sum + (typeof value === 'string' ? value.length : 8), 0))
    return { row, keys: sorting.map((expression) => sortKey(expression, scope.at('order'))) }
  }
  const passes = (): boolean => select.having === null || isTrue(evaluate(select.having, scope.at('having')))
  const ordered: Ordered[] = []
  if (!grouped) {
    for (const row of rows) {
      session.budget.step()
      scope.row = row
      if (passes()) ordered.push(emit())
    }
  } else {
    const groups = new Map<string, (readonly Value[])[]>()
    const volatile = group.some((expression) => {
      const alias =
        expression.is === 'column' && expression.path.length === 1 ? aliases.get((expression.path[0] ?? '').toLowerCase()) : undefined
      return isVolatile(alias ?? expression)
    })
    for (const row of rows) {
      scope.at('group').row = row
      const values = () => group.map((expression) => evaluate(expression, scope))
      const key = groupKey(values())
      const members = groups.get(key)
      if (members) {
        members.push(row)
        continue
      }
      // A new group's key is computed anew when it is stored: RAND() gives another.
      const stored = volatile ? values() : null
      if (stored !== null && groups.has(groupKey(stored)))
        throw fail.duplicateEntry(stored.map((value) => textOf(value) ?? 'NULL').join('-'), 'group_key')
      groups.set(stored === null ? key : groupKey(stored), [row])
    }
    if (group.length === 0 && groups.size === 0) groups.set('', [])
    for (const members of groups.values()) {
      scope.group = members
      scope.row = members[0] ?? source.fields.map(() => null)
      if (passes()) ordered.push(emit())
    }
    scope.group = null
  }
  return {
    columns,
    ordered: select.distinct ? [...new Map(ordered.map((one) => [groupKey(one.row), one])).values()] : ordered,
  }
}

function unionColumns(parts: readonly (readonly Column[])[]): readonly Column[] {
  const [first = [], ...others] = parts
  if (others.some((columns) => columns.length !== first.length)) throw fail.differentColumns()
  if (others.length === 0) return first
  return first.map((column, index) => {
    const meta = commonMeta(parts.map((columns) => columns[index] ?? column))
    return {
      ...meta,
      flags: meta.flags & (FLAG.notNull | FLAG.unsigned),
      name: column.name,
      originalName: column.name,
      database: '',
      table: '',
      originalTable: '',
    }
  })
}

/** Columns of a query, without running it. */
export function describeQuery(query: Query, session: Session, outer: Scope | null): readonly Column[] {
  return unionColumns(query.selects.map((select) => prepare(select, session, outer).columns))
}

/** Runs a query. @throws {SqlError} */
export function runQuery(query: Query, session: Session, outer: Scope | null): Rows {
  const single = query.selects.length === 1
  const parts = query.selects.map((select) => runSelect(select, single ? query.order : [], session, outer))
  const columns = unionColumns(parts.map((part) => part.columns))
  let ordered = parts[0]?.ordered ?? []
  for (const [index, part] of parts.slice(1).entries()) {
    ordered = [...ordered, ...part.ordered]
    if (query.all[index] === false) ordered = [...new Map(ordered.map((one) => [groupKey(one.row), one])).values()]
  }
  if (!single && query.order.length > 0) {
    const scope = new Scope(
      session,
      columns.map((column) => ({ ...column, alias: '' })),
      outer,
    ).at('order')
    ordered = ordered.map(({ row }) => {
      scope.row = row
      return {
        row,
        keys: query.order.map(({ value }) =>
          value.is === 'literal' && typeof value.value === 'bigint' ? (row[Number(value.value) - 1] ?? null) : evaluate(value, scope),
        ),
      }
    })
  }
  if (query.order.length > 0) {
    session.budget.step(ordered.length * 4)
    ordered.sort((a, b) => {
      for (const [index, { descending }] of query.order.entries()) {
        const difference = orderValues(a.keys[index] ?? null, b.keys[index] ?? null)
        if (difference !== 0) return descending ? -difference : difference
      }
      return 0
    })
  }
  const total = ordered.length
  if (query.limit !== null) {
    const scope = outer ?? new Scope(session, [])
    const number = (expression: Expression | null): number =>
      expression === null ? 0 : Math.min(2 ** 40, Math.max(0, Number(integerOf(evaluate(expression, scope)))))
    const from = number(query.limit.offset)
    ordered = ordered.slice(from, from + number(query.limit.count))
  }
  if (outer === null) session.foundRows = BigInt(query.selects[0].foundRows ? total : ordered.length)
  return { columns, rows: ordered.map(({ row }) => row) }
}

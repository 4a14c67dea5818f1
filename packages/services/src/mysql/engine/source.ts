import type { Expression, Join } from '../sql/ast.ts'
import { fail } from '../sql-error.ts'
import { describe } from './describe.ts'
import { evaluate } from './evaluate.ts'
import { FLAG, isNumeric, type Meta } from './meta.ts'
import { type Field, Scope } from './scope.ts'
import type { Session } from './session.ts'
import { isTrue, numberOf, textOf, type Value } from './value.ts'

type Row = readonly Value[]

/** What FROM yields. */
export interface Source {
  readonly fields: readonly Field[]
  readonly rows: readonly Row[]
}

export function openSource({ source }: Join, session: Session, outer: Scope | null): Source {
  if (source.is === 'derived') {
    const { columns, rows } = session.server.queries.run(source.query, session, outer)
    const own = { alias: source.alias, table: source.alias, database: '', originalTable: '' }
    return { fields: columns.map((column) => ({ ...column, ...own, originalName: column.name, flags: column.flags & ~FLAG.binary })), rows }
  }
  if (source.table.database === null && source.table.name.toLowerCase() === 'dual') return { fields: [], rows: [[]] }
  const { columns, rows } = session.server.openTable(session, source.table, 'SELECT')
  return { fields: columns.map((column) => ({ ...column, alias: source.alias, table: source.alias })), rows }
}

/** Parts of a condition that must all hold. */
function conjuncts(condition: Expression | null): readonly Expression[] {
  if (condition === null) return []
  return condition.is === 'binary' && condition.operator === 'AND'
    ? [...conjuncts(condition.left), ...conjuncts(condition.right)]
    : [condition]
}

/** Place of a column among fields; -1 when it is none of theirs, or not the only one. */
function placeOf(expression: Expression, fields: readonly Field[]): number {
  if (expression.is !== 'column') return -1
  const [name = '', table] = expression.path.toReversed()
  const fits = fields.filter((field) => field.name.toLowerCase() === name.toLowerCase() && (table === undefined || field.alias === table))
  const [only] = fits
  return fits.length === 1 && only !== undefined ? fields.indexOf(only) : -1
}

type Kind = 'number' | 'text'
const kindOf = (meta: Meta): Kind | null => (isNumeric(meta) ? 'number' : meta.text ? 'text' : null)
/** Equal for values of one kind that compare as equal. */
const keyFor = (kind: Kind, value: Value): string =>
  kind === 'number' ? String(numberOf(value)) : (textOf(value) ?? '').toUpperCase().replace(/ +$/u, '')

/** Rows by the value of one column; made once in a statement. */
function indexOf(session: Session, rows: readonly Row[], place: number, kind: Kind): ReadonlyMap<string, readonly Row[]> {
  const all = session.budget.indexes.get(rows) ?? new Map<number, ReadonlyMap<string, readonly Row[]>>()
  session.budget.indexes.set(rows, all)
  const known = all.get(place)
  if (known !== undefined) return known
  session.budget.step(rows.length)
  const index = new Map<string, Row[]>()
  for (const row of rows) {
    const value = row[place] ?? null
    if (value === null) continue
    const key = keyFor(kind, value)
    const same = index.get(key)
    if (same) same.push(row)
    else index.set(key, [row])
  }
  all.set(place, index)
  return index
}

/** Rows that an equality of WHERE with a value from outside leaves; WHERE itself is asked for each of them all the same. */
export function narrowed(source: Source, where: Expression | null, scope: Scope): readonly Row[] {
  for (const part of conjuncts(where)) {
    if (part.is !== 'binary' || part.operator !== '=') continue
    for (const [column, other] of [[part.left, part.right] as const, [part.right, part.left] as const]) {
      const place = placeOf(column, source.fields)
      const field = source.fields[place]
      const kind = field === undefined ? null : kindOf(field)
      const outside = other.is === 'literal' || other.is === 'parameter' || (other.is === 'column' && placeOf(other, source.fields) < 0)
      if (kind === null || !outside) continue
      const value = evaluate(other, scope)
      if (value === null) return []
      if ((kind === 'number') !== (typeof value !== 'string')) continue
      return indexOf(scope.session, source.rows, place, kind).get(keyFor(kind, value)) ?? []
    }
  }
  return source.rows
}

/** USING as an equality of two columns. */
function usingCondition(join: Join, left: Source): Expression | null {
  return join.using.reduce<Expression | null>((all, name) => {
    const field = left.fields.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase())
    if (field === undefined) throw fail.unknownColumn(name, 'from clause')
    const equal: Expression = {
      is: 'binary',
      operator: '=',
      left: { is: 'column', path: [field.alias, name] },
      right: { is: 'column', path: [join.source.alias, name] },
    }
    return all === null ? equal : { is: 'binary', operator: 'AND', left: all, right: equal }
  }, join.on)
}

/** How rows of the second side are found for one of the first: by an equality that links both, else all of them. */
function lookUp(first: Source, second: Source, conditions: readonly Expression[], session: Session): (row: Row) => readonly Row[] {
  for (const part of conditions) {
    if (part.is !== 'binary' || part.operator !== '=') continue
    for (const [a, b] of [[part.left, part.right] as const, [part.right, part.left] as const]) {
      const [from, to] = [placeOf(a, first.fields), placeOf(b, second.fields)]
      const [here, there] = [first.fields[from], second.fields[to]]
      const kind = here === undefined ? null : kindOf(here)
      if (here === undefined || there === undefined || kind === null || kind !== kindOf(there)) continue
      if (placeOf(a, second.fields) >= 0 || placeOf(b, first.fields) >= 0) continue
      const index = indexOf(session, second.rows, to, kind)
      return (row) => {
        const value = row[from] ?? null
        return value === null ? [] : (index.get(keyFor(kind, value)) ?? [])
      }
    }
  }
  return () => second.rows
}

/** Left and right beside each other. `where` helps to find what belongs together; it is asked later. */
export function joined(left: Source, join: Join, session: Session, outer: Scope | null, where: Expression | null): Source {
  const right = openSource(join, session, outer)
  if (left.fields.some(({ alias }) => alias === right.fields[0]?.alias)) throw fail.notUniqueTable(join.source.alias)
  const fields = [...left.fields, ...right.fields]
  const scope = new Scope(session, fields, outer).at('on')
  const condition = usingCondition(join, left)
  if (condition !== null) describe(condition, scope)
  const rows: Row[] = []
  const turned = join.how === 'right'
  const [first, second] = turned ? [right, left] : [left, right]
  const beside = (a: Row, b: Row): Row => (turned ? [...b, ...a] : [...a, ...b])
  const candidates = lookUp(first, second, [...conjuncts(condition), ...(join.how === 'inner' ? conjuncts(where) : [])], session)
  const nothing = second.fields.map(() => null)
  for (const one of first.rows) {
    let found = false
    for (const other of candidates(one)) {
      session.budget.step(2)
      scope.row = beside(one, other)
      if (condition !== null && !isTrue(evaluate(condition, scope))) continue
      found = true
      rows.push(scope.row)
    }
    if (!found && join.how !== 'inner') rows.push(beside(one, nothing))
  }
  return { fields, rows }
}

import type { Destination, Expression, Join, Limit, Query, Select, SelectItem, TableName, TableSource } from './ast.ts'
import type { Cursor } from './cursor.ts'
import { expressionParser } from './expression.ts'

const MODIFIERS = [
  'ALL',
  'HIGH_PRIORITY',
  'STRAIGHT_JOIN',
  'SQL_SMALL_RESULT',
  'SQL_BIG_RESULT',
  'SQL_BUFFER_RESULT',
  'SQL_NO_CACHE',
  'SQL_CACHE',
]

export const parseExpression = (cursor: Cursor): Expression => expressionParser(cursor, parseQuery).expression()

/** `name` or `database.name`. */
export function parseTableName(cursor: Cursor): TableName {
  const first = cursor.name()
  return cursor.accept('.') ? { database: first, name: cursor.anyName() } : { database: null, name: first }
}

export function parseLimit(cursor: Cursor): Limit | null {
  if (!cursor.accept('LIMIT')) return null
  const number = (): Expression => {
    const { kind } = cursor.token()
    if (kind !== 'number' && kind !== 'parameter') cursor.wrong()
    return parseExpression(cursor)
  }
  const first = number()
  if (cursor.accept(',')) return { count: number(), offset: first }
  return { count: first, offset: cursor.accept('OFFSET') ? number() : null }
}

/** SELECT … [UNION SELECT …] [ORDER BY …] [LIMIT …] [INTO …]. */
export function parseQuery(cursor: Cursor): Query {
  return cursor.deeper(() => {
    const parser = expressionParser(cursor, parseQuery)
    let into = null as Query['into']
    const part = (): Select => {
      const bracket = cursor.accept('(')
      const { select, destination } = parseSelect(cursor)
      into ??= destination
      // What orders or cuts one part of a union changes no set of rows that anybody here looks at closely.
      if (bracket) {
        parser.order()
        parseLimit(cursor)
        cursor.expect(')')
      }
      return select
    }
    const selects: [Select, ...Select[]] = [part()]
    const all: boolean[] = []
    while (cursor.accept('UNION')) {
      all.push(cursor.accept('ALL'))
      cursor.accept('DISTINCT')
      if (!cursor.is('SELECT', '(')) cursor.wrong()
      selects.push(part())
    }
    const order = parser.order()
    const limit = parseLimit(cursor)
    if (cursor.accept('PROCEDURE', 'ANALYSE')) cursor.parenthesised(() => (cursor.is(')') ? null : cursor.list(() => parser.expression())))
    into ??= parseInto(cursor)
    if (!cursor.accept('FOR', 'UPDATE')) cursor.accept('LOCK', 'IN', 'SHARE', 'MODE')
    return { selects, all, order, limit, into }
  })
}

function parseSelect(cursor: Cursor): { readonly select: Select; readonly destination: Query['into'] } {
  cursor.expect('SELECT')
  let distinct = false
  let foundRows = false
  for (;;) {
    if (cursor.acceptOne('DISTINCT', 'DISTINCTROW') !== null) distinct = true
    else if (cursor.accept('SQL_CALC_FOUND_ROWS')) foundRows = true
    else if (cursor.acceptOne(...MODIFIERS) === null) break
  }
  const items = cursor.list(() => parseItem(cursor))
  const destination = parseInto(cursor)
  const from = cursor.accept('FROM') ? parseFrom(cursor) : []
  const where = cursor.accept('WHERE') ? parseExpression(cursor) : null
  const group = cursor.accept('GROUP', 'BY')
    ? cursor.list(() => {
        const value = parseExpression(cursor)
        cursor.acceptOne('ASC', 'DESC')
        return value
      })
    : []
  if (group.length > 0) cursor.accept('WITH', 'ROLLUP')
  const having = cursor.accept('HAVING') ? parseExpression(cursor) : null
  return { select: { distinct, foundRows, items, from, where, group, having }, destination }
}

function parseItem(cursor: Cursor): SelectItem {
  const { from } = cursor.token()
  const value = parseExpression(cursor)
  const text = cursor.sql.slice(from, cursor.end)
  if (value.is === 'star') return { value, alias: null, text }
  const as = cursor.accept('AS')
  if (cursor.token().kind === 'string') return { value, alias: cursor.text(), text }
  if (as || cursor.isName) return { value, alias: as ? cursor.anyName() : cursor.name(), text }
  return { value, alias: null, text }
}

function parseSource(cursor: Cursor): TableSource {
  if (cursor.accept('(')) {
    const query = parseQuery(cursor)
    cursor.expect(')')
    cursor.accept('AS')
    if (!cursor.isName) cursor.wrong()
    return { is: 'derived', query, alias: cursor.name() }
  }
  const table = parseTableName(cursor)
  const alias = cursor.accept('AS') ? cursor.anyName() : cursor.isName ? cursor.name() : table.name
  if (cursor.acceptOne('USE', 'FORCE', 'IGNORE') !== null) {
    if (cursor.acceptOne('INDEX', 'KEY') === null) cursor.wrong()
    cursor.parenthesised(() => (cursor.is(')') ? null : cursor.list(() => cursor.anyName())))
  }
  return { is: 'table', table, alias }
}

function parseFrom(cursor: Cursor): readonly Join[] {
  const joins: Join[] = [{ source: parseSource(cursor), how: 'inner', on: null, using: [] }]
  for (;;) {
    if (cursor.accept(',')) {
      joins.push({ source: parseSource(cursor), how: 'inner', on: null, using: [] })
      continue
    }
    if (!cursor.is('JOIN', 'INNER', 'CROSS', 'LEFT', 'RIGHT', 'STRAIGHT_JOIN')) return joins
    const side = cursor.acceptOne('INNER', 'CROSS', 'LEFT', 'RIGHT')
    if (side === 'LEFT' || side === 'RIGHT') cursor.accept('OUTER')
    if (cursor.acceptOne('JOIN', 'STRAIGHT_JOIN') === null) cursor.wrong()
    const source = parseSource(cursor)
    const on = cursor.accept('ON') ? parseExpression(cursor) : null
    const using = on === null && cursor.accept('USING') ? cursor.parenthesised(() => cursor.list(() => cursor.anyName())) : []
    joins.push({ source, how: side === 'LEFT' ? 'left' : side === 'RIGHT' ? 'right' : 'inner', on, using })
  }
}

function parseInto(cursor: Cursor): Query['into'] {
  if (!cursor.accept('INTO')) return null
  const how = cursor.acceptOne('OUTFILE', 'DUMPFILE')
  if (how === null)
    return cursor.list(() => {
      cursor.expect('@')
      return cursor.anyName().toLowerCase()
    })
  const options = { path: cursor.text(), fieldEnd: '\t', enclosure: '', lineStart: '', lineEnd: '\n' }
  const literal = (): string => (cursor.token().kind === 'hex' ? hexText(cursor) : cursor.text())
  if (cursor.accept('CHARACTER', 'SET')) cursor.anyName()
  if (cursor.acceptOne('FIELDS', 'COLUMNS') !== null) {
    for (;;) {
      if (cursor.accept('TERMINATED', 'BY')) options.fieldEnd = literal()
      else if (cursor.accept('OPTIONALLY', 'ENCLOSED', 'BY') || cursor.accept('ENCLOSED', 'BY')) options.enclosure = literal()
      else if (cursor.accept('ESCAPED', 'BY')) literal()
      else break
    }
  }
  if (cursor.accept('LINES')) {
    for (;;) {
      if (cursor.accept('TERMINATED', 'BY')) options.lineEnd = literal()
      else if (cursor.accept('STARTING', 'BY')) options.lineStart = literal()
      else break
    }
  }
  const destination: Destination = { how: how === 'OUTFILE' ? 'OUTFILE' : 'DUMPFILE', ...options }
  return destination
}

function hexText(cursor: Cursor): string {
  const value = parseExpression(cursor)
  return value.is === 'literal' && typeof value.value === 'string' ? value.value : ''
}

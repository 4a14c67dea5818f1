import type { Expression, Statement } from './ast.ts'
import type { Cursor } from './cursor.ts'
import { expressionParser } from './expression.ts'
import { parseExpression, parseLimit, parseQuery, parseTableName } from './query.ts'

const tail = (cursor: Cursor) => {
  const where = cursor.accept('WHERE') ? parseExpression(cursor) : null
  const order = expressionParser(cursor, parseQuery).order()
  return { where, order, limit: parseLimit(cursor) }
}

/** What follows INSERT or REPLACE. */
export function parseInsert(cursor: Cursor, replace: boolean): Statement {
  let ignore = false
  for (;;) {
    const word = cursor.acceptOne('IGNORE', 'LOW_PRIORITY', 'DELAYED', 'HIGH_PRIORITY')
    if (word === 'IGNORE') ignore = true
    if (word === null) break
  }
  cursor.accept('INTO')
  const table = parseTableName(cursor)
  const base = { is: 'insert', replace, ignore, table } as const
  const value = (): Expression | null => {
    if (!cursor.is('DEFAULT') || cursor.token(1).key === '(') return parseExpression(cursor)
    cursor.take()
    return null
  }
  const assign = (): readonly [string, Expression | null] => {
    const name = parseColumnName(cursor)
    if (!cursor.accept(':=')) cursor.expect('=')
    return [name, value()]
  }
  const duplicates = (): readonly (readonly [string, Expression])[] => {
    if (!cursor.accept('ON', 'DUPLICATE', 'KEY', 'UPDATE')) return []
    return cursor.list(() => {
      const [name, given] = assign()
      return [name, given ?? ({ is: 'literal', value: null } as const)] as const
    })
  }
  if (cursor.accept('SET')) {
    const pairs = cursor.list(assign)
    return { ...base, columns: pairs.map(([name]) => name), rows: [pairs.map(([, given]) => given)], onDuplicate: duplicates() }
  }
  let columns: readonly string[] | null = null
  if (cursor.is('(') && cursor.token(1).key !== 'SELECT')
    columns = cursor.parenthesised(() => (cursor.is(')') ? [] : cursor.list(() => parseColumnName(cursor))))
  if (cursor.is('SELECT', '(')) return { ...base, columns, rows: parseQuery(cursor), onDuplicate: duplicates() }
  if (cursor.acceptOne('VALUES', 'VALUE') === null) cursor.wrong()
  const rows = cursor.list(() => cursor.parenthesised(() => (cursor.is(')') ? [] : cursor.list(value))))
  return { ...base, columns, rows, onDuplicate: duplicates() }
}

/** A column's name, whatever table is named before it. */
function parseColumnName(cursor: Cursor): string {
  let name = cursor.name()
  while (cursor.accept('.')) name = cursor.anyName()
  return name
}

export function parseUpdate(cursor: Cursor): Statement {
  while (cursor.acceptOne('LOW_PRIORITY', 'IGNORE') !== null);
  const table = parseTableName(cursor)
  cursor.accept('AS')
  const alias = cursor.isName ? cursor.name() : table.name
  cursor.expect('SET')
  const set = cursor.list(() => {
    const name = parseColumnName(cursor)
    if (!cursor.accept(':=')) cursor.expect('=')
    return [name, parseExpression(cursor)] as const
  })
  return { is: 'update', table, alias, set, ...tail(cursor) }
}

export function parseDelete(cursor: Cursor): Statement {
  while (cursor.acceptOne('LOW_PRIORITY', 'QUICK', 'IGNORE') !== null);
  cursor.expect('FROM')
  const table = parseTableName(cursor)
  const alias = cursor.isName ? cursor.name() : table.name
  return { is: 'delete', table, alias, ...tail(cursor) }
}

import { own } from '@decnet/kernel'
import { decimalOf, type Value } from '../engine/value.ts'
import type { BinaryOperator, Expression, Order, Query } from './ast.ts'
import { parseCharset, parseCollation } from './character-set.ts'
import type { Cursor } from './cursor.ts'
import type { Token } from './lexer.ts'

export type ParseQuery = (cursor: Cursor) => Query

/** Parses expressions by the server's precedence; sub-queries by what it is given. */
export interface ExpressionParser {
  expression(): Expression
  order(): readonly Order[]
}

const COMPARISONS: Readonly<Record<string, BinaryOperator>> = {
  '=': '=',
  '<=>': '<=>',
  '<>': '<>',
  '!=': '<>',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
}
const words = (text: string): ReadonlySet<string> => new Set(text.split(' '))
/** Functions that need no parentheses. */
const BARE = words('CURRENT_USER CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP LOCALTIME LOCALTIMESTAMP UTC_DATE UTC_TIME UTC_TIMESTAMP')
/** Words of the grammar that are functions as well. */
const ALSO_FUNCTIONS = words('IF LEFT RIGHT REPLACE INSERT DATABASE SCHEMA MOD VALUES CHAR REPEAT TRUNCATE FORMAT DATE TIME')
const UNITS = words('MICROSECOND SECOND MINUTE HOUR DAY WEEK MONTH QUARTER YEAR')
const CASTS = /^(?:char|nchar|varchar|binary|signed|unsigned|int|integer|bigint|decimal|dec|double|float|date|datetime|time|json|year)$/u
const INTRODUCER = /^_(?:utf8|utf8mb[34]|latin1|binary|ascii|ucs2)$/iu

export function hexBytes(text: string): string {
  const binary = /^(?:0b|[bB]')([01]*)/u.exec(text)?.[1]
  const digits = binary === undefined ? (/^(?:0[xX]|[xX]')([0-9a-fA-F]*)/u.exec(text)?.[1] ?? '') : BigInt(`0b0${binary}`).toString(16)
  return Buffer.from(digits.length % 2 === 1 ? `0${digits}` : digits, 'hex').toString('latin1')
}

export function numberLiteral(text: string): Value {
  if (/^\d+$/u.test(text)) return text.length <= 65 ? BigInt(text) : Number(text)
  return /[eE]/u.test(text) ? Number(text) : decimalOf(text)
}

const functionCall = (name: string, args: readonly Expression[]): Expression => ({
  is: 'call',
  name,
  written: name,
  args,
  distinct: false,
  order: [],
  separator: ',',
})
const textLiteral = (value: string): Expression => ({ is: 'literal', value, as: 'string' })

export function expressionParser(cursor: Cursor, query: ParseQuery): ExpressionParser {
  const expression = (): Expression => cursor.deeper(disjunction)
  function chain(next: () => Expression, operators: Readonly<Record<string, BinaryOperator>>): Expression {
    let left = next()
    for (;;) {
      const found = cursor.acceptOne(...Object.keys(operators))
      const operator = found === null ? undefined : operators[found]
      if (operator === undefined) return left
      left = { is: 'binary', operator, left, right: next() }
    }
  }
  const disjunction = (): Expression => chain(exclusive, { OR: 'OR', '||': 'OR' })
  const exclusive = (): Expression => chain(conjunction, { XOR: 'XOR' })
  const conjunction = (): Expression => chain(negation, { AND: 'AND', '&&': 'AND' })
  function negation(): Expression {
    if (!cursor.accept('NOT')) return comparison()
    return { is: 'unary', operator: '!', value: cursor.deeper(negation) }
  }

  function comparison(): Expression {
    let left = bits()
    for (;;) {
      const operator = own(COMPARISONS, cursor.token().key)
      const tested = operator === undefined ? (test(left) ?? predicate(left)) : compared(left, operator)
      if (tested === null) return left
      left = tested
    }
  }
  function compared(left: Expression, operator: BinaryOperator): Expression {
    cursor.take()
    const any = cursor.acceptOne('ANY', 'SOME', 'ALL')
    return {
      is: 'binary',
      operator,
      left,
      right: any === null ? bits() : { is: 'query', query: cursor.parenthesised(() => query(cursor)) },
    }
  }
  function test(value: Expression): Expression | null {
    if (!cursor.accept('IS')) return null
    const not = cursor.accept('NOT')
    const what = cursor.acceptOne('NULL', 'TRUE', 'FALSE', 'UNKNOWN')
    if (what === null) cursor.wrong()
    return { is: 'test', value, what: what === 'TRUE' || what === 'FALSE' ? what : 'NULL', not }
  }
  function predicate(value: Expression): Expression | null {
    const not = cursor.is('NOT')
    const key = cursor.token(not ? 1 : 0).key
    if (!['LIKE', 'REGEXP', 'RLIKE', 'IN', 'BETWEEN'].includes(key)) return null
    if (not) cursor.take()
    cursor.take()
    if (key === 'BETWEEN') {
      const low = bits()
      cursor.expect('AND')
      return { is: 'between', value, low, high: bits(), not }
    }
    if (key === 'IN')
      return { is: 'in', value, list: cursor.parenthesised(() => (cursor.is('SELECT') ? query(cursor) : cursor.list(expression))), not }
    const pattern = bits()
    const escaped = key === 'LIKE' && cursor.accept('ESCAPE') ? cursor.text() : '\\'
    return { is: 'like', how: key === 'LIKE' ? 'LIKE' : 'REGEXP', value, pattern, escape: escaped, not }
  }

  const bits = (): Expression => chain(masks, { '|': '|' })
  const masks = (): Expression => chain(shifts, { '&': '&' })
  const shifts = (): Expression => chain(sums, { '<<': '<<', '>>': '>>' })
  const sums = (): Expression => chain(products, { '+': '+', '-': '-' })
  const products = (): Expression => chain(powers, { '*': '*', '/': '/', '%': '%', MOD: '%', DIV: 'DIV' })
  const powers = (): Expression => chain(sign, { '^': '^' })

  function sign(): Expression {
    const operator = cursor.acceptOne('-', '+', '!', '~', 'BINARY')
    if (operator === null) return collated()
    const value = cursor.deeper(sign)
    if (operator === '+') return value
    if (operator === 'BINARY') return { is: 'cast', value, type: 'binary', length: null, scale: 0 }
    if (operator === '-' && value.is === 'literal') {
      if (typeof value.value === 'bigint' || typeof value.value === 'number') return { is: 'literal', value: -value.value }
      if (typeof value.value === 'object' && value.value !== null)
        return { is: 'literal', value: { ...value.value, digits: -value.value.digits } }
    }
    return { is: 'unary', operator: operator === '-' ? '-' : operator === '~' ? '~' : '!', value }
  }
  function collated(): Expression {
    const value = primary()
    while (cursor.accept('COLLATE')) parseCollation(cursor)
    return value
  }

  function primary(): Expression {
    const token = cursor.token()
    if (token.kind === 'number') return { is: 'literal', value: numberLiteral(cursor.take().text) }
    if (token.kind === 'string') return textLiteral(joinedText())
    if (token.kind === 'hex') return { is: 'literal', value: hexBytes(cursor.take().text), as: 'hex' }
    if (token.kind === 'parameter') {
      cursor.take()
      return { is: 'parameter', index: cursor.parameters++ }
    }
    if (token.key === '(') return bracketed()
    if (token.key === '@@') return systemVariable()
    if (token.key === '@') return userVariable()
    if (token.key === '*') {
      cursor.take()
      return { is: 'star', path: [] }
    }
    return named(token)
  }
  function joinedText(): string {
    let text = cursor.text()
    while (cursor.token().kind === 'string') text += cursor.text()
    return text
  }
  function bracketed(): Expression {
    cursor.expect('(')
    if (cursor.is('SELECT')) {
      const inner = query(cursor)
      cursor.expect(')')
      return { is: 'query', query: inner }
    }
    const values = cursor.list(expression)
    cursor.expect(')')
    const [only] = values
    return values.length === 1 && only !== undefined ? only : { is: 'row', values }
  }
  function systemVariable(): Expression {
    cursor.expect('@@')
    const first = cursor.anyName()
    const scope = first.toUpperCase()
    if (['GLOBAL', 'SESSION', 'LOCAL'].includes(scope) && cursor.accept('.'))
      return { is: 'system', scope: scope === 'GLOBAL' ? 'GLOBAL' : 'SESSION', name: cursor.anyName() }
    return { is: 'system', scope: '', name: first }
  }
  function userVariable(): Expression {
    cursor.expect('@')
    const name = cursor.token().kind === 'string' ? cursor.text() : cursor.anyName()
    if (!cursor.accept(':=')) return { is: 'user', name: name.toLowerCase() }
    return { is: 'assign', name: name.toLowerCase(), value: expression() }
  }

  function named(token: Token): Expression {
    const followed = cursor.token(1).key === '('
    const beforeText = cursor.token(1).kind === 'string'
    switch (token.key) {
      case 'NULL':
      case 'TRUE':
      case 'FALSE':
        cursor.take()
        return { is: 'literal', value: token.key === 'NULL' ? null : token.key === 'TRUE' ? 1n : 0n, as: 'boolean' }
      case 'CASE':
        return choice()
      case 'EXISTS':
        cursor.take()
        return { is: 'exists', query: cursor.parenthesised(() => query(cursor)) }
      case 'INTERVAL':
        return interval()
      case 'CAST':
      case 'CONVERT':
        if (followed) return cast()
    }
    const typed = ['DATE', 'TIME', 'TIMESTAMP'].includes(token.key) || (token.kind === 'word' && INTRODUCER.test(token.text))
    if (typed && beforeText) {
      cursor.take()
      return textLiteral(joinedText())
    }
    if (BARE.has(token.key)) {
      cursor.take()
      if (cursor.accept('(')) {
        if (!cursor.is(')')) expression()
        cursor.expect(')')
      }
      return functionCall(token.key, [])
    }
    if (followed && token.kind === 'word' && (cursor.isName || ALSO_FUNCTIONS.has(token.key))) return call()
    return column()
  }
  function interval(): Expression {
    cursor.expect('INTERVAL')
    const value = expression()
    const unit = cursor.token().key
    if (!UNITS.has(unit)) cursor.wrong()
    cursor.take()
    return { is: 'interval', value, unit }
  }
  function column(): Expression {
    const path = [cursor.name()]
    while (path.length < 3 && cursor.accept('.')) {
      if (cursor.accept('*')) return { is: 'star', path }
      path.push(cursor.anyName())
    }
    if (path.length !== 2 || !cursor.accept('(')) return { is: 'column', path }
    // A function of a database is nobody's here.
    const args = cursor.is(')') ? [] : cursor.list(expression)
    cursor.expect(')')
    return functionCall(path.join('.'), args)
  }
  function call(): Expression {
    const { key: name, text: written } = cursor.take()
    cursor.expect('(')
    const distinct = cursor.accept('DISTINCT')
    const args: Expression[] = []
    if (!cursor.is(')')) {
      args.push(argument(name))
      while (cursor.acceptOne(',', ...separators(name)) !== null) args.push(argument(name))
    }
    const order = name === 'GROUP_CONCAT' ? orderBy() : []
    const separator = name === 'GROUP_CONCAT' && cursor.accept('SEPARATOR') ? cursor.text() : ','
    cursor.expect(')')
    return { is: 'call', name, written, args, distinct, order, separator }
  }
  /** `substring(x from 2 for 3)`, `trim(both 'x' from y)`, `position(a in b)`. */
  function separators(name: string): readonly string[] {
    if (['SUBSTRING', 'SUBSTR', 'MID'].includes(name)) return ['FROM', 'FOR']
    if (name === 'TRIM' || name === 'EXTRACT') return ['FROM']
    return name === 'POSITION' ? ['IN'] : name === 'CHAR' ? ['USING'] : []
  }
  function argument(name: string): Expression {
    if (name === 'POSITION') return bits()
    const side = name === 'TRIM' ? cursor.acceptOne('BOTH', 'LEADING', 'TRAILING') : null
    if (side !== null) return { is: 'row', values: [textLiteral(side), cursor.is('FROM') ? textLiteral(' ') : expression()] }
    if (['EXTRACT', 'TIMESTAMPDIFF', 'TIMESTAMPADD'].includes(name) && UNITS.has(cursor.token().key)) return textLiteral(cursor.take().key)
    if (name === 'CHAR' && cursor.token().kind === 'word' && cursor.token(1).key === ')') return textLiteral(cursor.take().text)
    return expression()
  }

  function choice(): Expression {
    cursor.expect('CASE')
    const value = cursor.is('WHEN') ? null : expression()
    const branches: (readonly [Expression, Expression])[] = []
    while (cursor.accept('WHEN')) {
      const when = expression()
      cursor.expect('THEN')
      branches.push([when, expression()])
    }
    if (branches.length === 0) cursor.wrong()
    const otherwise = cursor.accept('ELSE') ? expression() : null
    cursor.expect('END')
    return { is: 'case', value, branches, otherwise }
  }
  function cast(): Expression {
    const convert = cursor.take().key === 'CONVERT'
    return cursor.parenthesised(() => {
      const value = expression()
      if (convert && cursor.accept('USING')) {
        parseCharset(cursor)
        return { is: 'cast', value, type: 'char', length: null, scale: 0 } as const
      }
      cursor.expect(convert ? ',' : 'AS')
      if (!CASTS.test(cursor.token().text.toLowerCase())) cursor.wrong()
      const type = cursor.take().text.toLowerCase()
      cursor.acceptOne('INTEGER', 'INT')
      let length: number | null = null
      let scale = 0
      if (cursor.accept('(')) {
        length = cursor.integer()
        if (cursor.accept(',')) scale = cursor.integer()
        cursor.expect(')')
      }
      if (cursor.accept('CHARACTER', 'SET') || cursor.accept('CHARSET')) cursor.anyName()
      return { is: 'cast', value, type, length, scale } as const
    })
  }

  function orderBy(): readonly Order[] {
    if (!cursor.accept('ORDER', 'BY')) return []
    return cursor.list(() => {
      const value = expression()
      const descending = cursor.acceptOne('ASC', 'DESC') === 'DESC'
      return { value, descending }
    })
  }
  return { expression, order: orderBy }
}

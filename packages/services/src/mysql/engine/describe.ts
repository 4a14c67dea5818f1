import type { Expression } from '../sql/ast.ts'
import { fail } from '../sql-error.ts'
import { commonMeta } from './common-meta.ts'
import { noFunction } from './evaluate.ts'
import { AGGREGATES, functionNamed } from './functions.ts'
import {
  bytesMeta,
  dateMeta,
  decimalMeta,
  doubleMeta,
  FLAG,
  integerMeta,
  isInteger,
  isNumeric,
  longMeta,
  longTextMeta,
  type Meta,
  NULL_META,
  TYPE,
  textMeta,
} from './meta.ts'
import type { Scope } from './scope.ts'
import { doubleText, isDecimal, textOf, type Value } from './value.ts'

const INT_DIGITS = 10
const TRUTH = integerMeta(1, FLAG.notNull)

/** The type of a value that stands for itself. */
export function valueMeta(value: Value, as?: 'hex' | 'boolean' | 'string'): Meta {
  if (value === null) return NULL_META
  if (typeof value === 'bigint') {
    const length = value.toString().length
    if (as === 'boolean') return { ...integerMeta(1, FLAG.notNull), length: 5 }
    const wide = length > INT_DIGITS + (value < 0n ? 1 : 0)
    const unsigned = value >= 2n ** 63n ? FLAG.unsigned : 0
    return { ...(wide ? longMeta(length) : { ...integerMeta(1), length }), flags: FLAG.notNull | FLAG.binary | unsigned }
  }
  if (typeof value === 'number') return doubleMeta(doubleText(value).length, FLAG.notNull)
  if (isDecimal(value)) return decimalMeta((textOf(value) ?? '').length + 1, value.scale, FLAG.notNull)
  return as === 'hex' ? { ...bytesMeta(value.length, FLAG.notNull | FLAG.unsigned), decimals: 0 } : textMeta(charsOf(value), FLAG.notNull)
}
/** Whole numbers that were bound are wide, whatever their size. */
const parameterMeta = (value: Value): Meta => (typeof value === 'bigint' ? longMeta(20, FLAG.notNull) : valueMeta(value))
const charsOf = (value: string): number =>
  /^[\x00-\x7f]*$/u.test(value) ? value.length : Buffer.from(value, 'latin1').toString('utf8').length

/** NOT NULL when every part is. */
const certain = (parts: readonly Meta[]): number => (parts.every(({ flags }) => flags & FLAG.notNull) ? FLAG.notNull : 0)

function arithmeticMeta(operator: string, left: Meta, right: Meta): Meta {
  const sure = certain([left, right])
  const real = (meta: Meta): boolean => !isNumeric(meta) || meta.type === TYPE.double || meta.type === TYPE.float
  if (operator === 'DIV') return integerMeta(left.length)
  if (left.type === TYPE.null || right.type === TYPE.null) return { ...doubleMeta(17), decimals: 0 }
  if (real(left) || real(right)) return doubleMeta(23, operator === '/' ? 0 : sure)
  if (operator === '/') return decimalMeta(left.length + right.decimals + 4 + 2, left.decimals + 4)
  if (isInteger(left) && isInteger(right)) {
    if (operator === '%') return integerMeta(Math.max(left.length, right.length) + 1)
    const length =
      operator === '*'
        ? left.length + right.length
        : Math.max(left.length, right.length) + 2 - (left.length === 1 && right.length === 1 ? 0 : 1)
    return integerMeta(length, sure)
  }
  const scale = operator === '*' ? left.decimals + right.decimals : Math.max(left.decimals, right.decimals)
  return decimalMeta(Math.max(left.length, right.length) + 1, scale, sure)
}

function aggregateMeta(expression: Extract<Expression, { is: 'call' }>, scope: Scope): Meta {
  const args = expression.args.filter(({ is }) => is !== 'star').map((arg) => describe(arg, scope))
  const [arg = NULL_META] = args
  switch (expression.name) {
    case 'COUNT':
      return longMeta(21, FLAG.notNull)
    case 'SUM':
      return isInteger(arg)
        ? decimalMeta(arg.length + 23, 0)
        : arg.type === TYPE.decimal
          ? decimalMeta(arg.length + 22, arg.decimals)
          : doubleMeta()
    case 'AVG':
      return isInteger(arg)
        ? decimalMeta(arg.length + 6, 4)
        : arg.type === TYPE.decimal
          ? decimalMeta(arg.length + 4, arg.decimals + 4)
          : doubleMeta()
    case 'MIN':
    case 'MAX': {
      const type = isInteger(arg) && expression.args[0]?.is !== 'column' ? TYPE.longlong : arg.type
      return { ...arg, type, decimals: arg.text ? 39 : arg.decimals, flags: arg.text ? 0 : (arg.flags & FLAG.unsigned) | FLAG.binary }
    }
    case 'GROUP_CONCAT':
    case 'JSON_ARRAYAGG':
      return { type: TYPE.blob, text: true, length: 1_048_576, decimals: 0, flags: 0 }
    case 'BIT_OR':
    case 'BIT_AND':
      return longMeta(21, FLAG.unsigned)
    default:
      return doubleMeta()
  }
}

const CASTS: Readonly<Record<string, Meta>> = {
  signed: longMeta(21),
  int: longMeta(21),
  integer: longMeta(21),
  bigint: longMeta(21),
  unsigned: longMeta(21, FLAG.unsigned),
  double: doubleMeta(22),
  float: doubleMeta(22),
  date: dateMeta(TYPE.date, 10),
  time: dateMeta(TYPE.time, 10),
  datetime: dateMeta(TYPE.datetime, 19),
}

/** The type that an expression has whatever the row is; every name in it is looked up. @throws {SqlError} 1054, 1305, 1582 */
export function describe(expression: Expression, scope: Scope): Meta {
  scope.session.budget.step()
  const of = (part: Expression): Meta => describe(part, scope)
  switch (expression.is) {
    case 'literal':
      return valueMeta(expression.value, expression.as)
    case 'parameter':
      return parameterMeta(scope.parameters[expression.index] ?? null)
    case 'column': {
      const found = scope.resolve(expression.path)
      return 'alias' in found ? of(found.alias) : found.scope.metaAt(found.index)
    }
    case 'star':
      return NULL_META
    case 'system':
      return scope.session.server.readVariable.meta(scope.session, expression.name, expression.scope === 'GLOBAL')
    case 'user': {
      const value = scope.session.userVariables.get(expression.name) ?? null
      if (value === null) return { ...longTextMeta(), text: false, length: 16_777_216, flags: FLAG.binary }
      return typeof value === 'string' ? { ...longTextMeta(), length: 4_194_304 } : typeof value === 'bigint' ? longMeta(20) : doubleMeta()
    }
    case 'assign':
      return of(expression.value)
    case 'unary': {
      const value = of(expression.value)
      if (expression.operator === '!') return integerMeta(1, value.flags & FLAG.notNull)
      if (expression.operator === '~') return longMeta(21, FLAG.unsigned)
      return isNumeric(value) ? { ...value, length: value.length + 1 } : doubleMeta()
    }
    case 'binary': {
      const left = of(expression.left)
      if (expression.right.is === 'interval') {
        of(expression.right.value)
        return left.type === TYPE.datetime || left.type === TYPE.date ? left : textMeta(19)
      }
      const right = of(expression.right)
      if (['+', '-', '*', '/', '%', 'DIV'].includes(expression.operator)) return arithmeticMeta(expression.operator, left, right)
      if (['|', '&', '^', '<<', '>>'].includes(expression.operator)) return longMeta(21, FLAG.unsigned)
      return integerMeta(1, certain([left, right]))
    }
    case 'like':
      return integerMeta(1, certain([of(expression.value), of(expression.pattern)]))
    case 'in': {
      const value = of(expression.value)
      if ('selects' in expression.list) scope.session.server.queries.describe(expression.list, scope.session, scope)
      else expression.list.forEach(of)
      return integerMeta(1, value.flags & FLAG.notNull)
    }
    case 'between':
      return integerMeta(1, certain([of(expression.value), of(expression.low), of(expression.high)]))
    case 'test':
      of(expression.value)
      return TRUTH
    case 'case': {
      if (expression.value !== null) of(expression.value)
      for (const [when] of expression.branches) of(when)
      const results = expression.branches.map(([, then]) => of(then))
      return { ...commonMeta([...results, ...(expression.otherwise === null ? [] : [of(expression.otherwise)])]) }
    }
    case 'cast': {
      const value = of(expression.value)
      if (expression.type === 'decimal' || expression.type === 'dec') return decimalMeta((expression.length ?? 10) + 2, expression.scale)
      if (/^(?:signed|int|integer)$/u.test(expression.type)) return integerMeta(Math.max(2, value.length), value.flags & FLAG.notNull)
      const known = CASTS[expression.type]
      if (known) return known
      return expression.type === 'binary' ? bytesMeta(expression.length ?? value.length) : textMeta(expression.length ?? value.length)
    }
    case 'interval':
      return of(expression.value)
    case 'exists':
      scope.session.server.queries.describe(expression.query, scope.session, scope)
      return TRUTH
    case 'query': {
      const columns = scope.session.server.queries.describe(expression.query, scope.session, scope)
      const [only] = columns
      if (columns.length !== 1 || only === undefined) throw fail.operandColumns(1)
      return only
    }
    case 'row':
      expression.values.forEach(of)
      return NULL_META
    case 'call': {
      if (AGGREGATES.has(expression.name)) return aggregateMeta(expression, scope)
      if (expression.name === 'VALUES' || expression.name === 'VALUE')
        return expression.args[0] === undefined ? NULL_META : of(expression.args[0])
      const native = functionNamed(expression.name, scope.session.server.product.mariadb)
      if (native === undefined) throw noFunction(expression.written, scope)
      if (expression.args.length < native.least || expression.args.length > native.most) throw fail.badArguments(expression.name)
      return native.meta(
        expression.args.map((arg) => of(arg)),
        expression.args,
      )
    }
  }
}

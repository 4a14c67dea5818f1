import type { Expression } from '../sql/ast.ts'
import { toDecimal } from './cast.ts'
import type { Scope } from './scope.ts'
import { compareValues, groupKey, integerOf, isDecimal, numberOf, orderValues, textOf, type Value } from './value.ts'

const CONCAT_LIMIT = 1_048_576
const SCALE = 10

type Run = (expression: Expression, scope: Scope) => Value

function sum(values: readonly Value[]): Value {
  if (values.some((value) => typeof value === 'number' || typeof value === 'string'))
    return values.reduce((total: number, value) => total + numberOf(value), 0)
  const scale = Math.max(0, ...values.map((value) => (isDecimal(value) ? value.scale : 0)))
  return { digits: values.reduce((total: bigint, value) => total + toDecimal(value, scale).digits, 0n), scale }
}

function average(values: readonly Value[]): Value {
  const total = sum(values)
  if (!isDecimal(total)) return numberOf(total) / values.length
  const scale = total.scale + 4
  const wide = toDecimal(total, Math.min(30, scale + SCALE))
  return toDecimal({ digits: wide.digits / BigInt(values.length), scale: wide.scale }, scale)
}

/** COUNT, SUM and the like over the scope's group; outside of a group over the one row. */
export function aggregate({ name, args, distinct, order, separator }: Extract<Expression, { is: 'call' }>, scope: Scope, run: Run): Value {
  const rows = scope.group ?? [scope.row]
  const [first] = args
  const own = scope.row
  const group = scope.group
  scope.group = null
  const over = <T>(each: (row: readonly Value[]) => T): T[] =>
    rows.map((row) => {
      scope.row = row
      return each(row)
    })
  try {
    if (name === 'COUNT' && (first === undefined || first.is === 'star')) return BigInt(rows.length)
    if (first === undefined) return null
    let found = over(() => ({ values: args.map((arg) => run(arg, scope)), keys: order.map(({ value }) => run(value, scope)) })).filter(
      ({ values }) => !values.includes(null),
    )
    if (distinct) found = [...new Map(found.map((item) => [groupKey(item.values), item])).values()]
    const values = found.map((item) => item.values[0] ?? null)
    if (name === 'COUNT') return BigInt(values.length)
    if (name === 'BIT_OR') return values.reduce((all: bigint, value) => all | integerOf(value), 0n)
    if (name === 'BIT_AND') return values.reduce((all: bigint, value) => all & integerOf(value), 2n ** 64n - 1n)
    if (values.length === 0) return null
    switch (name) {
      case 'SUM':
        return sum(values)
      case 'AVG':
        return average(values)
      case 'MIN':
        return values.reduce((best, value) => (compareValues(value, best) < 0 ? value : best))
      case 'MAX':
        return values.reduce((best, value) => (compareValues(value, best) > 0 ? value : best))
      case 'GROUP_CONCAT': {
        for (const [place, { descending }] of [...order.entries()].toReversed())
          found.sort((a, b) => orderValues(a.keys[place] ?? null, b.keys[place] ?? null) * (descending ? -1 : 1))
        const text = found.map((item) => item.values.map((value) => textOf(value)).join('')).join(separator)
        scope.session.budget.bytes(text.length)
        return text.slice(0, CONCAT_LIMIT)
      }
      case 'JSON_ARRAYAGG':
        return `[${values.map((value) => (typeof value === 'string' ? JSON.stringify(value) : textOf(value))).join(',')}]`
      default: {
        const numbers = values.map(numberOf)
        const mean = numbers.reduce((a, b) => a + b, 0) / numbers.length
        const variance = numbers.reduce((a, b) => a + (b - mean) ** 2, 0) / numbers.length
        return name === 'VARIANCE' ? variance : Math.sqrt(variance)
      }
    }
  } finally {
    scope.row = own
    scope.group = group
  }
}

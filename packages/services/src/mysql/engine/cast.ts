import type { Expression } from '../sql/ast.ts'
import { parseTime, stamp } from './functions/time.ts'
import { type Decimal, decimalOf, integerOf, isDecimal, numberOf, rescale, textOf, type Value } from './value.ts'

const SIGNED = 64

/** As an exact number with so many digits after the point. */
export function toDecimal(value: Value, scale: number): Decimal {
  if (typeof value === 'bigint') return rescale({ digits: value, scale: 0 }, scale)
  if (isDecimal(value)) return rescale(value, scale)
  const text =
    typeof value === 'string'
      ? (/^\s*([-+]?\d{0,65}(?:\.\d*)?)/u.exec(value)?.[1] ?? '0')
      : numberOf(value).toFixed(Math.min(20, scale + 1))
  return rescale(decimalOf(/\d/u.test(text) ? text : '0'), scale)
}

/** CAST and CONVERT. */
export function cast(value: Value, { type, length, scale }: Extract<Expression, { is: 'cast' }>): Value {
  if (value === null) return null
  switch (type) {
    case 'signed':
    case 'int':
    case 'integer':
    case 'bigint':
      return BigInt.asIntN(SIGNED, integerOf(value))
    case 'unsigned':
      return BigInt.asUintN(SIGNED, integerOf(value))
    case 'decimal':
    case 'dec':
      return toDecimal(value, Math.min(30, scale))
    case 'double':
    case 'float':
      return numberOf(value)
    case 'date':
    case 'datetime':
    case 'time': {
      const at = parseTime(value)
      if (at === null) return null
      return type === 'date' ? stamp(at).slice(0, 10) : type === 'time' ? stamp(at).slice(11) : stamp(at)
    }
  }
  const text = textOf(value) ?? ''
  return length === null ? text : text.slice(0, length)
}

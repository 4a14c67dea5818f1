import { float } from '../printf.ts'
import { AwkProblem } from './tokens.ts'

/** A number, a string, or a string from input that looks like a number. */
export type Value = number | string | { readonly text: string }
/** `next`, `exit`, `break` and their kind on their way out. */
export class Jump {
  readonly name: string
  readonly value: Value
  constructor(name: string, value: Value) {
    this.name = name
    this.value = value
  }
}
const NUMERIC = /^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*$/
export const TEXT_MAX = 16_777_216
export const ITEMS_MAX = 200_000

export const textOf = (value: Value): string => {
  if (typeof value === 'string') return value
  if (typeof value === 'object') return value.text
  return Number.isInteger(value) && Math.abs(value) < 1e16 ? String(value) : float(value, 'g', 6)
}
export const numberOf = (value: Value): number => {
  if (typeof value === 'number') return value
  const found = /^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?/.exec(typeof value === 'string' ? value : value.text)
  return found === null ? 0 : Number(found[0])
}
export const truth = (value: Value): boolean =>
  typeof value === 'number'
    ? value !== 0
    : typeof value === 'string'
      ? value !== ''
      : NUMERIC.test(value.text)
        ? numberOf(value) !== 0
        : value.text !== ''
export const isNumber = (value: Value): boolean => typeof value === 'number' || (typeof value === 'object' && NUMERIC.test(value.text))

export function arithmetic(operator: string, a: number, b: number): number {
  switch (operator) {
    case '+':
      return a + b
    case '-':
      return a - b
    case '*':
      return a * b
    case '/':
    case '%':
      if (b === 0) throw new AwkProblem(`division by zero${operator === '%' ? ' in %' : ''}`)
      return operator === '/' ? a / b : a % b
    default:
      return a ** b
  }
}

/** An exact number: `digits / 10^scale`. */
export interface Decimal {
  readonly digits: bigint
  readonly scale: number
}
/** NULL, integer, exact, double, or bytes (one character, one byte). Dates are bytes as they are printed. */
export type Value = null | bigint | Decimal | number | string

export const isDecimal = (value: Value): value is Decimal => typeof value === 'object' && value !== null

const TEN = 10n
const MAX_SCALE = 30
export const rescale = ({ digits, scale }: Decimal, to: number): Decimal => {
  if (to >= scale) return { digits: digits * TEN ** BigInt(to - scale), scale: to }
  const divisor = TEN ** BigInt(scale - to)
  const half = divisor / 2n
  return { digits: (digits < 0n ? digits - half : digits + half) / divisor, scale: to }
}

export function decimalText({ digits, scale }: Decimal): string {
  const text = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, '0')
  const sign = digits < 0n ? '-' : ''
  return scale === 0 ? sign + text : `${sign}${text.slice(0, -scale)}.${text.slice(-scale)}`
}

export function decimalOf(text: string): Decimal {
  const [whole = '0', fraction = ''] = text.split('.')
  const kept = fraction.slice(0, MAX_SCALE)
  return {
    digits: BigInt(`${whole === '' || whole === '-' || whole === '+' ? `${whole}0` : whole}${kept}`.replace(/^\+/u, '')),
    scale: kept.length,
  }
}

/** As the server prints a double: `1e20`, `0.1`, `1`. */
export function doubleText(value: number): string {
  if (Object.is(value, -0)) return '-0'
  if (!Number.isFinite(value)) return value > 0 ? '1.7976931348623157e308' : '-1.7976931348623157e308'
  const magnitude = Math.abs(value)
  if (magnitude !== 0 && (magnitude >= 1e15 || magnitude < 1e-15)) return value.toExponential().replace('e+', 'e')
  const text = String(value)
  return text.includes('e') ? value.toFixed(20).replace(/0+$/u, '') : text
}

/** As it goes over the wire in the text protocol; NULL is null. */
export function textOf(value: Value): string | null {
  if (value === null || typeof value === 'string') return value
  if (typeof value === 'bigint') return value.toString()
  return typeof value === 'number' ? doubleText(value) : decimalText(value)
}

const LEADING_NUMBER = /^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/u

/** A string's leading number, 0 without one. */
export const leadingNumber = (text: string): number => Number(LEADING_NUMBER.exec(text.slice(0, 400))?.[0] ?? 0)

export function numberOf(value: Value): number {
  if (value === null) return 0
  if (typeof value === 'string') return leadingNumber(value)
  if (typeof value === 'number') return value
  return typeof value === 'bigint' ? Number(value) : Number(decimalText(value))
}

export function integerOf(value: Value): bigint {
  if (typeof value === 'bigint') return value
  if (value === null) return 0n
  if (isDecimal(value)) return rescale(value, 0).digits
  if (typeof value === 'string') {
    const whole = /^\s*[-+]?\d{1,40}(?![\d.eE])/u.exec(value)?.[0]
    if (whole !== undefined) return BigInt(whole.trim().replace(/^\+/u, ''))
  }
  const number = numberOf(value)
  if (!Number.isFinite(number)) return number > 0 ? 2n ** 63n - 1n : -(2n ** 63n)
  return BigInt(Math.round(number))
}

export const isTrue = (value: Value): boolean => value !== null && (typeof value === 'bigint' ? value !== 0n : numberOf(value) !== 0)
export const truth = (value: boolean | null): Value => (value === null ? null : value ? 1n : 0n)

const fold = (text: string): string => text.toUpperCase()

/** -1, 0, 1, as the default collation orders: strings without case and without trailing blanks, all else as numbers. Neither is NULL. */
export function compareValues(left: Value, right: Value, binary = false): number {
  if (typeof left === 'bigint' && typeof right === 'bigint') return left < right ? -1 : left > right ? 1 : 0
  if (typeof left === 'string' && typeof right === 'string') {
    const a = binary ? left : fold(left).replace(/ +$/u, '')
    const b = binary ? right : fold(right).replace(/ +$/u, '')
    return a < b ? -1 : a > b ? 1 : 0
  }
  const a = numberOf(left)
  const b = numberOf(right)
  return a < b ? -1 : a > b ? 1 : 0
}

/** For ORDER BY and DISTINCT: NULL comes first. */
export function orderValues(left: Value, right: Value): number {
  if (left === null || right === null) return left === right ? 0 : left === null ? -1 : 1
  return compareValues(left, right)
}

/** Equal for values that DISTINCT and GROUP BY take for one. */
export const groupKey = (values: readonly Value[]): string =>
  values
    .map((value) => (value === null ? 'N' : `${typeof value === 'string' ? 's' : 'n'}${JSON.stringify(fold(textOf(value) ?? ''))}`))
    .join()

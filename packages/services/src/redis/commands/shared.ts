import type { Call } from '../instance.ts'

export const SYNTAX = 'ERR syntax error'
export const NOT_INTEGER = 'ERR value is not an integer or out of range'
export const NOT_FLOAT = 'ERR value is not a valid float'

/** A key as the keyspace holds it. */
export const key = (call: Call, index: number): string => call.text(index)

/** A signed integer as `string2ll` reads it; null when it is none or not exactly representable here. */
export function parseInteger(text: string): number | null {
  if (!/^(?:0|-?[1-9]\d{0,18})$/u.test(text)) return null
  const value = Number(text)
  return Number.isSafeInteger(value) ? value : null
}

export function parseFloatText(text: string): number | null {
  if (/^[+-]?inf(inity)?$/iu.test(text)) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/iu.test(text)) return null
  return Number(text)
}

/** A double as Redis prints it: 17 significant digits at most, whole numbers without a point. */
export function doubleText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return 'inf'
  if (value === Number.NEGATIVE_INFINITY) return '-inf'
  return String(value)
}

/** Start and end of a Redis range over `length` items; null = empty. */
export function span(from: number, to: number, length: number): readonly [number, number] | null {
  const start = from < 0 ? Math.max(0, length + from) : from
  const end = Math.min(length - 1, to < 0 ? length + to : to)
  return start > end || start >= length ? null : [start, end]
}

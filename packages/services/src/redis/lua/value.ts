import { randomBytes } from 'node:crypto'

/** A value of Lua 5.1; nil is `undefined`, strings are binary. */
export type Value = undefined | boolean | number | string | Table | Callable

/** A table without metatables, in the order of insertion. */
export class Table {
  readonly entries = new Map<Value, Value>()
  /** The server's own tables. */
  sealed = false

  get(key: Value): Value {
    return this.entries.get(key)
  }
  set(key: Value, value: Value): void {
    if (value === undefined) this.entries.delete(key)
    else this.entries.set(key, value)
  }
  /** A border, found as the real one finds it: n with an item, n + 1 without. */
  get length(): number {
    if (!this.entries.has(1)) return 0
    let [low, high] = [1, 2]
    while (this.entries.has(high)) [low, high] = [high, high * 2]
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if (this.entries.has(middle)) low = middle
      else high = middle
    }
    return low
  }
  items(): Value[] {
    return Array.from({ length: this.length }, (_, index) => this.get(index + 1))
  }
  static of(items: readonly Value[]): Table {
    const table = new Table()
    for (const [index, item] of items.entries()) table.set(index + 1, item)
    return table
  }
}

export class Callable {
  readonly call: (args: readonly Value[], line: number) => readonly Value[]
  /** Whether it goes through the whole of a table that it is given. */
  readonly walks: boolean
  constructor(call: (args: readonly Value[], line: number) => readonly Value[], walks = false) {
    this.call = call
    this.walks = walks
  }
}

/** What `error` throws; `line` is where. */
export class LuaError extends Error {
  override readonly name = 'LuaError'
  readonly value: Value
  readonly line: number
  constructor(value: Value, line: number) {
    super('script error')
    this.value = value
    this.line = line
  }
}
/** A fault that the interpreter finds: its place stands before it. */
export const fault = (message: string, line: number): LuaError => new LuaError(`user_script:${line}: ${message}`, line)

export function typeOf(value: Value): string {
  if (value === undefined) return 'nil'
  if (value instanceof Table) return 'table'
  return value instanceof Callable ? 'function' : typeof value
}
export const isTrue = (value: Value): boolean => value !== undefined && value !== false

/** C's `%.<digits>g`. */
export function formatNumber(value: number, digits = 14): string {
  if (Number.isNaN(value)) return '-nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  if (value === 0) return Object.is(value, -0) ? '-0' : '0'
  const [, mantissa = '', exponent = ''] = /^(.*)e(.*)$/u.exec(value.toExponential(digits - 1)) ?? []
  const power = Number(exponent)
  if (power >= -4 && power < digits) {
    const fixed = value.toFixed(Math.min(100, Math.max(0, digits - 1 - power)))
    return fixed.includes('.') ? fixed.replace(/\.?0+$/u, '') : fixed
  }
  const sign = power < 0 ? '-' : '+'
  return `${mantissa.replace(/\.?0+$/u, '')}e${sign}${String(Math.abs(power)).padStart(2, '0')}`
}

/** As arithmetic takes it: numbers, and strings that are one. */
export function numberOf(value: Value): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value !== 'string') return undefined
  const text = value.trim()
  return /^[-+]?(0x[0-9a-f]+|(\d+\.?\d*|\.\d+)(e[-+]?\d+)?)$/iu.test(text)
    ? text.startsWith('-')
      ? -Number(text.slice(1))
      : Number(text.replace(/^\+/u, ''))
    : undefined
}

/** As concatenation takes it. */
export const stringOf = (value: Value): string | undefined =>
  typeof value === 'string' ? value : typeof value === 'number' ? formatNumber(value) : undefined

/** Some place on the heap. */
const ADDRESS = `0x7f${randomBytes(5).toString('hex')}`

export function show(value: Value): string {
  const text = stringOf(value)
  if (text !== undefined) return text
  return value instanceof Table || value instanceof Callable ? `${typeOf(value)}: ${ADDRESS}` : value === undefined ? 'nil' : String(value)
}

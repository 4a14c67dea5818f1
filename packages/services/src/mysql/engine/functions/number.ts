import { decimalMeta, doubleMeta, integerMeta, isInteger, TYPE } from '../meta.ts'
import { type Decimal, integerOf, isDecimal, numberOf, rescale, type Value } from '../value.ts'
import { define, double, type FunctionTable, integer, string, text } from './make.ts'

const TEN = 10n
const truncated = (value: Decimal, places: number): Decimal =>
  places >= value.scale ? value : { digits: value.digits / TEN ** BigInt(value.scale - places), scale: places }

/** ROUND and TRUNCATE keep the kind of their argument. */
function rounded(value: Value, places: number, cut: boolean): Value {
  if (value === null) return null
  const at = Math.max(-30, Math.min(30, places))
  if (typeof value === 'bigint') {
    if (at >= 0) return value
    const unit = TEN ** BigInt(-at)
    return cut ? (value / unit) * unit : ((value + (value < 0n ? -unit : unit) / 2n) / unit) * unit
  }
  if (isDecimal(value))
    return at < 0 ? rounded(rescale(value, 0).digits, at, cut) : cut ? truncated(value, at) : value.scale > at ? rescale(value, at) : value
  const factor = 10 ** at
  const scaled = numberOf(value) * factor
  const whole = cut ? Math.trunc(scaled) : Math.sign(scaled) * Math.round(Math.abs(scaled))
  return Number.isFinite(whole) ? whole / factor : numberOf(value)
}

function whole(value: Value, up: boolean): Value {
  if (value === null || typeof value === 'bigint') return value
  if (!isDecimal(value)) return up ? Math.ceil(numberOf(value)) : Math.floor(numberOf(value))
  const cut = truncated(value, 0).digits
  const exact = cut * TEN ** BigInt(value.scale) === value.digits
  return exact ? cut : up ? (value.digits > 0n ? cut + 1n : cut) : value.digits < 0n ? cut - 1n : cut
}
const wholeOf = (up: boolean) =>
  define(
    1,
    1,
    ([arg]) => (arg !== undefined && (isInteger(arg) || arg.type === TYPE.decimal) ? integerMeta(arg.length) : doubleMeta()),
    ([value = null]) => whole(value, up),
  )
const roundOf = (cut: boolean) =>
  define(
    cut ? 2 : 1,
    2,
    ([arg], [, places]) => {
      if (arg !== undefined && isInteger(arg)) return arg
      if (arg?.type !== TYPE.decimal) return doubleMeta()
      const wanted = places?.is === 'literal' ? Number(integerOf(places.value)) : places === undefined ? 0 : arg.decimals
      return decimalMeta(arg.length, Math.max(0, Math.min(arg.decimals, wanted)))
    },
    ([value = null, places = 0n]) => (places === null ? null : rounded(value, Number(integerOf(places)), cut)),
  )

const radix = (value: string, from: number, to: number): string | null => {
  if (Math.abs(from) < 2 || Math.abs(from) > 36 || Math.abs(to) < 2 || Math.abs(to) > 36) return null
  let result = 0n
  for (const digit of value.trim().toLowerCase().slice(0, 64)) {
    const place = Number.parseInt(digit, 36)
    if (!(place < Math.abs(from))) break
    result = result * BigInt(Math.abs(from)) + BigInt(place)
  }
  return BigInt.asUintN(64, result).toString(Math.abs(to)).toUpperCase()
}
const finite = (value: number): Value => (Number.isFinite(value) ? value : null)
const ceiling = wholeOf(true)
const power = double(2, 2, ([base, exponent]) => finite(numberOf(base ?? null) ** numberOf(exponent ?? null)))
const one = (run: (value: number) => number) => double(1, 1, ([value]) => finite(run(numberOf(value ?? null))))

/** Sequences of RAND(n) in one statement. */
const sequences = new WeakMap<object, Map<number, { one: number; two: number }>>()
const RAND_MAX = 0x3f_ff_ff_ff

/** The server's own generator: the next of the sequence that a seed begins. */
function seededRandom(statement: object, seed: number): number {
  const begun = sequences.get(statement) ?? new Map<number, { one: number; two: number }>()
  sequences.set(statement, begun)
  const low = seed >>> 0
  const state = begun.get(low) ?? {
    one: ((Math.imul(low, 0x1_00_01) + 55_555_555) >>> 0) % RAND_MAX,
    two: (Math.imul(low, 0x10_00_00_01) >>> 0) % RAND_MAX,
  }
  state.one = (state.one * 3 + state.two) % RAND_MAX
  state.two = (state.one + state.two + 33) % RAND_MAX
  begun.set(low, state)
  return state.one / RAND_MAX
}

export const numberFunctions: FunctionTable = {
  ABS: define(
    1,
    1,
    ([arg]) => arg ?? integerMeta(1),
    ([value = null]) => {
      if (value === null) return null
      if (typeof value === 'bigint') return value < 0n ? -value : value
      return isDecimal(value) ? { ...value, digits: value.digits < 0n ? -value.digits : value.digits } : Math.abs(numberOf(value))
    },
  ),
  SIGN: integer(1, 1, 2, ([value]) => BigInt(Math.sign(numberOf(value ?? null)))),
  FLOOR: wholeOf(false),
  CEIL: ceiling,
  CEILING: ceiling,
  ROUND: roundOf(false),
  TRUNCATE: roundOf(true),
  MOD: define(
    2,
    2,
    ([left]) => left ?? integerMeta(1),
    ([left = null, right = null]) => {
      if (left === null || right === null || numberOf(right) === 0) return null
      return typeof left === 'bigint' && typeof right === 'bigint' ? left % right : numberOf(left) % numberOf(right)
    },
  ),
  POW: power,
  POWER: power,
  SQRT: one(Math.sqrt),
  EXP: one(Math.exp),
  LN: one(Math.log),
  LOG: double(1, 2, ([base, value]) =>
    finite(value === undefined ? Math.log(numberOf(base ?? null)) : Math.log(numberOf(value)) / Math.log(numberOf(base ?? null))),
  ),
  LOG2: one(Math.log2),
  LOG10: one(Math.log10),
  SIN: one(Math.sin),
  COS: one(Math.cos),
  TAN: one(Math.tan),
  PI: define(
    0,
    0,
    () => ({ ...doubleMeta(8), decimals: 6 }),
    () => Number(Math.PI.toFixed(6)),
  ),
  RAND: define(
    0,
    1,
    () => doubleMeta(),
    ([seed], session) => (seed === undefined ? session.random() : seededRandom(session.budget, Number(integerOf(seed)))),
  ),
  CONV: text(3, 3, 64, ([value, from, to]) => radix(string(value), Number(integerOf(from ?? null)), Number(integerOf(to ?? null)))),
  BIN: text(1, 1, 64, ([value]) => BigInt.asUintN(64, integerOf(value ?? null)).toString(2)),
  OCT: text(1, 1, 64, ([value]) => BigInt.asUintN(64, integerOf(value ?? null)).toString(8)),
  INET_ATON: integer(1, 1, 21, ([value]) => {
    const parts = string(value).split('.')
    return parts.length === 4 && parts.every((part) => /^\d{1,3}$/u.test(part) && Number(part) < 256)
      ? parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n)
      : null
  }),
  INET_NTOA: text(1, 1, 31, ([value = null]) => {
    const number = integerOf(value)
    return number < 0n || number > 0xff_ff_ff_ffn
      ? null
      : [24n, 16n, 8n, 0n].map((shift) => ((number >> shift) & 255n).toString()).join('.')
  }),
  FIELD: define(
    2,
    255,
    () => integerMeta(3),
    ([wanted = null, ...choices]) => {
      if (wanted === null) return 0n
      return BigInt(choices.findIndex((choice) => choice !== null && string(choice).toLowerCase() === string(wanted).toLowerCase()) + 1)
    },
  ),
  DEGREES: one((value) => (value * 180) / Math.PI),
  RADIANS: one((value) => (value * Math.PI) / 180),
}

import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { nativeHash } from '../accounts.ts'
import { bytesMeta, type Meta, textMeta } from '../meta.ts'
import type { Session } from '../session.ts'
import { integerOf, numberOf, textOf, type Value } from '../value.ts'
import {
  binary,
  bounded,
  characters,
  define,
  type FunctionTable,
  integer,
  isAscii,
  onCharacters,
  type SqlFunction,
  string,
  text,
} from './make.ts'

const hash = (algorithm: string, value: Value | undefined): string =>
  createHash(algorithm)
    .update(Buffer.from(string(value), 'latin1'))
    .digest('hex')
const count = (value: Value | undefined): number => Number(integerOf(value ?? null))

function substring(value: string, from: number, length: number | null): string {
  const all = isAscii(value) ? null : characters(value)
  const size = all === null ? value.length : all.length
  const begin = from > 0 ? from - 1 : from < 0 ? size + from : -1
  if (begin < 0 || (length !== null && length <= 0)) return ''
  const end = length === null ? undefined : begin + length
  return all === null ? value.slice(begin, end) : all.slice(begin, end).join('')
}
const cut = (fromEnd: boolean) =>
  text(2, 2, null, ([value, length]) => {
    const all = characters(string(value))
    const wanted = Math.max(0, count(length))
    return (fromEnd ? all.slice(Math.max(0, all.length - wanted)) : all.slice(0, wanted)).join('')
  })
const pad = (left: boolean) =>
  text(2, 3, 255, ([value, length, filler], session) => {
    const all = characters(string(value))
    const wanted = count(length)
    const fill = characters(filler === undefined ? ' ' : string(filler))
    if (wanted < 0 || wanted > 16_777_216) return null
    session.budget.bytes(wanted)
    if (wanted <= all.length) return all.slice(0, wanted).join('')
    if (fill.length === 0) return null
    const missing = Array.from({ length: wanted - all.length }, (_, index) => fill[index % fill.length] ?? '').join('')
    return left ? missing + all.join('') : all.join('') + missing
  })

function trim(value: string, what: string, start: boolean, end: boolean): string {
  let result = value
  if (what === '') return result
  while (start && result.startsWith(what)) result = result.slice(what.length)
  while (end && result.endsWith(what)) result = result.slice(0, -what.length)
  return result
}

function locate(part: string, value: string, from: number): bigint {
  if (from < 1) return 0n
  const found = value.toLowerCase().indexOf(part.toLowerCase(), from - 1)
  return found < 0 ? 0n : BigInt(characters(value.slice(0, found)).length + 1)
}

const substr = text(2, 3, null, ([value, from, length]) =>
  substring(string(value), count(from), length === undefined ? null : count(length)),
)
const upper = text(1, 1, null, ([value]) => onCharacters(string(value), (chars) => chars.toUpperCase()))
const lower = text(1, 1, null, ([value]) => onCharacters(string(value), (chars) => chars.toLowerCase()))
const bytesLength = integer(1, 1, 10, ([value]) => BigInt(string(value).length))
const charsLength = integer(1, 1, 10, ([value]) => BigInt(characters(string(value)).length))
const sha = text(1, 1, 40, ([value]) => hash('sha1', value))

/** Of one argument, with no digits after a point in its declaration. */
const exactly = (meta: (args: readonly Meta[]) => Meta, run: (args: readonly Value[], session: Session) => Value): SqlFunction =>
  define(
    1,
    1,
    (args) => ({ ...meta(args), decimals: 0 }),
    (args, session) => (args.includes(null) ? null : run(args, session)),
  )

export const textFunctions: FunctionTable = {
  CONCAT: text(1, 255, null, (args, session) => bounded(args.map(string).join(''), session)),
  CONCAT_WS: define(
    2,
    255,
    (args) =>
      textMeta(
        Math.min(
          16_777_216,
          args.reduce((sum, arg) => sum + arg.length, 0),
        ),
      ),
    ([separator, ...parts], session) =>
      separator === null
        ? null
        : bounded(
            parts
              .filter((part) => part !== null)
              .map(string)
              .join(string(separator)),
            session,
          ),
  ),
  LENGTH: bytesLength,
  OCTET_LENGTH: bytesLength,
  CHAR_LENGTH: charsLength,
  CHARACTER_LENGTH: charsLength,
  UPPER: upper,
  UCASE: upper,
  LOWER: lower,
  LCASE: lower,
  HEX: exactly(
    ([arg]) => textMeta((arg?.length ?? 0) * 8),
    ([value = null], session) =>
      typeof value === 'string'
        ? bounded(Buffer.from(value, 'latin1').toString('hex').toUpperCase(), session)
        : BigInt.asUintN(64, integerOf(value)).toString(16).toUpperCase(),
  ),
  UNHEX: exactly(
    ([arg]) => bytesMeta(Math.ceil((arg?.length ?? 0) / 2)),
    ([value]) => {
      const digits = string(value)
      return /^[0-9a-f]*$/iu.test(digits) ? Buffer.from(digits.length % 2 ? `0${digits}` : digits, 'hex').toString('latin1') : null
    },
  ),
  SUBSTRING: substr,
  SUBSTR: substr,
  MID: substr,
  LEFT: cut(false),
  RIGHT: cut(true),
  LPAD: pad(true),
  RPAD: pad(false),
  TRIM: {
    least: 1,
    most: 2,
    meta: (args) => textMeta(args.at(-1)?.length ?? 0),
    run: (args, _session, given) => {
      const value = args.at(-1) ?? null
      if (value === null) return null
      const [first] = given
      if (given.length < 2) return trim(string(value), ' ', true, true)
      const [side, what] = first?.is === 'row' ? first.values : []
      const sideName = side?.is === 'literal' ? side.value : 'BOTH'
      const part = what?.is === 'literal' ? string(what.value) : string(args[0])
      return trim(string(value), part, sideName !== 'TRAILING', sideName !== 'LEADING')
    },
  },
  LTRIM: text(1, 1, null, ([value]) => trim(string(value), ' ', true, false)),
  RTRIM: text(1, 1, null, ([value]) => trim(string(value), ' ', false, true)),
  REPLACE: text(3, 3, null, ([value, from, to], session) => {
    const [whole, part, instead] = [string(value), string(from), string(to)]
    if (part === '') return whole
    const pieces = whole.split(part)
    if (whole.length + pieces.length * instead.length > 16_777_216) return null
    return bounded(pieces.join(instead), session)
  }),
  REVERSE: text(1, 1, null, ([value]) => characters(string(value)).toReversed().join('')),
  REPEAT: text(2, 2, 255, ([value, times], session) => {
    const wanted = Math.max(0, count(times))
    if (wanted * string(value).length > 16_777_216) return null
    return bounded(string(value).repeat(wanted), session)
  }),
  SPACE: text(1, 1, 255, ([times], session) =>
    count(times) > 16_777_216 ? null : bounded(' '.repeat(Math.max(0, count(times))), session),
  ),
  INSTR: integer(2, 2, 10, ([value, part]) => locate(string(part), string(value), 1)),
  LOCATE: integer(2, 3, 10, ([part, value, from]) => locate(string(part), string(value), from === undefined ? 1 : count(from))),
  POSITION: integer(2, 2, 10, ([part, value]) => locate(string(part), string(value), 1)),
  ASCII: integer(1, 1, 3, ([value]) => BigInt(string(value).charCodeAt(0) || 0)),
  ORD: integer(1, 1, 21, ([value]) => BigInt(`0x${Buffer.from(characters(string(value))[0] ?? '\0', 'latin1').toString('hex')}`)),
  CHAR: {
    least: 1,
    most: 255,
    meta: (args) => bytesMeta(args.length * 4),
    run: (args, _session, given) => {
      const last = given.at(-1)
      const codes = last?.is === 'literal' && typeof last.value === 'string' && last.as === 'string' ? args.slice(0, -1) : args
      return codes
        .filter((code) => code !== null)
        .map((code) => {
          const digits = BigInt.asUintN(32, integerOf(code)).toString(16)
          return Buffer.from(digits.length % 2 ? `0${digits}` : digits, 'hex').toString('latin1')
        })
        .join('')
    },
  },
  MD5: text(1, 1, 32, ([value]) => hash('md5', value)),
  SHA: sha,
  SHA1: sha,
  SHA2: text(2, 2, 64, ([value, bits]) => {
    const size = count(bits) === 0 ? 256 : count(bits)
    return [224, 256, 384, 512].includes(size) ? hash(`sha${size}`, value) : null
  }),
  PASSWORD: define(
    1,
    1,
    () => textMeta(41),
    ([value]) => nativeHash(string(value)),
  ),
  CRC32: integer(1, 1, 10, ([value]) => BigInt(crc32(Buffer.from(string(value), 'latin1')))),
  TO_BASE64: text(1, 1, 255, ([value], session) =>
    bounded(
      (
        Buffer.from(string(value), 'latin1')
          .toString('base64')
          .match(/.{1,76}/gu) ?? []
      ).join('\n'),
      session,
    ),
  ),
  FROM_BASE64: binary(1, 1, 255, ([value]) =>
    /^[A-Za-z0-9+/\s]*={0,2}\s*$/u.test(string(value)) ? Buffer.from(string(value), 'base64').toString('latin1') : null,
  ),
  STRCMP: integer(2, 2, 2, ([left, right]) => {
    const [a, b] = [string(left).toUpperCase(), string(right).toUpperCase()]
    return a < b ? -1n : a > b ? 1n : 0n
  }),
  FIND_IN_SET: integer(2, 2, 3, ([part, list]) => BigInt(string(list).split(',').indexOf(string(part)) + 1)),
  QUOTE: define(
    1,
    1,
    (args) => textMeta((args[0]?.length ?? 0) * 2 + 2),
    ([value = null]) =>
      value === null ? 'NULL' : `'${string(value).replace(/['\\]/gu, '\\$&').replaceAll('\0', '\\0').replaceAll('\x1a', '\\Z')}'`,
  ),
  FORMAT: text(2, 3, 60, ([value, places]) => {
    const [whole = '', fraction] = numberOf(value ?? null)
      .toFixed(Math.min(30, Math.max(0, count(places))))
      .split('.')
    const grouped = whole.replace(/\B(?=(?:\d{3})+$)/gu, ',')
    return fraction === undefined ? grouped : `${grouped}.${fraction}`
  }),
  ELT: define(
    2,
    255,
    (args) => textMeta(Math.max(...args.slice(1).map(({ length }) => length))),
    ([index = null, ...choices]) => (index === null ? null : textOf(choices[count(index) - 1] ?? null)),
  ),
}

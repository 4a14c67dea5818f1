import { own } from '@decnet/kernel'
import type { Expression } from '../../sql/ast.ts'
import { dateMeta, FLAG, integerMeta, longMeta, TYPE, textMeta } from '../meta.ts'
import type { Session } from '../session.ts'
import { integerOf, numberOf, type Value } from '../value.ts'
import { define, type FunctionTable, integer, type SqlFunction, string, text } from './make.ts'

const two = (value: number): string => String(value).padStart(2, '0')
const DAY = 86_400_000
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const MONTHS = 'January February March April May June July August September October November December'.split(' ')

/** `2026-11-21 23:04:00` of a UTC-valued wall time. */
export function stamp(wall: number): string {
  const at = new Date(wall)
  return `${String(at.getUTCFullYear()).padStart(4, '0')}-${two(at.getUTCMonth() + 1)}-${two(at.getUTCDate())} ${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`
}

/** A date or date and time as UTC-valued wall time; null when it is none. */
export function parseTime(value: Value): number | null {
  const given =
    typeof value === 'bigint'
      ? value
          .toString()
          .replace(/^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d))?$/u, '$1-$2-$3 $4:$5:$6')
          .replace(/ ::$/u, '')
      : string(value)
  const found = /^\s*(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d{1,2})(?::(\d{1,2}))?(?:\.\d*)?)?\s*$/u.exec(given.slice(0, 40))
  if (!found) return null
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = found.slice(1).map((part) => Number(part ?? 0))
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 59) return null
  return Date.UTC(year, month - 1, day, hour, minute, second)
}
const hasTime = (value: Value): boolean => typeof value === 'string' && value.includes(':')

/** Moves a wall time by so many units. */
function moved(wall: number, amount: number, unit: string): number {
  const months = unit === 'MONTH' ? amount : unit === 'YEAR' ? amount * 12 : unit === 'QUARTER' ? amount * 3 : null
  if (months === null) {
    const sizes: Readonly<Record<string, number>> = {
      MICROSECOND: 0.001,
      SECOND: 1000,
      MINUTE: 60_000,
      HOUR: 3_600_000,
      DAY,
      WEEK: 7 * DAY,
    }
    return wall + amount * (sizes[unit] ?? 0)
  }
  const at = new Date(wall)
  const target = at.getUTCFullYear() * 12 + at.getUTCMonth() + Math.trunc(months)
  const last = new Date(Date.UTC(Math.floor(target / 12), (((target % 12) + 12) % 12) + 1, 0)).getUTCDate()
  return Date.UTC(
    Math.floor(target / 12),
    ((target % 12) + 12) % 12,
    Math.min(at.getUTCDate(), last),
    at.getUTCHours(),
    at.getUTCMinutes(),
    at.getUTCSeconds(),
  )
}
const inRange = (wall: number): boolean => wall >= Date.UTC(0, 0, 1) && wall <= Date.UTC(9999, 11, 31, 23, 59, 59)

/** `date + interval n unit`; NULL for what is no date. */
export function addInterval(value: Value, amount: Value, unit: string, sign: 1 | -1): Value {
  const wall = value === null || amount === null ? null : parseTime(value)
  if (wall === null) return null
  const result = moved(wall, sign * numberOf(amount), unit)
  if (!Number.isFinite(result) || !inRange(result)) return null
  return hasTime(value) || ['HOUR', 'MINUTE', 'SECOND', 'MICROSECOND'].includes(unit) ? stamp(result) : stamp(result).slice(0, 10)
}

function formatDate(wall: number, format: string): string {
  const at = new Date(wall)
  const hour12 = at.getUTCHours() % 12 || 12
  const parts: Readonly<Record<string, string>> = {
    Y: String(at.getUTCFullYear()).padStart(4, '0'),
    y: two(at.getUTCFullYear() % 100),
    m: two(at.getUTCMonth() + 1),
    c: String(at.getUTCMonth() + 1),
    d: two(at.getUTCDate()),
    e: String(at.getUTCDate()),
    H: two(at.getUTCHours()),
    k: String(at.getUTCHours()),
    h: two(hour12),
    I: two(hour12),
    l: String(hour12),
    i: two(at.getUTCMinutes()),
    s: two(at.getUTCSeconds()),
    S: two(at.getUTCSeconds()),
    f: '000000',
    p: at.getUTCHours() < 12 ? 'AM' : 'PM',
    T: stamp(wall).slice(11),
    M: MONTHS[at.getUTCMonth()] ?? '',
    b: (MONTHS[at.getUTCMonth()] ?? '').slice(0, 3),
    W: DAYS[at.getUTCDay()] ?? '',
    a: (DAYS[at.getUTCDay()] ?? '').slice(0, 3),
    w: String(at.getUTCDay()),
    j: String(Math.floor((wall - Date.UTC(at.getUTCFullYear(), 0, 1)) / DAY) + 1).padStart(3, '0'),
    '%': '%',
  }
  return format.replace(/%(.)/gsu, (_all, letter: string) => own(parts, letter) ?? letter)
}

const part = (length: number, of: (at: Date) => number): SqlFunction =>
  integer(1, 1, length, ([value = null]) => {
    const wall = parseTime(typeof value === 'string' && /^\d{1,2}:\d\d/u.test(value) ? `1970-01-01 ${value}` : value)
    return wall === null ? null : BigInt(of(new Date(wall)))
  })
const clock = (type: number, length: number, of: (session: Session) => string): SqlFunction =>
  define(
    0,
    1,
    () => dateMeta(type, length, FLAG.notNull),
    (_args, session) => of(session),
  )
const wall = (session: Session): string => stamp(session.server.wallTime(session.startedAt))
const utc = (session: Session): string => stamp(session.startedAt)
const shift = (sign: 1 | -1): SqlFunction => ({
  least: 2,
  most: 2,
  meta: ([arg]) => (arg?.type === TYPE.datetime || arg?.type === TYPE.date ? arg : textMeta(19)),
  run: ([value = null, amount = null], _session, given) => {
    const interval: Expression | undefined = given[1]
    return addInterval(value, amount, interval?.is === 'interval' ? interval.unit : 'DAY', sign)
  },
})
const now = clock(TYPE.datetime, 19, wall)
const day = part(2, (at) => at.getUTCDate())
const add = shift(1)
const subtract = shift(-1)

export const timeFunctions: FunctionTable = {
  NOW: now,
  CURRENT_TIMESTAMP: now,
  LOCALTIME: now,
  LOCALTIMESTAMP: now,
  SYSDATE: now,
  UTC_TIMESTAMP: clock(TYPE.datetime, 19, utc),
  CURDATE: clock(TYPE.date, 10, (session) => wall(session).slice(0, 10)),
  CURRENT_DATE: clock(TYPE.date, 10, (session) => wall(session).slice(0, 10)),
  UTC_DATE: clock(TYPE.date, 10, (session) => utc(session).slice(0, 10)),
  CURTIME: clock(TYPE.time, 10, (session) => wall(session).slice(11)),
  CURRENT_TIME: clock(TYPE.time, 10, (session) => wall(session).slice(11)),
  UTC_TIME: clock(TYPE.time, 10, (session) => utc(session).slice(11)),
  UNIX_TIMESTAMP: define(
    0,
    1,
    () => longMeta(17),
    ([value], session) => {
      if (value === undefined) return BigInt(Math.floor(session.startedAt / 1000))
      const at = value === null ? null : parseTime(value)
      return value === null ? null : at === null ? 0n : BigInt(Math.floor(session.server.epochOf(at) / 1000))
    },
  ),
  FROM_UNIXTIME: define(
    1,
    2,
    () => dateMeta(TYPE.datetime, 19),
    ([seconds = null, format], session) => {
      if (seconds === null || numberOf(seconds) < 0 || numberOf(seconds) > 2 ** 32) return null
      const at = session.server.wallTime(numberOf(seconds) * 1000)
      return format === undefined || format === null ? stamp(at) : formatDate(at, string(format))
    },
  ),
  DATE_FORMAT: text(2, 3, 120, ([value = null, format]) => {
    const at = parseTime(value)
    return at === null ? null : formatDate(at, string(format))
  }),
  DATE: define(
    1,
    1,
    () => dateMeta(TYPE.date, 10),
    ([value = null]) => {
      const at = value === null ? null : parseTime(value)
      return at === null ? null : stamp(at).slice(0, 10)
    },
  ),
  TIME: define(
    1,
    1,
    () => dateMeta(TYPE.time, 10),
    ([value = null]) => {
      const at = value === null ? null : parseTime(value)
      return at === null ? null : stamp(at).slice(11)
    },
  ),
  YEAR: part(4, (at) => at.getUTCFullYear()),
  QUARTER: part(1, (at) => Math.floor(at.getUTCMonth() / 3) + 1),
  MONTH: part(2, (at) => at.getUTCMonth() + 1),
  DAY: day,
  DAYOFMONTH: day,
  DAYOFWEEK: part(1, (at) => at.getUTCDay() + 1),
  WEEKDAY: part(1, (at) => (at.getUTCDay() + 6) % 7),
  HOUR: part(2, (at) => at.getUTCHours()),
  MINUTE: part(2, (at) => at.getUTCMinutes()),
  SECOND: part(2, (at) => at.getUTCSeconds()),
  DAYNAME: text(1, 1, 9, ([value = null]) => {
    const at = parseTime(value)
    return at === null ? null : (DAYS[new Date(at).getUTCDay()] ?? null)
  }),
  MONTHNAME: text(1, 1, 9, ([value = null]) => {
    const at = parseTime(value)
    return at === null ? null : (MONTHS[new Date(at).getUTCMonth()] ?? null)
  }),
  DATEDIFF: define(
    2,
    2,
    () => integerMeta(7),
    ([left = null, right = null]) => {
      const [a, b] = [left === null ? null : parseTime(left), right === null ? null : parseTime(right)]
      return a === null || b === null ? null : BigInt(Math.floor(a / DAY) - Math.floor(b / DAY))
    },
  ),
  TO_DAYS: integer(1, 1, 6, ([value = null]) => {
    const at = parseTime(value)
    return at === null ? null : BigInt(Math.floor(at / DAY) + 719_528)
  }),
  SEC_TO_TIME: define(
    1,
    1,
    () => dateMeta(TYPE.time, 10),
    ([value = null]) => {
      if (value === null) return null
      const seconds = Number(integerOf(value))
      const size = Math.min(Math.abs(seconds), 3_020_399)
      return `${seconds < 0 ? '-' : ''}${two(Math.floor(size / 3600))}:${two(Math.floor(size / 60) % 60)}:${two(size % 60)}`
    },
  ),
  DATE_ADD: add,
  ADDDATE: add,
  DATE_SUB: subtract,
  SUBDATE: subtract,
}

import type { ColumnDefinition } from '../sql/ast.ts'
import { fail } from '../sql-error.ts'
import { toDecimal } from './cast.ts'
import { integerRange, isIntegerType, lengthLimit } from './column-type.ts'
import { characters } from './functions/make.ts'
import { parseTime, stamp } from './functions/time.ts'
import type { Session } from './session.ts'
import { decimalText, integerOf, numberOf, textOf, type Value } from './value.ts'

/** Where a value is put, for errors. */
export interface Place {
  readonly database: string
  readonly table: string
  readonly row: number
}

const clip = (text: string): string => text.slice(0, 128)

/** A value as a column keeps it. @throws {SqlError} 1048, 1264, 1366, 1406 in strict mode */
export function stored(value: Value, column: ColumnDefinition, place: Place, session: Session): Value {
  const strict = isStrict(session)
  if (value === null) {
    if (column.nullable || column.autoIncrement) return null
    throw fail.notNull(column.name)
  }
  const named = session.server.product.mariadb ? `\`${place.database}\`.\`${place.table}\`.\`${column.name}\`` : `'${column.name}'`
  const wrong = (kind: string, instead: Value): Value => {
    if (strict) throw fail.wrongValue(kind, clip(textOf(value) ?? ''), named, place.row)
    session.warn('Warning', 1366, `Incorrect ${kind} value: '${clip(textOf(value) ?? '')}' for column ${named} at row ${place.row}`)
    return instead
  }
  const { type } = column
  if (isIntegerType(type)) {
    if (typeof value === 'string' && !/^\s*[-+]?\d+(?:\.\d*)?(?:e\d+)?\s*$/iu.test(value)) return wrong('integer', integerOf(value))
    const [low, high] = integerRange(type)
    const number = integerOf(value)
    if (number >= low && number <= high) return number
    if (strict) throw fail.outOfRange(column.name, place.row)
    return number < low ? low : high
  }
  switch (type.base) {
    case 'decimal':
      if (typeof value === 'string' && !/^\s*[-+]?(?:\d+\.?\d*|\.\d+)\s*$/u.test(value))
        return wrong('decimal', toDecimal(value, type.scale ?? 0))
      return storedDecimal(value, column, place, strict)
    case 'double':
    case 'float':
      if (typeof value === 'string' && !/^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?\s*$/iu.test(value))
        return wrong('double', numberOf(value))
      return numberOf(value)
    case 'date':
    case 'datetime':
    case 'timestamp': {
      const at = parseTime(value)
      if (at === null)
        return /^0000-00-00/u.test(textOf(value) ?? '')
          ? type.base === 'date'
            ? '0000-00-00'
            : '0000-00-00 00:00:00'
          : wrong(type.base === 'date' ? 'date' : 'datetime', type.base === 'date' ? '0000-00-00' : '0000-00-00 00:00:00')
      return type.base === 'date' ? stamp(at).slice(0, 10) : stamp(at)
    }
    case 'enum': {
      const text = (textOf(value) ?? '').toLowerCase()
      const member =
        typeof value === 'bigint' ? type.members[Number(value) - 1] : type.members.find((candidate) => candidate.toLowerCase() === text)
      if (member !== undefined) return member
      if (strict) throw fail.dataTruncated(column.name, place.row)
      return ''
    }
  }
  const text = textOf(value) ?? ''
  const limit = lengthLimit(type)
  if (limit === null || text.length <= limit) return text
  const counted = type.base.includes('char') ? characters(text) : null
  if (counted !== null && counted.length <= limit) return text
  if (strict) throw fail.tooLong(column.name, place.row)
  return counted === null ? text.slice(0, limit) : counted.slice(0, limit).join('')
}

function storedDecimal(value: Value, column: ColumnDefinition, place: Place, strict: boolean): Value {
  const decimal = toDecimal(value, column.type.scale ?? 0)
  const digits = decimalText(decimal).replace(/[-.]/gu, '').replace(/^0+/u, '').length
  if (digits <= (column.type.length ?? 10)) return decimal
  if (strict) throw fail.outOfRange(column.name, place.row)
  const most = 10n ** BigInt(column.type.length ?? 10) - 1n
  return { digits: decimal.digits < 0n ? -most : most, scale: decimal.scale }
}

/** Does `sql_mode` refuse what does not fit? */
const isStrict = (session: Session): boolean =>
  (session.variables.get('sql_mode') ?? session.server.globals.get('sql_mode')?.value ?? '').includes('STRICT')

/** What a column holds that was given nothing and cannot be NULL. */
export function implicitDefault({ type }: ColumnDefinition): Value {
  if (isIntegerType(type)) return 0n
  if (type.base === 'decimal') return { digits: 0n, scale: type.scale ?? 0 }
  if (type.base === 'double' || type.base === 'float') return 0
  if (type.base === 'enum') return type.members[0] ?? ''
  return type.base === 'date'
    ? '0000-00-00'
    : type.base === 'datetime' || type.base === 'timestamp'
      ? '0000-00-00 00:00:00'
      : type.base === 'time'
        ? '00:00:00'
        : ''
}

/** What a column gets when an INSERT does not name it. @throws {SqlError} 1364 */
export function defaultValue(column: ColumnDefinition, session: Session): Value {
  if (column.autoIncrement) return null
  if (column.default === undefined) {
    if (column.nullable) return null
    if (column.type.base === 'timestamp') return stamp(session.server.wallTime(session.startedAt))
    if (isStrict(session)) throw fail.noDefault(column.name)
    session.warn('Warning', 1364, fail.noDefault(column.name).message)
    return implicitDefault(column)
  }
  if ('value' in column.default) return column.default.value
  const now = stamp(session.server.wallTime(session.startedAt))
  if (column.default.expression === 'current_timestamp()') return column.type.base === 'date' ? now.slice(0, 10) : now
  return null
}

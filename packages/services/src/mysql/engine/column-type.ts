import type { ColumnDefinition, ColumnType } from '../sql/ast.ts'
import { FLAG, type Meta, TYPE } from './meta.ts'

const INTEGERS: Readonly<Record<string, readonly [type: number, width: number, bits: number]>> = {
  tinyint: [TYPE.tiny, 4, 8],
  smallint: [TYPE.short, 6, 16],
  mediumint: [TYPE.int24, 9, 24],
  int: [TYPE.long, 11, 32],
  bigint: [TYPE.longlong, 20, 64],
}
const BLOBS: Readonly<Record<string, number>> = {
  tinyblob: 255,
  blob: 65535,
  mediumblob: 16777215,
  longblob: 4294967295,
  tinytext: 255,
  text: 65535,
  mediumtext: 16777215,
  longtext: 4294967295,
  json: 4294967295,
}

export const isIntegerType = ({ base }: ColumnType): boolean => Object.hasOwn(INTEGERS, base) || base === 'year' || base === 'bit'

/** Lowest and highest value of an integer column. */
export function integerRange(type: ColumnType): readonly [bigint, bigint] {
  const bits = BigInt(INTEGERS[type.base]?.[2] ?? 64)
  return type.unsigned ? [0n, 2n ** bits - 1n] : [-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n]
}

/** Longest value in characters (text) or bytes; null for what has no such limit. */
export function lengthLimit(type: ColumnType): number | null {
  if (['char', 'binary'].includes(type.base)) return type.length ?? 1
  if (['varchar', 'varbinary'].includes(type.base)) return type.length ?? 65535
  return BLOBS[type.base] ?? null
}

/** `int(10) unsigned`, as SHOW prints it; MySQL 8 prints no widths of integers. */
export function typeText(type: ColumnType, mariadb: boolean): string {
  const sign = type.unsigned ? ' unsigned' : ''
  const integer = INTEGERS[type.base]
  if (integer) {
    if (!mariadb) return type.base === 'tinyint' && type.length === 1 ? `tinyint(1)${sign}` : type.base + sign
    const width = type.length ?? integer[1] - (type.unsigned && type.base !== 'bigint' ? 1 : 0)
    return `${type.base}(${width})${sign}`
  }
  if (type.base === 'decimal') return `decimal(${type.length ?? 10},${type.scale ?? 0})${sign}`
  if (type.base === 'year') return mariadb ? 'year(4)' : 'year'
  if (type.base === 'json' && mariadb) return 'longtext'
  if (type.members.length > 0) return `${type.base}(${type.members.map((member) => `'${member.replaceAll("'", "''")}'`).join()})`
  if (['char', 'binary'].includes(type.base)) return `${type.base}(${type.length ?? 1})`
  if (type.length !== null && !Object.hasOwn(BLOBS, type.base))
    return `${type.base}(${type.length}${type.scale === null ? '' : `,${type.scale}`})${sign}`
  return type.base + sign
}

const isText = ({ base }: ColumnType): boolean => /char|text|enum|set|json/u.test(base)

function shapeOf(type: ColumnType): Omit<Meta, 'flags'> {
  const integer = INTEGERS[type.base]
  if (integer) {
    const unsigned = type.unsigned && type.base !== 'bigint' ? 1 : 0
    return { type: integer[0], text: false, length: type.length ?? integer[1] - unsigned, decimals: 0 }
  }
  const text = isText(type)
  switch (type.base) {
    case 'decimal':
      return {
        type: TYPE.decimal,
        text,
        length: (type.length ?? 10) + (type.scale ? 1 : 0) + (type.unsigned ? 0 : 1),
        decimals: type.scale ?? 0,
      }
    case 'float':
      return { type: TYPE.float, text, length: 12, decimals: 31 }
    case 'double':
      return { type: TYPE.double, text, length: 22, decimals: 31 }
    case 'date':
      return { type: TYPE.date, text, length: 10, decimals: 0 }
    case 'time':
      return { type: TYPE.time, text, length: 10, decimals: 0 }
    case 'datetime':
      return { type: TYPE.datetime, text, length: 19, decimals: 0 }
    case 'timestamp':
      return { type: TYPE.timestamp, text, length: 19, decimals: 0 }
    case 'year':
      return { type: TYPE.year, text, length: 4, decimals: 0 }
    case 'bit':
      return { type: TYPE.bit, text, length: type.length ?? 1, decimals: 0 }
    case 'enum':
    case 'set':
      return { type: TYPE.string, text, length: Math.max(1, ...type.members.map(({ length }) => length)), decimals: 0 }
    case 'char':
    case 'binary':
      return { type: TYPE.string, text, length: type.length ?? 1, decimals: 0 }
  }
  const blob = BLOBS[type.base]
  // The length of a text column counts bytes.
  if (blob !== undefined) return { type: TYPE.blob, text, length: blob, decimals: 0 }
  return { type: TYPE.varString, text, length: type.length ?? 255, decimals: 0 }
}

/** What a result says of a column of a table. `key` is what SHOW COLUMNS shows. */
export function columnMeta(column: ColumnDefinition, key: 'PRI' | 'UNI' | 'MUL' | ''): Meta {
  const shape = shapeOf(column.type)
  let flags = column.nullable ? 0 : FLAG.notNull
  if (key !== '') flags |= FLAG.partKey
  if (key === 'PRI') flags |= FLAG.primary
  if (key === 'UNI') flags |= FLAG.unique
  if (key === 'MUL') flags |= FLAG.multiple
  if (shape.type === TYPE.blob) flags |= FLAG.blob
  if (column.type.unsigned) flags |= FLAG.unsigned
  if (!shape.text && !INTEGERS[column.type.base] && !['decimal', 'double', 'float'].includes(column.type.base)) flags |= FLAG.binary
  if (column.type.base === 'enum') flags |= FLAG.enum
  if (column.autoIncrement) flags |= FLAG.autoIncrement
  if (!column.nullable && column.default === undefined && !column.autoIncrement) flags |= FLAG.noDefault
  return { ...shape, flags }
}

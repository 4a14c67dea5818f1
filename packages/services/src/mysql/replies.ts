import { CLIENT, EXTENDED, STATUS } from './capabilities.ts'
import { BINARY, type Collation } from './charset.ts'
import { type Column, TYPE } from './engine/meta.ts'
import { integerOf, numberOf, textOf, type Value } from './engine/value.ts'
import { lengthEncoded, lengthEncodedBytes, uint } from './fields.ts'
import type { SqlError } from './sql-error.ts'

/** How answers are written for one client. */
export interface ReplyStyle {
  readonly capabilities: number
  readonly extended: number
  readonly results: Collation
}

/** One change of the session that a client asked to hear of: its number and its data. */
export type StateChange = readonly [type: number, data: Buffer]

export interface OkFields {
  readonly affected?: number
  readonly insertId?: bigint
  readonly status: number
  readonly warnings: number
  readonly info?: string
  readonly changes?: readonly StateChange[]
}

/** OK_Packet; `header` 0xfe where it ends rows. */
export function okPacket({ capabilities }: Pick<ReplyStyle, 'capabilities'>, fields: OkFields, header = 0): Buffer {
  const { affected = 0, insertId = 0n, warnings, info = '', changes = [] } = fields
  const tracked = capabilities & CLIENT.sessionTrack && changes.length > 0
  const status = fields.status | (tracked ? STATUS.sessionStateChanged : 0)
  const parts = [uint(1, header), lengthEncoded(affected), lengthEncoded(insertId), uint(2, status), uint(2, Math.min(warnings, 0xff_ff))]
  if (tracked) {
    const state = Buffer.concat(changes.flatMap(([type, data]) => [uint(1, type), lengthEncodedBytes(data)]))
    parts.push(lengthEncodedBytes(info), lengthEncodedBytes(state))
  } else if (info !== '') parts.push(lengthEncodedBytes(info))
  return Buffer.concat(parts)
}

/** ERR_Packet, with its SQLSTATE for clients since 4.1. */
export function errorPacket({ code, state, message }: SqlError, capabilities: number): Buffer {
  const text = Buffer.from(`${capabilities & CLIENT.protocol41 ? `#${state}` : ''}${message}`, 'latin1').subarray(0, 521)
  return Buffer.concat([uint(1, 0xff), uint(2, code), text])
}

/** What ends columns or rows: EOF, or an OK with its header. */
export function endPacket(style: Pick<ReplyStyle, 'capabilities'>, status: number, warnings: number): Buffer {
  if (style.capabilities & CLIENT.deprecateEof) return okPacket(style, { status, warnings }, 0xfe)
  return Buffer.concat([uint(1, 0xfe), uint(2, Math.min(warnings, 0xff_ff)), uint(2, status)])
}

const LENGTH_LIMIT = 4_294_967_295

/** Protocol::ColumnDefinition41. */
export function columnPacket(column: Column, { results, extended }: ReplyStyle, withDefault = false): Buffer {
  const charset = column.text ? results : BINARY
  const length =
    column.text && column.type !== TYPE.blob && column.type !== TYPE.longBlob
      ? column.length * results.width
      : column.text && column.type === TYPE.blob
        ? column.length * results.width
        : column.length
  return Buffer.concat([
    lengthEncodedBytes('def'),
    lengthEncodedBytes(column.database),
    lengthEncodedBytes(column.table),
    lengthEncodedBytes(column.originalTable),
    lengthEncodedBytes(column.name),
    lengthEncodedBytes(column.originalName),
    extended & EXTENDED.extendedMetadata ? uint(1, 0) : Buffer.alloc(0),
    uint(1, 0x0c),
    uint(2, charset.id),
    uint(4, Math.min(LENGTH_LIMIT, length)),
    uint(1, column.type),
    uint(2, column.flags),
    uint(1, column.decimals),
    uint(2, 0),
    withDefault ? uint(1, 0) : Buffer.alloc(0),
  ])
}

/** The packet before the columns. */
export function countPacket(count: number, { capabilities, extended }: ReplyStyle): Buffer {
  const follows = extended & EXTENDED.cacheMetadata || capabilities & CLIENT.optionalMetadata
  return Buffer.concat([lengthEncoded(count), follows ? uint(1, 1) : Buffer.alloc(0)])
}

const NULL_CELL = uint(1, 0xfb)
export const textRow = (row: readonly Value[]): Buffer =>
  Buffer.concat(
    row.map((value) => {
      const text = textOf(value)
      return text === null ? NULL_CELL : lengthEncodedBytes(text)
    }),
  )

function signed(size: 1 | 2 | 4 | 8, value: Value): Buffer {
  const buffer = Buffer.alloc(8)
  buffer.writeBigUInt64LE(BigInt.asUintN(64, integerOf(value)))
  return buffer.subarray(0, size)
}

function moment(text: string, dateOnly: boolean): Buffer {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = text.split(/[-: ]/u).map(Number)
  const date = Buffer.concat([uint(2, year & 0xff_ff), uint(1, month & 0xff), uint(1, day & 0xff)])
  if (year + month + day + hour + minute + second === 0) return uint(1, 0)
  if (dateOnly || hour + minute + second === 0) return Buffer.concat([uint(1, 4), date])
  return Buffer.concat([uint(1, 7), date, uint(1, hour & 0xff), uint(1, minute & 0xff), uint(1, second & 0xff)])
}

function duration(text: string): Buffer {
  const [hours = 0, minutes = 0, seconds = 0] = text.replace('-', '').split(':').map(Number)
  if (hours + minutes + seconds === 0) return uint(1, 0)
  return Buffer.concat([
    uint(1, 8),
    uint(1, text.startsWith('-') ? 1 : 0),
    uint(4, Math.floor(hours / 24)),
    uint(1, hours % 24),
    uint(1, minutes % 60),
    uint(1, seconds % 60),
  ])
}

function binaryCell(value: Value, type: number): Buffer {
  switch (type) {
    case TYPE.tiny:
      return signed(1, value)
    case TYPE.short:
    case TYPE.year:
      return signed(2, value)
    case TYPE.long:
    case TYPE.int24:
      return signed(4, value)
    case TYPE.longlong:
      return signed(8, value)
    case TYPE.double: {
      const buffer = Buffer.alloc(8)
      buffer.writeDoubleLE(numberOf(value))
      return buffer
    }
    case TYPE.float: {
      const buffer = Buffer.alloc(4)
      buffer.writeFloatLE(numberOf(value))
      return buffer
    }
    case TYPE.date:
      return moment(textOf(value) ?? '', true)
    case TYPE.datetime:
    case TYPE.timestamp:
      return moment(textOf(value) ?? '', false)
    case TYPE.time:
      return duration(textOf(value) ?? '')
  }
  return lengthEncodedBytes(textOf(value) ?? '')
}

/** Binary Protocol Resultset Row. */
export function binaryRow(row: readonly Value[], columns: readonly Column[]): Buffer {
  const nulls = Buffer.alloc((row.length + 9) >> 3)
  const cells = row.map((value, index) => {
    if (value !== null) return binaryCell(value, columns[index]?.type ?? TYPE.varString)
    const bit = index + 2
    nulls.writeUInt8((nulls[bit >> 3] ?? 0) | (1 << (bit & 7)), bit >> 3)
    return Buffer.alloc(0)
  })
  return Buffer.concat([uint(1, 0), nulls, ...cells])
}

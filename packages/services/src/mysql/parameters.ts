import { TYPE } from './engine/meta.ts'
import type { Value } from './engine/value.ts'
import { decimalOf } from './engine/value.ts'
import type { FieldReader } from './fields.ts'

const two = (value: number | undefined): string => String(value ?? 0).padStart(2, '0')

function readMoment(bytes: Buffer, dateOnly: boolean): string {
  const year = bytes.length >= 2 ? bytes.readUInt16LE(0) : 0
  const date = `${String(year).padStart(4, '0')}-${two(bytes[2])}-${two(bytes[3])}`
  return dateOnly ? date : `${date} ${two(bytes[4])}:${two(bytes[5])}:${two(bytes[6])}`
}

function readValue(reader: FieldReader, type: number, unsigned: boolean): Value | undefined {
  const integer = (size: 1 | 2 | 4 | 8): Value | undefined => {
    const bytes = reader.bytes(size)
    if (bytes === null) return undefined
    let value = 0n
    for (const byte of bytes.toReversed()) value = (value << 8n) | BigInt(byte)
    return unsigned ? value : BigInt.asIntN(size * 8, value)
  }
  switch (type) {
    case TYPE.null:
      return null
    case TYPE.tiny:
      return integer(1)
    case TYPE.short:
    case TYPE.year:
      return integer(2)
    case TYPE.long:
    case TYPE.int24:
      return integer(4)
    case TYPE.longlong:
      return integer(8)
    case TYPE.float:
      return reader.bytes(4)?.readFloatLE()
    case TYPE.double:
      return reader.bytes(8)?.readDoubleLE()
    case TYPE.date:
    case TYPE.datetime:
    case TYPE.timestamp: {
      const bytes = reader.lengthEncodedBytes()
      return bytes === null ? undefined : readMoment(bytes, type === TYPE.date)
    }
    case TYPE.time: {
      const bytes = reader.lengthEncodedBytes()
      return bytes === null ? undefined : `${two(bytes[5])}:${two(bytes[6])}:${two(bytes[7])}`
    }
  }
  const bytes = reader.lengthEncodedBytes()
  if (bytes === null) return undefined
  const text = bytes.toString('latin1')
  return type === TYPE.decimal && /^-?\d{1,65}(?:\.\d{0,30})?$/u.test(text) ? decimalOf(text) : text
}

/** Types of parameters as they were last bound: two bytes each, the second one's high bit says unsigned. */
export type BoundTypes = readonly (readonly [type: number, unsigned: boolean])[]

/** NULL bitmap, types and values of COM_STMT_EXECUTE; `named` as query attributes have them. undefined when it is malformed. */
export function readParameters(
  reader: FieldReader,
  count: number,
  known: BoundTypes,
  named: boolean,
): { readonly values: readonly Value[]; readonly types: BoundTypes } | undefined {
  if (count === 0) return { values: [], types: known }
  const nulls = reader.bytes((count + 7) >> 3)
  const fresh = reader.uint(1)
  if (nulls === null || fresh === null) return undefined
  let types = known
  if (fresh === 1) {
    const read: (readonly [number, boolean])[] = []
    for (let index = 0; index < count; index += 1) {
      const type = reader.uint(1)
      const sign = reader.uint(1)
      if (type === null || sign === null || (named && reader.lengthEncodedBytes() === null)) return undefined
      read.push([type, (sign & 0x80) !== 0])
    }
    types = read
  }
  const values: Value[] = []
  for (let index = 0; index < count; index += 1) {
    const [type, unsigned] = types[index] ?? [TYPE.null, false]
    const isNull = ((nulls[index >> 3] ?? 0) & (1 << (index & 7))) !== 0
    const value = isNull ? null : readValue(reader, type, unsigned)
    if (value === undefined) return undefined
    values.push(value)
  }
  return { values, types }
}

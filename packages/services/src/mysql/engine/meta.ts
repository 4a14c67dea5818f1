/** Column types of the protocol. */
export const TYPE = {
  decimal: 246,
  tiny: 1,
  short: 2,
  long: 3,
  float: 4,
  double: 5,
  null: 6,
  timestamp: 7,
  longlong: 8,
  int24: 9,
  date: 10,
  time: 11,
  datetime: 12,
  year: 13,
  bit: 16,
  json: 245,
  longBlob: 251,
  blob: 252,
  varString: 253,
  string: 254,
} as const

export const FLAG = {
  notNull: 1,
  primary: 2,
  unique: 4,
  multiple: 8,
  blob: 16,
  unsigned: 32,
  binary: 128,
  enum: 256,
  autoIncrement: 512,
  noDefault: 4096,
  partKey: 16384,
  number: 32768,
} as const

/** What a result says of one column. */
export interface Meta {
  readonly type: number
  /** Text: its length counts characters, and it goes out in the client's character set; else bytes. */
  readonly text: boolean
  readonly length: number
  readonly decimals: number
  readonly flags: number
}
export interface Column extends Meta {
  readonly name: string
  readonly originalName: string
  readonly database: string
  readonly table: string
  readonly originalTable: string
  /** Of an ENUM: what it may hold, in order. */
  readonly members?: readonly string[]
}

export const textMeta = (length: number, flags = 0, decimals = 39): Meta => ({ type: TYPE.varString, text: true, length, decimals, flags })
export const bytesMeta = (length: number, flags = 0): Meta => ({
  type: TYPE.varString,
  text: false,
  length,
  decimals: 39,
  flags: flags | FLAG.binary,
})
export const longTextMeta = (): Meta => ({ type: TYPE.longBlob, text: true, length: 4294967295, decimals: 39, flags: 0 })
export const integerMeta = (length: number, flags = 0): Meta => ({
  type: length > 10 ? TYPE.longlong : TYPE.long,
  text: false,
  length,
  decimals: 0,
  flags: flags | FLAG.binary,
})
export const longMeta = (length: number, flags = 0): Meta => ({
  type: TYPE.longlong,
  text: false,
  length,
  decimals: 0,
  flags: flags | FLAG.binary,
})
export const decimalMeta = (length: number, scale: number, flags = 0): Meta => ({
  type: TYPE.decimal,
  text: false,
  length,
  decimals: scale,
  flags: flags | FLAG.binary,
})
export const doubleMeta = (length = 23, flags = 0): Meta => ({
  type: TYPE.double,
  text: false,
  length,
  decimals: 31,
  flags: flags | FLAG.binary,
})
export const dateMeta = (type: number, length: number, flags = 0): Meta => ({
  type,
  text: false,
  length,
  decimals: 0,
  flags: flags | FLAG.binary,
})
export const NULL_META: Meta = { type: TYPE.null, text: false, length: 0, decimals: 0, flags: FLAG.binary }

export const isNumeric = ({ type }: Meta): boolean =>
  (type <= TYPE.int24 && type !== TYPE.null && type !== TYPE.timestamp) || type === TYPE.decimal
export const isInteger = ({ type }: Meta): boolean =>
  [TYPE.tiny, TYPE.short, TYPE.long, TYPE.longlong, TYPE.int24, TYPE.year].some((integer) => integer === type)

/** A column that belongs to no table. */
export const bare = (name: string, meta: Meta): Column => ({ ...meta, name, originalName: '', database: '', table: '', originalTable: '' })

import type { Call, Handler } from '../instance.ts'
import { array, bulk, fail, integer, nil, ok, type Reply } from '../reply.ts'
import { doubleText, key, NOT_FLOAT, NOT_INTEGER, parseFloatText, parseInteger, SYNTAX } from './shared.ts'

const LIMIT = 512 * 1024 * 1024

function get(call: Call, index: number): Buffer | null {
  const found = call.instance.keyspace.typed(call.client.database, key(call, index), 'string')
  if (found) call.instance.stats.hits++
  else call.instance.stats.misses++
  return found?.bytes ?? null
}
const put = (call: Call, index: number, bytes: Buffer, expiresAt: number | null = null) =>
  call.instance.keyspace.put(call.client.database, key(call, index), { type: 'string', bytes }, expiresAt)
const expiryOf = (call: Call, index: number) => call.instance.keyspace.find(call.client.database, key(call, index))?.expiresAt ?? null
const maybe = (bytes: Buffer | null): Reply => (bytes === null ? nil : bulk(bytes))

/** Epoch milliseconds of an expiry option, or the error. */
function expiry(call: Call, option: string, value: string): number | Reply {
  const amount = parseInteger(value)
  if (amount === null) return fail(NOT_INTEGER)
  if (amount <= 0) return fail(`ERR invalid expire time in '${call.text(0).toLowerCase()}' command`)
  const base = option.endsWith('AT') ? 0 : call.around.now()
  return base + (option.startsWith('P') ? amount : amount * 1000)
}

const set: Handler = (call) => {
  const { keyspace } = call.instance
  let condition = ''
  let wantsOld = false
  let keeps = false
  let expiresAt: number | null = null
  for (let at = 3; at < call.words.length; at++) {
    const option = call.text(at).toUpperCase()
    if ((option === 'NX' || option === 'XX') && (condition === '' || condition === option)) condition = option
    else if (option === 'GET') wantsOld = true
    else if (option === 'KEEPTTL' && expiresAt === null) keeps = true
    else if (/^(EX|PX|EXAT|PXAT)$/u.test(option) && expiresAt === null && !keeps && at + 1 < call.words.length) {
      const when = expiry(call, option, call.text(++at))
      if (typeof when !== 'number') return when
      expiresAt = when
    } else return fail(SYNTAX)
  }
  const old = wantsOld ? get(call, 1) : null
  const exists = keyspace.find(call.client.database, key(call, 1)) !== undefined
  if ((condition === 'NX' && exists) || (condition === 'XX' && !exists)) return wantsOld ? maybe(old) : nil
  put(call, 1, call.words[2] ?? Buffer.alloc(0), keeps ? expiryOf(call, 1) : expiresAt)
  return wantsOld ? maybe(old) : ok
}

const add = (call: Call, by: number | null): Reply => {
  const held = get(call, 1)
  const now = held === null ? 0 : parseInteger(held.toString('latin1'))
  if (by === null || now === null) return fail(NOT_INTEGER)
  const sum = now + by
  if (!Number.isSafeInteger(sum)) return fail('ERR increment or decrement would overflow')
  put(call, 1, Buffer.from(String(sum)), expiryOf(call, 1))
  return integer(sum)
}

const setWithTime =
  (milliseconds: boolean): Handler =>
  (call) => {
    const when = expiry(call, milliseconds ? 'PX' : 'EX', call.text(2))
    if (typeof when !== 'number') return when
    put(call, 1, call.words[3] ?? Buffer.alloc(0), when)
    return ok
  }

const pairs = (call: Call, onlyNew: boolean): Reply => {
  if (call.words.length % 2 === 0) return fail(`ERR wrong number of arguments for '${call.text(0).toLowerCase()}' command`)
  const { keyspace } = call.instance
  if (onlyNew) for (let at = 1; at < call.words.length; at += 2) if (keyspace.find(call.client.database, key(call, at))) return integer(0)
  for (let at = 1; at < call.words.length; at += 2) put(call, at, call.words[at + 1] ?? Buffer.alloc(0))
  return onlyNew ? integer(1) : ok
}

const range = (call: Call): Reply => {
  const bytes = get(call, 1) ?? Buffer.alloc(0)
  const [from, to] = [parseInteger(call.text(2)), parseInteger(call.text(3))]
  if (from === null || to === null) return fail(NOT_INTEGER)
  const start = from < 0 ? Math.max(0, bytes.length + from) : from
  const end = to < 0 ? bytes.length + to : to
  return bulk(start > end ? Buffer.alloc(0) : bytes.subarray(start, end + 1))
}

const bit = (call: Call, write: boolean): Reply => {
  const offset = parseInteger(call.text(2))
  if (offset === null || offset < 0 || offset > 8 * 1024 * 1024 * 8) return fail('ERR bit offset is not an integer or out of range')
  const bytes = get(call, 1) ?? Buffer.alloc(0)
  const mask = 0x80 >> (offset & 7)
  const old = ((bytes[offset >> 3] ?? 0) & mask) === 0 ? 0 : 1
  if (!write) return integer(old)
  const value = call.text(3)
  if (value !== '0' && value !== '1') return fail('ERR bit is not an integer or out of range')
  const grown = Buffer.alloc(Math.max(bytes.length, (offset >> 3) + 1))
  bytes.copy(grown)
  grown[offset >> 3] = value === '1' ? (grown[offset >> 3] ?? 0) | mask : (grown[offset >> 3] ?? 0) & ~mask
  put(call, 1, grown, expiryOf(call, 1))
  return integer(old)
}

/** Commands on plain values. */
export const strings: Readonly<Record<string, Handler>> = {
  set,
  get: (call) => maybe(get(call, 1)),
  setnx: (call) => {
    if (call.instance.keyspace.find(call.client.database, key(call, 1))) return integer(0)
    put(call, 1, call.words[2] ?? Buffer.alloc(0))
    return integer(1)
  },
  setex: setWithTime(false),
  psetex: setWithTime(true),
  getset: (call) => {
    const old = get(call, 1)
    put(call, 1, call.words[2] ?? Buffer.alloc(0))
    return maybe(old)
  },
  getdel: (call) => {
    const old = get(call, 1)
    call.instance.keyspace.remove(call.client.database, key(call, 1))
    return maybe(old)
  },
  getex: (call) => {
    const held = get(call, 1)
    const option = call.text(2).toUpperCase()
    const entry = call.instance.keyspace.find(call.client.database, key(call, 1))
    if (option === 'PERSIST' && call.words.length === 3) {
      if (entry) entry.expiresAt = null
    } else if (/^(EX|PX|EXAT|PXAT)$/u.test(option) && call.words.length === 4) {
      const when = expiry(call, option, call.text(3))
      if (typeof when !== 'number') return when
      if (entry) entry.expiresAt = when
    } else if (call.words.length > 2) return fail(SYNTAX)
    return maybe(held)
  },
  append: (call) => {
    const joined = Buffer.concat([get(call, 1) ?? Buffer.alloc(0), call.words[2] ?? Buffer.alloc(0)])
    put(call, 1, joined, expiryOf(call, 1))
    return integer(joined.length)
  },
  strlen: (call) => integer(get(call, 1)?.length ?? 0),
  setrange: (call) => {
    const offset = parseInteger(call.text(2))
    if (offset === null) return fail(NOT_INTEGER)
    if (offset < 0) return fail('ERR offset is out of range')
    const [held, piece] = [get(call, 1) ?? Buffer.alloc(0), call.words[3] ?? Buffer.alloc(0)]
    if (offset + piece.length > LIMIT) return fail('ERR string exceeds maximum allowed size (proto-max-bulk-len)')
    if (piece.length === 0) return integer(held.length)
    call.instance.keyspace.admit(offset + piece.length)
    const grown = Buffer.alloc(Math.max(held.length, offset + piece.length))
    held.copy(grown)
    piece.copy(grown, offset)
    put(call, 1, grown, expiryOf(call, 1))
    return integer(grown.length)
  },
  getrange: range,
  substr: range,
  incr: (call) => add(call, 1),
  decr: (call) => add(call, -1),
  incrby: (call) => add(call, parseInteger(call.text(2))),
  decrby: (call) => {
    const by = parseInteger(call.text(2))
    return add(call, by === null ? null : -by)
  },
  incrbyfloat: (call) => {
    const now = parseFloatText(get(call, 1)?.toString('latin1') ?? '0')
    const by = parseFloatText(call.text(2))
    if (now === null || by === null) return fail(NOT_FLOAT)
    const sum = Buffer.from(doubleText(now + by))
    put(call, 1, sum, expiryOf(call, 1))
    return bulk(sum)
  },
  mget: (call) =>
    array(
      call.words.slice(1).map((_, index) => {
        const value = call.instance.keyspace.find(call.client.database, key(call, index + 1))?.value
        return value?.type === 'string' ? bulk(value.bytes) : nil
      }),
    ),
  mset: (call) => pairs(call, false),
  msetnx: (call) => pairs(call, true),
  setbit: (call) => bit(call, true),
  getbit: (call) => bit(call, false),
  bitcount: (call) =>
    integer((get(call, 1) ?? Buffer.alloc(0)).reduce((sum, byte) => sum + (byte.toString(2).match(/1/gu)?.length ?? 0), 0)),
}

import type { Keyspace, Value } from './keyspace.ts'

/** Length encoding of the RDB format. */
function length(value: number): Buffer {
  if (value < 64) return Buffer.from([value])
  if (value < 16_384) return Buffer.from([0x40 | (value >> 8), value & 0xff])
  const wide = Buffer.alloc(5)
  wide[0] = 0x80
  wide.writeUInt32BE(value, 1)
  return wide
}

function text(value: Buffer | string): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'latin1') : value
  const shown = bytes.length <= 11 ? bytes.toString('latin1') : ''
  if (/^(?:0|-?[1-9]\d{0,9})$/u.test(shown)) {
    const number = Number(shown)
    const size = number >= -128 && number < 128 ? 1 : number >= -32_768 && number < 32_768 ? 2 : 4
    if (number >= -(2 ** 31) && number < 2 ** 31) {
      const packed = Buffer.alloc(1 + size)
      packed[0] = size === 1 ? 0xc0 : size === 2 ? 0xc1 : 0xc2
      packed.writeIntLE(number, 1, size)
      return packed
    }
  }
  return Buffer.concat([length(bytes.length), bytes])
}

function entry(key: string, value: Value): Buffer[] {
  switch (value.type) {
    case 'string':
      return [Buffer.from([0]), text(key), text(value.bytes)]
    case 'list':
      return [Buffer.from([1]), text(key), length(value.items.length), ...value.items.map(text)]
    case 'set':
      return [Buffer.from([2]), text(key), length(value.members.size), ...[...value.members].map(text)]
    case 'hash':
      return [
        Buffer.from([4]),
        text(key),
        length(value.fields.size),
        ...[...value.fields].flatMap(([name, bytes]) => [text(name), text(bytes)]),
      ]
    case 'zset':
      return [
        Buffer.from([5]),
        text(key),
        length(value.scores.size),
        ...[...value.scores].flatMap(([member, score]) => {
          const double = Buffer.alloc(8)
          double.writeDoubleLE(score)
          return [text(member), double]
        }),
      ]
  }
}

const table = Array.from({ length: 256 }, (_, index) => {
  let crc = BigInt(index)
  for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ 0x95ac9329ac4bc9b5n : crc >> 1n
  return crc
})
const CHECKED = 1024 * 1024

/** CRC-64/Jones, as `crc64.c` of Redis. */
export function crc64(bytes: Buffer): bigint {
  let crc = 0n
  for (const byte of bytes) crc = (table[Number((crc ^ BigInt(byte)) & 0xffn)] ?? 0n) ^ (crc >> 8n)
  return crc
}

export interface DumpFacts {
  readonly version: string
  readonly major: number
  /** Epoch milliseconds. */
  readonly now: number
  readonly usedMemory: number
}

/** A dump file: RDB version 10 (Redis 7) or 9 (6). Strings stand uncompressed; over 1 MiB the checksum is zero, which means none. */
export function writeDump(keyspace: Keyspace, facts: DumpFacts): Buffer {
  const aux = (name: string, value: string) => [Buffer.from([0xfa]), text(name), text(value)]
  const parts: Buffer[] = [
    Buffer.from(facts.major >= 7 ? 'REDIS0010' : 'REDIS0009'),
    ...aux('redis-ver', facts.version),
    ...aux('redis-bits', '64'),
    ...aux('ctime', String(Math.floor(facts.now / 1000))),
    ...aux('used-mem', String(facts.usedMemory)),
    ...aux(facts.major >= 7 ? 'aof-base' : 'aof-preamble', '0'),
  ]
  for (let index = 0; index < 16; index++) {
    const names = keyspace.keys(index)
    if (names.length === 0) continue
    const database = keyspace.database(index)
    const expiring = names.filter((name) => database.get(name)?.expiresAt != null).length
    parts.push(Buffer.from([0xfe]), length(index), Buffer.from([0xfb]), length(names.length), length(expiring))
    for (const name of names) {
      const found = database.get(name)
      if (!found) continue
      if (found.expiresAt !== null) {
        const when = Buffer.alloc(9)
        when[0] = 0xfc
        when.writeBigInt64LE(BigInt(Math.floor(found.expiresAt)), 1)
        parts.push(when)
      }
      parts.push(...entry(name, found.value))
    }
  }
  parts.push(Buffer.from([0xff]))
  const body = Buffer.concat(parts)
  const sum = Buffer.alloc(8)
  if (body.length <= CHECKED) sum.writeBigUInt64LE(crc64(body))
  return Buffer.concat([body, sum])
}

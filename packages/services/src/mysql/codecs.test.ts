import { deflateSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Decompressor, wrapped } from './compression.ts'
import { fitsLike } from './engine/pattern.ts'
import { FieldReader, lengthEncoded, lengthEncodedBytes } from './fields.ts'
import { readChangeUser, readResponse } from './handshake.ts'
import { frame, PacketReader } from './packet.ts'
import { readParameters } from './parameters.ts'
import { proofOf, proves } from './proofs.ts'
import { nativeProof, sha2Proof } from './scripted-client.ts'
import { tokensOf } from './sql/lexer.ts'
import { parseStatement } from './sql/statement.ts'
import { SqlError } from './sql-error.ts'

const octets = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes))
const READING = { version: 101_119, mariadb: true }

describe('packets', () => {
  test('come out as they went in, however the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(octets, { maxLength: 8 }), fc.array(fc.nat(40), { maxLength: 40 }), (payloads, cuts) => {
        const stream = Buffer.concat(payloads.map((payload, index) => frame(index, payload)))
        const reader = new PacketReader(1 << 20)
        const seen: Buffer[] = []
        const drain = () => {
          for (let packet = reader.next(); packet !== null; packet = reader.next()) {
            if (typeof packet === 'string') throw new Error(packet)
            seen.push(Buffer.from(packet.payload))
          }
        }
        let at = 0
        for (const cut of cuts) {
          reader.push(stream.subarray(at, at + cut))
          at += cut
          drain()
        }
        reader.push(stream.subarray(at))
        drain()
        expect(seen).toEqual(payloads)
        expect(reader.pending).toBe(0)
      }),
    )
  })

  test('of 16 MiB and more are joined', () => {
    const payload = Buffer.alloc(0xff_ff_ff + 7, 0x61)
    const reader = new PacketReader(1 << 25)
    reader.push(frame(0, payload))
    const packet = reader.next()
    expect(typeof packet === 'object' && packet !== null && packet.payload.equals(payload) && packet.sequence).toBe(1)
  })

  test('out of order or too large are said to be so, and nothing is read after that', () => {
    const reader = new PacketReader(100)
    reader.push(frame(3, Buffer.from('x')))
    expect(reader.next()).toBe('out-of-order')
    const small = new PacketReader(10)
    small.push(frame(0, Buffer.alloc(11)))
    expect(small.next()).toBe('too-large')
    expect(small.next()).toBe('too-large')
  })
})

describe('fields', () => {
  test('length-encoded numbers and bytes come back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xff_ff_ff_ff }), octets, (number, bytes) => {
        const reader = new FieldReader(Buffer.concat([lengthEncoded(number), lengthEncodedBytes(bytes)]))
        expect(reader.lengthEncoded()).toBe(number)
        expect(reader.lengthEncodedBytes()).toEqual(bytes)
        expect(reader.left).toBe(0)
      }),
    )
  })

  test('whatever the bytes, reading a login, a change of user or parameters ends without a throw', () => {
    fc.assert(
      fc.property(octets, fc.integer({ min: 0, max: 0xff_ff_ff_ff }), (payload, flags) => {
        readResponse(payload, 0xff_ff_ff_ff)
        const marked = Buffer.from(payload)
        if (marked.length > 4) marked.writeUInt32LE((flags | 0x200) >>> 0, 0)
        readResponse(marked, 0xff_ff_ff_ff)
        readChangeUser(payload, flags)
        readParameters(new FieldReader(payload), flags % 50, [], flags % 2 === 0)
      }),
    )
  })
})

describe('the compressed protocol', () => {
  test('gives back what was wrapped, and what a client deflated', () => {
    fc.assert(
      fc.property(octets, octets, fc.nat(300), (plain, deflated, cut) => {
        const body = deflateSync(deflated)
        const header = Buffer.alloc(7)
        header.writeUIntLE(body.length, 0, 3)
        header.writeUIntLE(deflated.length, 4, 3)
        // A declared length of 0 says that it is not compressed.
        fc.pre(deflated.length > 0)
        const stream = Buffer.concat([wrapped(0, plain).packets, header, body])
        const reader = new Decompressor()
        const heard = [stream.subarray(0, cut), stream.subarray(cut)].map((chunk) => reader.push(chunk) ?? Buffer.from('bad'))
        expect(Buffer.concat(heard)).toEqual(Buffer.concat([plain, deflated]))
      }),
    )
  })

  test('never throws, and inflates nothing beyond what is declared', () => {
    fc.assert(fc.property(octets, (bytes) => void new Decompressor().push(bytes)))
    const bomb = deflateSync(Buffer.alloc(10_000_000))
    const header = Buffer.alloc(7)
    header.writeUIntLE(bomb.length, 0, 3)
    header.writeUIntLE(100, 4, 3)
    expect(new Decompressor().push(Buffer.concat([header, bomb]))).toBeNull()
  })
})

test('a proof is right for its password and salt only', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.uint8Array({ minLength: 20, maxLength: 20 }), (text, bytes) => {
      const password = Buffer.from(text, 'utf8').toString('latin1')
      const salt = Buffer.from(bytes)
      expect(proofOf('mysql_native_password', password, salt)).toEqual(nativeProof(text, salt))
      expect(proofOf('caching_sha2_password', password, salt)).toEqual(sha2Proof(text, salt))
      expect(proves('mysql_native_password', `${password}x`, salt, nativeProof(text, salt))).toBe(false)
      expect(proves('caching_sha2_password', password, salt, Buffer.alloc(0))).toBe(false)
    }),
  )
})

const WORDS =
  'select from where insert into values update set delete create table drop alter show like and or not in ( ) , ; . * = < > ? @ @@ \' " ` a b 1 2.5 0x41 null count -- /* /*! */ order by limit group union join on left case when then end int varchar database user grant'.split(
    ' ',
  )
const sqlLike = fc.oneof(
  fc.string({ maxLength: 80 }),
  fc.array(fc.constantFrom(...WORDS), { maxLength: 30 }).map((words) => words.join(' ')),
  octets.map((bytes) => bytes.toString('latin1')),
)

describe('SQL', () => {
  test('tokens cover the text in order, and every token ends where it says', () => {
    fc.assert(
      fc.property(sqlLike, (sql) => {
        const tokens = tokensOf(sql, READING)
        expect(tokens.at(-1)?.kind).toBe('end')
        let at = 0
        for (const token of tokens) {
          expect(token.from).toBeGreaterThanOrEqual(at)
          expect(token.to).toBeGreaterThanOrEqual(token.from)
          at = token.to
        }
        expect(at).toBe(sql.length)
      }),
    )
  })

  test('is read, or refused in the words of the server: nothing else is thrown', () => {
    fc.assert(
      fc.property(sqlLike, (sql) => {
        try {
          parseStatement(sql, READING)
        } catch (error) {
          expect(error).toBeInstanceOf(SqlError)
        }
      }),
      { numRuns: 400 },
    )
  })

  test('that nests too deep is refused', () => {
    for (const sql of [
      `select ${'('.repeat(100_000)}1`,
      `select ${'not '.repeat(100_000)}1`,
      `select ${'-'.repeat(50_000).replaceAll('-', '- ')}1`,
      `${'select (select '.repeat(5_000)}1`,
    ])
      expect(() => parseStatement(sql, READING)).toThrow(SqlError)
  })

  test('literals stand for the bytes that the server takes them for', () => {
    const value = (sql: string) => {
      const { statement } = parseStatement(`select ${sql}`, READING)
      const item = statement.is === 'query' ? statement.query.selects[0].items[0]?.value : undefined
      return item?.is === 'literal' ? item.value : undefined
    }
    for (const [sql, expected] of [
      ["'it''s'", "it's"],
      ["'a\\nb\\0\\%'", 'a\nb\0\\%'],
      ['"a" \'b\'', 'ab'],
      ["x'4142'", 'AB'],
      ['0x414', '\x04\x14'],
      ["b'01000001'", 'A'],
      ["_utf8'x'", 'x'],
      ['1e3', 1000],
      ['-5', -5n],
      ['18446744073709551615', 18446744073709551615n],
    ] as const)
      expect([sql, value(sql)]).toEqual([sql, expected])
  })

  test('comments for the server are run, for others not', () => {
    const items = (sql: string, mariadb = true) => {
      const { statement } = parseStatement(sql, { version: mariadb ? 101_119 : 80_043, mariadb })
      return statement.is === 'query' ? statement.query.selects[0].items.length : -1
    }
    expect(items('select 1 /*!40100 , 2 */ /* , 3 */ /*M!100100 , 4*/ -- , 5')).toBe(3)
    expect(items('select 1 /*!50701 , 2 */')).toBe(1)
    expect(items('select 1 /*!50701 , 2 */ /*M! , 3 */', false)).toBe(2)
    expect(items('select 1 /*!99999 , 2 */ # , 3')).toBe(1)
  })
})

test('LIKE fits as its wildcards say, in time that no pattern can stretch', () => {
  const naive = (text: string, pattern: string): boolean =>
    new RegExp(`^${Array.from(pattern, (char) => (char === '%' ? '.*' : char === '_' ? '.' : char)).join('')}$`, 'isu').test(text)
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('a', 'B', 'c'), { maxLength: 10 }).map((chars) => chars.join('')),
      fc.array(fc.constantFrom('a', 'b', 'C', '%', '_'), { maxLength: 8 }).map((chars) => chars.join('')),
      (text, pattern) => {
        expect(fitsLike(text, pattern, '\\')).toBe(naive(text, pattern))
      },
    ),
  )
  expect(fitsLike('100%', '100\\%', '\\')).toBe(true)
  expect(fitsLike('100x', '100\\%', '\\')).toBe(false)
  const started = performance.now()
  fitsLike('a'.repeat(10_000), `${'%a'.repeat(60)}b`, '\\')
  expect(performance.now() - started).toBeLessThan(1_000)
})

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { when } from '@decnet/kernel/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { run } from '../_shared/oracle/oracle.ts'
import { globMatch, Keyspace } from './keyspace.ts'
import { CommandParser, type Parsed, quoted, splitInline } from './protocol.ts'
import { crc64, writeDump } from './rdb.ts'
import { array, bulk, encodeReply, map, nil } from './reply.ts'

const limits = { memory: 1024 * 1024, unauthenticated: false }
const word = fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes))

function parseAll(input: Buffer, cut: number): Parsed[] {
  const parser = new CommandParser()
  const all: Parsed[] = []
  for (let at = 0; at < input.length; at += cut) {
    parser.push(input.subarray(at, at + cut))
    for (;;) {
      const parsed = parser.next(limits)
      if (parsed.kind === 'more') break
      all.push(parsed)
      if (parsed.kind !== 'command') return all
    }
  }
  return all
}

describe('the command parser', () => {
  test('gives back every command with its exact bytes, however the stream is cut', () => {
    const command = fc.array(word, { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(fc.array(command, { maxLength: 6 }), fc.integer({ min: 1, max: 40 }), (commands, cut) => {
        const wire = Buffer.concat(
          commands.flatMap((words) => [
            Buffer.from(`*${words.length}\r\n`),
            ...words.flatMap((each) => [Buffer.from(`$${each.length}\r\n`), each, Buffer.from('\r\n')]),
          ]),
        )
        const got = parseAll(wire, cut).map((parsed) =>
          parsed.kind === 'command' ? parsed.command.words.map((each) => each.toString('hex')) : parsed,
        )
        expect(got).toEqual(commands.map((words) => words.map((each) => each.toString('hex'))))
      }),
    )
  })
  test('says the same of any bytes, at once or one by one', () => {
    const piece = fc.oneof(
      fc.constantFrom('*2\r\n', '$3\r\n', 'GET', '\r\n', '"', "'", '\\x4', '*-1\r\n', '$-1\r\n', '*99999999999\r\n'),
      fc.string(),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const input = Buffer.from(pieces.join(''), 'latin1')
        expect(parseAll(input, 1)).toEqual(parseAll(input, Math.max(1, input.length)))
      }),
    )
  })
  test('reads back what quoting shows', () => {
    fc.assert(
      fc.property(
        fc.array(
          word.filter((each) => each.length > 0),
          { minLength: 1, maxLength: 5 },
        ),
        (words) => {
          const line = Buffer.from(words.map((each) => quoted(each, true)).join(' '), 'latin1')
          expect(splitInline(line)?.map((each) => each.toString('hex'))).toEqual(words.map((each) => each.toString('hex')))
        },
      ),
    )
  })
  test('holds no more than its limit', () => {
    const parser = new CommandParser()
    parser.push(Buffer.from('*1000\r\n'))
    for (let at = 0; at < 3; at++) parser.push(Buffer.from(`$400000\r\n${'x'.repeat(400_000)}\r\n`))
    expect(parser.next(limits).kind).toBe('too-much')
  })
})

test('replies are written as RESP2 and RESP3 say', () => {
  const reply = map([[bulk('a'), array([nil])]])
  expect(encodeReply(reply, 2).toString()).toBe('*2\r\n$1\r\na\r\n*1\r\n$-1\r\n')
  expect(encodeReply(reply, 3).toString()).toBe('%1\r\n$1\r\na\r\n*1\r\n_\r\n')
})

test('globs match as Redis matches and never take long', () => {
  for (const [pattern, text, hit] of [
    ['*', '', true],
    ['a*c', 'abbc', true],
    ['a?c', 'ac', false],
    ['[a-c]x', 'bx', true],
    ['[^a]x', 'ax', false],
    ['\\*', '*', true],
    ['*a*b', 'xaxb', true],
    ['h[', 'h[', true],
  ] as const)
    expect([pattern, globMatch(pattern, text)]).toEqual([pattern, hit])
  const started = performance.now()
  expect(globMatch('*a'.repeat(40), `${'a'.repeat(2000)}b`)).toBe(false)
  expect(performance.now() - started).toBeLessThan(500)
  fc.assert(fc.property(fc.string(), (text) => globMatch('*', text)))
})

test('the checksum is CRC-64/Jones', () => {
  expect(crc64(Buffer.from('123456789')).toString(16)).toBe('e9c6d914c4b8d9ca')
})

when({ tools: { 'redis-check-rdb': 'redis-tools' } }).test('redis-check-rdb accepts a dump of every type', async () => {
  const space = new Keyspace(() => 1_000, 1024 * 1024)
  space.put(0, 's', { type: 'string', bytes: Buffer.from('hello\0world') }, 5_000_000_000_000)
  space.put(0, 'n', { type: 'string', bytes: Buffer.from('-12345') })
  space.put(0, 'long', { type: 'string', bytes: Buffer.alloc(20_000, 'x') })
  space.put(3, 'l', { type: 'list', items: [Buffer.from('a'), Buffer.from('300')] })
  space.put(3, 'h', { type: 'hash', fields: new Map([['f', Buffer.from('v')]]) })
  space.put(3, 'set', { type: 'set', members: new Set(['m', '1']) })
  space.put(3, 'z', { type: 'zset', scores: new Map([['m', 1.5]]) })
  const folder = mkdtempSync(join(tmpdir(), 'rdb-'))
  writeFileSync(join(folder, 'dump.rdb'), writeDump(space, { version: '7.0.15', major: 7, now: 1_000_000, usedMemory: 900_000 }))
  const report = await run('redis-check-rdb', [join(folder, 'dump.rdb')])
  rmSync(folder, { recursive: true })
  expect(report).toContain('RDB looks OK!')
  expect(report).toContain('7 keys read')
})

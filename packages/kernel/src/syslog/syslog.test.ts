import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { format } from './format.ts'
import { parse } from './parse.ts'
import type { SyslogMessage } from './port.ts'

const HOSTILE = [
  '"',
  ']',
  '\\',
  '\n',
  '\r',
  '\0',
  '\t',
  '\x1b',
  '\x7f',
  '\x85',
  '\x9f',
  '\u2028',
  '\u2029',
  '\ufeff',
  '\ufffd',
  '😀',
  'é',
  ' ',
  '=',
  '[',
  '-',
  'u000a',
  '\\u000a',
  '\\n',
  '[esc@55555]',
  '2001:db8::5',
  'a',
]
const hostileText = fc.oneof(
  fc
    .array(
      fc.oneof(
        { weight: 4, arbitrary: fc.constantFrom(...HOSTILE) },
        { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 3 }) },
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 40 }),
)
const printable = (limit: number) =>
  fc
    .string({ unit: fc.integer({ min: 33, max: 126 }).map((code) => String.fromCharCode(code)), minLength: 1, maxLength: limit })
    .filter((text) => text !== '-')
const name = fc.oneof(
  printable(32).map((text) => text.replace(/[="\]]/g, '_')),
  fc.constantFrom('esc@55555', 'relay@55555', '-', '__proto__', '['),
)
const member = (limit: number) => fc.option(printable(limit))
const messages: fc.Arbitrary<SyslogMessage> = fc.record({
  facility: fc.integer({ min: 0, max: 23 }),
  severity: fc.integer({ min: 0, max: 7 }),
  timestamp: fc.option(
    fc.constantFrom('2026-11-21T21:48:05.123Z', '1985-04-12T19:20:50.52-04:00', '2003-08-24T05:14:15.000003-07:00', '2026-01-01T00:00:00Z'),
  ),
  hostname: member(255),
  appName: member(48),
  procId: member(128),
  msgId: member(32),
  structuredData: fc.array(fc.record({ id: name, params: fc.array(fc.tuple(name, hostileText), { maxLength: 4 }) }), { maxLength: 3 }),
  message: fc.option(hostileText),
})
const plain: SyslogMessage = {
  facility: 16,
  severity: 6,
  timestamp: null,
  hostname: null,
  appName: null,
  procId: null,
  msgId: null,
  structuredData: [],
  message: null,
}
const withValue = (value: string): SyslogMessage => ({
  ...plain,
  structuredData: [{ id: 'relay@55555', params: [['v', value]] }],
  message: value,
})
const read = (line: string | Buffer): SyslogMessage => {
  const result = parse(line)
  if (!result.ok) throw new Error(`${result.reason} at ${result.at}`)
  return result.message
}
const firstValue = (line: string): string | undefined => read(line).structuredData[0]?.params[0]?.[1]

describe('the syslog codec', () => {
  it('parses what it formatted back to the same message, from text and from bytes, whatever the strings hold', () => {
    fc.assert(
      fc.property(messages, (message) => {
        const line = format(message)
        expect(parse(line)).toEqual({ ok: true, message })
        expect(parse(Buffer.from(line))).toEqual({ ok: true, message })
      }),
      { numRuns: 2_000 },
    )
  })

  it('writes one line without any control character for every message', () => {
    fc.assert(
      fc.property(messages, (message) => {
        expect(format(message)).not.toMatch(/[\0-\x1f\x7f-\x9f\u2028\u2029]/)
      }),
      { numRuns: 1_000 },
    )
  })

  it('carries every single UTF-16 code point of the basic plane through a value and a MSG', () => {
    for (let code = 0; code < 0x10000; code++) {
      if (code >= 0xd800 && code <= 0xdfff) continue
      const message = withValue(`a${String.fromCharCode(code)}b`)
      const back = read(format(message))
      if (back.message !== message.message || back.structuredData[0]?.params[0]?.[1] !== message.message)
        expect.fail(`U+${code.toString(16)}`)
    }
  })

  it('never throws on bytes and refuses or reads each line', () => {
    const nearly = messages.chain((message) => {
      const line = Buffer.from(format(message))
      return fc.tuple(fc.constant(line), fc.nat(line.length - 1), fc.nat(255)).map(([bytes, at, value]) => {
        const copy = Buffer.from(bytes)
        copy[at] = value
        return copy
      })
    })
    fc.assert(
      fc.property(
        fc.oneof(
          nearly,
          fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
        ),
        (bytes) => {
          expect(typeof parse(bytes).ok).toBe('boolean')
        },
      ),
      {
        numRuns: 2_000,
      },
    )
  })

  it('takes a foreign line by RFC 5424 §6.3.3: a backslash before any other character is that backslash', () => {
    const foreign = fc
      .array(fc.constantFrom('\\"', '\\\\', '\\]', '\\n', '\\u000a', '\\x', 'u', '0', 'é', ' ', '[esc@55555'))
      .map((parts) => parts.join(''))
    fc.assert(
      fc.property(foreign, (raw) => {
        let meant = ''
        for (let at = 0; at < raw.length; at++) meant += raw[at] === '\\' && '"\\]'.includes(raw[at + 1] ?? 'x') ? raw[++at] : raw[at]
        expect(firstValue(`<134>1 - - - - - [a@1 v="${raw}"]`)).toBe(meant)
      }),
    )
  })

  it('takes the MSG of a foreign line as it stands, without its BOM', () => {
    expect(read('<134>1 - - - - - - C:\\\\x\\u000a\\n').message).toBe('C:\\\\x\\u000a\\n')
    expect(read('<134>1 - - - - - - \ufeffgrüß').message).toBe('grüß')
  })

  it('tells an empty MSG from none', () => {
    expect(read('<134>1 - - - - - -').message).toBeNull()
    expect(read('<134>1 - - - - - - ').message).toBe('')
  })

  it('reads the examples of RFC 5424 §6.5', () => {
    expect(
      read("<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 - \ufeff'su root' failed for lonvick on /dev/pts/8"),
    ).toMatchObject({
      facility: 4,
      severity: 2,
      appName: 'su',
      msgId: 'ID47',
      message: "'su root' failed for lonvick on /dev/pts/8",
    })
    expect(
      read(
        '<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog - ID47 [exampleSDID@32473 iut="3" eventSource="Application" eventID="1011"][examplePriority@32473 class="high"]',
      ).structuredData,
    ).toEqual([
      {
        id: 'exampleSDID@32473',
        params: [
          ['iut', '3'],
          ['eventSource', 'Application'],
          ['eventID', '1011'],
        ],
      },
      { id: 'examplePriority@32473', params: [['class', 'high']] },
    ])
  })

  it('says of a control character only in lines that hold one that it is escaped', () => {
    expect(format(withValue('a\\"]b'))).toBe('<134>1 - - - - - [relay@55555 v="a\\\\\\"\\]b"] a\\"]b')
    expect(format(withValue('a\n\\b'))).toBe('<134>1 - - - - - [relay@55555 v="a\\u000a\\\\b"][esc@55555] a\\u000a\\\\b')
  })

  it.each([
    ['an empty line', ''],
    ['a priority over 191', '<192>1 - - - - - -'],
    ['a priority with leading zeros', '<034>1 - - - - - -'],
    ['another version', '<134>2 - - - - - -'],
    ['a missing member', '<134>1 - - - - -'],
    ['a timestamp that is none', '<134>1 yesterday - - - - -'],
    ['a host name over 255 characters', `<134>1 - ${'h'.repeat(256)} - - - -`],
    ['a value without an end', '<134>1 - - - - - [a@1 v="x'],
    ['a value that ends in its escape', '<134>1 - - - - - [a@1 v="x\\"'],
    ['an element without an end', '<134>1 - - - - - [a@1 v="x"'],
    ['an element without a name', '<134>1 - - - - - []'],
    ['text behind the element', '<134>1 - - - - - [a@1]x'],
    ['a parameter without a name', '<134>1 - - - - - [a@1 ="x"]'],
    ['a name of 33 characters', `<134>1 - - - - - [${'a'.repeat(33)}]`],
  ])('refuses %s', (_what, line) => expect(parse(line)).toMatchObject({ ok: false }))

  it('refuses bytes that are not UTF-8 and says where they begin', () => {
    expect(parse(Buffer.from('<134>1 - - - - - - caf\xe9!', 'latin1'))).toEqual({ ok: false, reason: 'not UTF-8', at: 22 })
    expect(read(Buffer.from('<134>1 - - - - - - a\ufffdb')).message).toBe('a\ufffdb')
  })

  it.each([
    ['an empty host name', { hostname: '' }],
    ['a host name that is the nil value', { hostname: '-' }],
    ['a host name with a space', { hostname: 'a b' }],
    ['a host name of 256 characters', { hostname: 'a'.repeat(256) }],
    ['an app name of 49 characters', { appName: 'a'.repeat(49) }],
    ['a process id of 129 characters', { procId: 'a'.repeat(129) }],
    ['a message id of 33 characters', { msgId: 'a'.repeat(33) }],
    ['a message id outside ASCII', { msgId: 'é' }],
    ['facility 24', { facility: 24 }],
    ['severity -1', { severity: -1 }],
    ['a timestamp that is none', { timestamp: '2026-11-21 21:48:05' }],
    ['an element id with a bracket', { structuredData: [{ id: 'a]', params: [] }] }],
    ['a parameter name with a quote', { structuredData: [{ id: 'a', params: [['b"', 'c']] as const }] }],
  ] satisfies [string, Partial<SyslogMessage>][])('throws a RangeError for %s', (_what, wrong) => {
    expect(() => format({ ...plain, ...wrong })).toThrow(RangeError)
  })

  it('needs time in proportion to the length of hostile lines', () => {
    const head = '<134>1 - - - - - '
    const shapes = ['\\', '\\"', '[a@1]', '[esc@55555]', '" v="', ' ', ']', '\\u000a']
    for (const shape of shapes) {
      const line = `${head}[a@1 v="${shape.repeat(Math.floor(1_000_000 / shape.length))}`
      const start = performance.now()
      parse(line)
      parse(`${head}${shape.repeat(Math.floor(1_000_000 / shape.length))}`)
      expect(performance.now() - start).toBeLessThan(2_000)
    }
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { NewLogRecord } from '../log/port.ts'
import type { SensorEvent } from '../service/define.ts'
import { decodeEvent } from './decode-event.ts'
import { encodeEvent, LINE_LIMIT } from './encode-event.ts'

const origin = { source: 'sensor', position: 'f:0' }
const ID = '0199f1a2-7b3c-7d4e-8f50-61728394a5b6'
const base: SensorEvent = { id: ID, ts: 1_795_000_000_123, decky: 'web-01', service: 'ssh', type: 'auth_attempt', severity: 5, fields: {} }
const record = (line: string | Buffer): NewLogRecord => {
  const result = decodeEvent(line, origin)
  if ('error' in result) throw new Error(result.error)
  return result
}
const foreign = (params: string, timestamp = '2026-11-21T21:48:05Z'): string =>
  `<134>1 ${timestamp} web-01 ssh - auth_attempt [relay@55555 ${params}]`

describe('an event as a line', () => {
  it('comes back as a record with the same values', () => {
    const names = fc
      .string({ unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz_-'), minLength: 1, maxLength: 20 })
      .map((text) => `x_${text}`)
    fc.assert(
      fc.property(
        fc.uuid({ version: 7 }),
        fc.integer({ min: 0, max: 253_402_300_799_999 }),
        fc.dictionary(names, fc.string({ unit: 'binary', maxLength: 60 })),
        fc.constantFrom('203.0.113.7', '2001:db8::5', '::1'),
        fc.integer({ min: 0, max: 65_535 }),
        (id, ts, fields, ip, port) => {
          const bound = { session_id: ID, src_ip: ip, src_port: String(port) }
          const line = encodeEvent({ ...base, id, ts, fields: { ...fields, ...bound } })
          expect(record(Buffer.from(line))).toEqual({
            id,
            topic: 'system.log',
            ts,
            source: 'sensor',
            type: 'auth_attempt',
            decky: 'web-01',
            service: 'ssh',
            attackerIp: ip,
            attackerPort: port,
            sessionId: ID,
            body: { ...fields },
            msg: null,
          })
        },
      ),
    )
  })

  it('has facility local0, the element relay@55555 and its first parameters in order', () => {
    const line = encodeEvent({ ...base, fields: { principal: 'root', src_port: '51514', src_ip: '::1', session_id: ID } })
    expect(line).toBe(
      `<133>1 2026-11-18T11:06:40.123Z web-01 ssh - auth_attempt [relay@55555 event_id="${ID}" session_id="${ID}" src_ip="::1" src_port="51514" principal="root"]`,
    )
  })

  it('is never refused, whatever its names and time are', () => {
    const text = fc.string({ unit: 'binary', maxLength: 400 })
    fc.assert(
      fc.property(text, text, text, fc.double(), fc.dictionary(text, fc.string({ unit: 'binary' })), (decky, service, type, ts, fields) => {
        expect(record(encodeEvent({ ...base, decky, service, type, ts, fields })).id).toBe(ID)
      }),
    )
  })

  it('stays below the line limit by cutting its longest values, and says how long they were', () => {
    const controls = '\x01'.repeat(60_000)
    const fields = { body: controls, headers: controls, path: controls, secret_b64: 'QUJD'.repeat(100_000), user: 'root' }
    const line = encodeEvent({ ...base, fields })
    expect(Buffer.byteLength(line)).toBeLessThanOrEqual(LINE_LIMIT)
    const { body } = record(line)
    expect(body).toMatchObject({ user: 'root', body_truncated: '60000', path_truncated: '60000', secret_truncated: '300000' })
    expect(String(body.body).length).toBeGreaterThan(10_000)
    expect(Buffer.from(String(body.secret_b64), 'base64').toString()).toMatch(/^(ABC)+$/)
    expect(
      Buffer.byteLength(encodeEvent({ ...base, fields: Object.fromEntries(Array.from({ length: 200_000 }, (_, at) => [`f${at}`, 'x'])) })),
    ).toBeLessThanOrEqual(LINE_LIMIT)
  })
})

describe('a foreign line as a record', () => {
  it.each([
    [
      'a value with an escaped bracket keeps that value and every later one',
      'ua="a\\]b" secret="s" src_ip="192.0.2.1"',
      { ua: 'a]b', secret: 's' },
    ],
    ['a parameter name with a hyphen stays whole', 'http-status="200" src_ip="192.0.2.1"', { 'http-status': '200' }],
    ['escapes are read from left to right', 'v="\\\\\\"x" w="\\\\n" src_ip="192.0.2.1"', { v: '\\"x', w: '\\n' }],
    ['a backslash before any other character is literal', 'v="C:\\new\\]" src_ip="192.0.2.1"', { v: 'C:\\new]' }],
    ['a repeated parameter is kept under a number', 'v="1" v="2" v="3" src_ip="192.0.2.1"', { v: '1', 'v#2': '2', 'v#3': '3' }],
  ])('%s', (_what, params, body) => expect(record(foreign(params))).toMatchObject({ attackerIp: '192.0.2.1', body }))

  it('keeps a line break inside a value inside its line', () => {
    const line = encodeEvent({ ...base, fields: { command: 'a\nb\r\n', src_ip: '192.0.2.1' } })
    expect(line).not.toMatch(/[\r\n]/)
    expect(record(line)).toMatchObject({ attackerIp: '192.0.2.1', body: { command: 'a\nb\r\n' } })
  })

  it.each([
    ['src_ip="2001:db8::5"', '2001:db8::5', null],
    ['src_ip="2001:0DB8::0005" src_port="7"', '2001:db8::5', 7],
    ['remote_addr="192.168.1.5:40838"', '192.168.1.5', 40_838],
    ['remote_addr="[::1]:22"', '::1', 22],
    ['remote_addr="[::1]"', '::1', null],
    ['ip="::ffff:192.0.2.9"', '192.0.2.9', null],
    ['ip="::ffff:c000:209"', '192.0.2.9', null],
    [
      'ip="10.0.0.1" target_ip="10.0.0.2" remote_addr="10.0.0.3" remote_ip="10.0.0.4" client_ip="10.0.0.5" src="10.0.0.6" src_ip="10.0.0.7"',
      '10.0.0.7',
      null,
    ],
    ['src_ip="Unknown" src="" client_ip="10.0.0.5"', '10.0.0.5', null],
    ['ip="1.2.3"', null, null],
    ['ip="1.2.3.4.5"', null, null],
    ['ip="1.2.3.256"', null, null],
    ['ip="01.2.3.4"', null, null],
    ['ip="1.2.3.4:99999"', null, null],
    ['ip="fe80::1%eth0"', null, null],
    ['ip="::1]/x" src_port="5"', null, null],
    ['ip=":::"', null, null],
  ])('reads the address of %s', (params, attackerIp, attackerPort) =>
    expect(record(foreign(params))).toMatchObject({ attackerIp, attackerPort }),
  )

  it('drops a parameter only where a column holds the same text', () => {
    expect(record(foreign('src_ip="2001:0DB8::5" src_port="022" session_id="a b" event_id="x"')).body).toEqual({
      src_ip: '2001:0DB8::5',
      src_port: '022',
      session_id: 'a b',
      event_id: 'x',
    })
    expect(record(foreign('src_port="22"')).body).toEqual({ src_port: '22' })
    expect(record(foreign('remote_addr="1.2.3.4:5"')).body).toEqual({ remote_addr: '1.2.3.4:5' })
  })

  it('honours the zone of its time and takes fractions', () => {
    expect(record(foreign('a="b"', '2026-11-21T23:48:05.500+02:00')).ts).toBe(Date.UTC(2026, 10, 21, 21, 48, 5, 500))
    expect(record(foreign('a="b"', '2026-11-21T21:48:05.123999-00:00')).ts).toBe(Date.UTC(2026, 10, 21, 21, 48, 5, 123))
  })

  it('gives a line without an id one that follows from where it stands', () => {
    const line = foreign('a="b"')
    const other = decodeEvent(line, { ...origin, position: 'f:1' })
    expect(record(line).id).toBe(record(line).id)
    expect(record(line).id).toMatch(/^[0-9a-f-]{14}5/)
    expect('error' in other || other.id).not.toBe(record(line).id)
    expect(record(foreign('event_id="not an id"')).id).toBe(record(line).id)
  })

  it('treats __proto__ and constructor as names like any other', () => {
    const { body } = record(foreign('__proto__="p" constructor="c" toString="t"'))
    expect(Object.entries(body)).toEqual([
      ['__proto__', 'p'],
      ['constructor', 'c'],
      ['toString', 't'],
    ])
    expect(Object.getPrototypeOf(body)).toBe(Object.prototype)
  })

  it('keeps the parameters of further elements apart', () => {
    const line = '<134>1 2026-11-21T21:48:05Z h a - m [origin ip="192.0.2.1"][relay@55555 src_ip="192.0.2.2" v="1"] hello'
    expect(record(line)).toMatchObject({ attackerIp: '192.0.2.2', body: { 'origin.ip': '192.0.2.1', v: '1' }, msg: 'hello' })
  })

  it('says what is wrong with a line that is no event', () => {
    expect(decodeEvent('rubbish', origin)).toEqual({ error: 'no priority at 0' })
    expect(decodeEvent('<134>1 - - - - - -', origin)).toEqual({ error: 'no timestamp' })
    expect(decodeEvent('<134>1 - - - - - -', { ...origin, receivedAt: 5 })).toMatchObject({ ts: 5, type: '-', decky: null })
  })
})

import { deflateRawSync } from 'node:zlib'
import { LINE_LIMIT } from '@decnet/kernel/syslog'
import { headers, type MsgHdrsImpl } from '@nats-io/transport-node'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decodeLine, encodeLine, QUANTUM, type Sent } from './intake-message.ts'

const envelope = { source: 'web-01', subject: 'decnet-intake.web-01', limit: 10_000 }
const bytes = fc.uint8Array({ minLength: 1, maxLength: 400 }).map((array) => Buffer.from(array.map((byte) => (byte === 10 ? 11 : byte))))
const position = fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.stringMatching(/^[0-9a-f:-]{1,60}$/))

it('carries lines and torn ends to the byte, and its reason beside a corrupt one', () => {
  fc.assert(
    fc.property(bytes, position, fc.option(fc.stringMatching(/^[a-z][a-z ]{0,40}[a-z]$/), { nil: undefined }), (line, at, corrupt) => {
      const sent: Sent = { kind: 'line', line, position: at, ...(corrupt !== undefined && { corrupt }) }
      const message = encodeLine(sent, envelope)
      expect(decodeLine(message.data, message.headers)).toMatchObject({ kind: 'line', line, ...(corrupt !== undefined && { corrupt }) })
      const torn = encodeLine({ kind: 'torn', bytes: line, position: at }, envelope)
      expect(decodeLine(torn.data, torn.headers)).toEqual({ kind: 'torn', bytes: line })
    }),
  )
})

it('fills every message up to the same multiple, as the server stores it, within the limit', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 30_000 }), position, (length, at) => {
      const { data, headers: head } = encodeLine({ kind: 'line', line: Buffer.alloc(length, 'xyz'), position: at }, envelope)
      const encoded = (head as MsgHdrsImpl).encode().length
      expect((34 + envelope.subject.length + encoded + data.length) % QUANTUM).toBe(0)
      expect(encoded + data.length).toBeLessThanOrEqual(envelope.limit)
    }),
  )
})

it('gives one line the same id each time and two lines different ones, whatever they hold', () => {
  const idOf = (line: string, at: string, source = 'web-01') =>
    encodeLine({ kind: 'line', line: Buffer.from(line), position: at }, { ...envelope, source }).headers.get('Nats-Msg-Id')
  expect(idOf('no event', '1')).toBe(idOf('no event', '1'))
  expect(
    new Set([idOf('no event', '1'), idOf('no event', '2'), idOf('no event', '1', 'db'), idOf('no event', 'é1'), idOf('no event', 'é2')])
      .size,
  ).toBe(5)
  const id = '0199f1a2-7b3c-7d4e-8f50-61728394a5b6'
  const event = `<133>1 2026-11-18T11:06:40.123Z web-01 ssh - auth_attempt [relay@55555 event_id="${id}"]`
  expect([idOf(event, '1'), idOf(event, '2')]).toEqual([id, id])
})

it('never throws on what somebody else put there, and bounds it', () => {
  const value = fc.string({ maxLength: 300 }).map((text) => text.replace(/[\r\n]/g, ''))
  const names = ['Intake-Torn', 'Intake-Corrupt', 'Intake-Encoding', 'Intake-Origin', 'Intake-Pad']
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 300 }),
      fc.dictionary(fc.constantFrom(...names), fc.oneof(value, fc.constant('deflate'))),
      (data, given) => {
        const head = headers()
        for (const [name, text] of Object.entries(given)) head.set(name, text)
        const received = decodeLine(Buffer.from(data), head)
        if (received.kind === 'line') {
          expect(received.line.length).toBeLessThanOrEqual(LINE_LIMIT)
          expect(received.line.includes(10) && received.corrupt === undefined).toBe(false)
          expect((received.origin ?? '').length).toBeLessThanOrEqual(200)
        }
      },
    ),
  )
  const bomb = headers()
  bomb.set('Intake-Encoding', 'deflate')
  const squeezed = deflateRawSync(Buffer.alloc(LINE_LIMIT + 1))
  expect(decodeLine(squeezed, bomb)).toEqual({ kind: 'line', line: squeezed, corrupt: 'its compression is broken' })
  expect(decodeLine(Buffer.alloc(LINE_LIMIT + 1, 'x'), undefined)).toMatchObject({ corrupt: `longer than ${LINE_LIMIT} bytes` })
  expect(decodeLine(Buffer.alloc(0), undefined)).toEqual({ kind: 'nothing' })
})

import { events } from '@decnet/contracts/events'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { exactBytes, printable, VALUE_LIMIT, wireFields } from './wire-fields.ts'

const given = (name: string, fields: Readonly<Record<string, string>>): Buffer => {
  const text = fields[name]
  return text === undefined ? Buffer.from(fields[`${name}_b64`] ?? '', 'base64') : Buffer.from(text, 'utf8')
}

test('any bytes come back exactly, from the name when they are UTF-8 and from its base64 when not', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array(),
        fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
      ),
      (bytes) => {
        const { ok, fields } = wireFields(events.command, { command: bytes })
        expect(ok).toBe(true)
        expect(Object.keys(fields)).toHaveLength(1)
        expect(given('command', fields).equals(bytes)).toBe(true)
        expect(fields.command?.isWellFormed() ?? true).toBe(true)
      },
    ),
  )
})

test('any string comes back exactly, lone surrogates as the three bytes each would have', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.integer({ min: 0xd800, max: 0xdfff }).map((c) => String.fromCharCode(c)),
        ),
      ),
      (parts) => {
        const text = parts.join('')
        const { fields } = wireFields(events.command, { command: text })
        if (text.isWellFormed()) expect(fields).toEqual({ command: text })
        else expect(given('command', fields).equals(exactBytes(text))).toBe(true)
      },
    ),
  )
  expect(exactBytes('a\ud800b').toString('hex')).toBe('61eda08062')
  expect(exactBytes('\u{1f600}\udc00').toString('hex')).toBe('f09f9880edb080')
})

test('a value over the limit is cut at a character and says how long it was', () => {
  const long = 'é'.repeat(VALUE_LIMIT)
  const { fields } = wireFields(events.command, { command: `x${long}` })
  expect(Buffer.byteLength(fields.command ?? '')).toBe(VALUE_LIMIT - 1)
  expect(fields.command?.endsWith('é')).toBe(true)
  expect(fields.command_truncated).toBe(String(1 + 2 * VALUE_LIMIT))
  const raw = wireFields(events.command, { command: Buffer.alloc(VALUE_LIMIT + 1, 0xff) }).fields
  expect(Buffer.from(raw.command_b64 ?? '', 'base64')).toHaveLength(VALUE_LIMIT)
  expect(raw.command_truncated).toBe(String(VALUE_LIMIT + 1))
  expect(wireFields(events.command, { command: 'a'.repeat(VALUE_LIMIT) }).fields.command_truncated).toBeUndefined()
})

test('a secret is kept as its exact bytes and shown as a person may read it', () => {
  const secret = Buffer.from([0x70, 0x00, 0xc3, 0xa9, 0x7f, 0x7e, 0x20])
  const { fields } = wireFields(events.authAttempt, { principal: 'root', secret, outcome: 'failure', method: 'password' })
  expect(fields).toEqual({
    principal: 'root',
    secret_b64: secret.toString('base64'),
    secret_printable: 'p????~ ',
    secret_kind: 'plaintext',
    outcome: 'failure',
    method: 'password',
  })
  expect(printable(Buffer.alloc(2_000, 0x41))).toHaveLength(512)
  const huge = wireFields(events.authAttempt, { secret: Buffer.alloc(1_000_000), outcome: 'failure' }).fields
  expect(huge.secret_truncated).toBe('1000000')
})

test('numbers and booleans are their text, absent members are absent', () => {
  const { fields } = wireFields(events.fileCaptured, { sha256: 'a'.repeat(64), size: 7, path: '/x', via: 'scp', truncated: true })
  expect(fields).toEqual({ sha256: 'a'.repeat(64), size: '7', path: '/x', via: 'scp', truncated: 'true' })
  expect(wireFields(events.command, { command: 'ls', user: undefined }).fields).toEqual({ command: 'ls' })
})

test('values that break the schema are kept all the same, with what is wrong', () => {
  const made = wireFields(events.command, { command: 'ls', mode: 'loud' })
  expect(made).toMatchObject({ ok: false, fields: { command: 'ls', mode: 'loud' }, reason: 'mode: invalid_value' })
})

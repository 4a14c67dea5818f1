import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { secretOf, textOf } from '../domain/visible-bytes.ts'
import { fieldOf, pathOf, principalOf } from './secret.ts'

const b64 = (...bytes: readonly number[]) => Buffer.from(bytes).toString('base64')
const plain = (secret_b64: string, width = 400) => secretOf({ secret_kind: 'plaintext', secret_b64 }, width)

describe('bytes that an attacker chose, on a terminal', () => {
  it('are text where they are UTF-8, and each other byte for itself', () => {
    expect(plain(b64(0x61, 0xff, 0xc3, 0xa4, 0xc3))).toBe('a\\xffä\\xc3')
    expect(plain(b64(0xf0, 0x9f, 0x92, 0xa9, 0xed, 0xa0, 0x80))).toBe('💩\\xed\\xa0\\x80')
    expect(plain(b64(0x1b, 0x5b, 0x0a))).toBe('\\x1b[\\n')
    expect(plain('')).toBe('')
  })

  it('keep every string that is one, whatever is in it', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => textOf(Buffer.from(text)) === text))
  })

  it('never move the cursor, whatever they are', () => {
    const obeyed = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => !obeyed.test(plain(Buffer.from(bytes).toString('base64')))))
  })

  it('are hex where they answer a challenge, and cut where they are long', () => {
    expect(secretOf({ secret_kind: 'mysql_native_password', secret_b64: b64(0, 200, 31) }, 40)).toBe('00c81f')
    expect(secretOf({ secret_kind: 'snmp_community', secret_b64: Buffer.from('public').toString('base64') }, 40)).toBe('public')
    expect(plain(b64(...Array.from({ length: 50 }, () => 0x61)), 10)).toBe('aaaaaaaaa…')
    expect(plain(Buffer.from('ä'.repeat(11)).toString('base64'), 10)).toBe('äääääääää…')
  })

  it('of a user name win over its readable form', () => {
    expect(principalOf({ principal: 'a?', principal_b64: b64(0x61, 0xfe) }, 32)).toBe('a\\xfe')
    expect(principalOf({ principal: 'root', principal_b64: null }, 32)).toBe('root')
    expect(principalOf({ principal: null }, 32)).toBe('')
  })
})

it('a path is read byte for byte', () => {
  const path_b64 = Buffer.from('/tmp/f\xff\x1b', 'latin1').toString('base64')
  expect(pathOf({ path: '/tmp/f\ufffd', path_b64 }, 48)).toBe('/tmp/f\\xff\\x1b')
  expect(pathOf({ path: '/tmp/x\u202e', path_b64: null }, 48)).toBe('/tmp/x\\u{202e}')
  expect(pathOf({ path: null, path_b64: null }, 48)).toBeNull()
})

it('a field that is no text is read under its own name', () => {
  const b64 = (text: string) => Buffer.from(text, 'latin1').toString('base64')
  expect(fieldOf('command_b64', b64('echo \xff\xe9 ok'), 80)).toEqual(['command', 'echo \\xff\\xe9 ok'])
  expect(fieldOf('command', 'ls', 80)).toEqual(['command', 'ls'])
  expect(fieldOf('size', 4, 80)).toEqual(['size', '4'])
  expect(fieldOf('path_b64', b64('\xff'.repeat(100_000)), 20)[1].length).toBeLessThan(40)
})

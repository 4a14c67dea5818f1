import { describe, expect, it } from 'vitest'
import { principalText, secretKindName, secretText } from './secret.ts'

const b64 = (...bytes: readonly number[]) => Buffer.from(bytes).toString('base64')
const utf8 = (text: string) => Buffer.from(text).toString('base64')
const plain = (secret_b64: string) => secretText({ secret_kind: 'plaintext', secret_b64 })

describe('a secret in words', () => {
  it('is the text that was typed, in every script', () => {
    expect(plain(utf8('contraseña'))).toBe('contraseña')
    expect(plain(utf8('пароль'))).toBe('пароль')
    expect(plain(utf8(' '))).toBe(' ')
    expect(plain('')).toBe('')
  })
  it('keeps bytes that are no text, each for itself', () => {
    expect(plain(b64(0x61, 0xff))).toBe('a\udcff')
    expect(plain(b64(0x61, 0xff))).not.toBe(plain(b64(0x61, 0xfe)))
  })
  it('is hex when it is the answer to a challenge', () => {
    expect(secretText({ secret_kind: 'mysql_native_password', secret_b64: b64(0, 200, 31) })).toBe('00c81f')
    expect(secretKindName('caching_sha2_password')).toBe('MySQL challenge response')
    expect(secretKindName('ntlm_v2')).toBe('ntlm v2')
    for (const word of ['constructor', '__proto__']) expect(secretKindName(word)).toBeTypeOf('string')
  })
  it('stands with the user name as it came', () => {
    expect(principalText({ principal: 'a\\xff', principal_b64: b64(0x61, 0xff) })).toBe('a\udcff')
    expect(principalText({ principal: null, principal_b64: null })).toBeNull()
  })
})

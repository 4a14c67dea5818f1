import fc from 'fast-check'
import { expect, it } from 'vitest'
import { EscapedDecoder, escapedBytes, escapedText } from './escaped-bytes.ts'

const near = fc.uint8Array({ maxLength: 40 }).chain((bytes) => fc.constantFrom(bytes, Buffer.concat([Buffer.from('aä€😀'), bytes])))

it('no byte is lost', () => {
  fc.assert(
    fc.property(near, (bytes) => {
      expect(escapedBytes(escapedText(bytes)).equals(bytes)).toBe(true)
    }),
  )
})
it('well-formed text is itself', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(escapedText(Buffer.from(text))).toBe(text)
    }),
  )
})
it('pieces say the same as the whole', () => {
  fc.assert(
    fc.property(near, fc.integer({ min: 1, max: 5 }), (bytes, size) => {
      const decoder = new EscapedDecoder()
      let text = ''
      for (let at = 0; at < bytes.length; at += size) text += decoder.write(bytes.subarray(at, at + size))
      expect(text + decoder.end()).toBe(escapedText(bytes))
    }),
  )
})
it('survives JSON', () => {
  const text = escapedText(Buffer.of(0x61, 0xff, 0xfe))
  expect(JSON.stringify(text)).toBe('"a\\udcff\\udcfe"')
  expect(escapedBytes(JSON.parse(JSON.stringify(text)))).toEqual(Buffer.of(0x61, 0xff, 0xfe))
})

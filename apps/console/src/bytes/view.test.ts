import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesOf, hexOf, hexRows, runsOf, runsOfBytes, textOf, writable } from './view.ts'

const shown = (text: string) =>
  runsOf(text)
    .map((run) => run.shown)
    .join('')

describe('the view of hostile text', () => {
  it('shows controls, escapes and NUL as plain marks', () => {
    expect(shown('a\u0000\u001b[2J\r\n\u0007')).toBe('a\\0\\e[2J\\r\\n\\a')
  })
  it('shows what turns the direction or hides', () => {
    expect(shown('admin\u202enimda\u200b\u00a0')).toBe('adminU+202EnimdaU+200B\\xa0')
  })
  it('shows half a surrogate pair instead of breaking', () => {
    expect(shown('x\ud800y')).toBe('xU+D800y')
  })
  it('leaves visible text of every script alone', () => {
    expect(runsOf('<script>مدير 管理员 😀')).toEqual([{ kind: 'text', raw: '<script>مدير 管理员 😀', shown: '<script>مدير 管理员 😀' }])
  })
  it('loses nothing, and shows no character that is not visible', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const runs = runsOf(text)
        expect(runs.map((run) => run.raw).join('')).toBe(text)
        expect(runs.map((run) => run.shown).join('')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u)
      }),
    )
  })
  it('looks at no more than it was asked to', () => {
    expect(shown('x'.repeat(10)).length).toBe(10)
    expect(runsOf('x'.repeat(1_000_000), 5)).toEqual([{ kind: 'text', raw: 'xxxxx', shown: 'xxxxx' }])
  })
})

describe('the view of bytes', () => {
  it('marks each byte that is not UTF-8 and keeps what is', () => {
    expect(runsOfBytes(Uint8Array.from([0x61, 0xff, 0xc3, 0xa4, 0xe2, 0x82, 0x62])).map((run) => run.shown)).toEqual([
      'a',
      '\\xff',
      'ä',
      '\\xe2',
      '\\x82',
      'b',
    ])
  })
  it('says the same as the view of text for all that is UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const bytes = new TextEncoder().encode(text)
        expect(
          runsOfBytes(bytes)
            .map((run) => run.shown)
            .join(''),
        ).toBe(shown(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)))
      }),
    )
  })
  it('holds any bytes in a string, and tells a byte from the four characters that name it', () => {
    expect(textOf(Uint8Array.from([0x70, 0xc3, 0xb1, 0xff]))).toBe('pñ\udcff')
    expect(writable('pñ\udcff')).toBe('pñ\\xff')
    expect(shown('pñ\udcff')).toBe('pñ\\xff')
    expect(runsOf('\udcff')).not.toEqual(runsOf('\\xff'))
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (a, b) => {
        expect(textOf(a) === textOf(b)).toBe(hexOf(a) === hexOf(b))
      }),
    )
  })
  it('never throws on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(() => runsOfBytes(bytes)).not.toThrow()
      }),
    )
  })
  it('reads base64, and nothing from what is none', () => {
    expect([...bytesOf('AP8=')]).toEqual([0, 255])
    expect(bytesOf('%%%')).toHaveLength(0)
  })
  it('lays bytes out as hexdump does', () => {
    expect(hexRows(Uint8Array.from([72, 105, 0]))).toEqual([
      { offset: '000000', hex: `${'48 69 00'.padEnd(23)}  ${''.padEnd(23)}`, ascii: 'Hi·' },
    ])
    expect(hexRows(new Uint8Array(10_000))).toHaveLength(256)
    expect(hexRows(new Uint8Array(9), 8).map(({ offset, hex }) => `${offset} ${hex.trim()}`)).toEqual([
      '000000 00 00 00 00 00 00 00 00',
      '000008 00',
    ])
  })
})

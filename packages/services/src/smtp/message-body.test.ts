import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MessageBody } from './message-body.ts'

function read(chunks: readonly Buffer[]): { content: string; rest: string | null } {
  const body = new MessageBody()
  const parts: Buffer[] = []
  for (const [index, chunk] of chunks.entries()) {
    const { content, rest } = body.push(chunk)
    parts.push(content)
    if (rest !== null)
      return {
        content: Buffer.concat(parts).toString('latin1'),
        rest: Buffer.concat([rest, ...chunks.slice(index + 1)]).toString('latin1'),
      }
  }
  return { content: Buffer.concat(parts).toString('latin1'), rest: null }
}
const stuff = (lines: readonly string[]): string => `${lines.map((line) => `${line.startsWith('.') ? '.' : ''}${line}\r\n`).join('')}.\r\n`

describe('MessageBody', () => {
  it('gives back what was stuffed, and what follows the end, however it is cut', () => {
    const line = fc.string({ unit: fc.constantFrom('.', 'a', '\r', ' ') }).filter((text) => !text.endsWith('\r'))
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.nat(12)), (lines, cuts) => {
        const wire = Buffer.from(`${stuff(lines)}QUIT\r\n`, 'latin1')
        const chunks: Buffer[] = []
        let at = 0
        for (const cut of cuts) {
          chunks.push(wire.subarray(at, at + cut))
          at += cut
        }
        chunks.push(wire.subarray(at))
        expect(read(chunks)).toEqual({ content: lines.map((text) => `${text}\r\n`).join(''), rest: 'QUIT\r\n' })
      }),
    )
  })

  it('keeps bare line feeds and takes them for line ends', () => {
    expect(read([Buffer.from('a\nb\n.\nNOOP\r\n')])).toEqual({ content: 'a\nb\n', rest: 'NOOP\r\n' })
    expect(read([Buffer.from('a\n..b\n.x')])).toEqual({ content: 'a\n.b\nx', rest: null })
  })

  it('never makes more of a message than came, and knows its longest line', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const body = new MessageBody()
        expect(body.push(Buffer.from(bytes)).content.length).toBeLessThanOrEqual(bytes.length)
      }),
    )
    const body = new MessageBody()
    body.push(Buffer.from('abc\r\nabcde\r\nx'))
    expect(body.longest).toBe(5)
  })
})

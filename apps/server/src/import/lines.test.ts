import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contentOf, linesOf, type Piece } from './lines.ts'

async function* chunks(data: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < data.length; at += size) yield data.subarray(at, at + size)
}
async function read(data: Buffer, size: number, longest?: number) {
  const pieces: Piece[] = []
  const places: number[] = []
  for await (const batch of linesOf(chunks(data, size), 0, longest)) {
    pieces.push(...batch.pieces)
    if (batch.resumable) places.push(batch.offset)
  }
  return { pieces, places }
}

describe('the lines of a stream', () => {
  it('are the same however the bytes come, and reading can go on at every place', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(10, 10, 97, 0, 255), { maxLength: 80 }),
        fc.integer({ min: 1, max: 9 }),
        async (bytes, size) => {
          const data = Buffer.from(bytes)
          const expected = data
            .toString('latin1')
            .split('\n')
            .filter((line) => line !== '')
          const { pieces, places } = await read(data, size)
          expect(pieces.map(({ bytes }) => bytes.toString('latin1'))).toEqual(expected)
          for (const place of places) {
            const rest = (await read(data.subarray(place), 3)).pieces.map(({ bytes }) => bytes.toString('latin1'))
            const before = data
              .subarray(0, place)
              .toString('latin1')
              .split('\n')
              .filter((line) => line !== '')
            expect([...before, ...rest]).toEqual(expected)
          }
        },
      ),
    )
  })

  it('that are too long go by in parts, none of them large, and what follows is read', async () => {
    const { pieces } = await read(Buffer.from(`a\n${'x'.repeat(1000)}\nb\n`), 7, 20)
    expect(pieces.filter(({ kind }) => kind === 'line').map(({ bytes }) => bytes.toString())).toEqual(['a', 'b'])
    const parts = pieces.filter(({ kind }) => kind !== 'line')
    expect(Buffer.concat(parts.map(({ bytes }) => bytes)).toString()).toBe('x'.repeat(1000))
    expect(parts.at(-1)?.kind).toBe('last')
    expect(Math.max(...parts.map(({ bytes }) => bytes.length))).toBeLessThan(30)
  })

  it('say where the stream ended before they did', async () => {
    const kinds = async (text: string) => (await read(Buffer.from(text), 2)).pieces.map(({ kind }) => kind)
    expect(await kinds('abc\nabc')).toEqual(['line', 'unended'])
    expect(await kinds('abc\nabc\n')).toEqual(['line', 'line'])
  })

  it.each([
    ['\ufeffa\r', 'a'],
    ['a\r\r', 'a\r'],
    ['a\ufeff', 'a\ufeff'],
    ['\r', ''],
    ['\ufeff\r', ''],
    ['', ''],
  ])('say the same whatever system wrote them: %j', (line, content) => {
    expect(contentOf(Buffer.from(line)).toString()).toBe(content)
  })

  it('that are too long end with the stream', async () => {
    const { pieces } = await read(Buffer.from('x'.repeat(100)), 7, 20)
    expect(pieces.at(-1)?.kind).toBe('last')
  })
})

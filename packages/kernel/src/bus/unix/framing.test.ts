import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MAX_BODY } from '../envelope.ts'
import { encodeFrame, type Fault, FrameReader, MAX_HEADER, VERBS } from './framing.ts'

interface Read {
  readonly frames: (readonly [verb: string, args: string, body: string])[]
  readonly fault: Fault | null
}

/** Reads a stream that arrives in pieces of the given sizes, over and over. */
function read(stream: Buffer, sizes: readonly number[] = [stream.length]): Read {
  const frames: [string, string, string][] = []
  const reader = new FrameReader(({ verb, args }, bytes, _start, bodyStart, end) => {
    frames.push([verb, args, bytes.toString('utf8', bodyStart, end)])
    return true
  })
  for (let at = 0, turn = 0; at < stream.length; turn++) {
    const size = Math.max(1, sizes[turn % sizes.length] ?? 1)
    const fault = reader.push(Buffer.from(stream.subarray(at, at + size)))
    if (fault) return { frames, fault }
    at += size
  }
  return { frames, fault: reader.end() }
}

const frame = fc.tuple(
  fc.constantFrom(...VERBS),
  fc.string({ unit: fc.constantFrom('a', 'b', '.', '*', '>'), maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 400 }),
)

describe('framing', () => {
  it('reads what it writes, however the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 12 }), fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1 }), (frames, sizes) => {
        const stream = Buffer.concat(frames.map((parts) => encodeFrame(...parts)))
        expect(read(stream, sizes)).toEqual({ frames, fault: null })
        expect(read(stream, [1])).toEqual({ frames, fault: null })
      }),
      { numRuns: 60 },
    )
  })

  it('never throws on bytes, whole or one at a time, and judges both alike', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.string({ unit: fc.constantFrom('P', 'U', 'B', ' ', 'a', '\n', '\r', '\0') }),
    )
    fc.assert(
      fc.property(bytes, (value) => {
        const stream = Buffer.from(value as string)
        expect(read(stream, [1])).toEqual(read(stream))
      }),
    )
  })

  it('B1: writes a verb line, a 4-byte big-endian length and the body', () => {
    expect(encodeFrame('PUB', 'a.b', '{"é":1}')).toEqual(Buffer.from('PUB a.b\n\0\0\0\x08{"é":1}'))
    expect(encodeFrame('BYE')).toEqual(Buffer.from('BYE\n\0\0\0\0'))
  })

  it('tolerates a CR and spaces around what follows the verb', () => {
    expect(read(Buffer.from('SUB   a.b  \r\n\0\0\0\0BYE\r\n\0\0\0\0'))).toEqual({
      frames: [
        ['SUB', 'a.b', ''],
        ['BYE', '', ''],
      ],
      fault: null,
    })
  })

  it.each<[string, Buffer, Fault]>([
    ['an empty line', Buffer.from('\n\0\0\0\0'), 'unknown verb'],
    ['an unknown verb', Buffer.from('GET / HTTP/1.1\r\n\r\n'), 'unknown verb'],
    ['a verb in small letters', Buffer.from('pub a\n\0\0\0\0'), 'unknown verb'],
    ['a header that is not ASCII', Buffer.from('PUB é\n\0\0\0\0'), 'header not ascii'],
    ['a header of 4,097 bytes', Buffer.from(`PUB ${'a'.repeat(MAX_HEADER - 4)}\n\0\0\0\0`), 'header too long'],
    ['a header without an end', Buffer.alloc(MAX_HEADER, 'P'), 'header too long'],
    ['a length over 1 MiB', Buffer.from([...Buffer.from('PUB a\n'), 0, 0x10, 0, 1]), 'body too long'],
    ['the greatest length', Buffer.from([...Buffer.from('PUB a\n'), 255, 255, 255, 255]), 'body too long'],
    ['an end inside the header', Buffer.from('PUB a'), 'ended inside a frame'],
    ['an end inside the body', Buffer.from('PUB a\n\0\0\0\x02{'), 'ended inside a frame'],
  ])('B1: faults %s', (_name, stream, fault) => {
    expect(read(stream)).toEqual({ frames: [], fault })
    expect(read(stream, [1])).toEqual({ frames: [], fault })
  })

  it('takes a header of exactly 4,096 bytes and a body of exactly 1 MiB', () => {
    const args = 'a'.repeat(MAX_HEADER - 5)
    const stream = encodeFrame('PUB', args, Buffer.alloc(MAX_BODY, 'x'))
    for (const sizes of [[stream.length], [65_536], [4_095], [4_100, 1]]) {
      const { frames, fault } = read(stream, sizes)
      expect([fault, frames.length, frames[0]?.[1] === args, frames[0]?.[2].length]).toEqual([null, 1, true, MAX_BODY])
    }
  })

  it('reads nothing more once its sink has had enough, nor after a fault', () => {
    let count = 0
    const reader = new FrameReader(() => ++count < 2)
    const stream = Buffer.concat(Array(5).fill(encodeFrame('SUB', 'a')))
    reader.push(stream)
    reader.push(stream)
    expect(count).toBe(2)
    expect(reader.end()).toBeNull()
  })
})

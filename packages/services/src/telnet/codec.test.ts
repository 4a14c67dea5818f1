import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeOutput, NewlineFolder, negotiate, OPTION, subnegotiate, TelnetDecoder, type TelnetInput } from './codec.ts'

const plain = (inputs: readonly TelnetInput[]) =>
  Buffer.concat(inputs.map((input) => (input.kind === 'data' ? input.data : Buffer.alloc(0))))

describe('the telnet codec', () => {
  test('output without carriage returns comes back as it went, however it is cut', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.nat(50), (bytes, cut) => {
        const data = bytes.filter((byte) => byte !== 13)
        const wire = encodeOutput(data)
        const decoder = new TelnetDecoder()
        const heard = [...decoder.push(wire.subarray(0, cut)), ...decoder.push(wire.subarray(cut))]
        expect(plain(heard)).toEqual(Buffer.from(data))
        expect(heard.every((input) => input.kind === 'data')).toBe(true)
      }),
    )
  })

  test('negotiations and subnegotiations are read in one piece or byte by byte', () => {
    const wire = Buffer.concat([
      Buffer.from('a'),
      negotiate('WILL', OPTION.NAWS),
      subnegotiate(OPTION.NAWS, 0, 255, 255, 0, 24),
      Buffer.from([255, 246]),
      Buffer.from('b'),
    ])
    const expected = [
      { kind: 'data', data: Buffer.from('a') },
      { kind: 'negotiation', verb: 'WILL', option: 31 },
      { kind: 'subnegotiation', option: 31, data: Buffer.from([0, 255, 0, 24]) },
      { kind: 'command', command: 246 },
      { kind: 'data', data: Buffer.from('b') },
    ]
    expect(new TelnetDecoder().push(wire)).toEqual(expected)
    const decoder = new TelnetDecoder()
    expect([...wire].flatMap((byte) => decoder.push(Buffer.of(byte)))).toEqual(expected)
  })

  test('an endless subnegotiation is thrown away', () => {
    const decoder = new TelnetDecoder()
    expect(decoder.push(Buffer.concat([Buffer.from([255, 250, 24]), Buffer.alloc(1_000_000, 65)]))).toEqual([])
    expect(decoder.push(Buffer.from([255, 240, 66]))).toEqual([{ kind: 'data', data: Buffer.from('B') }])
  })

  test('a bare carriage return is followed by NUL, IAC is doubled', () => {
    expect([...encodeOutput(Buffer.from([13, 10, 13, 65, 255, 13]))]).toEqual([13, 10, 13, 0, 65, 255, 255, 13, 0])
  })

  test('CR LF, CR NUL and CR are one return each, also across pieces', () => {
    const folder = new NewlineFolder()
    const pieces = ['a\r', '\nb\r\0', 'c\rd\n'].map((piece) => folder.push(Buffer.from(piece), false).toString())
    expect(pieces.join('')).toBe('a\rb\rc\rd\n')
  })

  test('no bytes make it throw', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array()), (chunks) => {
        const decoder = new TelnetDecoder()
        for (const chunk of chunks) decoder.push(chunk)
      }),
    )
  })
})

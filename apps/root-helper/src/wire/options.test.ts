import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseOptions, writeOptions } from './options.ts'
import { LINUX_OPTIONS } from './packets.fixture.ts'

describe('options of a TCP header', () => {
  it('are read in any order, and written in the order of a layout', () => {
    const options = parseOptions(Buffer.from(LINUX_OPTIONS))
    expect(options).toEqual({ mss: 1460, windowScale: 10, sack: true, timestamps: Buffer.from([0, 0, 0, 7, 0, 0, 0, 9]), others: false })
    expect([...writeOptions('MNWST', options)]).toEqual([2, 4, 5, 0xb4, 1, 3, 3, 10, 4, 2, 8, 10, 0, 0, 0, 7, 0, 0, 0, 9])
    expect([...writeOptions('MSLL', options)]).toEqual([2, 4, 5, 0xb4, 4, 2, 0, 0])
  })

  it('survive the way there and back', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 65_535 }),
        fc.nat(14),
        fc.uint8Array({ minLength: 8, maxLength: 8 }),
        (mss, windowScale, clock) => {
          const options = { mss, windowScale, sack: true, timestamps: Buffer.from(clock), others: false }
          for (const layout of ['MNWST', 'MNNSNWNNT', 'MSTNW', 'TSWM']) {
            const written = writeOptions(layout, options)
            expect(written.length % 4).toBe(0)
            expect(parseOptions(written)).toEqual(options)
          }
        },
      ),
    )
  })

  it('of any bytes are read without a throw, up to what is cut short', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        parseOptions(Buffer.from(bytes))
      }),
    )
    expect(parseOptions(Buffer.from([2, 4, 5, 0xb4, 3, 3]))).toEqual({ mss: 1460, sack: false, others: false })
    expect(parseOptions(Buffer.from([34, 2, 1, 0, 2, 4, 5, 0xb4]))).toEqual({ sack: false, others: true })
  })
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { WireReader, WireWriter } from './wire.ts'

test('what is written is read back', () => {
  fc.assert(
    fc.property(
      fc.uint8Array(),
      fc.nat(0xffff_ffff),
      fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      fc.boolean(),
      (text, word, long, flag) => {
        const message = new WireWriter(7).string(text).uint32(word).uint64(long).boolean(flag).done()
        const reader = new WireReader(message)
        expect(reader.byte()).toBe(7)
        expect(reader.string()).toEqual(Buffer.from(text))
        expect([reader.uint32(), reader.uint64(), reader.boolean(), reader.left]).toEqual([word, long, flag, 0])
      },
    ),
  )
})

test('a length beyond the end is a RangeError, not a read', () => {
  expect(() => new WireReader(Buffer.from([0, 0, 0, 9, 1])).string()).toThrow(RangeError)
  expect(() => new WireReader(Buffer.from([0xff, 0xff, 0xff, 0xff])).string()).toThrow(RangeError)
  expect(() => new WireReader(Buffer.alloc(3)).uint32()).toThrow(RangeError)
})

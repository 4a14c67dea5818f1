import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seeded } from './seeded.ts'

describe('seeded', () => {
  it('keeps whole numbers in their range and repeats them', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.integer({ min: -1e9, max: 1e9 }), fc.nat(1e9), (seed, what, low, width) => {
        const value = seeded(seed).integer(what, low, low + width)
        expect(value).toBeGreaterThanOrEqual(low)
        expect(value).toBeLessThanOrEqual(low + width)
        expect(seeded(seed).integer(what, low, low + width)).toBe(value)
      }),
    )
  })

  it('tells seeds and names apart, also where they would run together', () => {
    expect(seeded('a\0b').hex('c', 64)).not.toBe(seeded('a').hex('b\0c', 64))
    expect(seeded('a').hex('b', 64)).not.toBe(seeded('a').hex('c', 64))
  })

  it('gives bytes of any length, the shorter a beginning of the longer', () => {
    const { bytes } = seeded('x')
    expect(bytes('k', 100).subarray(0, 40)).toEqual(bytes('k', 40))
    expect(bytes('k', 0)).toHaveLength(0)
    expect(bytes('k', 33)).toHaveLength(33)
  })

  it('picks everything sooner or later, and shuffles without loss', () => {
    const { pick, shuffle } = seeded('x')
    expect(new Set(Array.from({ length: 200 }, (_, index) => pick(`${index}`, ['a', 'b', 'c']))).size).toBe(3)
    expect(shuffle('s', [1, 2, 3, 4, 5]).sort()).toEqual([1, 2, 3, 4, 5])
    expect(() => pick('none', [])).toThrow(RangeError)
  })
})

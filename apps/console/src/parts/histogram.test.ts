import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ceilingOf, heightsOf } from './histogram.tsx'

const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0)

describe('bars of a histogram', () => {
  it('the axis counts whole events, also half way up', () => {
    for (let most = 1; most <= 3_000; most += 1) {
      const top = ceilingOf(most)
      expect(top).toBeGreaterThanOrEqual(most)
      expect(top).toBeLessThanOrEqual(Math.max(4, 2 * most))
      expect(Number.isInteger(top / 2)).toBe(true)
    }
  })
  it('a burst of 20,000 leaves a single event two pixels', () => {
    const top = ceilingOf(20_000)
    expect(sum(heightsOf({ total: 1, parts: [['ssh', 1]] }, top, 114))).toBe(2)
    expect(
      sum(
        heightsOf(
          {
            total: 3,
            parts: [
              ['ssh', 2],
              ['http', 1],
            ],
          },
          top,
          58,
        ),
      ),
    ).toBeCloseTo(2)
    expect(sum(heightsOf({ total: 20_000, parts: [['ssh', 20_000]] }, top, 114))).toBe(114)
    expect(heightsOf({ total: 0, parts: [] }, top, 114)).toEqual([])
  })
  it('parts share a bar as they share its events, and none is higher than the plot', () => {
    const count = fc.integer({ min: 1, max: 1_000_000 })
    fc.assert(
      fc.property(count, count, count, (a, b, other) => {
        const top = ceilingOf(Math.max(a + b, other))
        const [ssh = 0, http = 0] = heightsOf(
          {
            total: a + b,
            parts: [
              ['ssh', a],
              ['http', b],
            ],
          },
          top,
          100,
        )
        expect(ssh * b).toBeCloseTo(http * a, 3)
        expect(ssh + http).toBeLessThanOrEqual(100.000_001)
      }),
    )
  })
})

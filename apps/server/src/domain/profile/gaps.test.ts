import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Gaps } from './gaps.ts'

const of = (gaps: readonly number[]) => {
  const all = new Gaps()
  for (const gap of gaps) all.add(gap)
  return all
}
const gaps = fc.array(fc.integer({ min: 0, max: 40_000_000_000 }), { minLength: 1, maxLength: 200 })
const YEAR = 366 * 24 * 3_600_000

it('nothing was measured where there was no gap', () => {
  expect(new Gaps().stored()).toBeUndefined()
  expect(new Gaps().statistics()).toMatchObject({ count: 0, mean: null, median: null, cv: null })
})

it('moments are exact, quantiles within 5 %, whatever the gaps', () => {
  fc.assert(
    fc.property(gaps, (list) => {
      const { count, mean, median, sd, min, max } = of(list).statistics()
      const capped = list.map((gap) => Math.min(gap, YEAR)).sort((a, b) => a - b)
      const average = capped.reduce((sum, gap) => sum + gap, 0) / capped.length
      const spread = Math.sqrt(capped.reduce((sum, gap) => sum + (gap - average) ** 2, 0) / capped.length)
      expect(count).toBe(list.length)
      expect(mean).toBeCloseTo(average / 1_000, 2)
      expect(Math.abs((sd ?? 0) - spread / 1_000)).toBeLessThanOrEqual(0.001 + (spread / 1_000) * 1e-9)
      expect([min, max]).toEqual([(capped[0] ?? 0) / 1_000, (capped.at(-1) ?? 0) / 1_000])
      const half = (capped.length - 1) / 2
      const exact = ((capped[Math.floor(half)] ?? 0) + (capped[Math.ceil(half)] ?? 0)) / 2_000
      expect(Math.abs((median ?? 0) - exact)).toBeLessThanOrEqual(exact * 0.0501 + 0.001)
    }),
  )
})

it.each([
  [3_056, 9_076, 6.066],
  [3_650, 9_040, 6.345],
  [4_285, 12_086, 8.186],
])('of two gaps, %d ms and %d ms, the median lies in the middle, and they are not regular', (one, other, middle) => {
  const { median, cv, robustCv } = of([one, other]).statistics()
  expect(median).toBeCloseTo(middle, 2)
  expect(cv).toBeGreaterThan(0.4)
  expect(robustCv).toBeGreaterThan(0.3)
})

it('the order of gaps changes nothing, nor does being stored in between', () => {
  fc.assert(
    fc.property(gaps, fc.nat(), (list, cut) => {
      const at = cut % list.length
      const reopened = Gaps.from(JSON.parse(JSON.stringify(of(list.slice(0, at)).stored() ?? null)) ?? undefined)
      for (const gap of list.slice(at)) reopened.add(gap)
      expect(reopened.stored()).toEqual(of(list.toReversed()).stored())
    }),
  )
})

it('a hundred thousand gaps of all sizes take less than 4 kB', () => {
  const all = new Gaps()
  for (let n = 0; n < 100_000; n += 1) all.add(Math.floor(1.0003 ** n) % 40_000_000_000)
  expect(JSON.stringify(all.stored()).length).toBeLessThan(4_096)
})

it('one long pause does not hide a regular rhythm from the robust measure', () => {
  const beats = Array.from({ length: 40 }, (_, n) => 60_000 + (n % 5) * 500)
  const { cv, robustCv } = of([...beats, 8 * 3_600_000]).statistics()
  expect(cv).toBeGreaterThan(1)
  expect(robustCv).toBeLessThan(0.1)
})

import { expect, it } from 'vitest'
import { overRange } from './range.ts'

const HOUR = 3_600_000

it('a series that begins within a period, or before it, is told over the whole of it', () => {
  const period = { start: 10 * HOUR + 1, end: 15 * HOUR }
  expect(overRange([2, 0, 1], 12 * HOUR, period, HOUR)).toEqual([0, 0, 2, 0, 1, 0])
  expect(overRange([9, 2, 0, 1], 9 * HOUR, period, HOUR)).toEqual([2, 0, 1, 0, 0, 0])
  expect(overRange([], Number.NaN, period, HOUR)).toEqual([0, 0, 0, 0, 0, 0])
})

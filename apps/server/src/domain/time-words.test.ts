import { expect, it } from 'vitest'
import { apart, later } from './time-words.ts'

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000]

it('a span is said as a person would say it, never as a fraction that is rounded to nothing', () => {
  expect([0, 59_999, MINUTE, 3 * MINUTE, 89 * MINUTE, 3 * HOUR, 47 * HOUR, 2 * DAY, 6.4 * DAY].map(later)).toEqual([
    ...['within a minute', 'within a minute', '1 minute later', '3 minutes later', '89 minutes later'],
    ...['3 hours later', '47 hours later', '2 days later', '6 days later'],
  ])
  expect([0, 20 * DAY].map(apart)).toEqual(['within a minute of each other', '20 days apart'])
})

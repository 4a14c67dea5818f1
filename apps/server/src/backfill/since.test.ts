import { describe, expect, it } from 'vitest'
import { sinceOf, timeOf } from './since.ts'

describe('a time to look back to', () => {
  it.each([
    ['all', 0],
    ['2d', 1_000_000_000_000 - 2 * 86_400_000],
    ['2026-02-28', Date.UTC(2026, 1, 28)],
    ['2024-02-29T08:00:00Z', Date.UTC(2024, 1, 29, 8)],
  ])('%s is one', (text, expected) => {
    expect(sinceOf(text, 1_000_000_000_000)).toBe(expected)
  })

  it.each(['2026-02-31', '2026-02-29', '2026-04-31T08:00:00Z', '2026-13-01', '2026-00-10', '2026-01-00', '2026-01-01T25:00', 'soon', ''])(
    '%s is none',
    (text) => {
      expect([sinceOf(text, 0), timeOf(text)]).toEqual([null, null])
    },
  )
})

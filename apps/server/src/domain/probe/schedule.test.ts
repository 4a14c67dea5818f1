import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { firstDue, nextDue } from './schedule.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const visit = { attacker: 'a', port: 443, visits: 1, silences: 0, now: 0, everyMs: DAY }

describe('when an attacker is asked', () => {
  it('first within ten minutes, the same for the same port, others at other times', () => {
    const times = Array.from({ length: 50 }, (_, port) => firstDue(1_000, 'a', port))
    expect(Math.min(...times)).toBeGreaterThanOrEqual(1_000)
    expect(Math.max(...times)).toBeLessThan(1_000 + 600_000)
    expect(new Set(times).size).toBeGreaterThan(40)
    expect(firstDue(1_000, 'a', 7)).toBe(times[7])
  })

  it('again about daily while it answers', () => {
    const waits = Array.from({ length: 100 }, (_, visits) => nextDue({ ...visit, visits }))
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(0.9 * DAY)
    expect(Math.max(...waits)).toBeLessThanOrEqual(1.1 * DAY)
    expect(new Set(waits).size).toBeGreaterThan(90)
  })

  it('ever more seldom while it is silent, down to weekly, and never less', () => {
    const days = Array.from({ length: 8 }, (_, silences) => Math.round(nextDue({ ...visit, silences }) / DAY / 0.9))
    expect(days.map((day) => day >= 1)).not.toContain(false)
    fc.assert(
      fc.property(fc.nat({ max: 1e6 }), fc.nat({ max: 1e6 }), fc.integer({ min: HOUR, max: 30 * DAY }), (silences, visits, everyMs) => {
        const wait = nextDue({ ...visit, silences, visits, everyMs })
        expect(wait).toBeGreaterThanOrEqual(0.9 * everyMs - 1)
        expect(wait).toBeLessThanOrEqual(1.1 * Math.max(7 * DAY, everyMs))
        if (silences >= 8) expect(wait).toBeGreaterThanOrEqual(0.9 * Math.min(7 * DAY, everyMs * 256) - 1)
      }),
    )
  })
})

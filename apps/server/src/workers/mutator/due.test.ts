import { describe, expect, it } from 'vitest'
import { dueAt, sleepFor } from './due.ts'

const MINUTE = 60_000
const decky = (more: { mutateMinutes?: number | null; lastMutated?: number | null } = {}) => ({
  name: 'web-01',
  seed: 's',
  archetype: 'web-server',
  ip: '127.0.0.1',
  createdAt: 1_000,
  services: [],
  mutateMinutes: null,
  lastMutated: null,
  ...more,
})

describe('when a decky changes', () => {
  it('M1: its interval after its last change, or after its creation; the fleet’s own where it has none', () => {
    expect(dueAt(decky({ mutateMinutes: 5 }), 30)).toBe(1_000 + 5 * MINUTE)
    expect(dueAt(decky({ mutateMinutes: 5, lastMutated: 9_000 }), 30)).toBe(9_000 + 5 * MINUTE)
    expect(dueAt(decky(), 30)).toBe(1_000 + 30 * MINUTE)
  })

  it('never, with an interval of 0, whether it is its own or the fleet’s', () => {
    expect(dueAt(decky({ mutateMinutes: 0 }), 30)).toBe(Number.POSITIVE_INFINITY)
    expect(dueAt(decky(), 0)).toBe(Number.POSITIVE_INFINITY)
    expect(dueAt(decky({ mutateMinutes: 1 }), 0)).toBe(1_000 + MINUTE)
  })

  it('an attempt that failed is not made again before the interval is over', () => {
    expect(dueAt(decky({ mutateMinutes: 5 }), 0, 50_000)).toBe(50_000 + 5 * MINUTE)
  })

  it('M1: the mutator sleeps until the next is due, or 10 s, whichever is sooner, and a second at least', () => {
    expect(sleepFor([], 0)).toBe(10_000)
    expect(sleepFor([Number.POSITIVE_INFINITY], 0)).toBe(10_000)
    expect(sleepFor([60_000, 4_000], 0)).toBe(4_000)
    expect(sleepFor([60_000, 400], 0)).toBe(1_000)
    expect(sleepFor([-5_000], 0)).toBe(1_000)
  })
})

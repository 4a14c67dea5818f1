import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bucketOf, rangeParams, readRange, resolveRange, spans, ticksOf, usualSpan } from './range.ts'
import { duration, happened, playhead, plural, relative, size, stamp } from './words.ts'

const written = (range: ReturnType<typeof readRange>) => {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(rangeParams(range))) if (value !== null) params.set(name, value)
  return params
}

describe('the period in the address', () => {
  it('comes back as it was written', () => {
    for (const span of spans) expect(readRange(written({ kind: 'last', span }), '7d')).toEqual({ kind: 'last', span })
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), fc.integer({ min: 1, max: 1e10 }), (start, length) => {
        const range = { kind: 'fixed' as const, start, end: start + length }
        expect(readRange(written(range), '24h')).toEqual(range)
      }),
    )
  })
  it('is the usual one when it makes no sense', () => {
    for (const text of ['range=9y', 'from=x&to=y', 'from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', ''])
      expect(readRange(new URLSearchParams(text), '24h')).toEqual({ kind: 'last', span: '24h' })
  })
  it('covers a young fleet closely: all there is of it, up to a day', () => {
    const minutes = (n: number) => usualSpan(10_000_000_000 - n * 60_000, 10_000_000_000)
    expect([minutes(-1), minutes(0), minutes(15), minutes(16), minutes(60), minutes(61), minutes(90_000)]).toEqual([
      '15m',
      '15m',
      '15m',
      '1h',
      '1h',
      '24h',
      '24h',
    ])
    expect(usualSpan(null, 0)).toBe('15m')
  })
  it('ends now when it moves', () => {
    expect(resolveRange({ kind: 'last', span: '1h' }, 10_000_000)).toEqual({ start: 6_400_000, end: 10_000_000 })
  })
})

describe('axes', () => {
  it('have a readable number of bars and of ticks for every length', () => {
    fc.assert(
      fc.property(fc.integer({ min: 60_000, max: 40 * 86_400_000 }), (length) => {
        const bars = length / bucketOf(length)
        expect(bars).toBeLessThanOrEqual(91)
        const ticks = ticksOf(1_700_000_000_000, 1_700_000_000_000 + length, 8)
        expect(ticks.length).toBeLessThanOrEqual(9)
        expect(new Set(ticks.map((t) => t.at)).size).toBe(ticks.length)
      }),
    )
  })
})

describe('words for time and size', () => {
  it('say it as people do', () => {
    expect([0, 41_000, 240_000, 7_200_000, 90_000_000, 300_000_000].map((ago) => relative(0, ago))).toEqual([
      'just now',
      '41 s ago',
      '4 min ago',
      '2 h ago',
      '25 h ago',
      '3 d ago',
    ])
    expect([relative(Date.UTC(2199, 0), Date.UTC(2026, 0)), relative(0, Date.UTC(2026, 0))]).toEqual(['in 173 y', '56 y ago'])
    const now = Date.UTC(2026, 6, 1)
    expect([now, now + 7_200_000, Date.UTC(2199, 6, 1)].map((at) => happened(at, now))).toEqual(['just now', 'in 2 h', 'in 173 y (clock?)'])
    expect([Date.UTC(2026, 2, 3, 12), Date.UTC(2199, 2, 3, 12)].map((at) => stamp(at, now).slice(0, -6))).toEqual(['3 Mar', '3 Mar 2199'])
    expect([0.42, 41, 372, 11_100, 187_200].map(duration)).toEqual(['0.4 s', '41 s', '6 min 12 s', '3 h 5 min', '2 d 4 h'])
    expect([playhead(134.2), playhead(4.16, 9), playhead(0, 9), playhead(9.97, 9.97), playhead(0.027, 0.03)]).toEqual([
      '02:14',
      '00:04.2',
      '00:00.0',
      '00:10.0',
      '00:00.03',
    ])
    expect([plural(1, 'decky', 'deckies'), plural(1200, 'decky', 'deckies')]).toEqual(['1 decky', '1,200 deckies'])
    expect([size(12), size(1500), size(48_200), size(3_400_000)]).toEqual(['12 B', '1.5 kB', '48 kB', '3.4 MB'])
  })
})

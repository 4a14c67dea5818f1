import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Window } from '../rule/condition.ts'
import { memoryWindows } from './window-store.ts'
import { feedWindow, type WindowState } from './windows.ts'

const condition = { any: [] }
const base = { withinMs: 60_000, key: { by: 'attacker' as const, fields: [] } }
const threshold: Window = { type: 'threshold', of: condition, count: 3, ...base }
const distinct: Window = { type: 'distinct', of: condition, field: 'password', count: 3, ...base }
const sequence: Window = { type: 'sequence', steps: [condition, condition, condition], ...base }

type Fed = readonly [seconds: number, value?: string, steps?: readonly number[]]
/** Which of the events made the window fire; each state goes through JSON, as through a store. */
function play(window: Window, events: readonly Fed[]): boolean[] {
  let state: WindowState | undefined
  return events.map(([seconds, value = '', steps = [0]]) => {
    const fed = feedWindow(window, state, { ts: 1_000_000 + seconds * 1_000, value, steps })
    state = JSON.parse(JSON.stringify(fed.state))
    return fed.fired
  })
}

describe('a threshold', () => {
  it('fires with the event that completes the count within the time', () => {
    expect(play(threshold, [[0], [10], [59]])).toEqual([false, false, true])
  })
  it('lets events slide out', () => {
    expect(play(threshold, [[0], [10], [60], [65]])).toEqual([false, false, false, true])
  })
  it('stays quiet for its own length once it fired', () => {
    expect(play(threshold, [[0], [1], [2], [3], [4], [5], [63], [64], [65]])).toEqual([
      false,
      false,
      true,
      false,
      false,
      false,
      false,
      false,
      true,
    ])
  })
  it('counts an event that comes late by its own time', () => {
    expect(play(threshold, [[100], [10], [101]])).toEqual([false, false, false])
    expect(play(threshold, [[100], [10], [11]])).toEqual([false, false, false])
    expect(play(threshold, [[100], [45], [99]])).toEqual([false, false, true])
  })
  it('fires once for a burst, in whatever order its events come', () => {
    const burst = Array.from({ length: 50 }, (_, second): Fed => [second])
    fc.assert(
      fc.property(fc.shuffledSubarray(burst, { minLength: 50 }), (events) => {
        expect(play(threshold, events).filter(Boolean)).toHaveLength(1)
      }),
    )
  })
  it('that counts to one speaks once in its time', () => {
    expect(play({ ...threshold, count: 1 }, [[0], [1], [59], [60], [61]])).toEqual([true, false, false, true, false])
  })
  it('counts anew when an older log comes behind a newer one, and is still silent about what it said', () => {
    const events: Fed[] = [[10_000], [10_001], [10_002], [0], [1], [2], [10_003]]
    expect(play(threshold, events)).toEqual([false, false, true, false, false, true, false])
    expect(play(threshold, [[10_000], [10_001], [10_002], [0], [1], [10_003], [10_004], [10_005]]).filter(Boolean)).toHaveLength(1)
  })
  it('of 35,000 attempts in one go says as much as there are spans', () => {
    const attempts = Array.from({ length: 35_000 }, (_, number): Fed => [number / 10])
    const spans = 3_500 / 60
    expect(Math.abs(play(threshold, attempts).filter(Boolean).length - spans)).toBeLessThan(2)
  })
})

describe('different values', () => {
  it('are counted once each', () => {
    expect(
      play(distinct, [
        [0, 'a'],
        [1, 'a'],
        [2, 'b'],
        [3, 'b'],
        [4, 'c'],
      ]),
    ).toEqual([false, false, false, false, true])
  })
  it('are forgotten when they are old', () => {
    expect(
      play(distinct, [
        [0, 'a'],
        [50, 'b'],
        [61, 'c'],
        [62, 'd'],
      ]),
    ).toEqual([false, false, false, true])
  })
  it('are kept as hashes only', () => {
    const { state } = feedWindow(distinct, undefined, { ts: 1, value: 'hunter2', steps: [0] })
    expect(JSON.stringify(state)).not.toContain('hunter2')
  })
})

describe('a sequence', () => {
  it('fires when its steps came in their order', () => {
    expect(
      play(sequence, [
        [0, '', [0]],
        [5, '', [1]],
        [9, '', [2]],
      ]),
    ).toEqual([false, false, true])
  })
  it('does not fire in another order', () => {
    expect(
      play(sequence, [
        [0, '', [1]],
        [5, '', [0]],
        [9, '', [2]],
      ]),
    ).toEqual([false, false, false])
  })
  it('fires once for a burst, and again when its time is over', () => {
    const round = (at: number): Fed[] => [
      [at, '', [0]],
      [at + 1, '', [1]],
      [at + 2, '', [2]],
    ]
    expect(play(sequence, [...round(0), ...round(10), ...round(50), ...round(62)]).flatMap((fired, index) => (fired ? index : []))).toEqual(
      [2, 11],
    )
  })
  it('does not follow a beginning that is later than the event', () => {
    expect(
      play(sequence, [
        [10, '', [0]],
        [5, '', [1]],
        [11, '', [2]],
      ]),
    ).toEqual([false, false, false])
  })
  it('takes one event for one step', () => {
    expect(
      play(sequence, [
        [0, '', [0, 1, 2]],
        [1, '', [0, 1, 2]],
        [2, '', [0, 1, 2]],
      ]),
    ).toEqual([false, false, true])
  })
  it('measures from the latest beginning that still leads on', () => {
    expect(
      play(sequence, [
        [0, '', [0]],
        [50, '', [0]],
        [55, '', [1]],
        [100, '', [2]],
      ]),
    ).toEqual([false, false, false, true])
    expect(
      play(sequence, [
        [0, '', [0]],
        [5, '', [1]],
        [50, '', [0]],
        [100, '', [2]],
      ]),
    ).toEqual([false, false, false, false])
  })
})

it('keeps no more than twice what it counts to, whatever comes in whatever order', () => {
  const event = fc.tuple(fc.integer({ min: -500, max: 500 }), fc.string(), fc.constant([0, 1]))
  fc.assert(
    fc.property(fc.constantFrom(threshold, distinct, sequence), fc.array(event, { maxLength: 200 }), (window, events) => {
      let state: WindowState | undefined
      for (const [seconds, value, steps] of events) {
        state = feedWindow(window, state, { ts: seconds * 1_000, value, steps }).state
        const kept = [state.times ?? [], Object.keys(state.values ?? {}), state.begun ?? []]
        expect(Math.max(...kept.map(({ length }) => length))).toBeLessThanOrEqual(6)
      }
    }),
  )
})

describe('windows in memory', () => {
  it('forget those untouched for longest beyond their limit', () => {
    const windows = memoryWindows(100)
    for (let number = 0; number < 1_000; number++) {
      windows.put('R1', `k${number}`, { at: number })
      windows.put('R1', 'always', { at: number })
      expect(windows.size).toBeLessThanOrEqual(100)
    }
    expect(windows.get('R1', 'always')).toEqual({ at: 999 })
    expect(windows.get('R1', 'k999')).toEqual({ at: 999 })
    expect(windows.get('R1', 'k0')).toBeUndefined()
  })
  it('keep rules apart', () => {
    const windows = memoryWindows()
    windows.put('R1', 'k', { at: 1 })
    expect(windows.get('R2', 'k')).toBeUndefined()
  })
})

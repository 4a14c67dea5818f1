import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { wireState } from './state.ts'

const ids = (mode: 'zero' | 'increment' | 'stride' | 'random', count: number, seed = 1): number[] => {
  const state = wireState(seed)
  return Array.from({ length: count }, () => state.nextId(mode))
}
const steps = (values: readonly number[]): number[] =>
  values.slice(1).map((value, index) => (value - (values[index] ?? 0) + 0x10000) % 0x10000)

describe('identifications', () => {
  it('count, stride as nmap calls RI, jump, or are zero', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        expect(new Set(steps(ids('increment', 20, seed)))).toEqual(new Set([1]))
        for (const step of steps(ids('stride', 50, seed))) {
          expect(step).toBeGreaterThan(1000)
          expect(step).toBeLessThan(20_000)
          expect(step % 256).not.toBe(0)
        }
        for (const id of ids('random', 50, seed)) expect(id).toSatisfy((value: number) => value > 0 && value <= 0xffff)
        expect(new Set(ids('random', 50, seed)).size).toBeGreaterThan(40)
      }),
    )
    expect(ids('zero', 3)).toEqual([0, 0, 0])
  })

  it('follow from the seed, and are others on another host', () => {
    expect(ids('random', 10, 5)).toEqual(ids('random', 10, 5))
    expect(ids('random', 10, 5)).not.toEqual(ids('random', 10, 6))
    expect(ids('increment', 1, 5)).not.toEqual(ids('increment', 1, 6))
  })
})

describe('notes of openings', () => {
  it('are bounded; the oldest gives way', () => {
    const state = wireState(1)
    const note = { mss: 1460, acknowledgement: 0, fin: false, dontFragment: false }
    for (let n = 0; n < 5000; n += 1) state.note(`${n}`, note)
    expect(state.size).toBe(512)
    expect([state.noted('0'), state.noted('4487'), state.noted('4488')]).toEqual([undefined, undefined, note])
  })
})

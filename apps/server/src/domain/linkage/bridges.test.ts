import { describe, expect, it } from 'vitest'
import { bridgesAmong } from './bridges.ts'
import { handsAmong } from './hands.ts'

/** Of so many, each linked to those named, and each a hand of its own but for those of one address. */
function hangingTogether(size: number, links: readonly (readonly [number, number])[], address: readonly number[] = []) {
  const linked = (a: number, b: number) => links.some(([x, y]) => (x === a && y === b) || (x === b && y === a))
  return bridgesAmong(
    handsAmong(size, (a, b) => address.includes(a) && address.includes(b)),
    linked,
  )
}
const bridged = (...of: Parameters<typeof hangingTogether>) => hangingTogether(...of).between

describe('a bridge', () => {
  const fan = [
    [0, 1],
    [1, 2],
  ] as const

  it('is the only one through whom two groups are linked, on whichever side it is', () => {
    expect(bridged(3, fan)([0, 1], [2])).toBe(true)
    expect(bridged(3, fan)([0], [1, 2])).toBe(true)
  })

  it('is none for the two who are linked by themselves, or with anybody but itself', () => {
    expect(bridged(3, fan)([0], [1])).toBe(false)
    expect(bridged(3, [...fan, [0, 2]])([0, 1], [2])).toBe(false)
  })

  it('is none where another leads there, too, be it from outside both', () => {
    const round = [...fan, [0, 3], [3, 2]] as const
    expect(bridged(4, round)([0, 1], [2])).toBe(false)
    expect(bridged(4, round)([0, 1], [2, 3])).toBe(false)
  })

  it('is somebody of neither group, too, without whom nobody would compare them', () => {
    expect(bridged(3, fan)([0], [2])).toBe(true)
    expect(bridged(4, [...fan, [0, 3], [3, 2]])([0], [2])).toBe(false)
  })

  it('is all that one hand has: two stays of one address are no two witnesses', () => {
    const two = [...fan, [0, 3], [3, 2], [1, 3]] as const
    expect(bridged(4, two)([0, 1, 3], [2])).toBe(false)
    expect(bridged(4, two, [1, 3])([0, 1, 3], [2])).toBe(true)
    expect(bridged(4, two, [1, 3])([0, 1], [2, 3])).toBe(true)
  })

  it('in a chain is everybody but the ends', () => {
    const chain = [
      [0, 1],
      [1, 2],
      [2, 3],
    ] as const
    expect(bridged(4, chain)([0, 1], [2, 3])).toBe(true)
    expect(bridged(4, chain)([1], [2])).toBe(false)
  })

  it('has nobody who vouches for both, be it another stay of its own', () => {
    const round = [...fan, [0, 2]] as const
    expect(hangingTogether(3, fan).vouched(0, 1)).toBe(false)
    expect(hangingTogether(3, fan).vouched(0, 2)).toBe(false)
    expect(hangingTogether(3, round).vouched(0, 1)).toBe(true)
    expect(hangingTogether(3, round, [1, 2]).vouched(0, 1)).toBe(false)
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { OsFamily } from '../port.ts'
import { seeded } from '../seeded.ts'
import { stackOf, stacks } from './index.ts'

const families: readonly OsFamily[] = ['linux', 'windows', 'windows_server', 'bsd', 'embedded', 'cisco']
const personaOf = (seed: string, family: OsFamily) => ({ os: { family } as never, pick: seeded(seed).pick })

describe('stacks', () => {
  it('are of the family that a persona claims, the same for ever, and every release comes up', () => {
    for (const family of families) {
      const met = new Set<string>()
      for (let n = 0; n < 100; n += 1) {
        const stack = stackOf(personaOf(`${n}`, family))
        expect(stack.family).toBe(family)
        expect(stackOf(personaOf(`${n}`, family))).toBe(stack)
        met.add(stack.id)
      }
      expect([...met].sort()).toEqual(
        stacks
          .filter((stack) => stack.family === family)
          .map(({ id }) => id)
          .sort(),
      )
    }
  })

  it('have names of their own', () => {
    expect(new Set(stacks.map(({ id }) => id)).size).toBe(stacks.length)
    expect(new Set(stacks.map(({ title }) => title)).size).toBe(stacks.length)
  })

  it('agree to no option that their layout cannot write, and offer the segment size always', () => {
    for (const { id, kernel, handwriting } of stacks) {
      if (handwriting === null) continue
      const agreed = ['W', 'S', 'T'].filter(
        (letter) => ({ W: kernel.windowScale !== null, S: kernel.sack, T: kernel.timestamps !== 'none' })[letter],
      )
      fc.assert(
        fc.property(fc.subarray(agreed), (some) => {
          const layout = handwriting.layout[some.join('') as keyof typeof handwriting.layout]
          expect(layout, `${id} ${some.join('')}`).toMatch(/^M[NWSTL]*$/u)
          expect([...(layout ?? '')].filter((letter) => 'WST'.includes(letter)).sort()).toEqual([...some].sort())
        }),
      )
    }
  })
})

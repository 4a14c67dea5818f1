import { expect, it } from 'vitest'
import { namesWithin } from './names-within.ts'

it('what does not fit is counted by name, not by letter', () => {
  const six = ['203.0.113.99:8443', ...Array.from({ length: 5 }, (_, n) => `${n}`.repeat(64))]
  expect(namesWithin(six, 120)).toEqual({ text: `${six[0]}  ${six[1]}`, left: 4 })
  expect(namesWithin(six, 1_000)).toEqual({ text: six.join('  '), left: 0 })
})

it('the first is there however long it is', () => {
  expect(namesWithin(['x'.repeat(200), 'y'], 120)).toEqual({ text: 'x'.repeat(200), left: 1 })
  expect(namesWithin([], 120)).toEqual({ text: '', left: 0 })
})

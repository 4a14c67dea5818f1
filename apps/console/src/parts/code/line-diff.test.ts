import fc from 'fast-check'
import { expect, it } from 'vitest'
import { hunks, lineDiff } from './line-diff.ts'

const signs = { same: ' ', gone: '-', new: '+' } as const
const shape = (before: string, after: string) => lineDiff(before, after).map(({ kind, text }) => signs[kind] + text)

it('keeps the lines that both have and says which go and come', () => {
  expect(shape('a\nb\nc\nd', 'a\nc\nx\nd')).toEqual([' a', '-b', ' c', '+x', ' d'])
  expect(shape('same', 'same')).toEqual([' same'])
  expect(shape('', 'a')).toEqual(['-', '+a'])
  expect(shape('a\na\na', 'a\na')).toHaveLength(3)
})

it('numbers lines as they stand in each text', () => {
  expect(lineDiff('a\nb', 'b\nc').map(({ before, after }) => [before, after])).toEqual([
    [1, null],
    [2, 1],
    [null, 2],
  ])
})

it('gives both texts back, and no line is both kept and changed', () => {
  const lines = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 30 }).map((some) => some.join('\n'))
  fc.assert(
    fc.property(lines, lines, (before, after) => {
      const told = lineDiff(before, after)
      expect(told.flatMap((line) => (line.kind === 'new' ? [] : line.text)).join('\n')).toBe(before)
      expect(told.flatMap((line) => (line.kind === 'gone' ? [] : line.text)).join('\n')).toBe(after)
      for (const { kind, before: a, after: b } of told) expect([a === null, b === null]).toEqual([kind === 'new', kind === 'gone'])
    }),
  )
})

it('tells very long texts that have nothing in common whole', () => {
  const many = (letter: string) => Array.from({ length: 5_000 }, (_, n) => letter + n).join('\n')
  const told = lineDiff(many('a'), many('b'))
  expect(told).toHaveLength(10_000)
  expect(told.filter(({ kind }) => kind === 'same')).toEqual([])
})

it('leaves out what is alike, but for some lines around a change', () => {
  const before = Array.from({ length: 20 }, (_, n) => `l${n}`)
  const after = before.with(10, 'new')
  expect(hunks(lineDiff(before.join('\n'), after.join('\n'))).map((hunk) => ('alike' in hunk ? hunk.alike : hunk.lines.length))).toEqual([
    7, 8, 6,
  ])
  expect(hunks(lineDiff('a\nb', 'a\nb'))).toEqual([{ alike: 2 }])
})

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { listText, valueText } from './value-text.ts'

it('any value has a text: a string its own, anything else as JSON', () => {
  expect(['a', 1, true, null, undefined, ['a', 'b'], { a: [1] }].map(valueText)).toEqual([
    'a',
    '1',
    'true',
    'null',
    '',
    '["a","b"]',
    '{"a":[1]}',
  ])
  expect([['a', 2, { b: 'c' }], 'x', null].map(listText)).toEqual(['a, 2, {"b":"c"}', 'x', 'null'])
})

it('a value that would rather not be a text has one, however deep it is', () => {
  expect(valueText({ toString: {}, toJSON: 1, valueOf: null })).toBe('{"toString":{},"toJSON":1,"valueOf":null}')
  let deep: unknown = []
  for (let n = 0; n < 100_000; n += 1) deep = [deep]
  for (const of of [valueText, listText]) {
    expect(of(deep).length).toBeGreaterThan(0)
    fc.assert(fc.property(fc.jsonValue(), (value) => typeof of(value) === 'string'))
  }
})

import { expect, it } from 'vitest'
import { own } from './own.ts'

it('finds what the table holds, and nothing of what every object has', () => {
  const table: Record<string, number> = { a: 1, valueOf: 2 }
  expect(['a', 'valueOf', 'b'].map((name) => own(table, name))).toEqual([1, 2, undefined])
  for (const name of Object.getOwnPropertyNames(Object.prototype)) expect(own({ a: 1 }, name)).toBeUndefined()
})

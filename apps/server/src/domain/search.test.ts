import { expect, it } from 'vitest'
import { parseSearch } from './search.ts'

it('knows columns by their names, everything else as a field', () => {
  expect(parseSearch('event:command Outcome:success -decky:web-01 "a b"')).toEqual([
    { kind: 'column', column: 'type', value: 'command', negated: false },
    { kind: 'field', field: 'outcome', value: 'success', negated: false },
    { kind: 'column', column: 'decky', value: 'web-01', negated: true },
    { kind: 'text', value: 'a b', negated: false },
  ])
})

it('takes no word of the language for a column', () => {
  for (const name of ['constructor', '__proto__', 'valueOf']) expect(parseSearch(`${name}:x`)).toMatchObject([{ kind: 'field' }])
})

it('reads at most 32 words', () => {
  expect(parseSearch('x '.repeat(100))).toHaveLength(32)
})

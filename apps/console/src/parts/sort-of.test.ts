import { attackerQuery, credentialQuery } from '@decnet/contracts/api'
import { expect, it } from 'vitest'
import { sortOf } from './sort-of.ts'

it('sorts by what is asked for, and as usual where nothing or nonsense is', () => {
  expect(sortOf(credentialQuery.shape.sort_by, 'principal')).toBe('principal')
  for (const asked of [null, '', 'bogus', 'constructor']) {
    expect(sortOf(credentialQuery.shape.sort_by, asked)).toBe('last_seen')
    expect(sortOf(attackerQuery.shape.sort_by, asked)).toBe('recent')
  }
})

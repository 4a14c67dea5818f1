import { expect, it } from 'vitest'
import { contradictedOrders, type Order } from './contradicted-orders.ts'

const order = (kind: Order['kind'], pair: string): Order => ({ id: [...pair].sort().join(''), kind, a: pair[0] ?? '', b: pair[1] ?? '' })
const [no, yes] = [(pair: string) => order('forbid', pair), (pair: string) => order('confirm', pair)]
const ids = (known: readonly Order[], said: Order) => contradictedOrders(known, said).map(({ id }) => id)

it('two who are not one cannot both be a third', () => {
  expect(ids([no('ab'), yes('ac')], yes('bc'))).toEqual(['ab', 'ac'])
  expect(ids([yes('ac'), yes('cd'), yes('de'), yes('eb'), yes('cb')], no('ab'))).toEqual(['ac', 'bc'])
  expect(ids([no('ab'), yes('ac')], yes('cd'))).toEqual([])
  expect(ids([], no('ab'))).toEqual([])
})

it('what is said of a pair anew replaces what was said of it', () => {
  expect(ids([no('ab')], yes('ba'))).toEqual([])
  expect(ids([yes('ab')], no('ab'))).toEqual([])
  expect(ids([yes('ac'), yes('cb'), no('de')], yes('ab'))).toEqual([])
})

it('an old contradiction does not stand in the way of something else', () => {
  const known = [no('ab'), yes('ac'), yes('bc')]
  expect(ids(known, yes('de'))).toEqual([])
  expect(ids(known, no('cd'))).toEqual([])
  expect(ids(known, no('ac'))).toEqual([])
})

it('a long row of confirmations is followed to its end', () => {
  const row = Array.from({ length: 5_000 }, (_, n): Order => ({ id: `${n}`, kind: 'confirm', a: `${n}`, b: `${n + 1}` }))
  expect(contradictedOrders(row, { id: 'x', kind: 'forbid', a: '0', b: '5000' })).toHaveLength(5_000)
})

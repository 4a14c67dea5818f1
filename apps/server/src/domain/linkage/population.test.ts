import { describe, expect, it } from 'vitest'
import { identityModel } from './identity-model.ts'
import { populationOf } from './model.ts'
import { createPopulation } from './population.ts'

/** What one shows in the first family, and in the second its network. */
const from = (network: number | null, shows = true) => [
  Uint32Array.from(shows ? [1] : []),
  Uint32Array.from(network === null ? [] : [network]),
]
const of = (count: number) => populationOf(count, identityModel)

describe('the population', () => {
  it('counts all, and of one network as many as one customer may be', () => {
    const population = createPopulation(identityModel, 2, 1)
    for (let n = 0; n < 1_000; n += 1) population.count(from(7), 1)
    expect(population.size).toBe(of(32))
    for (let n = 0; n < 1_000; n += 1) population.count(from(100 + n, n % 2 === 0), 1)
    for (let n = 0; n < 1_000; n += 1) population.count(from(null), 1)
    expect(population.size).toBe(of(2_032))
    expect(population.shown(0)).toBe(of(1_532))
  })

  it('forgets who went, in whatever order', () => {
    const population = createPopulation(identityModel, 2, 1)
    for (let n = 0; n < 100; n += 1) population.count(from(7), 1)
    for (let n = 0; n < 500; n += 1) population.count(from(n + 100), 1)
    for (let n = 0; n < 90; n += 1) population.count(from(7), -1)
    expect(population.size).toBe(of(510))
    for (let n = 0; n < 10; n += 1) population.count(from(7), -1)
    for (let n = 0; n < 500; n += 1) population.count(from(n + 100), -1)
    expect(population.size).toBe(of(0))
  })
})

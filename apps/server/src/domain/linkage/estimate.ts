import { compare } from './comparison.ts'
import type { Item, Statistics } from './item.ts'
import { type Model, priorOf } from './model.ts'

/** Pairs that the prior estimate is worth. */
const PRIOR_PAIRS = 20
/** Pairs in which an address speaks at most: whoever shows what many show would else teach what relatives have in common. */
const OF_ONE = 2
/** Estimates move in steps of this many log-odds, so that decisions are looked at again only when one really moves. */
const STEP = 0.25

const logit = (share: number) => Math.log(share / (1 - share))

/**
 * How often relatives agree, by family: among pairs whom the *other* families alone call relatives, the share that agree, drawn towards the
 * model's own value while pairs are few. It is the M-step of expectation maximisation with hard assignments, each family held out in turn,
 * so that no family confirms itself.
 */
export function estimate(pairs: Iterable<readonly [Item, Item]>, model: Model, statistics: Statistics): number[] {
  const { families } = model
  const agree = families.map(({ m }) => PRIOR_PAIRS * m)
  const seen = families.map(() => PRIOR_PAIRS)
  const weights = new Float64Array(families.length)
  const given: Statistics = { ...statistics, m: (family) => families[family]?.m ?? 0.5 }
  const enough = -priorOf(statistics.population, model)
  const spoken = new Map<Item | number, number>()
  const address = families.length + model.silent.indexOf('address')
  const speaker = (item: Item) => (address < families.length ? item : (item.values[address]?.[0] ?? item))
  for (const [a, b] of pairs) {
    const speakers = new Set([speaker(a), speaker(b)])
    if ([...speakers].some((one) => (spoken.get(one) ?? 0) >= OF_ONE)) continue
    compare(a, b, model, given, weights)
    const total = weights.reduce((sum, weight) => (Number.isNaN(weight) ? sum : sum + weight), 0)
    let heard = false
    for (const [family, weight] of weights.entries()) {
      if (Number.isNaN(weight) || total - weight < enough) continue
      heard = true
      seen[family] = (seen[family] ?? 0) + 1
      if (a.values[family]?.some((value) => b.values[family]?.includes(value))) agree[family] = (agree[family] ?? 0) + 1
    }
    if (heard) for (const one of speakers) spoken.set(one, (spoken.get(one) ?? 0) + 1)
  }
  return families.map(({ m, place }, family) => {
    if (place) return m
    const share = Math.min(0.98, Math.max(0.05, (agree[family] ?? 0) / (seen[family] ?? 1)))
    return 1 / (1 + Math.exp(-STEP * Math.round(logit(share) / STEP)))
  })
}

import { type Model, populationOf } from './model.ts'

/** How many there are, and how many of them show anything in each family, as the model sees it. */
export interface Population {
  /** One more, or one less, with these values by family. */
  count(values: readonly Uint32Array[], step: 1 | -1): void
  readonly size: number
  shown(family: number): number
}

/** Of one small network no more count: one customer may have all of it, and make rare by numbers what is common. */
const OF_ONE = 32

/** @param home The family that tells the network, −1 = none does. */
export function createPopulation(model: Model, families: number, home: number): Population {
  // By family, and last of all; by network how many there are, counted or not.
  const counts = new Float64Array(families + 1)
  const ofNetwork = new Map<string, number>()
  function one(place: number, network: number | undefined, step: 1 | -1): void {
    const key = `${network} ${place}`
    const known = network === undefined ? 0 : (ofNetwork.get(key) ?? 0)
    if (network !== undefined) {
      if (known + step > 0) ofNetwork.set(key, known + step)
      else ofNetwork.delete(key)
      if (Math.max(known, known + step) > OF_ONE) return
    }
    counts[place] = (counts[place] ?? 0) + step
  }
  return {
    count(values, step) {
      const network = values[home]?.[0]
      one(families, network, step)
      for (const [family, { length }] of values.entries()) if (length > 0) one(family, network, step)
    },
    get size() {
      return populationOf(counts[families] ?? 0, model)
    },
    shown: (family) => populationOf(counts[family] ?? 0, model),
  }
}

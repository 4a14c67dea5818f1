import { atomsOf } from './atoms.ts'
import { bridgesAmong } from './bridges.ts'
import { handsAmong } from './hands.ts'
import type { Model } from './model.ts'
import { strangersAmong } from './strangers.ts'
import { sumOf } from './weighing.ts'

/** Cuts one connected group into clusters. Members are numbered in an order that does not depend on arrival. */
export interface Problem {
  readonly size: number
  readonly model: Model
  readonly prior: number
  /** Log-odds of a pair by family and then by extra, NaN = could not be compared. */
  weights(a: number, b: number): Float64Array
  /** By order of an operator: always together, never together. */
  readonly together: readonly (readonly [number, number])[]
  readonly apart: readonly (readonly [number, number])[]
}

export interface Decision {
  readonly left: readonly number[]
  readonly right: readonly number[]
  /** Log-odds with the prior; infinite by order of an operator. */
  readonly score: number
}
export interface Clustering {
  readonly clusters: readonly (readonly number[])[]
  readonly decisions: readonly Decision[]
}

/** Members that count as company. */
const COMPANY = 16

/**
 * Correlation clustering (Bansal, Blum and Chawla 2004) by greedy agglomeration: of all pairs of clusters the one with the most log-odds
 * is merged, as long as they are positive. A family's evidence between two clusters is the mean over the pairs that can be compared (of
 * sporadic ones, half way to the best), the families add up, the prior counts once; a larger cluster is the likelier one (as in a Chinese
 * restaurant process; Aldous 1985), as far as a second family says so too, or one that nobody can copy. So neither a chain of weak links nor
 * bridges between strangers draw clusters together.
 */
export function cluster({ size: count, model, prior, weights, together, apart: forbiddenPairs }: Problem): Clustering {
  const { chances, company, unbridged, acquainted } = model
  const families = model.families.length + model.extras.length
  const sporadic = model.families.map((family) => family.sporadic === true)
  const own = [...model.families.map(({ habit }) => habit === true), ...model.extras.map((name) => model.unforged.includes(name))]
  // What an operator joined is one member that shows all of it.
  const atoms = atomsOf(count, together, forbiddenPairs)
  const size = atoms.length
  const atomOf = new Map(atoms.flatMap((atom, index) => atom.map((number) => [number, index] as const)))
  const apart = forbiddenPairs.map(([a, b]) => [atomOf.get(a) ?? -1, atomOf.get(b) ?? -1] as const)

  // From a member's view: what it shares with each cluster, as sums and counts by family.
  const sums = new Float64Array(size * size * families)
  const counts = new Float64Array(size * size * families)
  const bests = new Float64Array(size * size * families).fill(Number.NEGATIVE_INFINITY)
  const at = (member: number, cluster: number) => (member * size + cluster) * families
  const most = new Float64Array(families)
  for (let a = 0; a < size; a += 1)
    for (let b = a + 1; b < size; b += 1) {
      most.fill(Number.NaN)
      for (const one of atoms[a] ?? [])
        for (const other of atoms[b] ?? []) {
          const found = weights(one, other)
          for (let family = 0; family < families; family += 1) {
            const weight = found[family] as number
            if (!Number.isNaN(weight) && !(weight <= (most[family] as number))) most[family] = weight
          }
        }
      for (let family = 0; family < families; family += 1) {
        if (Number.isNaN(most[family])) continue
        for (const place of [at(a, b) + family, at(b, a) + family]) {
          sums[place] = most[family] as number
          bests[place] = most[family] as number
          counts[place] = 1
        }
      }
    }

  const between = (a: number, b: number) => sums.subarray(at(a, b), at(a, b) + families)
  const named = (names: readonly string[]) => names.map((name) => model.families.length + model.extras.indexOf(name))
  const [unforged, idle] = [named(model.unforged), named(model.idle)]
  const hands = handsAmong(size, (a, b) => unforged.some((family) => (between(a, b)[family] as number) > 0))
  const strangers = strangersAmong(hands, Math.min(acquainted, -prior), (a, b) =>
    between(a, b).map((weight, family) => (idle.includes(family) ? Math.min(0, weight) : weight)),
  )
  const bridges = bridgesAmong(hands, (a, b) => prior + sumOf(between(a, b)) > 0)

  const clusters: (number[] | null)[] = Array.from({ length: size }, (_, member) => [member])
  const home = Array.from({ length: size }, (_, member) => member)
  const numbers = (members: readonly number[]) => members.flatMap((member) => atoms[member] ?? []).sort((a, b) => a - b)
  const decisions: Decision[] = atoms.flatMap((atom) =>
    atom.slice(1).map((number, index) => ({ left: atom.slice(0, index + 1), right: [number], score: Number.POSITIVE_INFINITY })),
  )

  /** What all families but the strongest that can be copied said for what was asked last. */
  let second = 0
  /** Log-odds between some members, one of them left out, and a cluster, without the prior. */
  function evidence(members: readonly number[], other: number, without = -1): number {
    let total = 0
    let strongest = 0
    let spoken = 0
    for (let family = 0; family < families; family += 1) {
      let sum = 0
      let count = 0
      let best = Number.NEGATIVE_INFINITY
      for (const member of members) {
        if (member === without) continue
        const place = at(member, other) + family
        sum += sums[place] as number
        count += counts[place] as number
        best = Math.max(best, bests[place] as number)
      }
      if (count === 0) continue
      const mean = sum / count
      const weight = sporadic[family] ? (mean + Math.max(mean, best - chances * Math.log(count))) / 2 : mean
      total += weight
      spoken += Math.max(0, weight)
      if (!own[family]) strongest = Math.max(strongest, weight)
    }
    second = spoken - strongest
    return total
  }
  const of = (cluster: number) => clusters[cluster] ?? []

  function allowed(a: number, b: number): boolean {
    if (of(a).length + of(b).length > 2 && of(a).some((one) => of(b).some((other) => strangers(one, other)))) return false
    if (unbridged === Number.NEGATIVE_INFINITY) return true
    if (bridges.between(of(a), of(b))) return false
    for (const [mine, other] of [
      [a, b],
      [b, a],
    ] as const) {
      const members = of(mine)
      if (members.length > 1 && members.some((member) => evidence(members, other, member) < Math.min(unbridged, -prior))) return false
    }
    return true
  }
  const forbidden = (a: number, b: number) => apart.some(([x, y]) => (home[x] === a && home[y] === b) || (home[x] === b && home[y] === a))

  /** The lower number stays. */
  function merge(a: number, b: number, score: number): void {
    const [left, right] = [of(a), of(b)]
    decisions.push({ left: numbers(left), right: numbers(right), score })
    for (let member = 0; member < size; member += 1)
      for (let family = 0; family < families; family += 1) {
        const [here, there] = [at(member, a) + family, at(member, b) + family]
        sums[here] = (sums[here] as number) + (sums[there] as number)
        counts[here] = (counts[here] as number) + (counts[there] as number)
        bests[here] = Math.max(bests[here] as number, bests[there] as number)
      }
    for (const member of right) home[member] = a
    clusters[a] = [...left, ...right].sort((x, y) => x - y)
    clusters[b] = null
  }

  const vouched = new Uint8Array(size * size)
  for (let a = 0; a < size; a += 1) for (let b = 0; b < size; b += 1) vouched[a * size + b] = bridges.vouched(a, b) ? 1 : 0

  const scores = new Map<number, number>()
  /** Of them, those that a third vouches for: they come before whoever hangs on one alone. */
  const firm = new Set<number>()
  const rate = (a: number, b: number) => {
    const total = evidence(of(a), b)
    const larger = company * Math.log(Math.min(COMPANY, Math.max(of(a).length, of(b).length)))
    const score = prior + total + Math.min(larger, second)
    const pair = a * size + b
    firm.delete(pair)
    if (score > 0 && !forbidden(a, b) && allowed(a, b)) {
      scores.set(pair, score)
      if (of(a).some((one) => of(b).some((other) => vouched[one * size + other] === 1))) firm.add(pair)
    } else scores.delete(pair)
  }
  const live = () => clusters.flatMap((members, index) => (members ? [index] : []))
  for (const a of live()) for (const b of live()) if (a < b) rate(a, b)
  for (;;) {
    let best = -1
    let highest = 0
    let held = false
    for (const [pair, score] of scores) {
      const holds = firm.has(pair)
      const higher = holds === held ? score > highest + 1e-9 || (Math.abs(score - highest) <= 1e-9 && pair < best) : holds
      if (higher) [best, highest, held] = [pair, score, holds]
    }
    if (best < 0) break
    const [a, b] = [Math.floor(best / size), best % size]
    merge(a, b, highest)
    for (const other of live()) {
      scores.delete(Math.min(b, other) * size + Math.max(b, other))
      if (other !== a) rate(Math.min(a, other), Math.max(a, other))
    }
    scores.delete(a * size + b)
  }
  return { clusters: clusters.flatMap((members) => (members ? [numbers(members)] : [])), decisions }
}

import type { Item, Statistics } from './item.ts'
import { against, inFavour, type Model, ofOnesOwn, priorOf, type Weight } from './model.ts'

/** What two items share in one family. */
interface Agreement {
  /** Of the rarest shared value. */
  readonly holders: number
  /** The same, times how many values of that rarity had the chance to agree, by how many did. */
  readonly effective: number
  readonly shared: readonly number[]
  /** What both have from elsewhere: the same program word for word, or a run of the same list. */
  readonly common: 'script' | 'list' | null
  /** How many different things about as rare as the rarest: views of one thing are one. */
  readonly rare: number
  /** They have other habits, for all that they share. */
  readonly differ: boolean
}

/** What two sorted lists have in common. */
export function sharedOf(a: Uint32Array, b: Uint32Array): number[] {
  const shared: number[] = []
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const [left, right] = [a[i] as number, b[j] as number]
    if (left === right) shared.push(left)
    if (left <= right) i += 1
    if (right <= left) j += 1
  }
  return shared
}

/** From this many values on, a list. */
const LIST = 3
/** Log-odds that something both have from elsewhere is worth at most. */
const COMMON = { script: 2.2, list: 1.5 }
/** What a second thing of one's own adds, as a share of the first: they are found together more often than by chance. */
const AGAIN = 0.5

/** How many have more than one holder, so that they could agree at all, and are about as rare as `fewest`. */
function asRare(values: readonly number[] | Uint32Array, fewest: number, { holders, kind }: Statistics, rows: string | undefined): number {
  let count = 0
  for (const value of values) {
    const many = holders(value)
    if (many > 1 && many <= 2 * fewest && (rows === undefined || kind(value) !== rows)) count += 1
  }
  return count
}

/** Nobody but the two who are compared. */
const PAIR = 2
/** What no more show is rare in a habit. */
const FEW = 8
/** From this many things of one's own on that the other has not, two have other habits. */
const OTHERWISE = 2
/** What habits in common that are not rare can still say where the rare ones differ. */
const SLIGHT = 0.5

/** Whether both show habits that few have, and none of them in common: what they share is what others share, too. */
function differ(
  [a, b]: readonly [Uint32Array, Uint32Array],
  fewest: number,
  { holders, kind }: Statistics,
  rows: string | undefined,
): boolean {
  if (fewest <= FEW) return false
  const own = (values: Uint32Array) => values.reduce((count, value) => count + (holders(value) <= FEW && kind(value) !== rows ? 1 : 0), 0)
  return own(a) >= OTHERWISE && own(b) >= OTHERWISE
}

/** How many different things are among them, where each kind is another view of the same. */
function rareThings(shared: readonly number[], fewest: number, { holders, kind }: Statistics): number {
  const counts: Record<string, number> = {}
  let most = 0
  for (const value of shared) {
    if (holders(value) > 2 * fewest) continue
    const view = kind(value)
    const count = (counts[view] ?? 0) + 1
    counts[view] = count
    most = Math.max(most, count)
  }
  return most
}

/** Null where they cannot be compared: nothing seen on one side, or things of different kinds. */
function agreementOf(one: Item, other: Item, family: number, { families }: Model, statistics: Statistics): Agreement | false | null {
  const [a, b] = [one.values[family], other.values[family]]
  if (!a || !b || a.length === 0 || b.length === 0) return null
  const both = sharedOf(a, b)
  const { rows, habit } = families[family] ?? {}
  const shared = rows === undefined || both.length === 0 ? both : both.filter((value) => statistics.kind(value) !== rows)
  if (shared.length === 0) return ((one.kinds[family] ?? 0) & (other.kinds[family] ?? 0)) === 0 ? null : false
  let fewest = Number.POSITIVE_INFINITY
  for (const value of shared) fewest = Math.min(fewest, statistics.holders(value))
  const rare = asRare(shared, fewest, statistics, rows)
  const run = both.length - shared.length
  const script = habit && rows === undefined && shared.length === a.length && shared.length === b.length
  const list = run > 0 && (run >= rare || run >= LIST)
  const chances = Math.min(asRare(a, fewest, statistics, rows), asRare(b, fewest, statistics, rows))
  return {
    holders: fewest,
    effective: (fewest * chances) / Math.max(1, rare),
    rare: habit ? rareThings(shared, fewest, statistics) : rare,
    shared,
    common: script ? 'script' : list ? 'list' : null,
    differ: habit === true && !script && !list && differ([a, b], fewest, statistics, rows),
  }
}

const percent = (share: number) => `${Number((100 * share).toPrecision(2))} %`
const SAID = { script: '; word for word: a script', list: '; in one order: a list' }

/**
 * A family's weights for a pair, NaN where nothing could be compared; with `said`, the same in words. `parted`: what one bearer alone shows was left
 * out of one of them.
 */
export function compare(
  a: Item,
  b: Item,
  model: Model,
  statistics: Statistics,
  into: Float64Array,
  { said, parted = false }: { readonly said?: Weight[] | undefined; readonly parted?: boolean } = {},
): void {
  const { families, kit, lone } = model
  const { population } = statistics
  const found = families.map((_, family) => agreementOf(a, b, family, model, statistics))
  let first = -1
  let sharers = 0
  // Whoever runs one program has from it whatever else it brings.
  let runners = 0
  for (const [family, agreement] of found.entries()) {
    if (!agreement) continue
    if (agreement.common === 'script') runners = Math.max(runners, agreement.holders)
    const before = found[first]
    if (
      !families[family]?.place &&
      (!before || agreement.effective * statistics.shown(first) < before.effective * statistics.shown(family))
    )
      [first, sharers] = [family, agreement.holders]
  }
  sharers = Math.max(sharers, runners)
  for (const [family, { name, most, least, place, habit, owned }] of families.entries()) {
    const agreement = found[family]
    const m = statistics.m(family)
    const shown = statistics.shown(family)
    let weight = Number.NaN
    let why = ''
    if (agreement) {
      const { holders, effective, rare, common } = agreement
      const leads = family === first
      const weigh = (among: number) => {
        const plain = inFavour(m, effective, shown, among, kit)
        return habit ? ofOnesOwn(plain, m, holders) : plain
      }
      const free = weigh(place ? 0 : leads ? runners : sharers)
      // One family alone stays below what the prior demands; what somebody typed is seen by nobody else who could copy it.
      const own = habit && common === null && rare >= 2
      const bound = leads && !own && !(parted && owned && holders <= PAIR) ? Math.min(most, -priorOf(population, model) - lone) : most
      weight = Math.max(
        least,
        Math.min(bound, common === null ? free : Math.min(free, COMMON[common])) + (own ? AGAIN * Math.max(0, free) : 0),
      )
      if (agreement.differ) weight = Math.max(least, Math.min(SLIGHT, weight) + against(m))
      if (said) {
        // Strangers who are imagined count in the share, and are no people.
        why = `weighed as if ${percent(holders / shown)} of strangers had it`
        if (!leads && !place && free < weigh(0) - 0.1) why += `; all who share the rarest may have it from one kit`
        if (agreement.differ) why += '; the rare ones are others'
        else if (common !== null) why += SAID[common]
        else if (weight < free) why += '; counts for less, since it can be forged'
      }
    } else if (agreement === false) {
      weight = Math.max(least, against(m))
      why = 'nothing in common'
    }
    into[family] = weight
    if (said && agreement !== null && agreement !== undefined)
      said.push({ family: name, values: agreement ? rarest(agreement.shared, statistics) : [], weight, why })
  }
}

const SHOWN = 5
const rarest = (shared: readonly number[], statistics: Statistics): string[] =>
  shared
    .toSorted((a, b) => statistics.holders(a) - statistics.holders(b) || (statistics.text(a) < statistics.text(b) ? -1 : 1))
    .slice(0, SHOWN)
    .map((value) => statistics.text(value))

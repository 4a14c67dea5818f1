import type { Item, Statistics } from './item.ts'
import { against, type Family, inFavour, type Model, ofOnesOwn, priorOf, type Weight } from './model.ts'

/** What two items share in one family, of what no more than so many show. */
interface Level {
  readonly holders: number
  /** The same, times how many values of that rarity had the chance to agree, by how many did. */
  readonly effective: number
  /** What both have from elsewhere: the same program word for word, or a run of the same list. */
  readonly common: 'script' | 'list' | null
  /** How many different things: views of one thing are one. */
  readonly rare: number
}
/** What a family says of a pair. */
interface Weighed {
  /** The level that speaks. */
  readonly level: Level
  readonly value: number
  /** Before it is bounded. */
  readonly free: number
  /** What it may say where it is the strongest of those that can be copied. */
  readonly lone: number
}
/** What two items share in one family. */
interface Agreement {
  readonly shared: readonly number[]
  /** From the rarest shared value on. Whichever says most speaks, so that what one more shows is never worth more. */
  readonly levels: readonly [Level, ...Level[]]
  /** How far they have other habits, for all that they share: 0 to 1. */
  readonly differ: number
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
/** Beyond so many, what is shared says less than what is rarer. */
const LEVELS = 4
/** What a second thing of one's own adds, as a share of the first: they are found together more often than by chance. */
const AGAIN = 0.7

/** How many have more than one holder, so that they could agree at all, and no more than `most`. */
function agreeable(values: Uint32Array, most: number, { holders, kind }: Statistics, rows: string | undefined): number {
  let count = 0
  for (const value of values) {
    const many = holders(value)
    if (many > 1 && many <= most && (rows === undefined || kind(value) !== rows)) count += 1
  }
  return count
}

/** Nobody but the two who are compared. */
const PAIR = 2
/** By how much what is owned may say more than the prior demands. */
const BARELY = 0.25
/** What no more show is rare in a habit. */
const FEW = 8
/** Doublings beyond that until it is nothing peculiar. */
const FADING = 2
/** From this many things of one's own on that the other has not, two have other habits. */
const OTHERWISE = 2
/** What habits in common that are not rare can still say where the rare ones differ. */
const SLIGHT = 0.5

/**
 * How far both show habits of their own, and none of them in common, from 0 to 1: what they share is then what others share, too. It fades while a habit
 * spreads, so that nobody makes two alike by showing what is peculiar to one of them.
 */
function differing(
  [a, b]: readonly [Uint32Array, Uint32Array],
  fewest: number,
  { holders, kind }: Statistics,
  rows: string | undefined,
): number {
  if (fewest <= FEW) return 0
  const own = (values: Uint32Array) =>
    values.reduce((sum, value) => {
      const spread = kind(value) === rows ? FADING : Math.log2(Math.max(1, holders(value) / FEW))
      return sum + Math.max(0, 1 - spread / FADING)
    }, 0)
  return Math.min(1, own(a) / OTHERWISE, own(b) / OTHERWISE)
}

/** How many different things are among them that no more than `most` show, where each kind is another view of the same. */
function differentThings(shared: readonly number[], most: number, { holders, kind }: Statistics): number {
  const counts: Record<string, number> = {}
  let found = 0
  for (const value of shared) {
    if (holders(value) > most) continue
    const view = kind(value)
    const count = (counts[view] ?? 0) + 1
    counts[view] = count
    found = Math.max(found, count)
  }
  return found
}

/** Null where they cannot be compared: nothing seen on one side, or things of different kinds. */
function agreementOf(one: Item, other: Item, family: number, { families }: Model, statistics: Statistics): Agreement | false | null {
  const [a, b] = [one.values[family], other.values[family]]
  if (!a || !b || a.length === 0 || b.length === 0) return null
  const both = sharedOf(a, b)
  const { rows, habit } = families[family] ?? {}
  const shared = rows === undefined || both.length === 0 ? both : both.filter((value) => statistics.kind(value) !== rows)
  if (shared.length === 0) return ((one.kinds[family] ?? 0) & (other.kinds[family] ?? 0)) === 0 ? null : false
  const run = both.length - shared.length
  const script = habit && rows === undefined && shared.length === a.length && shared.length === b.length
  function levelOf(most: number): Level {
    const count = shared.reduce((sum, value) => sum + (statistics.holders(value) <= most ? 1 : 0), 0)
    const chances = Math.min(
      agreeable(a as Uint32Array, 2 * most, statistics, rows),
      agreeable(b as Uint32Array, 2 * most, statistics, rows),
    )
    const list = run > 0 && (run >= count || run >= LIST)
    return {
      holders: most,
      effective: (most * chances) / count,
      common: script ? 'script' : list ? 'list' : null,
      rare: habit ? differentThings(shared, most, statistics) : count,
    }
  }
  const counts = [...new Set(shared.map(statistics.holders))].sort((x, y) => x - y)
  const [fewest = 0, ...more] = counts
  const levels: [Level, ...Level[]] = [levelOf(fewest), ...more.slice(0, LEVELS - 1).map(levelOf)]
  const own = levels.at(-1)?.common === null
  return { shared, levels, differ: habit === true && own ? differing([a, b], fewest, statistics, rows) : 0 }
}

const percent = (share: number) => `${Number((100 * share).toPrecision(2))} %`
const SAID = { script: '; word for word: a script', list: '; in one order: a list' }

/** Where it is greatest, −1 where it is nowhere above zero. */
function foremost<T>(of: readonly (T | false | null)[], worth: (one: T, index: number) => number): number {
  let found = -1
  let greatest = 0
  for (const [index, one] of of.entries()) {
    const value = one ? worth(one, index) : 0
    if (value > greatest) [found, greatest] = [index, value]
  }
  return found
}

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
  // One family alone stays below what the prior demands.
  const bound = -priorOf(population, model) - lone
  /** When so many share the rarest thing, from whom all of it may come. */
  function weighedBy(family: number, { levels }: Agreement, sharers: number): Weighed {
    const { most, place, habit, owned } = families[family] as Family
    const found = levels.map(({ holders, effective, common, rare }) => {
      const plain = inFavour(statistics.m(family), effective, statistics.shown(family), sharers, kit)
      const free = habit ? ofOnesOwn(plain, statistics.m(family), holders) : plain
      // What somebody typed is seen by nobody else who could copy it.
      const own = habit === true && common === null && rare >= 2
      const value = Math.min(most, common === null ? free : Math.min(free, COMMON[common])) + (own ? AGAIN * Math.max(0, free) : 0)
      const alone = own || place === true
      const enough = parted && owned === true && holders <= PAIR ? bound + lone + BARELY : bound
      return { free, value, lone: alone ? value : Math.min(value, enough) }
    })
    const value = Math.max(...found.map((one) => one.value))
    const at = found.findIndex((one) => one.value === value)
    return { level: levels[at] ?? levels[0], value, free: found[at]?.free ?? value, lone: Math.max(...found.map((one) => one.lone)) }
  }

  let sharers = Number.POSITIVE_INFINITY
  // Whoever runs one program has from it whatever else it brings.
  let runners = 0
  for (const [family, agreement] of found.entries()) {
    if (!agreement) continue
    const [{ common, holders }] = agreement.levels
    if (common === 'script') runners = Math.max(runners, holders)
    if (!families[family]?.place) sharers = Math.min(sharers, holders)
  }
  sharers = Math.max(sharers, runners)
  const weighed = found.map((agreement, family) => agreement && weighedBy(family, agreement, families[family]?.place ? 0 : sharers))
  const excess = weighed.map((one) => (one ? one.value - one.lone : 0))
  // All but one of them may come with that one: with whichever leaves most.
  const freed = found.map((agreement, family) => (agreement && !families[family]?.place ? weighedBy(family, agreement, runners) : null))
  const first = foremost(freed, (one, family) => {
    const others = Math.max(...excess.filter((_, other) => other !== family))
    return one.value - (weighed[family] as Weighed).value - Math.max(others, one.value - one.lone) + Math.max(...excess)
  })
  if (first >= 0) weighed[first] = freed[first] as Weighed
  const lead = foremost(weighed, (one) => one.value - one.lone)
  for (const [family, { name, least, place }] of families.entries()) {
    const agreement = found[family]
    const one = weighed[family]
    let weight = Number.NaN
    let why = ''
    if (agreement && one) {
      weight = Math.max(least, family === lead ? one.lone : one.value)
      if (agreement.differ > 0) {
        const otherwise = Math.max(least, Math.min(SLIGHT, weight) + against(statistics.m(family)))
        weight += agreement.differ * Math.min(0, otherwise - weight)
      }
      if (said) {
        // Strangers who are imagined count in the share, and are no people.
        why = `weighed as if ${percent(one.level.holders / statistics.shown(family))} of strangers had it`
        if (!place && one.free < weighedBy(family, agreement, 0).free - 0.1) why += `; all who share the rarest may have it from one kit`
        if (agreement.differ > 0) why += '; the rare ones are others'
        else if (one.level.common !== null) why += SAID[one.level.common]
        else if (weight < one.free) why += '; counts for less, since it can be forged'
      }
    } else if (agreement === false) {
      weight = Math.max(least, against(statistics.m(family)))
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

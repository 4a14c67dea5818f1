import { compare, sharedOf } from './comparison.ts'
import type { Extra, ExtraContext } from './extra.ts'
import { type Item, inOrder } from './item.ts'
import type { Model, Weight } from './model.ts'

/** Log-odds of a pair by family and then by extra, NaN = could not be compared; with `said`, the same in words. */
type Weigh = (a: Item, b: Item, into: Float64Array, said?: Weight[]) => void

/** Two that are compared; `parted`: without what one bearer alone brings. */
interface Pair {
  readonly a: Item
  readonly b: Item
  readonly parted: boolean
}

/** Of all that could be compared. */
export function sumOf(weights: Float64Array): number {
  let total = 0
  for (const weight of weights) if (!Number.isNaN(weight)) total += weight
  return total
}

/** The bearers of one that show something of what it shares with another, and that not all of them show: however many have it, for what is rare beside it may be forged. */
function goBetweens(one: Item, other: Item): ReadonlySet<number> {
  const found = new Set<number>()
  for (const [family, values] of one.bearers ? one.values.entries() : [])
    for (const value of sharedOf(values, other.values[family] ?? NOTHING))
      for (const bearer of one.bearers?.[family]?.[values.indexOf(value)] ?? []) found.add(bearer)
  return found
}
const NOTHING = new Uint32Array()

/** It without what these of its bearers alone bring. */
const without = (item: Item, gone: ReadonlySet<number>): Item => ({
  ...item,
  values: item.values.map((values, family) =>
    values.filter((_, at) => {
      const by = item.bearers?.[family]?.[at] ?? []
      return by.length === 0 || by.some((bearer) => !gone.has(bearer))
    }),
  ),
})

/**
 * How pairs are weighed: by what is left without their go-betweens, all together, where that is less, for these may be addresses of one copycat, who has as
 * many as it takes. What all bearers show remains, and is nearly enough alone where strangers do not happen on it: what all show is not forged by some.
 */
export function weighing(model: Model, extra: Extra, context: ExtraContext): Weigh {
  const { statistics } = context
  const view = new Float64Array(model.families.length + model.extras.length)
  function weigh({ a, b, parted }: Pair, into: Float64Array, said?: Weight[]): void {
    compare(a, b, model, statistics, into, { said, parted })
    extra.weigh(a, b, context, into, said)
  }
  /** The pair as a whole, or without the go-betweens on whom most of it rests. */
  function borne(a: Item, b: Item): Pair {
    const whole: Pair = { a, b, parted: false }
    const [here, there] = [goBetweens(a, b), goBetweens(b, a)]
    if (here.size + there.size === 0) return whole
    const rest: Pair = { a: without(a, here), b: without(b, there), parted: true }
    weigh(whole, view)
    const total = sumOf(view)
    weigh(rest, view)
    return sumOf(view) < total ? rest : whole
  }
  return (a, b, into, said) => weigh(inOrder(a, b) < 0 ? borne(a, b) : borne(b, a), into, said)
}

/** Calls that are measured together, for the processor's clock is read in steps; and how often, before what they cost is believed. */
const CALLS = 4
const ROUNDS = 12

/** Milliseconds of this thread's processor that a call takes on average, in the cheapest of some rounds; goes on only while that is not below `enough`. */
function costOf(call: () => unknown, enough: number): number {
  let least = Number.POSITIVE_INFINITY
  for (let round = 0; round < ROUNDS && least >= enough; round += 1) {
    const began = process.threadCpuUsage()
    for (let number = 0; number < CALLS; number += 1) call()
    const { user, system } = process.threadCpuUsage(began)
    least = Math.min(least, (user + system) / 1_000 / CALLS)
  }
  return least
}

const ofLength = (unit: string, length: number): string => unit.repeat(Math.ceil(length / unit.length)).slice(0, length)
/** Milliseconds for 100 kB that are no matter, however they grow. */
const NOTHING = 5

/**
 * How many times as much four times the text costs, one piece again and again: 4 where the cost grows with the text, 16 where it grows with its square. 0 where
 * 100 kB cost next to nothing.
 */
export function growthOf(call: (text: string) => unknown, unit: string): number {
  const [short, long] = [ofLength(unit, 100_000), ofLength(unit, 400_000)]
  const cost = costOf(() => call(short), NOTHING)
  return cost < NOTHING ? 0 : costOf(() => call(long), 4 * cost) / cost
}
/** A growth below this is no square's, on a machine that is busy. */
export const LINEAR = 10

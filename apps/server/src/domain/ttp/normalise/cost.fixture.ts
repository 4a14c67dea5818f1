/** Calls that are measured together, for the processor's clock is read in steps; and how often, before what they cost is believed. */
const CALLS = 4
const ROUNDS = 12

/** Milliseconds of this thread's processor that a call takes on average, in the cheapest of some rounds; goes on only while that is not below `enough`. */
export function costOf(call: () => unknown, enough: number): number {
  let least = Number.POSITIVE_INFINITY
  for (let round = 0; round < ROUNDS && least >= enough; round += 1) {
    const began = process.threadCpuUsage()
    for (let number = 0; number < CALLS; number += 1) call()
    const { user, system } = process.threadCpuUsage(began)
    least = Math.min(least, (user + system) / 1_000 / CALLS)
  }
  return least
}

/** 100 kB of one text again and again. */
export const hundredKilobytes = (unit: string): string => unit.repeat(Math.ceil(100_000 / unit.length)).slice(0, 100_000)

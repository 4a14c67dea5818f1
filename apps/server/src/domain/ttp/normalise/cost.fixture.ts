const ROUNDS = 12
/** Before them no answer is given: what runs for the first time is slow. */
const WARM = 2

function millisecondsOf(call: () => unknown): number {
  const began = performance.now()
  call()
  return performance.now() - began
}

/**
 * Time that a call takes, where 1 is what a known piece of work takes here and now: each character of the text by itself, written as JSON and read
 * again (some 5 ms for 100 kB on one core of 2026). Both in their fastest round of some; goes on only while that is not below 1.
 */
export function costOf(text: string, call: () => unknown): number {
  let [least, peer] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  for (let round = 0; round < ROUNDS && (round < WARM || least >= peer); round += 1) {
    peer = Math.min(
      peer,
      millisecondsOf(() => JSON.parse(JSON.stringify(Array.from(text)))),
    )
    least = Math.min(least, millisecondsOf(call))
  }
  return least / peer
}

/** 100 kB of one text again and again. */
export const hundredKilobytes = (unit: string): string => unit.repeat(Math.ceil(100_000 / unit.length)).slice(0, 100_000)

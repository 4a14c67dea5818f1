import { alternates } from './alternation.ts'
import { type Json, type Merger, MOST_MULTI_ACTOR_CONFIDENCE, type Verdict, WINDOW } from './state.ts'

/** Only what was observed this long before the newest counts, and of that the newest only. */
const RECENT_SECONDS = 24 * 3_600
const MOST_RECENT = 32
/** More changes of mode than this within a day is no drift any more. */
const MOST_ROTATIONS = 2

/** Are two values one, within what measuring them twice makes them differ by? */
export type Near = (a: Json, b: Json) => boolean

const HEX = /^[0-9a-f]{1,128}$/i
/** Hexadecimal hashes of one length: at most so many bits differ. Anything else is near when equal. */
export const withinBits =
  (bits: number): Near =>
  (a, b) => {
    if (typeof a !== 'string' || typeof b !== 'string' || a.length !== b.length || !HEX.test(a) || !HEX.test(b)) return a === b
    let differing = 0
    for (let rest = BigInt(`0x${a}`) ^ BigInt(`0x${b}`); rest > 0n && differing <= bits; rest &= rest - 1n) differing += 1
    return differing <= bits
  }

/** Vectors of one length: at most this far apart (L2). Anything else is near when it is the same. */
export const withinDistance =
  (radius: number): Near =>
  (a, b) => {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return a === b
    let squares = 0
    for (let index = 0; index < a.length && squares <= radius * radius; index += 1) squares += (Number(a[index]) - Number(b[index])) ** 2
    return squares <= radius * radius
  }

/** Each value gets the number of the first mode whose first value it is near, or begins a mode. */
function labelled(values: readonly Json[], near: Near): number[] {
  const leaders: Json[] = []
  return values.map((value) => {
    const mode = leaders.findIndex((leader) => near(leader, value))
    return mode < 0 ? leaders.push(value) - 1 : mode
  })
}

/** For hashes and vectors: how many modes do the values of the last day fall into? One observation is enough to be stable. */
export const mergeByDistance =
  (near: Near): Merger =>
  (observations) =>
    observations.map(({ value, ts }, index): Verdict => {
      const window = observations.slice(Math.max(0, index + 1 - MOST_RECENT), index + 1).filter((other) => other.ts >= ts - RECENT_SECONDS)
      const labels = labelled(
        window.map((other) => other.value),
        near,
      )
      const rotations = new Set(labels).size - 1
      const confidence = 1 / (1 + rotations)
      if (alternates(labels.slice(-WINDOW)))
        return { value, state: 'multi_actor', confidence: Math.min(confidence, MOST_MULTI_ACTOR_CONFIDENCE) }
      if (rotations === 0) return { value, state: 'stable', confidence }
      return { value, state: rotations <= MOST_ROTATIONS ? 'drifting' : 'conflicted', confidence }
    })

/** A clock may be ahead of ours by so much. */
const AHEAD_MS = 24 * 3_600_000

/**
 * When an event is taken to have happened: by its own clock, or, where that is more than a day ahead, when it arrived. Nothing is known to be wrong with
 * a time in the past: lines may have waited.
 */
export const believedTime = (claimed: number, arrived: number): number => (claimed > arrived + AHEAD_MS ? arrived : claimed)

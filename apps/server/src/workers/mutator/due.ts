import type { DeckyWish } from '../../store/fleet.ts'

/** The mutator looks at least so often, and never more often than that. */
export const POLL_MS = 10_000
export const FLOOR_MS = 1_000
const MINUTE_MS = 60_000

/**
 * When a decky is to change next, epoch milliseconds: its interval after its last change, or after its creation; never: infinity.
 * `tried`: an attempt that failed counts as well, so that it is not made again and again.
 */
export function dueAt({ mutateMinutes, lastMutated, createdAt }: DeckyWish, fleetMinutes: number, tried = 0): number {
  const minutes = mutateMinutes ?? fleetMinutes
  return minutes === 0 ? Number.POSITIVE_INFINITY : Math.max(lastMutated ?? createdAt, tried) + minutes * MINUTE_MS
}

/** Milliseconds to sleep: until the next is due, or until the next look, whichever is sooner, and a second at least. */
export const sleepFor = (due: readonly number[], now: number): number => Math.max(FLOOR_MS, Math.min(POLL_MS, ...due.map((at) => at - now)))

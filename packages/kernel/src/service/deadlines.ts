/** Something that looks at the clock about once per period. */
export interface Watched {
  /** `now` is monotonic milliseconds. */
  check(now: number): void
}

/** One coarse clock for all connections: a watched thing costs a set entry, not a timer. */
export interface Deadlines {
  readonly now: () => number
  watch(thing: Watched): void
  unwatch(thing: Watched): void
  close(): void
}

const SLOTS = 4

/**
 * Looks at each watched thing once per `periodMs`, a quarter of them at a time. Limits are therefore late by up to a period.
 * The clock is monotonic: a jump of the wall clock closes nobody.
 */
export function createDeadlines(options: { readonly periodMs?: number; readonly now?: () => number } = {}): Deadlines {
  const now = options.now ?? (() => performance.now())
  const slots = Array.from({ length: SLOTS }, () => new Set<Watched>())
  let next = 0
  let filling = 0
  const timer = setInterval(
    () => {
      const slot = slots[next++ % SLOTS]
      const time = now()
      if (slot) for (const thing of slot) thing.check(time)
    },
    Math.max(1, (options.periodMs ?? 1000) / SLOTS),
  )
  timer.unref()
  return {
    now,
    watch: (thing) => void slots[filling++ % SLOTS]?.add(thing),
    unwatch(thing) {
      for (const slot of slots) if (slot.delete(thing)) return
    },
    close() {
      clearInterval(timer)
      for (const slot of slots) slot.clear()
    },
  }
}

/** So many different things within so many milliseconds are no accident. */
export interface Threshold {
  readonly distinct: number
  readonly within: number
}

/** Tells a search from noise: whether what is touched differs too often in too short a time. Keeps as many as its thresholds need. */
export class Suspicion<Key> {
  readonly #thresholds: readonly Threshold[]
  readonly #most: number
  readonly #seen = new Map<Key, number>()

  constructor(thresholds: readonly Threshold[]) {
    this.#thresholds = thresholds
    this.#most = Math.max(...thresholds.map(({ distinct }) => distinct))
  }
  /** Answers the threshold that is reached, or null. */
  see(key: Key, ts: number): Threshold | null {
    this.#seen.delete(key)
    this.#seen.set(key, ts)
    if (this.#seen.size > this.#most) for (const [oldest] of this.#seen) if (this.#seen.delete(oldest)) break
    return (
      this.#thresholds.find(({ distinct, within }) => {
        let near = 0
        for (const at of this.#seen.values()) if (ts - at <= within) near += 1
        return near >= distinct
      }) ?? null
    )
  }
}

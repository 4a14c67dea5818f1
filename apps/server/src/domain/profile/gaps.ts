/** Relative error of a quantile. */
const ACCURACY = 0.05
const GAMMA = (1 + ACCURACY) / (1 - ACCURACY)
const LOG_GAMMA = Math.log(GAMMA)
/** A longer gap counts as this long, milliseconds: a year. It bounds the number of buckets (242). */
const LONGEST = 366 * 24 * 3_600_000

/** Gaps as they are stored: how many, their sum and the sum of their squares (milliseconds; exact, hence text), least, greatest, buckets. */
export type StoredGaps = readonly [
  count: number,
  sum: number,
  squares: string,
  min: number,
  max: number,
  buckets: readonly (readonly [index: number, count: number])[],
]

/** Of the times between events: seconds, and the coefficient of variation. Null where nothing was measured. */
export interface GapStatistics {
  readonly count: number
  readonly mean: number | null
  readonly median: number | null
  /** Of the population. */
  readonly sd: number | null
  readonly min: number | null
  readonly max: number | null
  readonly cv: number | null
  /** Half the distance of the quartiles over the median, scaled so that it equals `cv` for a normal distribution; one long pause leaves it as it is. */
  readonly robustCv: number | null
}
const NOTHING: GapStatistics = { count: 0, mean: null, median: null, sd: null, min: null, max: null, cv: null, robustCv: null }
/** Quartiles of the normal distribution lie 1.349 standard deviations apart. */
const QUARTILES = 1.349

const rounded = (value: number, digits: number) => Number(value.toFixed(digits))

/**
 * A distribution of gaps in constant memory, whatever their number: exact moments, and quantiles from logarithmic buckets with a relative
 * error of 5 % (DDSketch; Masson, Rim, Lee, VLDB 2019). It does not depend on the order in which gaps are added.
 */
export class Gaps {
  #count = 0
  #sum = 0
  #squares = 0n
  #min = Number.POSITIVE_INFINITY
  #max = 0
  readonly #buckets = new Map<number, number>()

  static from(stored: StoredGaps | undefined): Gaps {
    const gaps = new Gaps()
    if (!stored) return gaps
    const [count, sum, squares, min, max, buckets] = stored
    gaps.#count = count
    gaps.#sum = sum
    gaps.#squares = BigInt(squares)
    gaps.#min = min
    gaps.#max = max
    for (const [index, count] of buckets) gaps.#buckets.set(index, count)
    return gaps
  }

  /** Milliseconds, not negative. */
  add(gap: number): void {
    const length = Math.min(Math.round(gap), LONGEST)
    this.#count += 1
    this.#sum += length
    this.#squares += BigInt(length) ** 2n
    this.#min = Math.min(this.#min, length)
    this.#max = Math.max(this.#max, length)
    const index = length < 1 ? -1 : Math.ceil(Math.log(length) / LOG_GAMMA - 1e-9)
    this.#buckets.set(index, (this.#buckets.get(index) ?? 0) + 1)
  }

  get count(): number {
    return this.#count
  }

  /** Undefined when there is none. */
  stored(): StoredGaps | undefined {
    if (this.#count === 0) return undefined
    const buckets = [...this.#buckets].sort(([a], [b]) => a - b)
    return [this.#count, this.#sum, String(this.#squares), this.#min, this.#max, buckets]
  }

  /** The gap of a rank from 0 in order of length; the outermost ones are known exactly. */
  #ranked(sorted: readonly (readonly [number, number])[], rank: number): number {
    if (rank === 0) return this.#min
    let left = rank < this.#count - 1 ? rank : this.#count
    for (const [index, count] of sorted) {
      left -= count
      if (left < 0) return Math.min(this.#max, Math.max(this.#min, index < 0 ? 0 : (2 * GAMMA ** index) / (GAMMA + 1)))
    }
    return this.#max
  }

  /** Between two ranks in proportion. */
  #quantile(sorted: readonly (readonly [number, number])[], q: number): number {
    const rank = q * (this.#count - 1)
    const below = this.#ranked(sorted, Math.floor(rank))
    return below + (this.#ranked(sorted, Math.ceil(rank)) - below) * (rank % 1)
  }

  statistics(): GapStatistics {
    if (this.#count === 0) return NOTHING
    const sorted = [...this.#buckets].sort(([a], [b]) => a - b)
    const mean = this.#sum / this.#count
    const spread = BigInt(this.#count) * this.#squares - BigInt(this.#sum) * BigInt(this.#sum)
    const sd = Math.sqrt(Number(spread)) / this.#count
    const median = this.#quantile(sorted, 0.5)
    const quartiles = this.#quantile(sorted, 0.75) - this.#quantile(sorted, 0.25)
    return {
      count: this.#count,
      mean: rounded(mean / 1_000, 3),
      median: rounded(median / 1_000, 3),
      sd: rounded(sd / 1_000, 3),
      min: rounded(this.#min / 1_000, 3),
      max: rounded(this.#max / 1_000, 3),
      cv: mean === 0 ? null : rounded(sd / mean, 4),
      robustCv: median === 0 ? null : rounded(quartiles / QUARTILES / median, 4),
    }
  }
}

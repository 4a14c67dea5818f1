import { isImported } from '../import-source.ts'
import { type GapStatistics, Gaps, type StoredGaps } from './gaps.ts'

/** Sensors whose last time is kept, those heard last: order is guaranteed for each of them, not across them. */
const SENSORS = 8
/** Runs of one sensor that are kept apart: logs that come newest first begin one each. */
const RUNS = 8

/** From its first to its last time; nothing that came so far lies before the next run. */
type Run = readonly [from: number, to: number]

export interface StoredRhythm {
  /** Runs oldest first; absent where there is one that begins and ends at `ts`. */
  readonly last: readonly (readonly [source: string, ts: number, runs?: readonly Run[]])[]
  readonly gaps?: StoredGaps | undefined
}

interface Heard {
  readonly ts: number
  readonly runs: readonly Run[]
}
/** All imports have one clock, that of the events, and older ones may come later; a sensor's goes back only when it was set. */
const IMPORTED = 'import'
const clockOf = (source: string) => (isImported(source) ? IMPORTED : source)
const runOf = (runs: readonly Run[], ts: number) => runs.findLastIndex(([from]) => from <= ts)

/**
 * How regularly something happens: gaps between neighbours that one sensor saw. What several sensors see is not compared across their clocks,
 * so that the outcome does not depend on whose lines came first, nor on whether older logs
 * were imported after newer ones. A clock that was set back
 * leaves one gap out.
 */
export class Rhythm {
  readonly #last: Map<string, Heard>
  readonly #gaps: Gaps

  constructor(stored?: StoredRhythm) {
    this.#last = new Map(stored?.last.map(([source, ts, runs]) => [source, { ts, runs: runs ?? [[ts, ts]] }]) ?? [])
    this.#gaps = Gaps.from(stored?.gaps)
  }

  /** Something happened at this time, epoch milliseconds. */
  beat(source: string, ts: number): void {
    const clock = clockOf(source)
    const before = this.#last.get(clock)
    if (before !== undefined) this.#last.delete(clock)
    else if (this.#last.size === SENSORS) this.#last.delete(this.#last.keys().next().value ?? '')
    if (before && clock === IMPORTED) this.#last.set(clock, { ts, runs: this.#joined(before, ts) })
    else {
      if (before && ts >= before.ts) this.#gaps.add(ts - before.ts)
      this.#last.set(clock, { ts, runs: [[ts, ts]] })
    }
  }

  /** The runs with one time more; the gap to the one before it is measured. */
  #joined({ ts: before, runs }: Heard, ts: number): readonly Run[] {
    const at = runOf(runs, ts)
    const run = runs[at]
    if (run === undefined) return this.#bounded([[ts, ts], ...runs])
    const [from, to] = run
    if (ts >= before && runOf(runs, before) === at) this.#gaps.add(ts - before)
    else if (ts >= to) this.#gaps.add(ts - to)
    return ts <= to ? runs : runs.with(at, [from, ts])
  }

  /** Joins the two newest where there are too many: nothing will come between them any more. */
  #bounded(runs: readonly Run[]): readonly Run[] {
    const [one, other] = runs.slice(-2)
    if (runs.length <= RUNS || !one || !other) return runs
    this.#gaps.add(other[0] - one[1])
    return [...runs.slice(0, -2), [one[0], other[1]]]
  }

  stored(): StoredRhythm | undefined {
    if (this.#last.size === 0) return undefined
    return {
      last: [...this.#last].map(([source, { ts, runs }]) =>
        source === IMPORTED ? ([source, ts, runs] as const) : ([source, ts] as const),
      ),
      gaps: this.#gaps.stored(),
    }
  }

  statistics(): GapStatistics {
    const gaps = Gaps.from(this.#gaps.stored())
    for (const { runs } of this.#last.values())
      for (const [index, [from]] of runs.entries()) {
        const before = runs[index - 1]
        if (before) gaps.add(from - before[1])
      }
    return gaps.statistics()
  }
}

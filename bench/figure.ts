/** What one benchmark found, one entry for each run. */
export interface Figure {
  /** Figures of one group stand in a table of their own; absent = in the benchmark's first. */
  readonly group?: string
  readonly name: string
  /** `events/s`, `ms`, `MB`, … */
  readonly unit: string
  readonly runs: readonly number[]
  /** What the project promises; absent = reported only. */
  readonly goal?: Goal
  /** The same work done by something else in the same runs. */
  readonly peer?: { readonly name: string; readonly runs: readonly number[] }
  /** Promised ratio of the medians, figure ÷ peer. */
  readonly ratioGoal?: Goal
}
export interface Goal {
  readonly kind: 'at least' | 'at most'
  readonly value: number
}

export interface BenchContext {
  /** Small sizes and one run: to see that it works, not how fast it is. */
  readonly quick: boolean
  readonly progress: (text: string) => void
}
export interface Benchmark {
  readonly name: string
  /** One line. */
  readonly summary: string
  /** How it is measured and what the words mean, in sentences. */
  readonly method?: string
  /** What keeps the figures from being better: the end of a sentence. */
  readonly limits?: string
  /** Executables that must be there, with the Debian package that brings each. */
  readonly needs?: Readonly<Record<string, string>>
  run(context: BenchContext): Promise<Figure[]>
}

/** The value below which `p` percent of the values lie (nearest rank). */
export function percentile(values: readonly number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil((sorted.length * p) / 100) - 1)] ?? Number.NaN
}

/** Of an even number of values, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? (sorted[half] ?? Number.NaN) : ((sorted[half - 1] ?? Number.NaN) + (sorted[half] ?? Number.NaN)) / 2
}

const holds = (value: number, goal: Goal): boolean => (goal.kind === 'at least' ? value >= goal.value : value <= goal.value)

/** Median of the figure ÷ median of its peer; null without a peer. */
export const ratioOf = ({ runs, peer }: Figure): number | null => (peer ? median(runs) / median(peer.runs) : null)

/** Whether what is promised holds; null where nothing is promised. */
export function met(figure: Figure): boolean | null {
  const ratio = ratioOf(figure)
  const answers = [
    ...(figure.goal ? [holds(median(figure.runs), figure.goal)] : []),
    ...(figure.ratioGoal ? [ratio !== null && holds(ratio, figure.ratioGoal)] : []),
  ]
  return answers.length === 0 ? null : answers.every(Boolean)
}

/** The shape of a terminal recording (asciicast v2) on the player's clock, where pauses longer than `idle` seconds are cut to it. */
export interface CastShape {
  readonly duration: number
  /** Moments at which something came, as shares of the duration, at most 161. */
  readonly marks: readonly number[]
  /** Seconds since the recording began to seconds on the player's clock. */
  toPlayer(seconds: number): number
}

/** Width over height of the recorded terminal, in the proportions of its font. */
export function ratioOf(cast: string): number {
  const size = (name: string, usual: number) =>
    Number(new RegExp(`"${name}"\\s*:\\s*([0-9]{1,4})`, 'u').exec(cast.slice(0, 1000))?.[1] ?? usual) || usual
  return (size('width', 80) * 0.6) / (size('height', 24) * 1.334)
}

/** A torn or foreign line is skipped. */
export function shapeOf(cast: string, idle: number | null): CastShape {
  const real: number[] = []
  const played: number[] = []
  let before = 0
  let clock = 0
  for (const line of cast.split('\n').slice(1)) {
    const time = Number(/^\[\s*([0-9.]+)\s*,/u.exec(line)?.[1] ?? Number.NaN)
    if (!Number.isFinite(time)) continue
    const pause = Math.max(0, time - before)
    clock += idle === null ? pause : Math.min(pause, idle)
    before = Math.max(before, time)
    real.push(time)
    played.push(clock)
  }
  const duration = clock
  const cells = new Set(played.map((t) => (duration === 0 ? 0 : Math.round((t / duration) * 160))))
  return {
    duration,
    marks: [...cells].map((c) => c / 160),
    toPlayer(seconds) {
      const i = real.findLastIndex((t) => t <= seconds)
      if (i < 0) return 0
      const rest = seconds - (real[i] ?? 0)
      return Math.min(duration, (played[i] ?? 0) + (idle === null ? rest : Math.min(rest, idle)))
    },
  }
}

import { monitorEventLoopDelay } from 'node:perf_hooks'

const RESOLUTION_MS = 5
const NANOSECONDS_PER_MS = 1e6

export interface LoopDelay extends Disposable {
  /** How late this thread's timers ran since the last look, milliseconds. */
  take(): { readonly loop_delay_p99_ms: number; readonly loop_delay_max_ms: number }
}

/** Watches how long this thread keeps what is due waiting. */
export function watchLoopDelay(): LoopDelay {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  histogram.enable()
  // The histogram holds the time between two of its own timers; what goes beyond their interval is delay.
  const late = (nanoseconds: number): number => Math.max(0, Math.round((nanoseconds / NANOSECONDS_PER_MS - RESOLUTION_MS) * 10) / 10)
  return {
    take() {
      const taken = { loop_delay_p99_ms: late(histogram.percentile(99)), loop_delay_max_ms: late(histogram.max) }
      histogram.reset()
      return taken
    },
    [Symbol.dispose]: () => histogram.disable(),
  }
}

import type { BusLogger } from './logger.ts'
import type { Bus } from './port.ts'
import { safePublisher } from './publisher.ts'

const HEARTBEAT_MS = 30_000

export interface HeartbeatOptions {
  /** Milliseconds; 30,000. */
  readonly interval?: number
  /** What else to say each time; its failure costs only what it would have said. */
  readonly extra?: () => Record<string, unknown>
  readonly logger?: BusLogger
}

/** Says on `system.<worker>.health` that a worker lives: at once, then at intervals, until disposed. Never raises, also without a bus. */
export function heartbeat(bus: Bus | null, worker: string, options: HeartbeatOptions = {}): Disposable {
  const { interval = HEARTBEAT_MS, extra, logger } = options
  const publish = safePublisher(bus?.as(worker) ?? null, logger)
  const beat = () => {
    let more: Record<string, unknown> = {}
    try {
      more = extra?.() ?? {}
    } catch (err) {
      logger?.warn({ err, worker }, 'heartbeat without its details')
    }
    publish(`system.${worker}.health`, { worker, ts: Date.now() / 1000, interval_sec: interval / 1000, ...more }, 'health')
  }
  beat()
  const timer = setInterval(beat, interval)
  timer.unref()
  return { [Symbol.dispose]: () => clearInterval(timer) }
}

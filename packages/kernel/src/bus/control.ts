import type { BusLogger } from './logger.ts'
import type { Bus } from './port.ts'

export interface ControlOptions {
  /** An operator asks this worker to stop; `requestedBy` is what the message claims. */
  readonly stop: (requestedBy: string) => void | Promise<void>
  /** The bus is back: what was said meanwhile, by others and by this worker, was not heard. */
  readonly reconnected?: () => void
  readonly logger?: BusLogger
}

/** Listens on `system.<worker>.control`, this worker's own address only, until disposed. Other actions are ignored; a failing `stop` is logged. */
export function onControl(bus: Bus | null, worker: string, { stop, reconnected, logger }: ControlOptions): Disposable {
  const subscription = bus?.as(worker).subscribe(`system.${worker}.control`)
  const listen = async () => {
    for await (const event of subscription ?? []) {
      if (event.kind === 'gap' && event.reason === 'reconnected') reconnected?.()
      if (event.kind !== 'message' || event.message.payload.action !== 'stop') continue
      const by = event.message.payload.requested_by
      try {
        await stop(typeof by === 'string' ? by : 'unknown')
      } catch (err) {
        logger?.error({ err, worker }, 'worker did not stop')
      }
    }
  }
  void listen()
  return { [Symbol.dispose]: () => subscription?.close() }
}

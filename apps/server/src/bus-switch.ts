import { topics } from '@decnet/contracts/topics'
import type { Bus } from '@decnet/kernel/bus'
import type { Logger } from '@decnet/kernel/logging'
import type { WorkerDesires } from './store/worker-desires.ts'

/** A bus that this process serves, and may cease to. */
export type SwitchedBus = Bus & { pause(): Promise<void>; resume(): Promise<void> }
export const isSwitched = (bus: Bus): bus is SwitchedBus => 'pause' in bus && 'resume' in bus

/** What ends the bus when it is not this process that serves it; null when it is. */
export const servedElsewhere = (bus: Bus): string | null => {
  if (isSwitched(bus)) return null
  const { adapter } = bus.status
  return adapter === 'unix' ? 'decnet bus' : adapter === 'nats' ? 'nats-server' : null
}

const LOOK_MS = 2_000

/** Pauses and resumes the bus as operators want it; without it everything goes on, a little later. Disposing it leaves the bus as it is. */
export function switchBus(bus: SwitchedBus, desires: () => Promise<WorkerDesires>, logger: Logger): Disposable {
  let turn: Promise<void> = Promise.resolve()
  let stopped = false
  const obey = () => {
    turn = turn
      .then(async () => {
        const wanted = (await desires()).bus?.stopped ?? false
        if (wanted === stopped) return
        if (wanted) await bus.pause()
        else await bus.resume()
        stopped = wanted
        logger.info({ stopped }, 'the bus was stopped or started')
      })
      .catch((err: unknown) => logger.warn({ err }, 'the bus could not be stopped or started'))
  }
  const subscription = bus.as('bus-switch').subscribe(topics.workerControl.name('bus'))
  void (async () => {
    for await (const event of subscription) if (event) obey()
  })()
  const timer = setInterval(obey, LOOK_MS)
  timer.unref()
  obey()
  return {
    [Symbol.dispose]() {
      clearInterval(timer)
      subscription.close()
    },
  }
}

import { type AnyEventType, events } from '@decnet/contracts/events'
import { isNodeError } from '@decnet/kernel'
import {
  type AnyService,
  createDeadlines,
  createFaultLog,
  type DeckyContext,
  deckyContext,
  describeError,
  type Evidence,
  type RunningService,
  type ServiceLogger,
  type Sink,
  sensorEvent,
  serve,
} from '@decnet/kernel/service'
import { type DeckyPlan, makePersona } from '@decnet/persona'
import type { SensorStats } from './protocol.ts'

export interface SensorOptions {
  readonly plan: readonly DeckyPlan[]
  readonly services: readonly AnyService[]
  readonly sink: Sink
  readonly evidence: Evidence
  readonly logger: ServiceLogger
  readonly now?: () => number
}

/** All deckies of one process and the services that listen for them. */
export interface Sensor {
  /** Serves one planned service on a bound raw handle. Answers null, or a short reason why it does not listen. */
  listen(decky: string, service: string, port: number, handle: unknown): Promise<string | null>
  /** Says `sensor_started`: call it when everything listens. */
  started(): void
  /** Says `tick`. */
  tick(): void
  /** An exception or rejection that nobody caught: logged by class and place, counted, survived. */
  uncaught(error: unknown): void
  readonly stats: SensorStats
  /** Ends every session with `shutdown`, within 2 s. */
  close(): Promise<void>
}

interface Decky {
  readonly plan: DeckyPlan
  readonly context: DeckyContext
  readonly ports: Record<string, number>
}

const NAME = 'sensor'

export function createSensor(options: SensorOptions): Sensor {
  const now = options.now ?? Date.now
  const since = now()
  const services = new Map(options.services.map((service) => [service.name, service]))
  const deckies = new Map<string, Decky>()
  for (const plan of options.plan) {
    const ports: Record<string, number> = {}
    try {
      deckies.set(plan.name, { plan, ports, context: deckyContext(makePersona(plan), new Map(), ports) })
    } catch (error) {
      options.logger.error({ decky: plan.name, ...describeError(error) }, 'a decky has no persona and does not serve')
    }
  }
  const deadlines = createDeadlines()
  const running: RunningService[] = []
  const logUncaught = createFaultLog(options.logger, NAME, NAME, now)
  let uncaught = 0
  const total = (count: (service: RunningService) => number): number => running.reduce((sum, service) => sum + count(service), 0)
  const rss = (): number => Math.round(process.memoryUsage.rss() / 1024 / 102.4) / 10
  const say = (event: AnyEventType, values: object): void =>
    options.sink(sensorEvent({ decky: NAME, service: NAME, ts: now(), event, values }).event)

  async function listen(deckyName: string, serviceName: string, port: number, handle: unknown): Promise<string | null> {
    const decky = deckies.get(deckyName)
    const service = services.get(serviceName)
    if (!decky) return 'unknown decky'
    if (!service) return 'unknown service'
    if (typeof handle !== 'object' || handle === null) return 'no handle'
    const config = decky.plan.services.find(({ name }) => name === serviceName)?.config ?? {}
    decky.ports[serviceName] = port
    try {
      const { evidence, logger, sink } = options
      running.push(await serve(service, { decky: decky.context, config, listener: { handle }, sink, evidence, logger, now, deadlines }))
      return null
    } catch (error) {
      delete decky.ports[serviceName]
      const reason = error instanceof Error ? error.message : 'failed'
      options.logger.error({ decky: deckyName, service: serviceName, reason, ...describeError(error) }, 'a service does not listen')
      return reason
    }
  }

  return {
    listen,
    started: () => say(events.sensorStarted, { deckies: deckies.size, services: running.length, since }),
    tick: () => say(events.tick, { connections: total(({ stats }) => stats.connections), rss_mb: rss() }),
    uncaught(error) {
      uncaught++
      // a socket that broke under somebody's hands is weather
      if (isNodeError(error) && (error.code === 'EPIPE' || error.code === 'ECONNRESET')) return
      logUncaught(error, 'nobody caught an error; the sensor goes on')
    },
    get stats() {
      return {
        services: running.length,
        connections: total(({ stats }) => stats.connections),
        accepted: total(({ stats }) => stats.accepted),
        refused: total(({ stats }) => stats.refused),
        faults: total(({ stats }) => stats.faults),
        uncaught,
        rss_mb: rss(),
      }
    },
    async close() {
      await Promise.all(running.map((service) => service.close()))
      deadlines.close()
    },
  }
}

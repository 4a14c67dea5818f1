import { setTimeout as pause } from 'node:timers/promises'
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
  type Tarpit,
} from '@decnet/kernel/service'
import { type DeckyPlan, makePersona } from '@decnet/persona'
import type { SensorStats } from './protocol.ts'

export interface SensorOptions {
  readonly plan: readonly DeckyPlan[]
  readonly services: readonly AnyService[]
  readonly sink: Sink
  readonly evidence: Evidence
  readonly logger: ServiceLogger
  /** Services of the same hosts that other processes serve, with their ports: who asks what a host offers is told them too. */
  readonly elsewhere?: Readonly<Record<string, number>>
  readonly now?: () => number
}

/** All deckies of one process and the services that listen for them. */
export interface Sensor {
  /** Serves one planned service on a bound raw handle. Answers null, or a short reason why it does not listen. */
  listen(decky: string, service: string, port: number, handle: unknown): Promise<string | null>
  /** Ends one service and its sessions. */
  unlisten(decky: string, service: string): Promise<void>
  /** Takes a decky in, or what it is from now on: a service that listens already keeps what it was started with. */
  put(plan: DeckyPlan): void
  /** Services that hold up whoever comes; all others hold up nobody, from now on. */
  holdUp(tarpits: readonly TarpitOrder[]): void
  /** Ends a decky: its services, their sessions, what they shared. */
  drop(decky: string): Promise<void>
  /** Says `sensor_started` the first time: call it when everything listens. */
  started(): void
  /** Says `tick`. */
  tick(): void
  /** An exception or rejection that nobody caught: logged by class and place, counted, survived. */
  uncaught(error: unknown): void
  readonly stats: SensorStats
  /** Ends every session with `shutdown`, within 2 s. */
  close(): Promise<void>
}

export interface TarpitOrder {
  readonly decky: string
  readonly service: string
  readonly accept_ms: number
  readonly bytes_per_second: number
}

interface Decky {
  readonly plan: DeckyPlan
  readonly context: DeckyContext
  /** What its services share, for as long as it is here. */
  readonly shared: Map<string, unknown>
  readonly ports: Record<string, number>
  readonly running: Map<string, RunningService>
}

const NAME = 'sensor'
/** After the start: those who come at once go first. */
const PREPARE_AFTER_MS = 3_000

export function createSensor(options: SensorOptions): Sensor {
  const now = options.now ?? Date.now
  const since = now()
  const services = new Map(options.services.map((service) => [service.name, service]))
  const deckies = new Map<string, Decky>()
  function put(plan: DeckyPlan): void {
    const { ports, running, shared }: Pick<Decky, 'ports' | 'running' | 'shared'> = deckies.get(plan.name) ?? {
      ports: { ...options.elsewhere },
      running: new Map(),
      shared: new Map(),
    }
    try {
      deckies.set(plan.name, { plan, ports, running, shared, context: deckyContext(makePersona(plan), shared, ports) })
    } catch (error) {
      options.logger.error({ decky: plan.name, ...describeError(error) }, 'a decky has no persona and does not serve')
    }
  }
  for (const plan of options.plan) put(plan)
  const deadlines = createDeadlines()
  const running = (): RunningService[] => [...deckies.values()].flatMap((decky) => [...decky.running.values()])
  let said = false
  let tarpits: ReadonlyMap<string, Tarpit> = new Map()
  const tarpitOf = (decky: string, service: string) => tarpits.get(`${decky}/${service}`) ?? null
  const logUncaught = createFaultLog(options.logger, NAME, NAME, now)
  let uncaught = 0
  const total = (count: (service: RunningService) => number): number => running().reduce((sum, service) => sum + count(service), 0)
  const rss = (): number => Math.round(process.memoryUsage.rss() / 1024 / 102.4) / 10
  const say = (event: AnyEventType, values: object): void =>
    options.sink(sensorEvent({ decky: NAME, service: NAME, ts: now(), event, values }).event)

  let prepared = pause<unknown>(PREPARE_AFTER_MS, undefined, { ref: false })
  /** One after the other, so that whoever comes meanwhile is served. */
  function prepareLater(service: AnyService, { plan, context }: Decky): void {
    if (!service.prepare) return
    prepared = prepared
      .then(() => (deckies.get(plan.name)?.context === context ? service.prepare?.(context.persona) : undefined))
      .catch((error: unknown) => options.logger.error({ decky: plan.name, ...describeError(error) }, 'a service is not prepared'))
  }

  async function listen(deckyName: string, serviceName: string, port: number, handle: unknown): Promise<string | null> {
    const decky = deckies.get(deckyName)
    const service = services.get(serviceName)
    if (!decky) return 'unknown decky'
    if (!service) return 'unknown service'
    if (typeof handle !== 'object' || handle === null) return 'no handle'
    await unlisten(deckyName, serviceName)
    const config = decky.plan.services.find(({ name }) => name === serviceName)?.config ?? {}
    decky.ports[serviceName] = port
    try {
      const { evidence, logger, sink } = options
      decky.running.set(
        serviceName,
        await serve(service, {
          decky: decky.context,
          config,
          listener: { handle },
          sink,
          evidence,
          logger,
          now,
          deadlines,
          tarpit: tarpitOf(deckyName, serviceName),
        }),
      )
      prepareLater(service, decky)
      return null
    } catch (error) {
      delete decky.ports[serviceName]
      const reason = error instanceof Error ? error.message : 'failed'
      options.logger.error({ decky: deckyName, service: serviceName, reason, ...describeError(error) }, 'a service does not listen')
      return reason
    }
  }

  async function unlisten(deckyName: string, serviceName: string): Promise<void> {
    const decky = deckies.get(deckyName)
    const service = decky?.running.get(serviceName)
    if (!decky || !service) return
    decky.running.delete(serviceName)
    delete decky.ports[serviceName]
    await service.close()
    // What it kept for itself goes with it; what the host is made of stays.
    for (const key of decky.shared.keys()) if (key.split(/[-/]/u)[0] === serviceName) decky.shared.delete(key)
  }

  return {
    listen,
    unlisten,
    put,
    holdUp(all) {
      tarpits = new Map(
        all.map((pit) => [`${pit.decky}/${pit.service}`, { acceptMs: pit.accept_ms, bytesPerSecond: pit.bytes_per_second }]),
      )
      for (const [name, decky] of deckies) for (const [service, each] of decky.running) each.setTarpit(tarpitOf(name, service))
    },
    async drop(name) {
      const decky = deckies.get(name)
      if (!decky) return
      await Promise.all([...decky.running.keys()].map((service) => unlisten(name, service)))
      deckies.delete(name)
    },
    started() {
      if (!said) say(events.sensorStarted, { deckies: deckies.size, services: running().length, since })
      said = true
    },
    tick: () => say(events.tick, { connections: total(({ stats }) => stats.connections), rss_mb: rss() }),
    uncaught(error) {
      uncaught++
      // a socket that broke under somebody's hands is weather
      if (isNodeError(error) && (error.code === 'EPIPE' || error.code === 'ECONNRESET')) return
      logUncaught(error, 'nobody caught an error; the sensor goes on')
    },
    get stats() {
      return {
        services: running().length,
        connections: total(({ stats }) => stats.connections),
        accepted: total(({ stats }) => stats.accepted),
        refused: total(({ stats }) => stats.refused),
        faults: total(({ stats }) => stats.faults),
        uncaught,
        rss_mb: rss(),
      }
    },
    async close() {
      await Promise.all(running().map((service) => service.close()))
      deadlines.close()
    },
  }
}

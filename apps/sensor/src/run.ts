import { flushCompileCache } from 'node:module'
import { AppError } from '@decnet/kernel'
import { createLogger, type Logger } from '@decnet/kernel/logging'
import { type AnyService, createFaultLog, describeError, type Evidence, type SensorEvent } from '@decnet/kernel/service'
import type { SensorConfig } from './config.ts'
import { type Doorbell, openDoorbell } from './doorbell.ts'
import { dropPrivileges } from './privileges.ts'
import { type FromSensor, type ToSensor, toSensor } from './protocol.ts'
import { createSensor, type Sensor } from './sensor.ts'

/** What the sensor is composed of; opened after the rights of root are gone, with paths relative to the sensor's folder. */
export interface Parts {
  readonly config: SensorConfig
  readonly services: readonly AnyService[]
  readonly openSpool: (options: { directory: string; onRing: () => void }) => { write(event: SensorEvent): void; close(): Promise<void> }
  readonly openEvidence: (options: { directory: string }) => Promise<Evidence>
}

const DOORBELL_FD = 4
/** From the wish to stop to the end, whatever hangs. */
const EXIT_MS = 2_800

interface Serving {
  readonly sensor: Sensor
  readonly spool: ReturnType<Parts['openSpool']>
  readonly doorbell: Doorbell
  readonly ticking: NodeJS.Timeout
}

const send = (message: FromSensor): void => {
  // a supervisor that has gone shows as `disconnect`
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined)
}

/** Takes the folder, becomes nobody, opens the disk. Everything that is ever imported is imported by now. */
async function begin(wish: Extract<ToSensor, { type: 'serve' }>, parts: Parts, logger: Logger): Promise<Serving> {
  process.chdir(wish.directory)
  // a cache of compiled modules, where one is switched on, lies where the sensor may not write later
  flushCompileCache()
  dropPrivileges(wish)
  const doorbell = openDoorbell(DOORBELL_FD)
  const spool = parts.openSpool({ directory: 'spool', onRing: () => doorbell.ring() })
  const evidence = await parts.openEvidence({ directory: '.' })
  const { plan } = wish
  const sensor = createSensor({ plan, services: parts.services, sink: (event) => spool.write(event), evidence, logger })
  const ticking = setInterval(() => {
    sensor.tick()
    send({ type: 'stats', ...sensor.stats })
  }, parts.config.tickMs)
  return { sensor, spool, doorbell, ticking }
}

/**
 * Runs the sensor in this process: takes orders over IPC, serves until it is told to stop, is signalled, or its supervisor is gone;
 * then exits within 3 s. Nothing that an attacker does ends it.
 */
export function runSensor(parts: Parts): void {
  const logger = createLogger({ name: 'sensor', level: parts.config.logLevel })
  const logEarly = createFaultLog(logger, 'sensor', 'sensor', Date.now)
  let serving: Serving | null = null
  let stopping = false
  let orders: Promise<void> = Promise.resolve()

  async function stop(): Promise<void> {
    if (stopping) return
    stopping = true
    setTimeout(() => process.exit(1), EXIT_MS).unref()
    if (serving !== null) {
      clearInterval(serving.ticking)
      await serving.sensor.close()
      await serving.spool.close()
      serving.doorbell.close()
    }
    process.exit(0)
  }

  async function obey(order: ToSensor, handle: unknown): Promise<void> {
    if (stopping) return
    if (order.type === 'serve') {
      if (serving === null) serving = await begin(order, parts, logger)
    } else if (serving === null) throw new AppError('the sensor was given a listener before its folder', { code: 'order' })
    else if (order.type === 'listener') {
      const reason = await serving.sensor.listen(order.decky, order.service, order.port, handle)
      if (reason !== null) send({ type: 'failed', decky: order.decky, service: order.service, reason })
    } else if (order.type === 'decky') serving.sensor.put(order.plan)
    else if (order.type === 'drop') await serving.sensor.drop(order.decky)
    else if (order.type === 'tarpits') serving.sensor.holdUp(order.tarpits)
    else if (order.type === 'unlisten') await serving.sensor.unlisten(order.decky, order.service)
    else if (order.type === 'listening') {
      serving.sensor.started()
      logger.info({ services: serving.sensor.stats.services }, 'serving')
      send({ type: 'ready' })
    }
  }

  /** Without its folder or its rights given up there is no sensor; the supervisor says so and tries again. */
  function giveUp(error: unknown): void {
    const known = error instanceof Error ? { reason: error.message, hint: error instanceof AppError ? error.hint : undefined } : {}
    logger.error({ ...known, ...describeError(error) }, 'the sensor cannot serve')
    process.exit(1)
  }

  const survive = (error: unknown): void => {
    if (serving !== null) serving.sensor.uncaught(error)
    else logEarly(error, 'nobody caught an error')
  }
  process.on('uncaughtException', survive)
  process.on('unhandledRejection', survive)
  process.on('SIGTERM', () => void stop())
  process.on('SIGINT', () => void stop())
  process.on('disconnect', () => void stop())
  process.on('message', (message, handle: unknown) => {
    const order = toSensor.safeParse(message)
    if (!order.success)
      logger.error({ issues: order.error.issues.map(({ path, code }) => ({ path, code })) }, 'an order was not understood')
    else if (order.data.type === 'stop') void stop()
    else orders = orders.then(() => obey(order.data, handle)).catch(giveUp)
  })
}

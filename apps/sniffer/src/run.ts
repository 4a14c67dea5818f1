import { isIPv4 } from 'node:net'
import { AppError } from '@decnet/kernel'
import { createLogger, type Logger } from '@decnet/kernel/logging'
import { createFaultLog, describeError, type SensorEvent } from '@decnet/kernel/service'
import { dropPrivileges, openDoorbell } from '@decnet/sensor'
import type { z } from 'zod'
import { Analyser } from './analyse/analyser.ts'
import { captureFilter } from './capture/filter.ts'
import { follow } from './capture/follow.ts'
import type { PacketSocket } from './capture/packet-socket.ts'
import type { SnifferConfig } from './config.ts'
import { type FromSniffer, toSniffer } from './protocol.ts'

/** What the sniffer is composed of; the spool is opened after the rights of root are gone, in the sniffer's folder. */
export interface Parts {
  readonly config: SnifferConfig
  readonly openSocket: (name: string, program: Buffer) => PacketSocket
  readonly openSpool: (options: { directory: string; onRing: () => void }) => { write(event: SensorEvent): void; close(): Promise<void> }
}
type Order = z.output<typeof toSniffer>

const DOORBELL_FD = 4
/** From the wish to stop to the end, whatever hangs. */
const EXIT_MS = 2_800
/** What is over is looked for so often. */
const PASS_MS = 1_000

interface Watching {
  readonly analyser: Analyser
  readonly socket: PacketSocket
  readonly end: () => Promise<void>
}

const send = (message: FromSniffer): void => {
  // a supervisor that has gone shows as `disconnect`
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined)
}

const programFor = (deckies: Extract<Order, { type: 'deckies' }>['deckies']): Buffer =>
  captureFilter(
    deckies.map(({ ip }) => ip).filter((ip) => isIPv4(ip)),
    deckies.some(({ ip, ip6 }) => ip6 !== undefined || !isIPv4(ip)),
  )

/** Taps the interface, becomes nobody, and only then looks at the first packet. */
function begin(order: Extract<Order, { type: 'watch' }>, parts: Parts, logger: Logger, ended: (reason: string) => void): Watching {
  process.chdir(order.directory)
  const socket = parts.openSocket(order.interface, programFor(order.deckies))
  dropPrivileges(order)
  const doorbell = openDoorbell(DOORBELL_FD)
  const spool = parts.openSpool({ directory: 'spool', onRing: () => doorbell.ring() })
  const analyser = new Analyser((event) => spool.write(event), order.deckies, order.ignore)
  const fault = createFaultLog(logger, 'sniffer', 'sniffer', Date.now)
  const stop = new AbortController()
  const following = follow(
    socket,
    (frame) => {
      try {
        analyser.take(frame)
      } catch (error) {
        fault(error, 'a packet could not be looked at')
      }
    },
    stop.signal,
  )
  following.then((reason) => reason !== null && ended(reason), ended)
  let dropped = 0
  let unsaid = 0
  const count = () => {
    const lost = socket.dropped()
    dropped += lost
    unsaid += lost
  }
  const passing = setInterval(() => {
    count()
    analyser.pass(Date.now())
  }, PASS_MS)
  const telling = setInterval(() => {
    analyser.loss(unsaid, Date.now())
    unsaid = 0
    send({ type: 'stats', ...analyser.stats, dropped, rss_mb: Math.round(process.memoryUsage.rss() / 104_857.6) / 10 })
  }, parts.config.statsMs)
  return {
    analyser,
    socket,
    async end() {
      stop.abort()
      clearInterval(passing)
      clearInterval(telling)
      await following.catch(() => null)
      count()
      analyser.close()
      analyser.loss(unsaid, Date.now())
      await spool.close()
      doorbell.close()
    },
  }
}

/**
 * Runs the sniffer in this process: takes orders over IPC, watches until it is told to stop, is signalled, or its supervisor is gone;
 * then exits within 3 s. Without its interface it says why and ends; the supervisor tries again.
 */
export function runSniffer(parts: Parts): void {
  const logger = createLogger({ name: 'sniffer', level: parts.config.logLevel })
  const logUncaught = createFaultLog(logger, 'sniffer', 'sniffer', Date.now)
  let watching: Watching | null = null
  let stopping = false

  async function stop(code = 0): Promise<void> {
    if (stopping) return
    stopping = true
    setTimeout(() => process.exit(1), EXIT_MS).unref()
    await watching?.end()
    process.exit(code)
  }

  function giveUp(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error)
    logger.error(
      { reason, ...(error instanceof AppError ? { hint: error.hint } : {}), ...describeError(error) },
      'the sniffer cannot watch',
    )
    send({ type: 'failed', reason })
    void stop(1)
  }

  function obey(order: Order): void {
    if (stopping) return
    if (order.type === 'stop') void stop()
    else if (order.type === 'deckies') {
      watching?.analyser.watch(order.deckies, order.ignore)
      watching?.socket.filter(programFor(order.deckies))
    } else if (watching === null) {
      watching = begin(order, parts, logger, giveUp)
      logger.info({ interface: order.interface, deckies: order.deckies.length }, 'watching')
      send({ type: 'ready' })
    }
  }

  process.on('uncaughtException', (error) => logUncaught(error, 'nobody caught an error'))
  process.on('unhandledRejection', (error) => logUncaught(error, 'nobody caught an error'))
  process.on('SIGTERM', () => void stop())
  process.on('SIGINT', () => void stop())
  process.on('disconnect', () => void stop())
  process.on('message', (message) => {
    const order = toSniffer.safeParse(message)
    if (!order.success) {
      logger.error({ issues: order.error.issues.map(({ path, code }) => ({ path, code })) }, 'an order was not understood')
      return
    }
    try {
      obey(order.data)
    } catch (error) {
      giveUp(error)
    }
  })
}

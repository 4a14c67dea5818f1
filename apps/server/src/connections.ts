import { AppError } from '@decnet/kernel'
import { type Bridge, type Bus, bridgeBuses, openBus, type UnixBroker } from '@decnet/kernel/bus'
import type { Logger } from '@decnet/kernel/logging'
import type { NatsIntakeOptions } from '@decnet/nats'
import type { IntakeSource, IntakeSources } from './workers/ingester/worker.ts'

/** Where NATS is and who we are there; plain data, so that threads can be given it. */
export type NatsSettings = Pick<
  NatsIntakeOptions,
  'servers' | 'credentialsFile' | 'nkeySeedFile' | 'tls' | 'replicas' | 'maxBytes' | 'duplicateWindowMs'
> & { readonly prefix: string }

/** How this host's parts reach each other, and other hosts; plain data. */
export interface BusSettings {
  readonly enabled: boolean
  /** `unix`, `nats` or `memory`. */
  readonly type: string
  readonly socketPath: string
  readonly group: string
  /** The UNIX bus and NATS are one. */
  readonly bridge: boolean
  readonly nats: NatsSettings | null
}

const needed = (nats: NatsSettings | null): NatsSettings => {
  if (nats) return nats
  throw new AppError('Nobody said where NATS is.', {
    code: 'nats_unknown',
    hint: 'Set DECNET_NATS_URL, for example to nats://10.0.0.5:4222.',
  })
}

// Loaded only where a configuration asks for it.
const connectNats = async (nats: NatsSettings, name: string, logger: Logger): Promise<Bus> =>
  (await import('@decnet/nats')).connectNatsBus({ ...nats, name, logger })

/** Connects one process or thread to the bus that the settings name. @throws {AppError} those of the adapter. */
export function joinBus(settings: BusSettings, name: string, logger: Logger): Promise<Bus> {
  const { enabled, type, socketPath } = settings
  const adapters = { nats: () => connectNats(needed(settings.nats), name, logger) }
  return openBus({ enabled, type, socketPath, role: 'client', name, adapters }, logger)
}

/** A bus that this process serves, and what joins it to other hosts. */
export interface ServedBus extends AsyncDisposable {
  readonly bus: Bus
  readonly bridge: Bridge | null
}

/**
 * Serves the bus of this host, unless the settings name one that needs no serving, or somebody (`decnet bus`) serves it already: then this is
 * one client more.
 */
export async function serveBus(settings: BusSettings, logger: Logger): Promise<ServedBus> {
  const { enabled, type, socketPath, group } = settings
  if (!enabled || type !== 'unix') {
    const bus = await joinBus(settings, 'server', logger)
    return { bus, bridge: null, [Symbol.asyncDispose]: () => bus.close() }
  }
  let bus: Bus
  try {
    bus = await openBus({ enabled, type, socketPath, group, role: 'broker', name: 'server' }, logger)
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'bus_socket_in_use') throw error
    logger.info({ path: socketPath }, 'somebody serves the bus already')
    bus = await joinBus(settings, 'server', logger)
    return { bus, bridge: null, [Symbol.asyncDispose]: () => bus.close() }
  }
  if (!settings.bridge) return { bus, bridge: null, [Symbol.asyncDispose]: () => bus.close() }
  return bridged(bus, settings, logger)
}

/** Joins a bus of this host to NATS. */
export async function bridged(bus: Bus | UnixBroker, settings: Pick<BusSettings, 'nats'>, logger: Logger): Promise<ServedBus> {
  const remote = await connectNats(needed(settings.nats), 'bridge', logger)
  const bridge = bridgeBuses(bus, remote, { logger })
  return {
    bus,
    bridge,
    async [Symbol.asyncDispose]() {
      bridge.close()
      await remote.close()
      await bus.close()
    },
  }
}

/** New sensors are found within this time. */
const LOOK_MS = 2_000

/** What sensors on other hosts sent over JetStream. */
export async function remoteIntakes(nats: NatsSettings, logger: Logger): Promise<IntakeSources & AsyncDisposable> {
  const { connectNatsIntake } = await import('@decnet/nats')
  const intake = await connectNatsIntake({ ...nats, name: 'ingester', logger })
  const known = new Map<string, IntakeSource>()
  let lookAt = 0
  return {
    async list() {
      if (performance.now() >= lookAt) {
        lookAt = performance.now() + LOOK_MS
        for (const name of await intake.sources())
          if (!known.has(name)) known.set(name, { name, intake: intake.source(name), shared: true })
      }
      return [...known.values()]
    },
    [Symbol.asyncDispose]: () => intake.close(),
  }
}

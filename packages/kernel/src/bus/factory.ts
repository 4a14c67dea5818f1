import { AppError } from '../errors.ts'
import { own } from '../own.ts'
import type { BusLogger } from './logger.ts'
import { createMemoryBus } from './memory.ts'
import { createNullBus } from './null.ts'
import type { Bus } from './port.ts'
import { openUnixBroker } from './unix/broker.ts'
import { connectUnixBus } from './unix/client.ts'

export interface BusConfig {
  /** `false` wins over everything else. */
  readonly enabled: boolean
  /** `unix`, `memory`, or one of {@link adapters}. */
  readonly type: string
  readonly socketPath: string
  /** Whether this process serves the socket or connects to it. */
  readonly role: 'broker' | 'client'
  readonly name: string
  readonly group?: string
  /** Buses that other packages bring, by their type. */
  readonly adapters?: Readonly<Record<string, () => Promise<Bus>>>
}

/**
 * The bus that a configuration asks for.
 * @throws {AppError} `bus_type_unknown`; and those of `openUnixBroker`, `connectUnixBus` and of the adapter
 */
export async function openBus(config: BusConfig, logger?: BusLogger): Promise<Bus> {
  if (!config.enabled) return createNullBus()
  if (config.type === 'memory') return createMemoryBus()
  const adapter = own(config.adapters ?? {}, config.type)
  if (adapter) return adapter()
  if (config.type !== 'unix') {
    const known = ['unix', ...Object.keys(config.adapters ?? {}), 'memory'].join(', ')
    throw new AppError(`unknown bus type ${JSON.stringify(config.type)}`, { code: 'bus_type_unknown', hint: `Use one of: ${known}.` })
  }
  const common = { path: config.socketPath, ...(logger && { logger }) }
  if (config.role === 'client') return connectUnixBus({ ...common, name: config.name })
  return openUnixBroker({ ...common, ...(config.group !== undefined && { group: config.group }) })
}

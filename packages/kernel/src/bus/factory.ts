import { AppError } from '../errors.ts'
import type { BusLogger } from './logger.ts'
import { createMemoryBus } from './memory.ts'
import { createNullBus } from './null.ts'
import type { Bus } from './port.ts'
import { openUnixBroker } from './unix/broker.ts'
import { connectUnixBus } from './unix/client.ts'

export interface BusConfig {
  /** `false` wins over everything else. */
  readonly enabled: boolean
  /** `unix` or `memory`. */
  readonly type: string
  readonly socketPath: string
  /** Whether this process serves the socket or connects to it. */
  readonly role: 'broker' | 'client'
  readonly name: string
  readonly group?: string
}

/**
 * The bus that a configuration asks for.
 * @throws {AppError} `bus_type_unknown`; and those of `openUnixBroker`, `connectUnixBus`
 */
export async function openBus(config: BusConfig, logger?: BusLogger): Promise<Bus> {
  if (!config.enabled) return createNullBus()
  if (config.type === 'memory') return createMemoryBus()
  if (config.type !== 'unix') {
    throw new AppError(`unknown bus type ${JSON.stringify(config.type)}`, { code: 'bus_type_unknown', hint: 'Use unix or memory.' })
  }
  const common = { path: config.socketPath, ...(logger && { logger }) }
  if (config.role === 'client') return connectUnixBus({ ...common, name: config.name })
  return openUnixBroker({ ...common, ...(config.group !== undefined && { group: config.group }) })
}

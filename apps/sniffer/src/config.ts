import { z } from 'zod'

/** Everything that the sniffer reads from its environment; nothing else in this application reads it. */
export interface SnifferConfig {
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error'
  /** Milliseconds between two reports. */
  readonly statsMs: number
}

const schema = z.object({ DECNET_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).catch('info') })

/** A value that is not known counts as absent: a sniffer does not refuse to watch over a log level. */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): SnifferConfig {
  return { logLevel: schema.parse(environment).DECNET_LOG_LEVEL, statsMs: 10_000 }
}

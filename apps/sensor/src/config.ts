import { z } from 'zod'

/** Everything that the sensor reads from its environment; nothing else in this application reads it. */
export interface SensorConfig {
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error'
  /** Milliseconds between two ticks. */
  readonly tickMs: number
}

const schema = z.object({ DECNET_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).catch('info') })

/** A value that is not known counts as absent: a sensor does not refuse to serve over a log level. */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): SensorConfig {
  return { logLevel: schema.parse(environment).DECNET_LOG_LEVEL, tickMs: 10_000 }
}

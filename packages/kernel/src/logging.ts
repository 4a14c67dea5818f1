import { type Logger, pino } from 'pino'

export type { Logger }

/**
 * A logger for ourselves, JSON lines on standard error. Fields first, constant message; attackers' bytes and secrets never go
 * through it: those are events.
 */
export function createLogger(options: { readonly name: string; readonly level?: string }): Logger {
  return pino(
    {
      name: options.name,
      level: options.level ?? 'info',
      base: { name: options.name, pid: process.pid },
      redact: { paths: ['password', 'token', 'secret', '*.password', '*.token', '*.secret'], censor: '…' },
    },
    pino.destination({ fd: 2, sync: true }),
  )
}

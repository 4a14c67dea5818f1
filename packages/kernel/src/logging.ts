import { type Logger, pino } from 'pino'

export type { Logger }

/** Characters that wait for a log that cannot be written now; what does not fit is dropped. */
const WAITING = 256 * 1024

/**
 * A logger for ourselves, JSON lines on standard error. Fields first, constant message; attackers' bytes and secrets never go
 * through it: those are events.
 */
export function createLogger(options: { readonly name: string; readonly level?: string }): Logger {
  const destination = pino.destination({ fd: 2, sync: true, maxLength: WAITING })
  // A full disk under the log is no reason to end.
  destination.on('error', () => undefined)
  return pino(
    {
      name: options.name,
      level: options.level ?? 'info',
      base: { name: options.name, pid: process.pid },
      redact: { paths: ['password', 'token', 'secret', '*.password', '*.token', '*.secret'], censor: '…' },
    },
    destination,
  )
}

import { isNodeError } from '../errors.ts'

/** The part of pino that services' kernel uses: fields first, constant message. */
export interface ServiceLogger {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** Frames of a stack; none when it cannot be told where its message ends, for that may look like frames. */
function frames({ stack = '', message }: Error): string[] {
  const start = stack.indexOf(message)
  if (start < 0) return []
  const lines = stack.slice(start + message.length).split('\n')
  return lines.filter((line) => line.startsWith('    at ')).map((line) => line.trim())
}

/** What may be said of an error that an attacker may have shaped: its class, its code, where it was thrown; never its message. */
export function describeError(error: unknown): {
  readonly error: string
  readonly code: string | undefined
  readonly at: readonly string[]
} {
  if (!(error instanceof Error)) return { error: typeof error, code: undefined, at: [] }
  const code = isNodeError(error) && /^\w{1,40}$/u.test(String(error.code)) ? error.code : undefined
  return { error: error.constructor.name, code, at: frames(error).slice(0, 5) }
}

const PER_MINUTE = 10

/** Logs errors of one service, ten a minute; the next minute says how many were left out. */
export function createFaultLog(logger: ServiceLogger, service: string, decky: string, now: () => number) {
  let minute = -1
  let logged = 0
  let suppressed = 0
  return (error: unknown, message: string): void => {
    const current = Math.floor(now() / 60_000)
    if (current !== minute) {
      minute = current
      logged = 0
    }
    if (logged >= PER_MINUTE) {
      suppressed++
      return
    }
    logged++
    logger.error({ service, decky, suppressed, ...describeError(error) }, message)
    suppressed = 0
  }
}
export type FaultLog = ReturnType<typeof createFaultLog>

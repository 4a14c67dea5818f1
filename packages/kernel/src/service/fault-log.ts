import { isNodeError } from '../errors.ts'

/** The part of pino that services' kernel uses: fields first, constant message. */
export interface ServiceLogger {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** What may be said of an error that an attacker may have shaped: its class, its code, where it was thrown; never its message. */
export function describeError(error: unknown): {
  readonly error: string
  readonly code: string | undefined
  readonly at: readonly string[]
} {
  if (!(error instanceof Error)) return { error: typeof error, code: undefined, at: [] }
  const at = (error.stack ?? '').split('\n').filter((line) => /^ {4}at [\w .<>#[\]]*\(?(?:file:|node:|\/)/u.test(line))
  return { error: error.constructor.name, code: isNodeError(error) ? error.code : undefined, at: at.slice(0, 5).map((line) => line.trim()) }
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

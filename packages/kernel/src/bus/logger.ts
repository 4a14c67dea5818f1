type Log = (fields: Record<string, unknown>, message: string) => void

/** The part of a pino logger that the bus uses. Absent = silent. */
export interface BusLogger {
  readonly debug: Log
  readonly info: Log
  readonly warn: Log
  readonly error: Log
}

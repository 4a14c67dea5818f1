/**
 * One row of the event log: an event that a sensor saw (`topic` is `system.log`) or a fact that a fold derived.
 * `seq` has no gaps and follows commit order.
 */
export interface LogRecord {
  readonly seq: number
  /** UUIDv7 made where the event was seen; UUIDv5(fold, source id, key) for derived records. Unique. */
  readonly id: string
  readonly topic: string
  /** Event time, epoch milliseconds. */
  readonly ts: number
  /** Which sensor saw it (`sensor`), or the fold that derived it. Order and watermarks are per source. */
  readonly source: string
  readonly type: string
  readonly decky: string | null
  readonly service: string | null
  readonly attackerIp: string | null
  readonly attackerPort: number | null
  readonly sessionId: string | null
  /** An event's fields (strings as they stand in the RFC 5424 line), or a derived record's payload. */
  readonly body: Readonly<Record<string, unknown>>
  readonly msg: string | null
}
export type NewLogRecord = Omit<LogRecord, 'seq'>

export interface DeadLetter {
  readonly worker: string
  readonly seq: number | null
  readonly recordId: string | null
  readonly error: string
  /** What could not be processed: the record as JSON, or the raw spool line in base64. */
  readonly raw: string
}

/** What the runner needs from a log, inside one transaction. */
export interface LogTx {
  /**
   * Appends those records whose id is not in the log yet, in order, and gives them their numbers.
   * Must be the last writing step of its transaction (it takes the row lock on the head).
   */
  append(records: readonly NewLogRecord[]): Promise<LogRecord[]>
  /** The last `seq` that this fold has finished; 0 at first. */
  cursor(fold: string): Promise<number>
  saveCursor(fold: string, seq: number): Promise<void>
  park(letter: DeadLetter): Promise<void>
}

/** The event log. `Tx` is what folds write their rows with. */
export interface EventLog<Tx> {
  head(): Promise<number>
  /** Records with `seq > after`, ascending, of the given topics patterns only (absent = all). `scanned`: how far it looked, for the cursor. */
  read(after: number, limit: number, patterns?: readonly string[]): Promise<{ records: LogRecord[]; scanned: number }>
  /** One transaction: all of `work` commits, or nothing of it. */
  transaction<Result>(work: (tx: Tx, log: LogTx) => Promise<Result>): Promise<Result>
}

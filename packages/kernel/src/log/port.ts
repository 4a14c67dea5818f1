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
  /**
   * Moves the cursors of these shares to `seq`; a fold's transactions do it, so that nothing is written under a lease that was lost.
   * @throws {LeaseLostError} when one of them was taken by somebody else, released or taken again since: the transaction must roll back.
   */
  advance(fold: string, shares: readonly ShareTerm[], seq: number): Promise<void>
  park(letter: DeadLetter): Promise<void>
}

/** One partition of a fold under the term in which it was taken: each taking has a higher `epoch`. */
export interface ShareTerm {
  readonly part: number
  readonly epoch: number
}
/** A partition of a fold that its owner may move on, and the last `seq` that it has finished; 0 at first. */
export interface Share extends ShareTerm {
  readonly seq: number
}

export interface LeaseRequest {
  /** Who asks: one name per running replica, told apart from its earlier life. */
  readonly owner: string
  /** How many the fold has; the same for all replicas. */
  readonly partitions: number
  /** Without renewal it may be taken by others after so many milliseconds, by the clock of the log's own store. */
  readonly ttlMs: number
  /** Owners that are known to have ended: what they held is free at once. */
  readonly ended?: (owner: string) => boolean
}

/** What was to be written belongs to somebody else by now; whoever holds it reads the same records. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError'
}

/** The event log. `Tx` is what folds write their rows with. */
export interface EventLog<Tx> {
  head(): Promise<number>
  /** Records with `seq > after`, ascending, of the given topics patterns only (absent = all). `scanned`: how far it looked, for the cursor. */
  read(after: number, limit: number, patterns?: readonly string[]): Promise<{ records: LogRecord[]; scanned: number }>
  /**
   * Takes or renews a fair part of a fold's partitions among all replicas that asked within their time, and gives back what is too much.
   * Answers everything that this owner holds now. Two owners never hold one partition.
   */
  lease(fold: string, request: LeaseRequest): Promise<Share[]>
  /** Gives everything back that this owner holds of a fold; others may take it at once. */
  release(fold: string, owner: string): Promise<void>
  /** How far each partition of a fold has come, whoever holds it. */
  shares(fold: string): Promise<readonly (Share & { readonly owner: string | null })[]>
  /** One transaction: all of `work` commits, or nothing of it. */
  transaction<Result>(work: (tx: Tx, log: LogTx) => Promise<Result>): Promise<Result>
}

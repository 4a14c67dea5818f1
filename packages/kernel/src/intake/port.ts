/** One line that a sensor wrote, with where it stands. `line` has no line break. */
export interface IntakeLine {
  readonly line: Buffer
  /** The position behind this line, opaque: store it in the transaction that stores the line. */
  readonly position: string
  /** Why this can be no event, before anybody parses it: it was too long, and `line` is only its beginning. Keep it as evidence. */
  readonly corrupt?: string
  /** The position that its first reader gave it, where it came through several intakes: an id made of source and position is made of this one. */
  readonly origin?: string
}

/** One batch from one stream; positions of different streams are kept apart. */
export interface IntakeBatch {
  /** Which sensor wrote it. */
  readonly source: string
  readonly lines: readonly IntakeLine[]
  /** Bytes at the end of a finished file that never became a line (the writer was killed): kept as evidence. */
  readonly torn: Buffer | null
  /** The position behind the whole batch. */
  readonly position: string
  /** More is waiting already. */
  readonly more: boolean
}

/** Where records come from. Delivery is at least once; the log's unique ids make it exactly once. */
export interface Intake extends AsyncDisposable {
  /** Up to `limit` lines after `position` (null: from the beginning of what is kept). Never waits for new lines: an empty batch says there are none. */
  read(position: string | null, limit: number): Promise<IntakeBatch>
  /** Everything up to `position` is committed and may be deleted. */
  ack(position: string): Promise<void>
}

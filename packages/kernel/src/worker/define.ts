import type { AnyTopic, PayloadOf } from '@decnet/contracts/topics'
import type { BusMessage } from '../bus/port.ts'
import type { LogRecord } from '../log/port.ts'

/** What a derived record is about; columns of the log that searches use. Absent members are taken from `source`. */
export interface Derivation {
  /** The record that this one follows from. */
  readonly source: LogRecord
  /** Tells two facts of one topic from one source apart. */
  readonly key?: string
  /** Event time in epoch milliseconds; the source's by default. */
  readonly ts?: number
  readonly type?: string
  readonly decky?: string | null
  readonly service?: string | null
  readonly attackerIp?: string | null
  readonly sessionId?: string | null
}

/** Adds a derived record to the transaction; it is announced on the bus only after the commit. Its id is UUIDv5(fold, source id, topic, key). */
export type Emit<Emits extends AnyTopic> = <T extends Emits>(
  topic: T,
  segments: Parameters<T['name']>,
  payload: PayloadOf<T>,
  about: Derivation,
) => void

/** Announces a doorbell, or a passing remark. */
export type Ring<Emits extends AnyTopic> = <T extends Emits>(
  topic: T,
  segments: Parameters<T['name']>,
  payload: PayloadOf<T> & object,
  type?: string,
) => void

export interface FoldContext<Tx, Emits extends AnyTopic> {
  readonly tx: Tx
  readonly emit: Emit<Emits>
  /** Announces after the commit what the log does not keep, at most once. */
  readonly ring: Ring<Emits>
  /** The partitions that this batch is for: what a record without a key does to a fold's own rows, it does to those of these partitions. */
  readonly parts: readonly number[]
}

/**
 * A worker that reads the log after its own cursor. What it writes with `tx`, what it emits and its cursor commit together.
 * Pure of time: it never reads the wall clock. It throws on trouble; the runner retries, then parks the record.
 */
export interface Fold<Tx, Reads extends AnyTopic = AnyTopic, Emits extends AnyTopic = AnyTopic> {
  readonly kind: 'fold'
  readonly name: string
  readonly summary: string
  readonly reads: readonly Reads[]
  readonly emits: readonly Emits[]
  /** Records per transaction; 500 by default. */
  readonly batchSize?: number
  /**
   * Milliseconds from a step that left nothing to do until the next one, however often it rings; 100 by default. The first ring after
   * a quiet time is answered at once.
   */
  readonly rest?: number
  /**
   * What a record is about: records of one key are handled in order, by one replica at a time, and replicas share the keys' partitions.
   * A record without one (null) is handled once for every partition. Without this member the fold has one partition.
   */
  readonly key?: (record: LogRecord) => string | null
  handle(batch: readonly LogRecord[], context: FoldContext<Tx, Emits>): Promise<void>
  /**
   * Called when nothing came for a while, until it answers `done`, each time in a transaction of its own: what was only good enough while much
   * came is brought in order, so that it follows from the records alone and not from how they were cut into batches. `last`: where in the log it
   * stands. For folds of one partition.
   */
  readonly settle?: (last: LogRecord, context: FoldContext<Tx, Emits>) => Promise<'again' | 'done'>
}

export interface TickContext<Emits extends AnyTopic> {
  /** Announces a doorbell. Records come from folds and from the ingester only. */
  readonly publish: Ring<Emits>
  readonly signal: AbortSignal
}

/** A worker that runs at intervals and when something it waits for rings. Answer `again` when there is more to do at once. */
export interface Tick<Emits extends AnyTopic = AnyTopic> {
  readonly kind: 'tick'
  readonly name: string
  readonly summary: string
  /** Milliseconds between two runs when nothing rings. */
  readonly every: number
  /** Milliseconds until the next run, where it knows that; asked after each, and never more than `every`. */
  readonly next?: () => number
  /**
   * Milliseconds from a step that left nothing to do until the next one, however often it rings; 100 by default. The first ring after
   * a quiet time is answered at once.
   */
  readonly rest?: number
  readonly wakes: readonly AnyTopic[]
  /** Each message that wakes it, before it runs; none is sure to come. */
  readonly heard?: (message: BusMessage) => void
  readonly emits: readonly Emits[]
  /** What it put aside among the dead letters since it was made; each change rings a heartbeat. */
  readonly parked?: () => number
  run(context: TickContext<Emits>): Promise<'again' | 'done'>
}
export type AnyWorker<Tx> = Fold<Tx> | Tick

export function defineFold<Tx, const Reads extends AnyTopic, const Emits extends AnyTopic>(
  fold: Omit<Fold<Tx, Reads, Emits>, 'kind'>,
): Fold<Tx, Reads, Emits> {
  return Object.freeze({ kind: 'fold' as const, ...fold })
}
export function defineTick<const Emits extends AnyTopic>(tick: Omit<Tick<Emits>, 'kind'>): Tick<Emits> {
  return Object.freeze({ kind: 'tick' as const, ...tick })
}

import type { AnyTopic } from '@decnet/contracts/topics'
import { deterministicId } from '../id.ts'
import { PARTITIONS, partitionOf } from '../log/partition.ts'
import { type EventLog, LeaseLostError, type LogRecord, type NewLogRecord, type Share } from '../log/port.ts'
import type { Emit, Fold, FoldContext, Ring } from './define.ts'
import { Holding } from './holding.ts'

/** Attempts at a whole batch before its records are taken one by one. */
const BATCH_ATTEMPTS = 3
/** A cursor that only passed records of no interest is stored this seldom; reading them again is harmless. */
const LAZY_CURSOR = 5_000

export interface FoldStepOptions<Tx> {
  readonly log: EventLog<Tx>
  /** After the commit, in order. */
  readonly announce: (records: readonly LogRecord[]) => void
  /** After that, what is no record. */
  readonly ring?: Ring<AnyTopic>
  /** True for trouble of the machine (disk full, database busy): waited out, never blamed on a record. */
  readonly transient: (error: unknown) => boolean
  /** True for trouble that no record is to blame for, such as a table that is gone: none is parked, the worker fails as a whole. */
  readonly structural?: (error: unknown) => boolean
  readonly parked: (letter: { readonly seq: number; readonly error: string }) => void
  /** This replica's name; see `newOwner`. */
  readonly owner: string
  readonly leaseMs?: number
  /** Batches of the fold's size that are handled in one transaction; 1. */
  readonly batches?: number
}

export interface FoldStep {
  /** One batch. Throws what should be retried after a pause. */
  run(): Promise<'again' | 'done'>
  /** Has the fold bring in order what it wrote; `done` where it never needs to, or holds nothing. */
  settle(): Promise<'again' | 'done'>
  /** Since when something waits to be brought in order, on the clock of `performance`; null: nothing does. */
  readonly unsettledSince: number | null
  /** Records from the first that one of the fold's partitions, here or elsewhere, has yet to read, to the head of the log; 0 when there is none. */
  lag(): Promise<number>
  /** Stores cursors that were only kept in memory. */
  flush(): Promise<void>
  /** Stores them and gives its partitions to whoever asks next. */
  release(): Promise<void>
  /** Milliseconds after which it must run again to keep what it holds. */
  readonly renewIn: number
  /** Partitions held here. */
  readonly held: number
  readonly parkedCount: number
}

/** The heart of a fold: read after the cursor, handle, and commit rows, derived records and cursor together. */
export function foldStep<Tx>(fold: Fold<Tx>, options: FoldStepOptions<Tx>): FoldStep {
  const { log, owner, leaseMs } = options
  const { key } = fold
  const patterns = fold.reads.map((topic) => topic.pattern)
  const batchSize = (fold.batchSize ?? 500) * (options.batches ?? 1)
  const emitted = new Set<AnyTopic>(fold.emits)
  const partitions = key ? PARTITIONS : 1
  const holding = new Holding({ log, fold: fold.name, partitions, owner, ...(leaseMs !== undefined && { ttlMs: leaseMs }) })
  /** Records that were passed over without storing a cursor. */
  let unstored = 0
  let failures = 0
  let parkedCount = 0
  // What a process before this one left is not known here.
  let unsettledSince = fold.settle ? 0 : null

  async function commit<R>(
    shares: readonly Share[],
    cursor: number,
    work: (context: FoldContext<Tx, AnyTopic>) => Promise<R>,
    /** Tells what one record brings in different steps apart. */
    step = '',
  ): Promise<R> {
    let rung: Parameters<Ring<AnyTopic>>[] = []
    const { written, answer } = await log.transaction(async (tx, log) => {
      const derived: NewLogRecord[] = []
      rung = []
      const ring: Ring<AnyTopic> = (topic, ...rest) => {
        if (!emitted.has(topic)) throw new Error(`${fold.name} does not declare that it emits ${topic.template}`)
        rung.push([topic, ...rest])
      }
      const emit: Emit<AnyTopic> = (topic, segments, payload, about) => {
        if (!emitted.has(topic)) throw new Error(`${fold.name} does not declare that it emits ${topic.template}`)
        const { source } = about
        const name = (topic.name as (...segments: readonly string[]) => string)(...segments)
        derived.push({
          id: deterministicId(fold.name, source.id, name, step + (about.key ?? '')),
          topic: name,
          ts: about.ts ?? source.ts,
          source: fold.name,
          type: about.type ?? name.slice(name.indexOf('.') + 1),
          decky: about.decky === undefined ? source.decky : about.decky,
          service: about.service === undefined ? source.service : about.service,
          attackerIp: about.attackerIp === undefined ? source.attackerIp : about.attackerIp,
          attackerPort: null,
          sessionId: about.sessionId === undefined ? source.sessionId : about.sessionId,
          body: topic.payload.parse(payload) as Record<string, unknown>,
          msg: null,
        })
      }
      const answer = await work({ tx, emit, ring, parts: shares.map(({ part }) => part) })
      await log.advance(fold.name, shares, cursor)
      return { written: derived.length > 0 ? await log.append(derived) : [], answer }
    })
    holding.moved(shares, cursor)
    unstored = 0
    options.announce(written)
    for (const each of rung) options.ring?.(...each)
    return answer
  }
  async function handle(shares: readonly Share[], records: readonly LogRecord[], cursor: number): Promise<void> {
    await commit(shares, cursor, (context) => fold.handle(records, context))
    if (fold.settle) unsettledSince = performance.now()
  }

  /** Finds the record that cannot be handled and parks it, so that the others go on. */
  async function oneByOne(shares: readonly Share[], records: readonly LogRecord[]): Promise<void> {
    for (const record of records) {
      try {
        await handle(shares, [record], record.seq)
      } catch (error) {
        if (options.transient(error) || options.structural?.(error) || error instanceof LeaseLostError) throw error
        const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
        await log.transaction(async (_tx, log) => {
          await log.park({ worker: fold.name, seq: record.seq, recordId: record.id, error: text, raw: JSON.stringify(record) })
          await log.advance(fold.name, shares, record.seq)
        })
        holding.moved(shares, record.seq)
        parkedCount += 1
        options.parked({ seq: record.seq, error: text })
      }
    }
  }

  /** Those that are for one of these partitions. */
  function of(shares: readonly Share[], records: readonly LogRecord[]): readonly LogRecord[] {
    if (!key || shares.length === partitions) return records
    const parts = new Set(shares.map(({ part }) => part))
    return records.filter((record) => {
      const about = key(record)
      return about === null || parts.has(partitionOf(about))
    })
  }

  async function flush(): Promise<void> {
    const front = holding.front()
    if (front === null || unstored === 0) return
    await log.transaction((_tx, log) => log.advance(fold.name, front.shares, front.seq))
    unstored = 0
  }

  async function step(): Promise<'again' | 'done'> {
    await holding.renew()
    const front = holding.front()
    if (front === null) return 'done'
    const { shares, seq, until } = front
    const { records, scanned } = await log.read(seq, batchSize, patterns)
    const end = until === null ? scanned : Math.min(scanned, until)
    if (end === seq) return 'done'
    const mine = of(
      shares,
      records.filter((record) => record.seq <= end),
    )
    if (mine.length > 0) {
      if (failures >= BATCH_ATTEMPTS) await oneByOne(shares, mine)
      else await handle(shares, mine, end)
      failures = 0
    } else {
      holding.moved(shares, end)
      unstored += end - seq
      if (unstored >= LAZY_CURSOR) await flush()
    }
    return until === null && records.length < batchSize ? 'done' : 'again'
  }

  async function settle(): Promise<'again' | 'done'> {
    const front = holding.front()
    const last = front && (await log.read(front.seq - 1, 1)).records[0]
    const answer = last
      ? await commit(front.shares, front.seq, async (context) => (await fold.settle?.(last, context)) ?? 'done', 'settled ')
      : 'done'
    if (answer === 'done') unsettledSince = null
    return answer
  }

  async function guarded(work: () => Promise<'again' | 'done'>): Promise<'again' | 'done'> {
    try {
      return await work()
    } catch (error) {
      holding.forget()
      // Whoever took it reads the same records: nothing is lost, and nothing went wrong.
      if (error instanceof LeaseLostError) return 'again'
      if (!options.transient(error)) failures += 1
      throw error
    }
  }

  return {
    run: () => guarded(step),
    settle: () => guarded(settle),
    get unsettledSince() {
      return unsettledSince
    },
    async lag() {
      const reached = (await log.shares(fold.name)).map((share) => holding.reached(share))
      // Records that are none of its business do not put a fold behind.
      const { records } = await log.read(reached.length > 0 ? Math.min(...reached) : 0, 1, patterns)
      return records[0] === undefined ? 0 : (await log.head()) - records[0].seq + 1
    },
    flush,
    async release() {
      await flush()
      await holding.release()
    },
    get renewIn() {
      return holding.renewIn
    },
    get held() {
      return holding.count
    },
    get parkedCount() {
      return parkedCount
    },
  }
}

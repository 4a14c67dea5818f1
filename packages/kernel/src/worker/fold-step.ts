import type { AnyTopic } from '@decnet/contracts/topics'
import { deterministicId } from '../id.ts'
import type { EventLog, LogRecord, NewLogRecord } from '../log/port.ts'
import type { Emit, Fold } from './define.ts'

/** Attempts at a whole batch before its records are taken one by one. */
const BATCH_ATTEMPTS = 3
/** A cursor that only passed records of no interest is stored this seldom; reading them again is harmless. */
const LAZY_CURSOR = 5_000

export interface FoldStepOptions<Tx> {
  readonly log: EventLog<Tx>
  /** After the commit, in order. */
  readonly announce: (records: readonly LogRecord[]) => void
  /** True for trouble of the machine (disk full, database busy): waited out, never blamed on a record. */
  readonly transient: (error: unknown) => boolean
  readonly parked: (letter: { readonly seq: number; readonly error: string }) => void
}

export interface FoldStep {
  /** One batch. Throws what should be retried after a pause. */
  run(): Promise<'again' | 'done'>
  /** Records from the first that this fold has yet to read, to the head of the log; 0 when there is none. */
  lag(): Promise<number>
  /** Stores a cursor that was only kept in memory. */
  flush(): Promise<void>
  readonly parkedCount: number
}

/** The heart of a fold: read after the cursor, handle, and commit rows, derived records and cursor together. */
export function foldStep<Tx>(fold: Fold<Tx>, options: FoldStepOptions<Tx>): FoldStep {
  const { log } = options
  const patterns = fold.reads.map((topic) => topic.pattern)
  const emitted = new Set<AnyTopic>(fold.emits)
  let position: number | undefined
  let stored = 0
  let failures = 0
  let parkedCount = 0

  async function commit(records: readonly LogRecord[], cursor: number): Promise<void> {
    const written = await log.transaction(async (tx, log) => {
      const derived: NewLogRecord[] = []
      const emit: Emit<AnyTopic> = (topic, segments, payload, about) => {
        if (!emitted.has(topic)) throw new Error(`${fold.name} does not declare that it emits ${topic.template}`)
        const { source } = about
        const name = (topic.name as (...segments: readonly string[]) => string)(...segments)
        derived.push({
          id: deterministicId(fold.name, source.id, name, about.key ?? ''),
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
      await fold.handle(records, { tx, emit })
      await log.saveCursor(fold.name, cursor)
      return derived.length > 0 ? await log.append(derived) : []
    })
    position = cursor
    stored = cursor
    options.announce(written)
  }

  /** Finds the record that cannot be handled and parks it, so that the others go on. */
  async function oneByOne(records: readonly LogRecord[]): Promise<void> {
    for (const record of records) {
      try {
        await commit([record], record.seq)
      } catch (error) {
        if (options.transient(error)) throw error
        const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
        await log.transaction(async (_tx, log) => {
          await log.park({ worker: fold.name, seq: record.seq, recordId: record.id, error: text, raw: JSON.stringify(record) })
          await log.saveCursor(fold.name, record.seq)
        })
        position = record.seq
        stored = record.seq
        parkedCount += 1
        options.parked({ seq: record.seq, error: text })
      }
    }
  }

  const load = async () => {
    if (position === undefined) {
      position = await log.transaction((_tx, log) => log.cursor(fold.name))
      stored = position
    }
    return position
  }

  return {
    async run() {
      const after = await load()
      const { records, scanned } = await log.read(after, fold.batchSize ?? 500, patterns)
      if (scanned === after) return 'done'
      if (records.length === 0) {
        position = scanned
        if (scanned - stored >= LAZY_CURSOR) await this.flush()
        return 'again'
      }
      try {
        if (failures >= BATCH_ATTEMPTS) await oneByOne(records)
        else await commit(records, scanned)
        failures = 0
        return 'again'
      } catch (error) {
        position = undefined
        if (!options.transient(error)) failures += 1
        throw error
      }
    },
    async lag() {
      const after = await load()
      // Records that are none of its business do not put a fold behind.
      const { records } = await log.read(after, 1, patterns)
      return records[0] === undefined ? 0 : (await log.head()) - records[0].seq + 1
    },
    async flush() {
      const cursor = position
      if (cursor === undefined || cursor === stored) return
      await log.transaction((_tx, log) => log.saveCursor(fold.name, cursor))
      stored = cursor
    },
    get parkedCount() {
      return parkedCount
    },
  }
}

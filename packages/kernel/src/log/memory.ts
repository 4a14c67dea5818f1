import { matches } from '../bus/matching.ts'
import type { DeadLetter, EventLog, LogRecord, LogTx } from './port.ts'

/** What folds write in a memory log: named rows. A transaction works on a copy. */
export type MemoryRows = Map<string, unknown>

export interface MemoryLog extends EventLog<MemoryRows> {
  /** What is committed; for looking at. */
  readonly rows: ReadonlyMap<string, unknown>
  readonly letters: readonly DeadLetter[]
}

interface State {
  readonly records: readonly LogRecord[]
  readonly cursors: ReadonlyMap<string, number>
  readonly letters: readonly DeadLetter[]
  readonly rows: ReadonlyMap<string, unknown>
}

/** An event log within one process, for tests and for runs that keep nothing: the rules of the real one, without a database. */
export function createMemoryLog(): MemoryLog {
  let state: State = { records: [], cursors: new Map(), letters: [], rows: new Map() }
  let queue: Promise<unknown> = Promise.resolve()

  async function run<Result>(work: (tx: MemoryRows, log: LogTx) => Promise<Result>): Promise<Result> {
    const records = [...state.records]
    const ids = new Set(records.map((record) => record.id))
    const cursors = new Map(state.cursors)
    const letters = [...state.letters]
    const rows = new Map(state.rows)
    const result = await work(rows, {
      async append(fresh) {
        const written: LogRecord[] = []
        for (const record of fresh) {
          if (ids.has(record.id)) continue
          ids.add(record.id)
          written.push({ ...record, body: structuredClone(record.body), seq: records.length + written.length + 1 })
        }
        records.push(...written)
        return written
      },
      cursor: async (fold) => cursors.get(fold) ?? 0,
      async saveCursor(fold, seq) {
        cursors.set(fold, seq)
      },
      async park(letter) {
        letters.push(letter)
      },
    })
    state = { records, cursors, letters, rows }
    return result
  }

  return {
    head: async () => state.records.length,
    async read(after, limit, patterns) {
      const { records } = state
      if (records.length <= after) return { records: [], scanned: after }
      const wanted = records
        .slice(after)
        .filter((record) => !patterns || patterns.some((pattern) => matches(pattern, record.topic)))
        .slice(0, limit)
      return { records: wanted, scanned: wanted.length < limit ? records.length : (wanted.at(-1)?.seq ?? after) }
    },
    transaction(work) {
      const answer = queue.then(() => run(work))
      queue = answer.catch(() => undefined)
      return answer
    },
    get rows() {
      return state.rows
    },
    get letters() {
      return state.letters
    },
  }
}

import { matches } from '../bus/matching.ts'
import { type Lease, planLeases } from './lease-plan.ts'
import { type DeadLetter, type EventLog, LeaseLostError, type LogRecord, type LogTx } from './port.ts'

/** What folds write in a memory log: named rows. A transaction works on a copy. */
export type MemoryRows = Map<string, unknown>

export interface MemoryLog extends EventLog<MemoryRows> {
  /** What is committed; for looking at. */
  readonly rows: ReadonlyMap<string, unknown>
  readonly letters: readonly DeadLetter[]
}

interface State {
  readonly records: readonly LogRecord[]
  readonly leases: ReadonlyMap<string, readonly Lease[]>
  readonly letters: readonly DeadLetter[]
  readonly rows: ReadonlyMap<string, unknown>
}

/** An event log within one process, for tests and for runs that keep nothing: the rules of the real one, without a database. */
export function createMemoryLog(now: () => number = Date.now): MemoryLog {
  let state: State = { records: [], leases: new Map(), letters: [], rows: new Map() }
  let queue: Promise<unknown> = Promise.resolve()
  /** When each replica of a fold was last heard of. */
  const replicas = new Map<string, Map<string, number>>()

  async function run<Result>(work: (tx: MemoryRows, log: LogTx) => Promise<Result>): Promise<Result> {
    const records = [...state.records]
    const ids = new Set(records.map((record) => record.id))
    const leases = new Map(state.leases)
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
      async advance(fold, shares, seq) {
        const known = leases.get(fold) ?? []
        const held = shares.every(({ part, epoch }) => known.some((lease) => lease.part === part && lease.epoch === epoch && lease.owner))
        if (!held) throw new LeaseLostError(`${fold}: a partition belongs to somebody else`)
        leases.set(
          fold,
          known.map((lease) => (shares.some(({ part }) => part === lease.part) ? { ...lease, seq } : lease)),
        )
      },
      async park(letter) {
        letters.push(letter)
      },
    })
    state = { records, leases, letters, rows }
    return result
  }
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const answer = queue.then(work)
    queue = answer.catch(() => undefined)
    return answer
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
    lease: (fold, request) =>
      inTurn(async () => {
        const { owner, ttlMs, ended = () => false } = request
        const at = now()
        const seen = replicas.get(fold) ?? new Map<string, number>()
        replicas.set(fold, seen.set(owner, at + ttlMs))
        for (const [name, until] of seen) if (until <= at || ended(name)) seen.delete(name)
        const leases = planLeases(state.leases.get(fold) ?? [], [...seen.keys()], request, at)
        state = { ...state, leases: new Map(state.leases).set(fold, leases) }
        return leases.filter((lease) => lease.owner === owner).map(({ part, seq, epoch }) => ({ part, seq, epoch }))
      }),
    release: (fold, owner) =>
      inTurn(async () => {
        replicas.get(fold)?.delete(owner)
        const left = (state.leases.get(fold) ?? []).map((lease) => (lease.owner === owner ? { ...lease, owner: null } : lease))
        state = { ...state, leases: new Map(state.leases).set(fold, left) }
      }),
    shares: async (fold) => (state.leases.get(fold) ?? []).map(({ part, seq, epoch, owner }) => ({ part, seq, epoch, owner })),
    transaction: (work) => inTurn(() => run(work)),
    get rows() {
      return state.rows
    },
    get letters() {
      return state.letters
    },
  }
}

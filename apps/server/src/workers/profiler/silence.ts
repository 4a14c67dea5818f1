import { events as eventTypes } from '@decnet/contracts/events'
import type { LogRecord } from '@decnet/kernel/log'
import type { SessionTable } from '../../store/schema.ts'
import type { ProfilerContext } from './context.ts'

/** A session that says nothing for this long is over, even if its end was never seen (milliseconds of event time). */
export const IDLE_MS = 15 * 60_000
/** Sessions of one partition that one record ends; those left over end with the records that follow. */
const AT_ONCE = 50
/** Silent sessions that one batch looks at. */
const LOOKED_AT = 20_000

export type EndReason = 'closed' | 'idle' | 'lost'

/** When the sensor that says that it serves began: what its predecessor left open is older. */
function bornAt({ body, ts }: LogRecord): number {
  const since = Number(body.since)
  return Number.isSafeInteger(since) && since > 0 ? Math.min(since, ts) : ts
}

/** What a record says about the other sessions of its source: those whose last event is older than `until` are over. */
export const patienceOf = (record: LogRecord): { readonly until: number; readonly reason: EndReason } =>
  record.type === eventTypes.sensorStarted.type ? { until: bornAt(record), reason: 'lost' } : { until: record.ts - IDLE_MS, reason: 'idle' }

interface Waiting {
  readonly at: number
  readonly source: string
  readonly row: SessionTable
}

/** Whose time ends a session, and since when it waits for that: it is open, or was told of more after its end. Null where it waits for nothing. */
function waitingOf(row: SessionTable): Waiting | null {
  if (row.ended_at === null) return { at: row.last_at, source: row.source, row }
  return row.late_source === null || row.late_at === null ? null : { at: row.late_at, source: row.late_source, row }
}
const keyOf = (source: string, part: number) => `${part} ${source}`
const isBefore = (a: Waiting, b: Waiting) => a.at < b.at || (a.at === b.at && a.row.id < b.row.id)

/**
 * The sessions of a batch that wait for an end, oldest first, which its records may bring, for each source and partition: time is what events of the same source
 * and partition say, so that an import ends its sessions as live traffic does, and nothing depends on how records were batched.
 */
export class Silence {
  readonly #horizons: ReadonlyMap<string, number>
  readonly #queues = new Map<string, Waiting[]>()

  private constructor(horizons: ReadonlyMap<string, number>) {
    this.#horizons = horizons
  }

  /** Asks for those that were open before the batch; `rows`: the sessions of the batch, which take in the others. */
  static async before(
    events: readonly LogRecord[],
    rows: Map<string, SessionTable>,
    { tx, parts }: Pick<ProfilerContext, 'tx' | 'parts'>,
  ): Promise<Silence> {
    const horizons = new Map<string, number>()
    for (const record of events) {
      const { until } = patienceOf(record)
      if (until > (horizons.get(record.source) ?? Number.NEGATIVE_INFINITY)) horizons.set(record.source, until)
    }
    const silence = new Silence(horizons)
    for (const [source, horizon] of horizons) {
      const open = await tx
        .selectFrom('sessions')
        .selectAll()
        .where('source', '=', source)
        .where('part', 'in', parts)
        .where('ended_at', 'is', null)
        .where('last_at', '<', horizon)
        .orderBy('last_at')
        .orderBy('id')
        .limit(LOOKED_AT)
        .execute()
      const late = await tx
        .selectFrom('sessions')
        .selectAll()
        .where('late_source', '=', source)
        .where('part', 'in', parts)
        .where('late_at', '<', horizon)
        .orderBy('late_at')
        .orderBy('id')
        .limit(LOOKED_AT)
        .execute()
      for (const row of [...open, ...late]) {
        const current = rows.get(row.id) ?? row
        rows.set(row.id, current)
        silence.heard(current)
      }
    }
    return silence
  }

  /** A session said something, and may fall silent from here on. */
  heard(row: SessionTable): void {
    const waiting = waitingOf(row)
    if (!waiting || waiting.at >= (this.#horizons.get(waiting.source) ?? Number.NEGATIVE_INFINITY)) return
    const key = keyOf(waiting.source, row.part)
    const queue = this.#queues.get(key) ?? []
    this.#queues.set(key, queue)
    let place = queue.length
    for (let last = queue[place - 1]; last && isBefore(waiting, last); last = queue[place - 1]) place -= 1
    queue.splice(place, 0, waiting)
  }

  /** Those that this record's partition `part` has left silent since before `until`. The caller ends each before it asks for the next. */
  *over({ source, seq }: LogRecord, part: number, until: number): Generator<SessionTable> {
    const queue = this.#queues.get(keyOf(source, part))
    if (!queue) return
    for (let ended = 0; ended < AT_ONCE; ) {
      const [next] = queue
      if (!next || next.at >= until) return
      queue.shift()
      const now = waitingOf(next.row)
      // It has ended, or has spoken since, here or to another source; or the log is read again, and it speaks only later.
      if (now?.at !== next.at || now.source !== source || next.row.last_seq > seq) continue
      ended += 1
      yield next.row
    }
  }
}

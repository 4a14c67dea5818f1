import type { DeadLetter, EventLog, LogRecord, LogTx, NewLogRecord } from '@decnet/kernel/log'
import type { Transaction } from 'kysely'
import { lockedAppend } from './append-locked.ts'
import { preparedAppend } from './append-prepared.ts'
import { advance, leases } from './leases.ts'
import type { Store } from './open.ts'
import type { LogTable, Schema } from './schema.ts'
import { topicMatches } from './topic-filter.ts'

export type Tx = Transaction<Schema>

export const toRecord = (row: LogTable): LogRecord => ({
  seq: row.seq,
  id: row.id,
  topic: row.topic,
  ts: row.ts,
  source: row.source,
  type: row.type,
  decky: row.decky,
  service: row.service,
  attackerIp: row.attacker_ip,
  attackerPort: row.attacker_port,
  sessionId: row.session_id,
  body: JSON.parse(row.body) as Record<string, unknown>,
  msg: row.msg,
})

/** How a database takes records in: the one thing that is made for each, for its speed. */
export interface Appending {
  /** Before anything of a transaction is read. */
  begin?(): void
  append(tx: Tx, records: readonly NewLogRecord[]): Promise<LogRecord[]>
}

/** The event log as a table. */
export function logTable(store: Store): EventLog<Tx> {
  const { db, dialect, file } = store
  const appending = file ? preparedAppend(file.raw) : lockedAppend()
  const logTx = (tx: Tx): LogTx => ({
    append: (records) => appending.append(tx, records),
    advance: (fold, shares, seq) => advance(tx, fold, shares, seq),
    async park(letter: DeadLetter) {
      const { worker, seq, recordId, error, raw } = letter
      await tx.insertInto('dead_letters').values({ worker, seq, record_id: recordId, error, raw, at: Date.now() }).execute()
    },
  })

  const transaction = <R>(work: (tx: Tx) => Promise<R>): Promise<R> =>
    db.transaction().execute(async (tx) => {
      appending.begin?.()
      return work(tx)
    })

  // Through kysely's queue, never beside it: a transaction under way on this connection must not be seen before it commits.
  const committedHead = async () => (await db.selectFrom('log_head').select('seq').executeTakeFirst())?.seq ?? 0

  return {
    head: committedHead,
    async read(after, limit, patterns) {
      const upTo = await committedHead()
      if (upTo <= after) return { records: [], scanned: after }
      let query = db.selectFrom('log').selectAll().where('seq', '>', after).where('seq', '<=', upTo).orderBy('seq').limit(limit)
      if (patterns) query = query.where((eb) => eb.or(patterns.map((pattern) => topicMatches(dialect, eb, pattern))))
      const records = (await query.execute()).map(toRecord)
      return { records, scanned: records.length < limit ? upTo : (records.at(-1)?.seq ?? after) }
    },
    ...leases(db, transaction),
    transaction: (work) => transaction((tx) => work(tx, logTx(tx))),
  }
}

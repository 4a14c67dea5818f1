import type { DeadLetter, EventLog, LogRecord, LogTx, NewLogRecord } from '@decnet/kernel/log'
import type { Transaction } from 'kysely'
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

/** The event log as a table. One writing connection: transactions run one after the other. */
export function logTable(store: Store): EventLog<Tx> {
  const { db, raw } = store
  const head = raw.prepare<[], { seq: number }>('select seq from log_head where id = 1')
  const setHead = raw.prepare<[number]>('update log_head set seq = ? where id = 1')
  const lockHead = raw.prepare('update log_head set seq = seq where id = 1')
  const insert = raw.prepare(
    `insert into log (seq, id, topic, ts, source, type, decky, service, attacker_ip, attacker_port, session_id, body, msg)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do nothing`,
  )
  const park = raw.prepare('insert into dead_letters (worker, seq, record_id, error, raw, at) values (?, ?, ?, ?, ?, ?)')

  const logTx = (tx: Tx): LogTx => ({
    async append(records: readonly NewLogRecord[]) {
      const written: LogRecord[] = []
      const from = head.get()?.seq ?? 0
      let seq = from
      for (const r of records) {
        const { changes } = insert.run(
          seq + 1,
          r.id,
          r.topic,
          r.ts,
          r.source,
          r.type,
          r.decky,
          r.service,
          r.attackerIp,
          r.attackerPort,
          r.sessionId,
          JSON.stringify(r.body),
          r.msg,
        )
        if (changes === 0) continue
        seq += 1
        written.push({ ...r, seq })
      }
      if (seq !== from) setHead.run(seq)
      return written
    },
    advance: (fold, shares, seq) => advance(tx, fold, shares, seq),
    async park(letter: DeadLetter) {
      park.run(letter.worker, letter.seq, letter.recordId, letter.error, letter.raw, Date.now())
    },
  })

  // Through kysely's queue, never beside it: a transaction under way on this connection must not be seen before it commits.
  const committedHead = async () => (await db.selectFrom('log_head').select('seq').executeTakeFirst())?.seq ?? 0

  return {
    head: committedHead,
    async read(after, limit, patterns) {
      const upTo = await committedHead()
      if (upTo <= after) return { records: [], scanned: after }
      let query = db.selectFrom('log').selectAll().where('seq', '>', after).where('seq', '<=', upTo).orderBy('seq').limit(limit)
      if (patterns) query = query.where((eb) => eb.or(patterns.map((pattern) => topicMatches(eb, pattern))))
      const records = (await query.execute()).map(toRecord)
      return { records, scanned: records.length < limit ? upTo : (records.at(-1)?.seq ?? after) }
    },
    ...leases(db),
    transaction: (work) =>
      db.transaction().execute(async (tx) => {
        // Takes the write lock before anything is read, so that no snapshot has to be upgraded.
        lockHead.run()
        return work(tx, logTx(tx))
      }),
  }
}

import type { LogRecord } from '@decnet/kernel/log'
import type Database from 'better-sqlite3'
import type { Appending } from './log-table.ts'

/** SQLite: one writing connection, statements that are prepared once. */
export function preparedAppend(raw: Database.Database): Appending {
  const head = raw.prepare<[], { seq: number }>('select seq from log_head where id = 1')
  const setHead = raw.prepare<[number]>('update log_head set seq = ? where id = 1')
  const lockHead = raw.prepare('update log_head set seq = seq where id = 1')
  const insert = raw.prepare(
    `insert into log (seq, id, topic, ts, source, type, decky, service, attacker_ip, attacker_port, session_id, body, msg)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do nothing`,
  )
  return {
    // Takes the write lock first, so that no snapshot has to be upgraded.
    begin: () => void lockHead.run(),
    async append(_tx, records) {
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
  }
}

import type { LogRecord } from '@decnet/kernel/log'
import type Database from 'better-sqlite3'
import type { Appending } from './log-table.ts'
import { LOG_COLUMNS, logValues } from './log-values.ts'

/** SQLite: one writing connection, statements that are prepared once. */
export function preparedAppend(raw: Database.Database): Appending {
  const head = raw.prepare<[], { seq: number }>('select seq from log_head where id = 1')
  const setHead = raw.prepare<[number]>('update log_head set seq = ? where id = 1')
  const lockHead = raw.prepare('update log_head set seq = seq where id = 1')
  const insert = raw.prepare(
    `insert into log (${LOG_COLUMNS.join(', ')}) values (${LOG_COLUMNS.map(() => '?').join(', ')}) on conflict (id) do nothing`,
  )
  return {
    // Takes the write lock first, so that no snapshot has to be upgraded.
    begin: () => void lockHead.run(),
    async append(_tx, records) {
      const written: LogRecord[] = []
      const from = head.get()?.seq ?? 0
      let seq = from
      for (const fresh of records) {
        const record = { ...fresh, seq: seq + 1 }
        if (insert.run(logValues(record)).changes === 0) continue
        seq += 1
        written.push(record)
      }
      if (seq !== from) setHead.run(seq)
      return written
    },
  }
}

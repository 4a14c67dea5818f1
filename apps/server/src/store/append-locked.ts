import type { LogRecord } from '@decnet/kernel/log'
import { insertRows } from './insert-rows.ts'
import type { Appending, Tx } from './log-table.ts'
import { LOG_COLUMNS, logValues } from './log-values.ts'

/** Ids that one statement asks for. */
const IDS = 2_000

async function knownIds(tx: Tx, ids: readonly string[]): Promise<Set<string>> {
  const known = new Set<string>()
  for (let at = 0; at < ids.length; at += IDS) {
    const some = ids.slice(at, at + IDS)
    const rows = await tx.selectFrom('log').select('id').where('id', 'in', some).execute()
    for (const { id } of rows) known.add(id)
  }
  return known
}

/**
 * A server that many write to. The row lock on the head is taken first and held to the end of the transaction: until then nobody else is given
 * a number, so that numbers follow the order of commits; behind it every id that is in the log can be seen.
 */
export function lockedAppend(): Appending {
  return {
    async append(tx, records) {
      if (records.length === 0) return []
      const { seq: from } = await tx.selectFrom('log_head').select('seq').where('id', '=', 1).forUpdate().executeTakeFirstOrThrow()
      const known = await knownIds(
        tx,
        records.map(({ id }) => id),
      )
      const written: LogRecord[] = []
      for (const record of records) {
        if (known.has(record.id)) continue
        known.add(record.id)
        written.push({ ...record, seq: from + written.length + 1 })
      }
      if (written.length === 0) return written
      await insertRows(tx, 'log', LOG_COLUMNS, written.map(logValues))
      const seq = from + written.length
      await tx.updateTable('log_head').set({ seq }).where('id', '=', 1).execute()
      return written
    },
  }
}

import { streamRow } from './log-row.ts'
import { type LogFilter, readAfter } from './log-search.ts'
import type { Db } from './open.ts'

/** A connection that does not read holds about one text: this long, or one record. */
const ENOUGH = 128 * 1024

export interface StreamText {
  /** Server-sent events, one a record (`id` = its sequence number, `event: record`), ready to be written; empty when there is none. */
  readonly text: string
  /** How far the log was looked at: the next call's `after`. */
  readonly scanned: number
  /** More is there to be read at once. */
  readonly more: boolean
}

/** The records after a sequence number as the text of the live stream. It is made where the log is read, not where requests wait. */
export async function streamAfter(db: Db, filter: LogFilter & { readonly after: number; readonly limit: number }): Promise<StreamText> {
  const { records, scanned } = await readAfter(db, filter)
  let text = ''
  for (const record of records) {
    text += `id: ${record.seq}\nevent: record\ndata: ${JSON.stringify(streamRow(record))}\n\n`
    if (text.length >= ENOUGH && record !== records.at(-1)) return { text, scanned: record.seq, more: true }
  }
  return { text, scanned, more: records.length === filter.limit }
}

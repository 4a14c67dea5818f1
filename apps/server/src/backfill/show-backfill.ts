import type { TtpBackfill } from '@decnet/contracts/api'
import type { TtpBackfillTable } from '../store/backfill-table.ts'
import { iso, isoOrNull } from '../store/time.ts'

/** How much of its part of the log a run has behind it, 0 to 1. */
export function progressOf({ position, from_seq, to_seq, ended_at }: TtpBackfillTable): number {
  if (ended_at !== null) return 1
  if (position === null || from_seq === null || to_seq === null || to_seq < from_seq) return 0
  return Math.min(1, (position - from_seq + 1) / (to_seq - from_seq + 1))
}

/** A run as the API shows it. */
export const showBackfill = (row: TtpBackfillTable): TtpBackfill => ({
  uuid: row.uuid,
  state: row.ended_at !== null ? 'done' : row.position === null ? 'waiting' : 'running',
  progress: progressOf(row),
  since: row.since_at === 0 ? null : iso(row.since_at),
  until: isoOrNull(row.until_at),
  rules: row.rules === null ? null : (JSON.parse(row.rules) as string[]),
  requested_by: row.requested_by,
  requested_at: iso(row.requested_at),
  ended_at: isoOrNull(row.ended_at),
  records: row.records,
  evidence: row.evidence,
  new_tags: row.tags,
  techniques: JSON.parse(row.techniques) as Record<string, number>,
})

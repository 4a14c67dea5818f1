/** A run of rules over what the log holds already. */
export interface TtpBackfillTable {
  /** Of what was asked for: the same again is the same row. */
  uuid: string
  /** As it was asked for: `all`, `7d` or a time; and the same in epoch milliseconds, 0 for all. */
  since: string
  since_at: number
  /** Epoch milliseconds; null = to the end. */
  until_at: number | null
  /** Ids as a JSON list; null = all rules. */
  rules: string | null
  requested_by: string
  requested_at: number
  /** The first and last record that are looked at, and how far it has come; null before it began. */
  from_seq: number | null
  to_seq: number | null
  position: number | null
  ended_at: number | null
  /** Counted so far. */
  records: number
  evidence: number
  tags: number
  /** New tags by technique, as JSON. */
  techniques: string
}

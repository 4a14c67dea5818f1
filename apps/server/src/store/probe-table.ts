/** What one attacker's machine is asked on one port in one way. Instants are epoch milliseconds. */
export interface AttackerProbeTable {
  attacker_uuid: string
  port: number
  probe: string
  attacker_ip: string
  /** When it is asked next; 0: somebody wants it now. */
  due_at: number
  visits: number
  /** Visits in a row that found nothing. */
  silences: number
  /** Of the last visit: `found`, `nothing` (the port is open, and speaks something else), `closed`, `silent`, `refused`; `waiting` before the first. */
  state: string
  tried_at: number | null
  answered_at: number | null
  /** The last that was found, and what is shown of it, as JSON. */
  hash: string | null
  facts: string | null
}

/** Probes of an attacker's own machine; what they find may also be announced as `attacker.fingerprinted`. */
export const ACTIVE_PROBES = ['jarm', 'hassh', 'tcpfp', 'tls_certificate', 'http'] as const
/** Seen in what the attacker sent to us. */
export const PASSIVE_PROBES = ['passive_ja3', 'passive_ja4', 'passive_hassh', 'passive_tcp_syn', 'passive_http'] as const
/** Read from another system's logs. */
export const IMPORTED_PROBES = ['imported_ja3', 'imported_ja4', 'imported_hassh'] as const

/** How a fingerprint was taken. What was taken in different ways is never compared. */
export const PROBE_TYPES = [...ACTIVE_PROBES, ...PASSIVE_PROBES, ...IMPORTED_PROBES] as const
export type ProbeType = (typeof PROBE_TYPES)[number]

/** A machine's fingerprint, seen once. */
export interface Sighting {
  readonly attacker_uuid: string
  readonly attacker_ip: string
  /** The attacker's port that was probed; for what came by itself, the decky's port that it came to. */
  readonly port: number
  readonly probe_type: ProbeType
  readonly hash: string
  /** Seconds since 1970. */
  readonly ts: number
}

/** One hash for as long as no other came, in event time: seen first and last. */
export interface Stretch {
  readonly hash: string
  readonly from: number
  readonly to: number
}

/** When the hash of a stretch was seen last at or before a moment, and next after it. */
export interface Around {
  readonly last?: number
  readonly next?: number
}

/** A row of `attacker_fingerprint_state`, keyed by attacker, port and probe type. */
export interface FingerprintState {
  readonly last_hash: string
  readonly last_seen: number
  /** Changes so far, all of them. */
  readonly rotation_count: number
  /** The latest stretches, oldest first; the last one is `last_hash`. */
  readonly history: readonly Stretch[]
}

/** `attacker.fingerprint_rotated`; `ts` is when the new hash was seen. */
export interface Rotated {
  readonly attacker_uuid: string
  readonly attacker_ip: string
  readonly port: number
  readonly probe_type: ProbeType
  readonly old_hash: string
  readonly new_hash: string
  readonly rotation_count: number
  /** The new hash was there before: it went back, or goes to and fro. */
  readonly flap: boolean
  readonly ts: number
}

export type Observed =
  | { readonly outcome: 'first_sighting' | 'unchanged'; readonly state: FingerprintState }
  | { readonly outcome: 'rotated'; readonly state: FingerprintState; readonly rotated: readonly Rotated[] }

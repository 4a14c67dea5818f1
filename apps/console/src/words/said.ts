import type { Severity } from '@decnet/contracts/api'

/** Topic of what sensors see; any other record is derived from it, or is about ourselves. */
export const SYSTEM_LOG = 'system.log'

/** What a record of the log and one of the stream have in common. */
export interface EventLike {
  readonly seq: number
  readonly id: string
  readonly topic: string
  readonly timestamp: string
  readonly decky: string | null
  readonly service: string | null
  readonly event_type: string
  readonly attacker_ip: string | null
  readonly session_id: string | null
  readonly fields: Readonly<Record<string, unknown>>
}

/** An identity or a campaign, called by its code name. */
export interface GroupName {
  readonly kind: 'identity' | 'campaign'
  readonly uuid: string
}

/** A record as a person would say it: verb, then what it was about, byte for byte. */
export interface Said {
  readonly verb: string
  /** Chosen by the attacker: show as bytes. */
  readonly object: string
  readonly note: string
  readonly severity: Severity
  /** Who did it, where that is no address. */
  readonly who?: GroupName | undefined
  /** The operator who did it. */
  readonly by?: string
  /** Whom else it concerns; they stand behind the verb. */
  readonly about?: readonly GroupName[]
  /** What was recognised in it, by ids of ATT&CK. */
  readonly techniques?: readonly string[]
}

/** `f`: a field as text, '' where there is none. */
export type Teller = (f: (name: string) => string, event: EventLike) => Said
export const said = (verb: string, object: string, severity: Severity, note = ''): Said => ({ verb, object, note, severity })

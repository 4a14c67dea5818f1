/** One thing that somebody did, recognised by a rule as a technique of ATT&CK. */
export interface TtpTagTable {
  /** See `domain/ttp/tag-id.ts`. */
  uuid: string
  source_kind: string
  /** The record that the evidence stands in. */
  source_id: string
  attacker_uuid: string | null
  /** Where an identity shows it and no single attacker; that of an attacker is asked for when it is read. */
  identity_uuid: string | null
  session_id: string | null
  decky: string | null
  service: string | null
  tactic: string | null
  technique_id: string
  sub_technique_id: string | null
  confidence: number
  rule_id: string
  rule_version: number
  evidence: string
  attack_release: string
  /** Epoch milliseconds of the evidence. */
  at: number
  seq: number
}

/** What a rule has counted so far for one key; see `domain/ttp/engine/windows.ts`. */
export interface TtpWindowTable {
  /** Rule and version, or rule and limit. */
  rule: string
  window_key: string
  /** Epoch milliseconds of the latest event that counted. */
  at: number
  state: string
  /** The last record that counted. */
  last_seq: number
}

/** What an operator decided about a rule; one that has no row is enabled. */
export interface TtpRuleStateTable {
  rule_id: string
  state: 'enabled' | 'disabled' | 'clipped'
  /** What a clipped rule may claim at most. */
  confidence_max: number | null
  /** Epoch milliseconds; null = until somebody says otherwise. */
  expires_at: number | null
  reason: string | null
  set_by: string
  set_at: number
}

/** The text of a rule, in place of the one with its id that came with the product. */
export interface TtpRuleTable {
  id: string
  yaml: string
  /** SHA-256 of the text. */
  hash: string
  saved_at: number
  saved_by: string
}

/** What somebody who looked said of a tag. */
export interface TtpVerdictTable {
  tag_uuid: string
  verdict: 'right' | 'wrong'
  said_by: string
  at: number
}

export interface TechniqueTables {
  ttp_tags: TtpTagTable
  ttp_windows: TtpWindowTable
  ttp_rule_states: TtpRuleStateTable
  ttp_rules: TtpRuleTable
  ttp_verdicts: TtpVerdictTable
}

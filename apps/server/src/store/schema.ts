import type { Generated } from 'kysely'
import type { TtpBackfillTable } from './backfill-table.ts'
import type { FleetTables } from './fleet-tables.ts'
import type { HabitTables } from './habit-tables.ts'
import type { AttackerProbeTable } from './probe-table.ts'
import type { TechniqueTables } from './technique-tables.ts'

/** Epoch milliseconds, UTC. */
type Millis = number
/** JSON as text. */
type Json = string
/** 0 or 1: portable over the three databases. */
type Flag = number

/** The single row that gives the log its order: whoever holds its lock hands out the next numbers. */
export interface LogHeadTable {
  id: number
  seq: number
}

export interface LogTable {
  seq: number
  id: string
  topic: string
  ts: Millis
  source: string
  type: string
  decky: string | null
  service: string | null
  attacker_ip: string | null
  attacker_port: number | null
  session_id: string | null
  body: Json
  msg: string | null
}

/** How far each partition of a fold has come, and who may move it on. */
export interface CursorTable {
  name: string
  part: number
  seq: number
  /** Counts takings: whoever wrote under an earlier one is refused. */
  epoch: number
  owner: string | null
  /** By this database's clock. */
  expires_at: Millis
}

/** Replicas of a fold that want a part of it. */
export interface ReplicaTable {
  name: string
  owner: string
  expires_at: Millis
}

/** How far each intake has been read; changes in the transaction that stores the lines. */
export interface IntakePositionTable {
  source: string
  position: string
}

export interface DeadLetterTable {
  id: Generated<number>
  worker: string
  seq: number | null
  record_id: string | null
  error: string
  raw: string
  at: Millis
}

export interface AttackerTable {
  uuid: string
  ip: string
  first_seen: Millis
  last_seen: Millis
  event_count: number
  session_count: number
  credential_count: number
  command_count: number
  file_count: number
  login_count: number
  service_count: number
  decky_count: number
  services: Json
  deckies: Json
  score: number
  severity: string
  score_parts: Json
  /** The last record that counted: feeding a record twice changes nothing. */
  last_seq: number
  /** Wishes to fetch something, to connect or to tunnel elsewhere. */
  outreach_count: number
  behaviour: string
  /** Rhythms, phases and how many features are kept; see `domain/profile/profile.ts`. Null before the first event. */
  profile: Json | null
  /** See `domain/profile/recognised.ts`; null before the first. */
  techniques: Json | null
}

/** One distinct feature of an attacker; the kinds and how many of each are kept stand in `domain/profile/features.ts`. */
export interface AttackerFeatureTable {
  attacker_uuid: string
  kind: string
  /** Of the whole value, also where it is cut. */
  value_sha256: string
  value: string
  /** Where it was seen first. */
  decky: string | null
  /** Event time of its first record in the log, and the greatest event time that it was seen at. */
  first_ts: Millis
  last_ts: Millis
  /** Its first record: of two features the smaller one came first. */
  seq: number
}

export interface SessionTable {
  id: string
  attacker_uuid: string
  attacker_ip: string
  decky: string
  service: string
  source: string
  /** The partition of its attacker. */
  part: number
  started_at: Millis
  last_at: Millis
  ended_at: Millis | null
  end_reason: string | null
  event_count: number
  command_count: number
  credential_count: number
  file_count: number
  principal: string | null
  logged_in: Flag
  client: string | null
  replay: string | null
  last_seq: number
  /** Which source told of more after it had ended, and the latest time of what it told; null once the whole was announced. */
  late_source: string | null
  late_at: Millis | null
}

/** The greatest event time that each source has shown: the clock by which silence is measured. */
export interface WatermarkTable {
  source: string
  ts: Millis
}

export interface CredentialTable {
  id: string
  attacker_ip: string
  attacker_uuid: string | null
  decky: string
  service: string
  /** Readable form; the exact bytes stand in `principal_b64`. */
  principal: string | null
  principal_b64: string | null
  secret_kind: string
  secret_sha256: string
  secret_b64: string
  secret_printable: string
  outcome: string
  method: string | null
  challenge: string | null
  first_seen: Millis
  last_seen: Millis
  attempt_count: number
  last_seq: number
}

export interface CredentialReuseTable {
  id: string
  secret_sha256: string
  secret_kind: string
  principal: string | null
  principal_b64: string | null
  secret_b64: string
  secret_printable: string
  attacker_uuids: Json
  attacker_ips: Json
  deckies: Json
  services: Json
  targets: Json
  target_count: number
  attempt_count: number
  confidence: number
  first_seen: Millis
  last_seen: Millis
  updated_at: Millis
  /** The last record that counted. */
  last_seq: number
}

/** Where the secret of a group was tried. What is counted stands here only until the group is a finding. */
export interface CredentialTargetTable {
  /** The id that its finding has, or would have. */
  group_id: string
  decky: string
  service: string
  attacker_ips: Json
  attempt_count: number
  first_seen: Millis
  last_seen: Millis
  last_seq: number
}

/** What the session of one attacker showed of how somebody works; the behaviour envelope, field for field. */
export interface ObservationTable {
  /** 32 hexadecimal digits. */
  id: string
  v: number
  ts: Millis
  primitive: string
  value: Json
  confidence: number
  window_start: Millis
  window_end: Millis
  source: string
  evidence_ref: string
  identity_ref: string | null
  attacker_uuid: string
  session_id: string | null
}

/** What is known of one trait of an identity. */
export interface AttributionStateTable {
  identity_uuid: string
  primitive: string
  current_value: Json
  state: string
  confidence: number
  observation_count: number
  last_change_ts: Millis
  last_observation_ts: Millis
  schema_version: number
}

/** A group of members that seem to be one (`identity`: attackers) or to work together (`campaign`: identities). */
export interface GroupTable {
  uuid: string
  layer: string
  formed_at: Millis
  /** The group that it is found under now; one step leads to the one that stands for all. */
  merged_into_uuid: string | null
  /** Of the weakest link. */
  confidence: number
  /** Traits by which several people were suspected, as announced; kept by who attributes. */
  suspected: Json | null
  /** The words of its code name, to be found by. */
  name_first: string
  name_second: string
}

/** Which group a member was attached to; the group may be merged into another. */
export interface GroupMemberTable {
  layer: string
  member: string
  group_uuid: string
  linked_at: Millis
  probability: number
  why: string
}

/** Why two members of a group are together, or nearly are. */
export interface GroupEdgeTable {
  layer: string
  a: string
  b: string
  group_uuid: string
  log_odds: number
  probability: number
  reasons: Json
}

/** The life of a group, step by step, in event time. */
export interface GroupDecisionTable {
  id: string
  layer: string
  group_uuid: string
  kind: string
  at: Millis
  seq: number
  member: string | null
  other_uuid: string | null
  sentence: string
  /** What spoke for and against it then, strongest first; null where nothing was weighed, and of an older release. */
  reasons: Json | null
}

/** What an operator said of two attackers. */
export interface OperatorLinkTable {
  id: string
  kind: string
  a: string
  b: string
  said_by: string
  at: Millis
  reason: string | null
}

/** The last fingerprint of one attacker, port and way of seeing; its history as `domain/rotation` keeps it. */
export interface AttackerFingerprintStateTable {
  attacker_uuid: string
  port: number
  probe_type: string
  last_hash: string
  first_seen: Millis
  last_seen: Millis
  rotation_count: number
  last_rotation_at: Millis | null
  history: Json
  /** The last record that counted. */
  last_seq: number
}

export interface UserTable {
  uuid: string
  username: string
  password_hash: string
  role: string
  must_change_password: Flag
  created_at: Millis
  last_login_at: Millis | null
}

/** A login: the token itself is never stored, only its SHA-256. */
export interface AuthSessionTable {
  token_sha256: string
  user_uuid: string
  created_at: Millis
  expires_at: Millis
}

export interface SettingTable {
  key: string
  value: Json
}

export interface Schema extends FleetTables, HabitTables, TechniqueTables {
  ttp_backfills: TtpBackfillTable
  log_head: LogHeadTable
  log: LogTable
  cursors: CursorTable
  replicas: ReplicaTable
  intake_positions: IntakePositionTable
  dead_letters: DeadLetterTable
  watermarks: WatermarkTable
  attackers: AttackerTable
  sessions: SessionTable
  credentials: CredentialTable
  credential_reuse: CredentialReuseTable
  credential_targets: CredentialTargetTable
  attacker_features: AttackerFeatureTable
  observations: ObservationTable
  attribution_state: AttributionStateTable
  actor_groups: GroupTable
  group_members: GroupMemberTable
  group_edges: GroupEdgeTable
  group_decisions: GroupDecisionTable
  operator_links: OperatorLinkTable
  attacker_fingerprint_state: AttackerFingerprintStateTable
  attacker_probes: AttackerProbeTable
  users: UserTable
  auth_sessions: AuthSessionTable
  settings: SettingTable
}

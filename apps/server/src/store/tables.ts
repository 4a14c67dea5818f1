import type { Schema } from './schema.ts'

/** Every table with its key, those before that others refer to; the head of the log last, so that half a log is none. */
const KEYS = {
  users: ['uuid'],
  auth_sessions: ['token_sha256'],
  deckies: ['name'],
  decky_services: ['decky', 'name'],
  decky_operations: ['id'],
  tarpits: ['decky', 'service'],
  attackers: ['uuid'],
  sessions: ['id'],
  credentials: ['id'],
  credential_reuse: ['id'],
  credential_targets: ['group_id', 'decky', 'service'],
  attacker_features: ['attacker_uuid', 'kind', 'value_sha256'],
  decky_mutations: ['id'],
  observations: ['id'],
  trait_series: ['attacker_uuid', 'primitive'],
  attacker_visits: ['attacker_uuid'],
  typing_profiles: ['id'],
  attribution_state: ['identity_uuid', 'primitive'],
  actor_groups: ['uuid'],
  group_members: ['layer', 'member'],
  group_edges: ['layer', 'a', 'b'],
  group_decisions: ['id'],
  operator_links: ['id'],
  attacker_fingerprint_state: ['attacker_uuid', 'port', 'probe_type'],
  attacker_probes: ['attacker_uuid', 'port', 'probe'],
  ttp_tags: ['uuid'],
  ttp_windows: ['rule', 'window_key'],
  ttp_rule_states: ['rule_id'],
  ttp_backfills: ['uuid'],
  ttp_rules: ['id'],
  ttp_verdicts: ['tag_uuid'],
  dead_letters: ['id'],
  watermarks: ['source'],
  intake_positions: ['source'],
  cursors: ['name', 'part'],
  replicas: ['name', 'owner'],
  log: ['seq'],
  settings: ['key'],
  log_head: ['id'],
} as const satisfies Record<keyof Schema, readonly string[]>

export type TableName = keyof Schema
export const TABLES = Object.entries(KEYS).map(([name, key]) => ({ name: name as TableName, key: key as readonly string[] }))
export type Table = (typeof TABLES)[number]

import type { LogRecord } from '@decnet/kernel/log'
import type { Payload, Value } from './kind.ts'

type Body = Record<string, unknown>
const base64 = (value: Value | undefined) => (typeof value === 'string' ? Buffer.from(value).toString('base64') : undefined)
const listOf = (value: Value | undefined): readonly string[] => (Array.isArray(value) ? value : [])
const asText = (value: Value | undefined) => (value === undefined ? undefined : String(value))
const many = (count: Value | undefined, known: readonly string[]): readonly string[] =>
  known.length > 0 ? known : Array.from({ length: Number(count ?? 0) }, (_, number) => `n${number}`)

/** Events as sensors write them: what a payload says, under the names of the wire. */
const EVENTS: Readonly<Record<string, (payload: Payload) => readonly [type: string, body: Body]>> = {
  command: ({ command_text, user, cwd, mode }) => ['command', { command: command_text, user, cwd, mode }],
  auth_attempt: ({ username, password, success, method, secret_kind, key_fingerprint }) => [
    'auth_attempt',
    {
      principal: username,
      secret_b64: base64(password),
      secret_kind,
      outcome: success === undefined ? 'unknown' : success ? 'success' : 'failure',
      method,
      key_fingerprint,
    },
  ],
  http_request: ({ method, raw_url, headers, user_agent, host, body, status, content_type }) => {
    const lines = [...listOf(headers), ...(content_type === undefined ? [] : [`Content-Type: ${content_type}`])]
    const pairs = lines.map((line) => [line.split(':', 1)[0], line.slice(line.indexOf(':') + 1).trim()])
    return ['http_request', { method, path: raw_url, headers: JSON.stringify(pairs), user_agent, host, body, status: asText(status) }]
  },
  query: ({ query_text, database, user }) => ['query', { query: query_text, database, user }],
  file: ({ path, via, sha256, size }) => ['file_captured', { path, via, sha256, size: asText(size) }],
  payload: ({ payload_text, detail }) => ['protocol_error', { sample: payload_text, detail }],
  download: ({ url, tool }) => ['download_attempt', { url, tool }],
  connect: ({ target, tool }) => ['connect_attempt', { target, tool }],
  forward: ({ target, forward_kind }) => ['forward_attempt', { target, kind: forward_kind }],
  scan: ({ scan_kind, protocol, ports, port_count, decky_count, target_count, open_count, closed_count, os_guess }) => {
    const state = 'ended'
    if (scan_kind === 'arp' || scan_kind === 'ndp')
      return ['arp_scan', { protocol: scan_kind, state, target_count: asText(target_count), decky_count: asText(decky_count) }]
    const counts = {
      port_count: asText(port_count),
      decky_count: asText(decky_count),
      open: asText(open_count),
      closed: asText(closed_count),
    }
    return ['port_scan', { kind: scan_kind, protocol, state, ports, os_guess, ...counts }]
  },
  ics: (payload) => [
    'ics_request',
    Object.fromEntries(Object.entries(payload).map(([name, value]) => [name, typeof value === 'string' ? value : String(value)])),
  ],
}

/** Records as folds derive them. */
const DERIVED: Readonly<Record<string, (payload: Payload) => readonly [topic: string, body: Body]>> = {
  fingerprint: (payload) => [
    'attacker.fingerprinted',
    { ...payload, jarm_hash: payload.jarm, tcpfp_hash: payload.tcpfp, addr: payload.address },
  ],
  email: (payload) => ['email.received', payload],
  intel: (payload) => ['attacker.intel.enriched', payload],
  canary: (payload) => ['canary.token.triggered', payload],
  credential: (payload) => [
    'credential.reuse.detected',
    {
      ...payload,
      services: many(payload.service_count, listOf(payload.services)),
      deckies: many(payload.decky_count, listOf(payload.deckies)),
      attacker_uuids: many(payload.attacker_count, []),
    },
  ],
  identity: ({ change, observation_count }) =>
    change === 'merged' || change === 'linked'
      ? [change === 'merged' ? 'identity.merged' : 'identity.observation.linked', {}]
      : ['identity.formed', { observation_uuids: many(observation_count, []) }],
  session: (payload) => ['attacker.session.ended', payload],
  topology_traversal: (payload) => ['attacker.scored', { ...payload, is_traversal: true }],
}
const SEEN = ['hassh', 'ja3', 'ja4', 'ja4h', 'ja4_quic', 'tcp', 'client']

/** The record from which a payload of a kind would come; null for kinds that no record carries yet. */
export function recordOf(kind: string, payload: Payload, more: Partial<LogRecord> = {}): LogRecord | null {
  const passive = kind === 'fingerprint' && SEEN.some((name) => payload[name] !== undefined)
  const event = passive ? (['client_hello', { ...payload, client_version: payload.client }] as const) : EVENTS[kind]?.(payload)
  const derived = event ? undefined : DERIVED[kind]?.(payload)
  const [type, given] = event ?? derived ?? []
  if (type === undefined || given === undefined) return null
  return {
    seq: 1,
    id: '0190f5fe-7c00-7a00-8000-000000000001',
    topic: derived ? type : 'system.log',
    ts: 0,
    source: 'sensor',
    type,
    decky: typeof payload.decky === 'string' ? payload.decky : 'web-01',
    service: typeof payload.service === 'string' ? payload.service : null,
    attackerIp: typeof payload.attacker_ip === 'string' ? payload.attacker_ip : '198.51.100.7',
    attackerPort: null,
    sessionId: 's1',
    body: Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    msg: null,
    ...more,
  }
}

import { topics } from '@decnet/contracts/topics'
import type { LogRecord } from '@decnet/kernel/log'
import { isImported } from '../import-source.ts'
import type { ProbeType, Sighting } from './sighting.ts'

/** Hashes and codes, never free text. */
const CODE = /^[\x21-\x7e]{4,128}$/u
/** What sensors and imports compute from what an attacker sent: the field of the event, and how it was taken. */
const PASSIVE: readonly (readonly [field: string, seen: ProbeType, imported: ProbeType | null])[] = [
  ['hassh', 'passive_hassh', 'imported_hassh'],
  ['ja3', 'passive_ja3', 'imported_ja3'],
  ['ja4', 'passive_ja4', 'imported_ja4'],
  ['tcp', 'passive_tcp_syn', null],
]

/** What one active probe found; null for families of probes that have no hash to compare. */
function probed(body: LogRecord['body']): Pick<Sighting, 'probe_type' | 'hash' | 'port'> | null {
  const found = topics.attackerFingerprinted.payload.parse(body)
  const port = found.port ?? 0
  if ('jarm_hash' in found) return { probe_type: 'jarm', hash: found.jarm_hash, port }
  if ('hassh_server' in found) return { probe_type: 'hassh', hash: found.hassh_server, port }
  if ('cert_sha256' in found) return { probe_type: 'tls_certificate', hash: found.cert_sha256, port }
  if ('http_hash' in found) return { probe_type: 'http', hash: found.http_hash, port }
  return 'tcpfp_hash' in found ? { probe_type: 'tcpfp', hash: found.tcpfp_hash, port } : null
}

const portIn = (value: unknown): number | null => {
  const port = Number(value)
  return value !== undefined && Number.isInteger(port) && port > 0 && port <= 65_535 ? port : null
}

/**
 * The fingerprints that a record carries. `portOf` knows the usual port of a service, where an event does not say to which one it came; 0
 * where nobody knows. @throws {ZodError} on an answer of a probe that is none.
 */
export function sightingsIn(record: LogRecord, attackerUuid: string, portOf: (service: string) => number | null): readonly Sighting[] {
  const { attackerIp, body, ts, source, service } = record
  if (attackerIp === null) return []
  const about = { attacker_uuid: attackerUuid, attacker_ip: attackerIp, ts: ts / 1_000 }
  if (record.topic === topics.attackerFingerprinted.pattern) {
    const found = probed(body)
    return found ? [{ ...about, ...found }] : []
  }
  return PASSIVE.flatMap(([field, seen, imported]) => {
    const hash = body[field]
    const probe_type = isImported(source) ? imported : seen
    if (probe_type === null || typeof hash !== 'string' || !CODE.test(hash)) return []
    return [{ ...about, probe_type, hash, port: portIn(body.local_port) ?? (service === null ? null : portOf(service)) ?? 0 }]
  })
}

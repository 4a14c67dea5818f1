import { hash } from 'node:crypto'
import { v7 } from 'uuid'

/** Our name space for deterministic ids: 6f1c7f5e-3d0b-5a77-9a52-51d0c8a1e0d4. */
const NAMESPACE = Buffer.from('6f1c7f5e3d0b5a779a5251d0c8a1e0d4', 'hex').toString('latin1')

/** A new UUIDv7: sorts by time, unique where it is made. */
export const newId = (): string => v7()

/** UUIDv5 (RFC 9562) of a name. `namespace`: its 16 bytes, as a latin1 string. */
export function uuidV5(namespace: string, name: string): string {
  const text = Buffer.from(name, 'utf8')
  const bytes = Buffer.allocUnsafe(16 + text.length)
  bytes.write(namespace, 0, 'latin1')
  text.copy(bytes, 16)
  // Natively: folds make several for each record, and the library's own SHA-1 took four times as long.
  const hex = hash('sha1', bytes)
  const variant = '89ab'[Number.parseInt(hex[16] ?? '0', 16) & 3]
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** UUIDv5 over the parts; the same parts give the same id on every host, for ever. */
export const deterministicId = (...parts: readonly string[]): string => uuidV5(NAMESPACE, JSON.stringify(parts))

/** Those of late: every fold asks for the same ones with each record. */
const attackers = new Map<string, string>()
const ATTACKERS_KEPT = 10_000

/** The id of the attacker behind an address. */
export function attackerId(ip: string): string {
  let id = attackers.get(ip)
  if (id !== undefined) return id
  if (attackers.size >= ATTACKERS_KEPT) attackers.clear()
  id = deterministicId('attacker', ip)
  attackers.set(ip, id)
  return id
}

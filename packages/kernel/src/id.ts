import { v5, v7 } from 'uuid'

/** Our name space for deterministic ids. */
const NAMESPACE = '6f1c7f5e-3d0b-5a77-9a52-51d0c8a1e0d4'

/** A new UUIDv7: sorts by time, unique where it is made. */
export const newId = (): string => v7()

/** UUIDv5 over the parts; the same parts give the same id on every host, for ever. */
export const deterministicId = (...parts: readonly string[]): string => v5(JSON.stringify(parts), NAMESPACE)

/** The id of the attacker behind an address. */
export const attackerId = (ip: string): string => deterministicId('attacker', ip)

import type { Kysely } from 'kysely'
import { lastRotation } from '../domain/rotation/observe-fingerprint.ts'
import type { FingerprintState, Sighting, Stretch } from '../domain/rotation/sighting.ts'
import type { Db } from './open.ts'
import { rowsByKey } from './rows-by-key.ts'
import type { AttackerFingerprintStateTable, Schema } from './schema.ts'
import { isoOrNull } from './time.ts'
import { upsert } from './upsert.ts'

const KEY = ['attacker_uuid', 'port', 'probe_type'] as const
type Key = Pick<Sighting, (typeof KEY)[number]>
const keyOf = ({ attacker_uuid, port, probe_type }: Key) => `${attacker_uuid} ${port} ${probe_type}`

/** A row, open for change. Instants are epoch milliseconds. */
export interface KeptFingerprint {
  readonly state: FingerprintState
  readonly firstSeen: number
  /** The last record that counted: feeding one twice changes nothing. */
  readonly lastSeq: number
}

/** The fingerprints of some attackers, while records are counted in. */
export class FingerprintStates {
  readonly #rows = new Map<string, { readonly key: Key; readonly kept: KeptFingerprint }>()
  readonly #changed = new Set<string>()

  static async of(db: Kysely<Schema>, attackers: readonly string[]): Promise<FingerprintStates> {
    const states = new FingerprintStates()
    const rows = await rowsByKey(
      db,
      'attacker_fingerprint_state',
      ['attacker_uuid'],
      attackers.map((uuid) => [uuid]),
    )
    for (const row of rows) {
      const { last_hash, last_seen, rotation_count, history } = row
      const state = { last_hash, last_seen: last_seen / 1_000, rotation_count, history: JSON.parse(history) as Stretch[] }
      const kept = { state, firstSeen: row.first_seen, lastSeq: row.last_seq }
      const key = row as Key
      states.#rows.set(keyOf(key), { key, kept })
    }
    return states
  }

  get(key: Key): KeptFingerprint | null {
    return this.#rows.get(keyOf(key))?.kept ?? null
  }

  set(key: Key, kept: KeptFingerprint): void {
    this.#rows.set(keyOf(key), { key, kept })
    this.#changed.add(keyOf(key))
  }

  /** Writes what was changed. */
  async save(db: Kysely<Schema>): Promise<void> {
    const rows = [...this.#changed].flatMap((id): AttackerFingerprintStateTable[] => {
      const found = this.#rows.get(id)
      if (!found) return []
      const { key, kept } = found
      const rotatedAt = lastRotation(kept.state)
      return [
        {
          attacker_uuid: key.attacker_uuid,
          port: key.port,
          probe_type: key.probe_type,
          last_hash: kept.state.last_hash,
          first_seen: kept.firstSeen,
          last_seen: Math.round(kept.state.last_seen * 1_000),
          rotation_count: kept.state.rotation_count,
          last_rotation_at: rotatedAt === null ? null : Math.round(rotatedAt * 1_000),
          history: JSON.stringify(kept.state.history),
          last_seq: kept.lastSeq,
        },
      ]
    })
    await upsert(db, 'attacker_fingerprint_state', KEY, rows)
  }
}

export interface Rotations {
  readonly rotation_count: number
  readonly last_rotation_at: string | null
}

/** How often the fingerprints of these attackers changed, over all ports and probes, and when last; none = never. */
export async function rotationsOf(db: Db, attackers: readonly string[]): Promise<ReadonlyMap<string, Rotations>> {
  if (attackers.length === 0) return new Map()
  const rows = await db
    .selectFrom('attacker_fingerprint_state')
    .select((eb) => ['attacker_uuid', eb.fn.sum<number>('rotation_count').as('count'), eb.fn.max('last_rotation_at').as('last')])
    .where('attacker_uuid', 'in', attackers)
    .groupBy('attacker_uuid')
    .execute()
  return new Map(
    rows.map(({ attacker_uuid, count, last }) => [
      attacker_uuid,
      { rotation_count: Number(count), last_rotation_at: isoOrNull(last === null ? null : Number(last)) },
    ]),
  )
}

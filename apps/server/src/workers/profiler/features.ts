import { hash } from 'node:crypto'
import { FEATURES, VALUE_CHARACTERS } from '../../domain/profile/features.ts'
import type { Profile } from '../../domain/profile/profile.ts'
import { isEarlier, type Sightings } from '../../domain/profile/sightings.ts'
import type { Tx } from '../../store/log-table.ts'
import { rowsByKey } from '../../store/rows-by-key.ts'
import type { AttackerFeatureTable } from '../../store/schema.ts'
import { upsert } from '../../store/upsert.ts'

interface Owner {
  readonly uuid: string
  readonly profile: Profile
  readonly sightings: Sightings
}

const KEY = ['attacker_uuid', 'kind', 'value_sha256'] as const
const keyOf = (uuid: string, kind: string, sha256: string) => `${uuid} ${kind} ${sha256}`
/** What a text column of every database can hold. */
const storable = (text: string) => text.slice(0, VALUE_CHARACTERS).toWellFormed().replaceAll('\0', '\u2400')

/** Keeps the first features of each kind, and when each was seen last; what finds no room is counted in the profile. */
export async function saveFeatures(owners: readonly Owner[], tx: Tx): Promise<void> {
  const seen = owners.flatMap(({ uuid, profile, sightings }) =>
    Array.from(sightings, (sighting) => ({ uuid, profile, sighting, sha256: hash('sha256', sighting.value) })),
  )
  const rows = await rowsByKey(
    tx,
    'attacker_features',
    KEY,
    seen.map(({ uuid, sighting, sha256 }) => [uuid, sighting.kind, sha256]),
  )
  const known = new Map(rows.map((row) => [keyOf(row.attacker_uuid, row.kind, row.value_sha256), row]))
  const changed: AttackerFeatureTable[] = []
  for (const { uuid, profile, sighting, sha256 } of seen) {
    const { kind, value, decky, seq, firstTs, lastTs, count } = sighting
    const row = known.get(keyOf(uuid, kind, sha256))
    if (row) {
      const last_ts = Math.max(lastTs, row.last_ts)
      // Whoever follows is told by the place in the log.
      if (isEarlier(firstTs, row.first_ts)) changed.push({ ...row, decky, first_ts: firstTs, last_ts, seq })
      else if (last_ts > row.last_ts) changed.push({ ...row, last_ts })
      continue
    }
    const kept = profile.kept.get(kind) ?? 0
    if (kept >= FEATURES[kind]) {
      profile.beyond.set(kind, (profile.beyond.get(kind) ?? 0) + count)
      continue
    }
    profile.kept.set(kind, kept + 1)
    const fresh = {
      attacker_uuid: uuid,
      kind,
      value_sha256: sha256,
      value: storable(value),
      decky,
      first_ts: firstTs,
      last_ts: lastTs,
      seq,
    }
    changed.push(fresh)
  }
  await upsert(tx, 'attacker_features', KEY, changed, ['decky', 'first_ts', 'last_ts', 'seq'])
}

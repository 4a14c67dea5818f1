import type { Around, FingerprintState, Observed, Rotated, Sighting, Stretch } from './sighting.ts'

/** Stretches that are kept. A return to a hash that is older is no flap any more; it counts all the same. */
export const HISTORY = 32

/** What a sighting makes of the stretches: their new order, and the places at which the hash is now another than before. */
interface Placed {
  readonly history: readonly Stretch[]
  readonly changes: readonly number[]
}

/** Puts a sighting where its time belongs; among equal times it comes last. */
function placed(history: readonly Stretch[], { hash, ts }: Sighting, around: Around): Placed {
  const stretch = { hash, from: ts, to: ts }
  const at = history.findLastIndex(({ from }) => from <= ts)
  const [here, next] = [history[at], history[at + 1]]
  if (here?.hash === hash) return { history: history.with(at, { ...here, to: Math.max(here.to, ts) }), changes: [] }
  // The other hash was seen before and after: what was one stretch is two.
  if (here && ts < here.to) {
    const parts = [{ ...here, to: around.last ?? here.from }, stretch, { ...here, from: around.next ?? here.to }]
    return { history: history.toSpliced(at, 1, ...parts), changes: [at + 1, at + 2] }
  }
  if (next?.hash === hash) return { history: history.with(at + 1, { ...next, from: ts }), changes: [] }
  // Before the first, it is the first one that is a change now.
  return { history: history.toSpliced(at + 1, 0, stretch), changes: [Math.max(1, at + 1)] }
}

/** The stretch of another hash that a sighting parts, as it falls between two sightings of that one; null = none. */
export function partedBy({ history }: FingerprintState, { hash, ts }: Sighting): Stretch | null {
  const here = history.findLast(({ from }) => from <= ts)
  return here && here.hash !== hash && ts < here.to ? here : null
}

/**
 * What a sighting makes of what was known of this attacker, port and probe type. Order is that of the events, however late one comes; only
 * what is older than a full history can no longer be placed, and is passed over. `around` is known of the stretch that the sighting parts;
 * where it is not, the parts end with the first and the last of it.
 */
export function observeFingerprint(before: FingerprintState | null, sighting: Sighting, around: Around = {}): Observed {
  const { hash, ts, attacker_uuid, attacker_ip, port, probe_type } = sighting
  if (before === null) {
    const state = { last_hash: hash, last_seen: ts, rotation_count: 0, history: [{ hash, from: ts, to: ts }] }
    return { outcome: 'first_sighting', state }
  }
  const [oldest] = before.history
  if (oldest && ts < oldest.from && before.rotation_count >= before.history.length) return { outcome: 'unchanged', state: before }
  const { history, changes } = placed(before.history, sighting, around)
  const rotated = changes.flatMap((index, nth): Rotated[] => {
    const [old, now] = [history[index - 1], history[index]]
    if (!old || !now) return []
    const flap = history.slice(0, index).some((known) => known.hash === now.hash)
    const rotation_count = before.rotation_count + nth + 1
    return [{ attacker_uuid, attacker_ip, port, probe_type, old_hash: old.hash, new_hash: now.hash, rotation_count, flap, ts: now.from }]
  })
  const state = {
    last_hash: history.at(-1)?.hash ?? hash,
    last_seen: Math.max(before.last_seen, ts),
    rotation_count: before.rotation_count + rotated.length,
    history: history.slice(-HISTORY),
  }
  return rotated.length === 0 ? { outcome: 'unchanged', state } : { outcome: 'rotated', state, rotated }
}

/** When the hash changed last, in seconds since 1970; null = never. */
export const lastRotation = ({ rotation_count, history }: FingerprintState): number | null =>
  rotation_count === 0 ? null : (history.at(-1)?.from ?? null)

import type { LeaseRequest, Share } from './port.ts'

/** One partition as a log keeps it. */
export interface Lease extends Share {
  readonly owner: string | null
  /** By the clock of the log's store, milliseconds. */
  readonly expiresAt: number
}

/** How many of `partitions` an owner takes when all live owners share them: the first by name take what does not divide. */
function fairShare(owner: string, owners: readonly string[], partitions: number): number {
  const live = [...new Set([...owners, owner])].sort()
  return Math.floor(partitions / live.length) + (live.indexOf(owner) < partitions % live.length ? 1 : 0)
}

/**
 * What the leases of a fold are after `request`, given those kept so far and every replica that asked within its time: the owner keeps a
 * fair part, gives the rest back, and takes what is free, run out, or was held by an owner that has ended.
 */
export function planLeases(known: readonly Lease[], owners: readonly string[], request: LeaseRequest, now: number): readonly Lease[] {
  const { owner, partitions, ttlMs, ended = () => false } = request
  const fair = fairShare(owner, owners, partitions)
  const expiresAt = now + ttlMs
  const all = Array.from(
    { length: partitions },
    (_, part) => known.find((lease) => lease.part === part) ?? { part, seq: 0, epoch: 0, owner: null, expiresAt: 0 },
  )
  let held = 0
  const kept = all.map((lease) => {
    if (lease.owner !== owner) return lease
    held += 1
    return held <= fair ? { ...lease, expiresAt } : { ...lease, owner: null }
  })
  held = Math.min(held, fair)
  return kept.map((lease) => {
    const free = lease.owner === null || lease.expiresAt <= now || ended(lease.owner)
    if (lease.owner === owner || held >= fair || !free) return lease
    held += 1
    return { ...lease, owner, epoch: lease.epoch + 1, expiresAt }
  })
}

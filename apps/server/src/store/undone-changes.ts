import { topics } from '@decnet/contracts/topics'
import { canonical, canonicalOf } from './groups.ts'
import type { Db } from './open.ts'

/** Records, members and groups that are looked up at once. */
const AT_ONCE = 500

/** What a record says: these attackers, or those of this identity, belong to that one. */
interface Claim {
  readonly record: string
  readonly identity: string
  readonly attackers: readonly string[]
  readonly merged: string | null
}

function claimOf(record: string, topic: string, written: string): Claim | null {
  const body: unknown = JSON.parse(written)
  if (topic === topics.identityFormed.pattern) {
    const { data } = topics.identityFormed.payload.safeParse(body)
    return data ? { record, identity: data.identity_uuid, attackers: data.observation_uuids, merged: null } : null
  }
  if (topic === topics.identityObservationLinked.pattern) {
    const { data } = topics.identityObservationLinked.payload.safeParse(body)
    return data ? { record, identity: data.identity_uuid, attackers: [data.observation_uuid], merged: null } : null
  }
  if (topic !== topics.identityMerged.pattern) return null
  const { data } = topics.identityMerged.payload.safeParse(body)
  return data ? { record, identity: data.winner_uuid, attackers: [], merged: data.loser_uuid } : null
}

/**
 * Those of these records of `identity.*` whose change does not hold any more: an attacker that was joined with others is elsewhere, a merge was
 * taken back. One that comes back makes it hold again. Of records that the log has no more nothing is known.
 */
export async function undoneChanges(db: Db, records: readonly string[]): Promise<string[]> {
  const undone: string[] = []
  for (let at = 0; at < records.length; at += AT_ONCE) {
    const rows = await db
      .selectFrom('log')
      .select(['id', 'topic', 'body'])
      .where('id', 'in', records.slice(at, at + AT_ONCE))
      .execute()
    const claims = rows.flatMap(({ id, topic, body }) => claimOf(id, topic, body) ?? [])
    const groups = await standingOf(db, [
      ...new Set(claims.flatMap(({ identity, merged }) => (merged === null ? [identity] : [identity, merged]))),
    ])
    const homes = await homesOf(db, [...new Set(claims.flatMap(({ attackers }) => attackers))])
    for (const { record, identity, attackers, merged } of claims) {
      const here = groups.get(identity)
      const holds = attackers.every((one) => homes.get(one) === here) && (merged === null || groups.get(merged) === here)
      if (!holds) undone.push(record)
    }
  }
  return undone
}

/** Where each of these identities is found now. */
export async function standingOf(db: Db, uuids: readonly string[]): Promise<Map<string, string>> {
  if (uuids.length === 0) return new Map()
  const rows = await db
    .selectFrom('actor_groups')
    .select(['uuid', (eb) => canonical(eb).as('standing')])
    .where('uuid', 'in', uuids)
    .execute()
  return new Map(rows.map(({ uuid, standing }) => [uuid, standing]))
}

/** The identity of each of these attackers. */
async function homesOf(db: Db, attackers: readonly string[]): Promise<Map<string, string>> {
  const homes = new Map<string, string>()
  for (let at = 0; at < attackers.length; at += AT_ONCE)
    for (const [attacker, home] of await canonicalOf(db, 'identity', attackers.slice(at, at + AT_ONCE))) homes.set(attacker, home)
  return homes
}

import { attackerId } from '@decnet/kernel'
import type { Tally } from '../domain/attack/show-observed.ts'
import { dialectOf } from './dialect.ts'
import { addressesOf, canonical, canonicalOf, findGroup } from './groups.ts'
import type { Db } from './open.ts'
import { iso } from './time.ts'
import { standingOf, undoneChanges } from './undone-changes.ts'

/** Whose tags: everybody's, or those of an attacker (uuid or address), a session, an identity, a campaign; or those that a rule made. */
export interface TagScope {
  readonly of: 'fleet' | 'attacker' | 'session' | 'identity' | 'campaign' | 'rule'
  readonly id: string
}
export interface TagFilter {
  readonly scope: TagScope
  /** Epoch milliseconds. */
  readonly from?: number | undefined
  readonly to?: number | undefined
  /** At least. */
  readonly confidence: number
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u

/** The identities that stand for a scope, with all that were merged into them; null: it is no group. */
async function identitiesOf(db: Db, { of, id }: TagScope) {
  if (of !== 'identity' && of !== 'campaign') return null
  const group = await findGroup(db, of, id)
  const uuids = [group?.uuid ?? id, ...(group?.merged ?? [])]
  if (of === 'identity') return db.selectFrom('actor_groups').select('uuid').where('layer', '=', 'identity').where('uuid', 'in', uuids)
  const members = db.selectFrom('group_members').select('member').where('layer', '=', 'campaign').where('group_uuid', 'in', uuids)
  const standing = db.selectFrom('actor_groups').select('uuid').where('uuid', 'in', members).where('merged_into_uuid', 'is', null)
  return standing.unionAll(db.selectFrom('actor_groups').select('uuid').where('merged_into_uuid', 'in', members))
}

/** Places for the other values of a statement. */
const OTHER_VALUES = 1_000

/**
 * The tags of a scope: attackers' tags are found by who their identity is now, so that merges need no rewriting; those for what became of an
 * identity are there as long as that holds, except where it is asked what a rule recognised.
 */
async function tagsOf(db: Db, { scope, from, to, confidence }: TagFilter, technique?: { id: string; sub: string | undefined }) {
  let tags = db.selectFrom('ttp_tags').selectAll('ttp_tags')
  if (from !== undefined) tags = tags.where('at', '>=', from)
  if (to !== undefined) tags = tags.where('at', '<=', to)
  if (confidence > 0) tags = tags.where('confidence', '>=', confidence)
  if (technique) tags = tags.where('technique_id', '=', technique.id)
  if (technique?.sub !== undefined) tags = tags.where('sub_technique_id', '=', technique.sub)
  if (scope.of === 'rule') return tags.where('rule_id', '=', scope.id)
  if (scope.of === 'session') return tags.where('session_id', '=', scope.id)
  if (scope.of === 'attacker') return tags.where('attacker_uuid', '=', UUID.test(scope.id) ? scope.id : attackerId(scope.id))
  const groups = await identitiesOf(db, scope)
  const ofIdentities = groups ? tags.where('identity_uuid', 'in', groups) : tags.where('identity_uuid', 'is not', null)
  const changes = await ofIdentities.clearSelect().select('source_id').distinct().execute()
  const undone = await undoneChanges(
    db,
    changes.map(({ source_id }) => source_id),
  )
  const some = undone.slice(0, dialectOf(db).values - OTHER_VALUES)
  const holding = (all: typeof tags) => (some.length === 0 ? all : all.where('source_id', 'not in', some))
  if (!groups) return holding(tags)
  const attackers = db.selectFrom('group_members').select('member').where('layer', '=', 'identity').where('group_uuid', 'in', groups)
  // Two questions, each with its index: a tag bears an attacker or an identity, never both.
  return tags.where('attacker_uuid', 'in', attackers).unionAll(holding(ofIdentities))
}

/** What was recognised, by technique and sub-technique. Nothing of an id that nobody has. */
export async function observedTechniques(db: Db, filter: TagFilter): Promise<Tally[]> {
  const named = ['tag.technique_id', 'tag.sub_technique_id'] as const
  const tags = (await tagsOf(db, filter)).as('tag')
  // Who is behind them is asked once for each who showed a technique, not for each tag.
  const shown = db
    .selectFrom(tags)
    .select((eb) => [
      ...named,
      'tag.attacker_uuid',
      'tag.identity_uuid',
      eb.fn.countAll<number>().as('count'),
      eb.fn.max('tag.confidence').as('confidence_max'),
      eb.fn.min('tag.at').as('first_seen'),
      eb.fn.max('tag.at').as('last_seen'),
    ])
    .groupBy([...named, 'tag.attacker_uuid', 'tag.identity_uuid'])
  const rows = await db
    .selectFrom(shown.as('tag'))
    .leftJoin('group_members', (join) =>
      join.onRef('group_members.member', '=', 'tag.attacker_uuid').on('group_members.layer', '=', 'identity'),
    )
    .leftJoin('actor_groups', (join) =>
      join.on((eb) => eb('actor_groups.uuid', '=', eb.fn.coalesce('group_members.group_uuid', 'tag.identity_uuid'))),
    )
    .select((eb) => [
      ...named,
      eb.fn.sum<number>('tag.count').as('count'),
      eb.fn.max('tag.confidence_max').as('confidence_max'),
      eb.fn.min('tag.first_seen').as('first_seen'),
      eb.fn.max('tag.last_seen').as('last_seen'),
      eb.fn.count<number>('tag.attacker_uuid').distinct().as('attacker_count'),
      eb.fn
        .count<number>(canonical(eb as never))
        .distinct()
        .as('identity_count'),
    ])
    .groupBy(named)
    .orderBy((eb) => eb.fn.coalesce('tag.sub_technique_id', 'tag.technique_id'))
    .execute()
  const aims = await db
    .selectFrom(tags)
    .select((eb) => [...named, 'tag.tactic', eb.fn.countAll<number>().as('count')])
    .groupBy([...named, 'tag.tactic'])
    .execute()
  const key = (row: { technique_id: string; sub_technique_id: string | null }) => row.sub_technique_id ?? row.technique_id
  const tactics = Map.groupBy(aims, key)
  return rows.map((row) => ({
    technique_id: row.technique_id,
    sub_technique_id: row.sub_technique_id,
    tactics: Object.fromEntries((tactics.get(key(row)) ?? []).map(({ tactic, count }) => [tactic ?? '', Number(count)])),
    count: Number(row.count),
    confidence_max: Number(row.confidence_max),
    first_seen: iso(Number(row.first_seen)),
    last_seen: iso(Number(row.last_seen)),
    attacker_count: Number(row.attacker_count),
    identity_count: Number(row.identity_count),
  }))
}

export interface TagListing extends TagFilter {
  /** The parent: all of its tags, those of its sub-techniques too; of any, where it is left out. */
  readonly technique?: string
  readonly sub?: string | undefined
  readonly limit: number
}

/** Tags, newest first, with their evidence. */
export async function techniqueTags(db: Db, { technique, sub, limit, ...filter }: TagListing) {
  const tags = await tagsOf(db, filter, technique === undefined ? undefined : { id: technique, sub })
  const rows = await db
    .selectFrom(tags.as('tag'))
    .leftJoin('ttp_verdicts', 'ttp_verdicts.tag_uuid', 'tag.uuid')
    .selectAll('tag')
    .select('ttp_verdicts.verdict')
    .orderBy('tag.at', 'desc')
    .orderBy('tag.seq', 'desc')
    .orderBy('tag.uuid')
    .limit(limit)
    .execute()
  const attackers = [...new Set(rows.flatMap(({ attacker_uuid }) => attacker_uuid ?? []))]
  const [addresses, identities] = [await addressesOf(db, attackers), await canonicalOf(db, 'identity', attackers)]
  const standing = await standingOf(db, [...new Set(rows.flatMap(({ identity_uuid }) => identity_uuid ?? []))])
  return rows.map(({ at, evidence, attacker_uuid, identity_uuid, ...tag }) => ({
    ...tag,
    attacker_uuid,
    attacker_ip: addresses.get(attacker_uuid ?? '') ?? null,
    identity_uuid: identities.get(attacker_uuid ?? '') ?? standing.get(identity_uuid ?? '') ?? identity_uuid,
    timestamp: iso(at),
    evidence: JSON.parse(evidence) as Record<string, unknown>,
  }))
}

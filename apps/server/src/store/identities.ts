import type { Identity, IdentityMember, Page } from '@decnet/contracts/api'
import { LEAST_TRAITS } from '../domain/attribution/announcements.ts'
import { headline, isIdle } from '../domain/headline.ts'
import { severityOf } from '../domain/scoring.ts'
import { shownByRows, toAttacker } from './attackers.ts'
import { canonical, canonicalOf, findGroup, type Groups, groupsCalled, mergedInto, named, standsIn, sums } from './groups.ts'
import type { Db } from './open.ts'
import { shownBy } from './shown-techniques.ts'
import { iso } from './time.ts'

export interface IdentityListing {
  readonly search?: string | undefined
  /** With at least so many addresses. */
  readonly addresses: number
  readonly campaign?: string | undefined
  /** Those behind which several people are suspected, or the others. */
  readonly multiActor?: boolean | undefined
  readonly from?: number | undefined
  readonly to?: number | undefined
  readonly sortBy: 'recent' | 'score' | 'addresses' | 'first_seen'
  readonly order: 'asc' | 'desc'
  readonly limit: number
  readonly offset: number
}
const SORTS = { recent: 'last_seen', score: 'score', addresses: 'address_count', first_seen: 'first_seen' } as const
const ADDRESSES_NAMED = 10

/** Attackers with the identity that each belongs to: of these identities, or of all. */
const placed = (db: Db, groups?: Groups) => {
  const query = db
    .selectFrom('group_members')
    .innerJoin('actor_groups', 'actor_groups.uuid', 'group_members.group_uuid')
    .innerJoin('attackers', 'attackers.uuid', 'group_members.member')
  // Whose groups are known, their layer is: asked for as well, it would be gone through whole.
  return groups ? query.where((eb) => standsIn(eb as never, groups)) : query.where('group_members.layer', '=', 'identity')
}

/** One row for each identity that stands, with what its attackers did. */
const tallies = (db: Db, groups?: Groups) =>
  placed(db, groups)
    .select((eb) => [canonical(eb as never).as('uuid'), ...sums(eb as never)])
    .groupBy((eb) => canonical(eb as never))

/** Traits in which two values take turns. Those of an identity that was merged stand with the one that it is found under. */
const inTurns = (db: Db) => db.selectFrom('attribution_state').where('state', '=', 'multi_actor')

/** Of these identities those behind which several people are suspected, each with the traits that tell so. */
async function multiActorOf(db: Db, uuids: readonly string[]): Promise<Map<string, string[]>> {
  const rows = await inTurns(db).select(['identity_uuid', 'primitive']).where('identity_uuid', 'in', uuids).orderBy('primitive').execute()
  const found = [...Map.groupBy(rows, (row) => row.identity_uuid)].filter(([, traits]) => traits.length >= LEAST_TRAITS)
  return new Map(found.map(([uuid, traits]) => [uuid, traits.map(({ primitive }) => primitive)]))
}

const listed = (db: Db, listing: IdentityListing) => {
  const called = listing.search === undefined ? undefined : groupsCalled(db, 'identity', listing.search)
  let query = db.selectFrom(tallies(db, called).as('tally')).where('address_count', '>=', listing.addresses)
  if (listing.from !== undefined) query = query.where('last_seen', '>=', listing.from)
  if (listing.to !== undefined) query = query.where('first_seen', '<=', listing.to)
  const { campaign, multiActor } = listing
  if (campaign !== undefined) {
    const members = db
      .selectFrom('group_members')
      .innerJoin('actor_groups', 'actor_groups.uuid', 'group_members.group_uuid')
      .where((eb) => standsIn(eb as never, [campaign]))
      .select('group_members.member')
    query = query.where('tally.uuid', 'in', members)
  }
  if (multiActor !== undefined) {
    // Found before they are grouped: else SQLite goes through the whole table by its key, row by row.
    const suspected = db
      .selectFrom(inTurns(db).select(['identity_uuid', 'primitive']).distinct().as('turns'))
      .select('identity_uuid')
      .groupBy('identity_uuid')
      .having((eb) => eb.fn.countAll(), '>=', LEAST_TRAITS)
    query = query.where('tally.uuid', multiActor ? 'in' : 'not in', suspected)
  }
  return query
}
type Tally = Awaited<ReturnType<ReturnType<typeof tallies>['execute']>>[number]

export async function listIdentities(db: Db, listing: IdentityListing): Promise<Page<Identity>> {
  const rows = await listed(db, listing)
    .selectAll()
    .orderBy(SORTS[listing.sortBy], listing.order)
    .orderBy('uuid')
    .limit(listing.limit)
    .offset(listing.offset)
    .execute()
  const { total } = await listed(db, listing)
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow()
  return { total: Number(total), limit: listing.limit, offset: listing.offset, data: await dressed(db, rows) }
}

/** By its uuid or that of one that was merged into it. */
export async function findIdentity(db: Db, uuid: string): Promise<Identity | null> {
  const group = await findGroup(db, 'identity', uuid)
  if (!group) return null
  const rows = await tallies(db, [group.uuid]).execute()
  return (await dressed(db, rows))[0] ?? null
}

/** Which identity each of these attackers belongs to now. */
export const identitiesOf = (db: Db, attackers: readonly string[]): Promise<Map<string, string>> => canonicalOf(db, 'identity', attackers)

const countsOf = (row: Tally) => ({
  eventCount: Number(row.event_count),
  sessionCount: Number(row.session_count),
  credentialCount: Number(row.credential_count),
  loginCount: Number(row.login_count),
  commandCount: Number(row.command_count),
  fileCount: Number(row.file_count),
  serviceCount: 0,
  deckyCount: 0,
})

async function dressed(db: Db, rows: readonly Tally[]): Promise<Identity[]> {
  const uuids = rows.map(({ uuid }) => uuid)
  if (uuids.length === 0) return []
  const groups = await db.selectFrom('actor_groups').select(['uuid', 'formed_at', 'confidence']).where('uuid', 'in', uuids).execute()
  const places = await placed(db, uuids)
    .select([
      'attackers.uuid as member',
      'attackers.ip',
      'attackers.services',
      'attackers.deckies',
      (eb) => canonical(eb as never).as('uuid'),
    ])
    .orderBy('attackers.last_seen', 'desc')
    .execute()
  const byIdentity = Map.groupBy(places, ({ uuid }) => uuid)
  const idle = new Set(rows.flatMap((row) => (isIdle(countsOf(row)) ? (byIdentity.get(row.uuid) ?? []).map(({ member }) => member) : [])))
  const shown = await shownBy(
    db,
    places.map(({ member }) => member),
    idle,
  )
  const [campaigns, merged] = [await canonicalOf(db, 'campaign', uuids), await mergedInto(db, uuids)]
  const hands = await multiActorOf(db, uuids)
  return rows.map((row): Identity => {
    const here = byIdentity.get(row.uuid) ?? []
    const group = groups.find(({ uuid }) => uuid === row.uuid)
    const [services, deckies] = (['services', 'deckies'] as const).map((list) =>
      [...new Set(here.flatMap((place) => JSON.parse(place[list]) as string[]))].sort(),
    )
    const campaign = campaigns.get(row.uuid)
    const counts = { ...countsOf(row), serviceCount: services?.length ?? 0, deckyCount: deckies?.length ?? 0 }
    return {
      ...named(row.uuid),
      formed_at: iso(group?.formed_at ?? row.first_seen),
      first_seen: iso(Number(row.first_seen)),
      last_seen: iso(Number(row.last_seen)),
      confidence: group?.confidence ?? 1,
      services: services ?? [],
      deckies: deckies ?? [],
      score: row.score,
      severity: severityOf(row.score),
      headline: headline(
        counts,
        deckies ?? [],
        here.flatMap(({ member }) => shown.get(member) ?? []),
      ),
      address_count: Number(row.address_count),
      addresses: here.slice(0, ADDRESSES_NAMED).map(({ ip }) => ip),
      session_count: counts.sessionCount,
      credential_count: counts.credentialCount,
      command_count: counts.commandCount,
      login_count: counts.loginCount,
      decky_count: counts.deckyCount,
      campaign: campaign === undefined ? null : named(campaign),
      merged: (merged.get(row.uuid) ?? []).map(named),
      multi_actor: hands.get(row.uuid) ?? [],
    }
  })
}

export interface MemberListing {
  readonly uuid: string
  readonly limit: number
  readonly offset: number
}

/** The attackers of an identity, latest first, each with the reason why it is one; null when there is no such identity. */
export async function identityMembers(db: Db, { uuid, limit, offset }: MemberListing): Promise<Page<IdentityMember> | null> {
  const group = await findGroup(db, 'identity', uuid)
  if (!group) return null
  const members = db
    .selectFrom('group_members')
    .innerJoin('attackers', 'attackers.uuid', 'group_members.member')
    .where('group_members.layer', '=', 'identity')
    .where('group_members.group_uuid', 'in', [group.uuid, ...group.merged])
  const rows = await members
    .selectAll('attackers')
    .select(['group_members.linked_at', 'group_members.probability', 'group_members.why'])
    .orderBy('attackers.last_seen', 'desc')
    .orderBy('attackers.uuid')
    .limit(limit)
    .offset(offset)
    .execute()
  const { total } = await members.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow()
  const shown = await shownByRows(db, rows)
  const data = rows.map((row) => ({
    ...toAttacker(row, shown.get(row.uuid)),
    linked_at: iso(row.linked_at),
    probability: row.probability,
    why: row.why,
  }))
  return { total: Number(total), limit, offset, data }
}

/** Identities that are looked up at once. */
const AT_ONCE = 200

/** Of these identities those that stand by themselves, and those that they are found under, each with the uuids of all its attackers, sorted. */
export async function membersOf(db: Db, uuids: readonly string[]): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>()
  for (let at = 0; at < uuids.length; at += AT_ONCE) {
    const asked = await db
      .selectFrom('actor_groups')
      .select((eb) => canonical(eb).as('uuid'))
      .where('uuid', 'in', uuids.slice(at, at + AT_ONCE))
      .where('layer', '=', 'identity')
      .execute()
    const standing = [...new Set(asked.map(({ uuid }) => uuid))].filter((uuid) => !found.has(uuid))
    if (standing.length === 0) continue
    for (const uuid of standing) found.set(uuid, [])
    const rows = await db
      .selectFrom('group_members')
      .innerJoin('actor_groups', 'actor_groups.uuid', 'group_members.group_uuid')
      .select(['group_members.member', (eb) => canonical(eb as never).as('uuid')])
      .where((eb) => eb.or([eb('actor_groups.uuid', 'in', standing), eb('actor_groups.merged_into_uuid', 'in', standing)]))
      .orderBy('group_members.member')
      .execute()
    for (const { member, uuid } of rows) found.get(uuid)?.push(member)
  }
  return found
}

/** The uuids of all its attackers; null when there is no such identity. */
export async function memberUuids(db: Db, uuid: string): Promise<string[] | null> {
  const group = await findGroup(db, 'identity', uuid)
  if (!group) return null
  const rows = await db
    .selectFrom('group_members')
    .select('member')
    .where('layer', '=', 'identity')
    .where('group_uuid', 'in', [group.uuid, ...group.merged])
    .orderBy('member')
    .execute()
  return rows.map(({ member }) => member)
}

import type { Campaign, Identity, Page } from '@decnet/contracts/api'
import { sql } from 'kysely'
import { plural } from '../domain/plural.ts'
import { severityOf } from '../domain/scoring.ts'
import { canonical, findGroup, type Groups, groupsCalled, mergedInto, named, standsIn, sums } from './groups.ts'
import { listIdentities } from './identities.ts'
import type { Db } from './open.ts'
import { readableValues } from './readable-values.ts'
import { iso } from './time.ts'

export interface CampaignListing {
  readonly search?: string | undefined
  readonly from?: number | undefined
  readonly to?: number | undefined
  readonly sortBy: 'recent' | 'score' | 'identities' | 'first_seen'
  readonly order: 'asc' | 'desc'
  readonly limit: number
  readonly offset: number
}
const SORTS = { recent: 'last_seen', score: 'score', identities: 'identity_count', first_seen: 'first_seen' } as const
const IDENTITIES_NAMED = 10
const SHARED_NAMED = 20

/** Each attacker with the identity and the campaign that stand for it: of these campaigns, or of all. */
const placed = (db: Db, groups?: Groups) => {
  const query = db
    .selectFrom('actor_groups')
    .innerJoin('group_members as of_campaign', 'of_campaign.group_uuid', 'actor_groups.uuid')
    // The identity itself, while it stands, and those that were merged into it.
    .innerJoin('actor_groups as own', (join) =>
      join.on((eb) =>
        eb.or([
          eb.and([eb('own.uuid', '=', eb.ref('of_campaign.member')), eb('own.merged_into_uuid', 'is', null)]),
          eb('own.merged_into_uuid', '=', eb.ref('of_campaign.member')),
        ]),
      ),
    )
    .innerJoin('group_members as of_identity', 'of_identity.group_uuid', 'own.uuid')
    .innerJoin('attackers', 'attackers.uuid', 'of_identity.member')
  // Whose groups are known, their layer is: asked for as well, it would be gone through whole.
  return groups ? query.where((eb) => standsIn(eb as never, groups)) : query.where('of_campaign.layer', '=', 'campaign')
}

const tallies = (db: Db, groups?: Groups) =>
  placed(db, groups)
    .select((eb) => [
      canonical(eb as never).as('uuid'),
      sql<number>`count(distinct of_campaign.member)`.as('identity_count'),
      ...sums(eb as never),
    ])
    .groupBy((eb) => canonical(eb as never))
type Tally = Awaited<ReturnType<ReturnType<typeof tallies>['execute']>>[number]

const listed = (db: Db, listing: CampaignListing) => {
  const called = listing.search === undefined ? undefined : groupsCalled(db, 'campaign', listing.search)
  let query = db.selectFrom(tallies(db, called).as('tally'))
  if (listing.from !== undefined) query = query.where('last_seen', '>=', listing.from)
  if (listing.to !== undefined) query = query.where('first_seen', '<=', listing.to)
  return query
}

export async function listCampaigns(db: Db, listing: CampaignListing): Promise<Page<Campaign>> {
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
export async function findCampaign(db: Db, uuid: string): Promise<Campaign | null> {
  const group = await findGroup(db, 'campaign', uuid)
  if (!group) return null
  return (await dressed(db, await tallies(db, [group.uuid]).execute()))[0] ?? null
}

/** The identities of a campaign; null when there is no such campaign. */
export async function campaignIdentities(
  db: Db,
  { uuid, limit, offset }: { uuid: string; limit: number; offset: number },
): Promise<Page<Identity> | null> {
  const group = await findGroup(db, 'campaign', uuid)
  return group && listIdentities(db, { campaign: group.uuid, addresses: 1, sortBy: 'recent', order: 'desc', limit, offset })
}

async function dressed(db: Db, rows: readonly Tally[]): Promise<Campaign[]> {
  const uuids = rows.map(({ uuid }) => uuid)
  if (uuids.length === 0) return []
  const groups = await db.selectFrom('actor_groups').select(['uuid', 'formed_at', 'confidence']).where('uuid', 'in', uuids).execute()
  const places = await placed(db, uuids)
    .select(['attackers.services', 'attackers.deckies', 'of_campaign.member', (eb) => canonical(eb as never).as('uuid')])
    .orderBy('attackers.last_seen', 'desc')
    .execute()
  const byCampaign = Map.groupBy(places, ({ uuid }) => uuid)
  const merged = await mergedInto(db, uuids)
  const campaigns: Campaign[] = []
  for (const row of rows) {
    const here = byCampaign.get(row.uuid) ?? []
    const group = groups.find(({ uuid }) => uuid === row.uuid)
    const union = (list: 'services' | 'deckies') => [...new Set(here.flatMap((place) => JSON.parse(place[list]) as string[]))].sort()
    const [services, deckies, identities] = [union('services'), union('deckies'), [...new Set(here.map(({ member }) => member))]]
    campaigns.push({
      ...named(row.uuid),
      formed_at: iso(group?.formed_at ?? Number(row.first_seen)),
      first_seen: iso(Number(row.first_seen)),
      last_seen: iso(Number(row.last_seen)),
      confidence: group?.confidence ?? 1,
      services,
      deckies,
      score: row.score,
      severity: severityOf(row.score),
      headline: `${plural(Number(row.identity_count), 'identity', 'identities')} at ${plural(Number(row.address_count), 'address', 'addresses')}, on ${plural(deckies.length, 'decky', 'deckies')}`,
      identity_count: Number(row.identity_count),
      identities: identities.slice(0, IDENTITIES_NAMED).map(named),
      address_count: Number(row.address_count),
      merged: (merged.get(row.uuid) ?? []).map(named),
      shared: await sharedBy(db, row.uuid),
    })
  }
  return campaigns
}

/** What the edges of a campaign name, by how many identities. */
async function sharedBy(db: Db, uuid: string): Promise<Campaign['shared']> {
  const edges = await db.selectFrom('group_edges').select(['a', 'b', 'reasons']).where('group_uuid', '=', uuid).execute()
  const users = new Map<string, Set<string>>()
  for (const { a, b, reasons } of edges)
    for (const { feature, values, weight } of JSON.parse(reasons) as { feature: string; values: string[]; weight: number }[]) {
      if (weight <= 0) continue
      for (const value of values) {
        const key = JSON.stringify([feature, value])
        users.set(key, (users.get(key) ?? new Set()).add(a).add(b))
      }
    }
  const most = [...users]
    .map(([key, by]) => {
      const [kind = '', value = ''] = JSON.parse(key) as string[]
      return { kind, value, identities: by.size }
    })
    .sort((a, b) => b.identities - a.identities || (a.value < b.value ? -1 : 1))
    .slice(0, SHARED_NAMED)
  const readable = await readableValues(
    db,
    most.map(({ value }) => value),
  )
  return most.map(({ kind, value, identities }) => {
    const { text, secret } = readable(value)
    return { kind, value: text, secret_sha256: secret, identities }
  })
}

import type { Attacker, Behaviour, Page, Severity } from '@decnet/contracts/api'
import { headline, isIdle, type Shown } from '../domain/headline.ts'
import type { Conduct, ScoredConduct, ScorePart } from '../domain/scoring.ts'
import { dialectOf } from './dialect.ts'
import { rotationsOf } from './fingerprint-states.ts'
import type { Db } from './open.ts'
import type { AttackerTable } from './schema.ts'
import { shownBy } from './shown-techniques.ts'
import { iso } from './time.ts'

/** The counts of a row, as scoring and words want them. */
export const conductOf = (
  row: Omit<AttackerTable, 'services' | 'deckies' | 'score_parts' | 'profile' | 'techniques'>,
): Conduct & Pick<ScoredConduct, 'outreachCount'> => ({
  eventCount: row.event_count,
  sessionCount: row.session_count,
  credentialCount: row.credential_count,
  loginCount: row.login_count,
  commandCount: row.command_count,
  fileCount: row.file_count,
  serviceCount: row.service_count,
  deckyCount: row.decky_count,
  outreachCount: row.outreach_count,
})

export function toAttacker(row: AttackerTable, shown: readonly Shown[] = []): Attacker {
  const deckies = JSON.parse(row.deckies) as string[]
  return {
    uuid: row.uuid,
    ip: row.ip,
    first_seen: iso(row.first_seen),
    last_seen: iso(row.last_seen),
    event_count: row.event_count,
    session_count: row.session_count,
    credential_count: row.credential_count,
    command_count: row.command_count,
    file_count: row.file_count,
    login_count: row.login_count,
    service_count: row.service_count,
    decky_count: row.decky_count,
    services: JSON.parse(row.services) as string[],
    deckies,
    is_traversal: row.decky_count > 1,
    traversal_path: deckies.length > 1 ? deckies.join(' → ') : null,
    score: row.score,
    severity: row.severity as Severity,
    score_parts: JSON.parse(row.score_parts) as ScorePart[],
    behaviour: row.behaviour as Behaviour,
    headline: headline(conductOf(row), deckies, shown),
  }
}

/** What these attackers were seen at: what their headlines tell beside counts. */
export async function shownByRows(db: Db, rows: readonly AttackerTable[]): Promise<Map<string, Shown[]>> {
  const uuids = rows.map(({ uuid }) => uuid)
  return await shownBy(db, uuids, new Set(rows.flatMap((row) => (isIdle(conductOf(row)) ? [row.uuid] : []))))
}

/** With what they were seen at, and how often their fingerprints changed. */
async function withRotations(db: Db, rows: readonly AttackerTable[]): Promise<Attacker[]> {
  const [rotations, shown] = [
    await rotationsOf(
      db,
      rows.map(({ uuid }) => uuid),
    ),
    await shownByRows(db, rows),
  ]
  return rows.map((row) => ({
    ...toAttacker(row, shown.get(row.uuid)),
    ...(rotations.get(row.uuid) ?? { rotation_count: 0, last_rotation_at: null }),
  }))
}

export interface AttackerFilter {
  readonly search?: string | undefined
  readonly service?: string | undefined
  readonly decky?: string | undefined
  readonly severity?: string | undefined
  readonly behaviour?: string | undefined
  /** Seen in this span, epoch milliseconds. */
  readonly from?: number | undefined
  readonly to?: number | undefined
}
export interface AttackerListing extends AttackerFilter {
  readonly sortBy: 'recent' | 'active' | 'traversals' | 'score' | 'first_seen' | 'ip'
  readonly order: 'asc' | 'desc'
  readonly limit: number
  readonly offset: number
}

const SORTS = {
  recent: 'last_seen',
  active: 'event_count',
  traversals: 'decky_count',
  score: 'score',
  first_seen: 'first_seen',
  ip: 'ip',
} as const

function matching(db: Db, filter: AttackerFilter) {
  const { holds } = dialectOf(db)
  let query = db.selectFrom('attackers')
  if (filter.from !== undefined) query = query.where('last_seen', '>=', filter.from)
  if (filter.to !== undefined) query = query.where('first_seen', '<=', filter.to)
  if (filter.severity !== undefined) query = query.where('severity', '=', filter.severity)
  if (filter.behaviour !== undefined) query = query.where('behaviour', '=', filter.behaviour)
  // A list of names in JSON: the quotes make the name whole.
  if (filter.service !== undefined) query = query.where(holds('services', JSON.stringify(filter.service)))
  if (filter.decky !== undefined) query = query.where(holds('deckies', JSON.stringify(filter.decky)))
  const { search } = filter
  if (search !== undefined)
    query = query.where((eb) => eb.or([holds('ip', search), holds('services', search), holds('deckies', search), eb('uuid', '=', search)]))
  return query
}

export async function listAttackers(db: Db, listing: AttackerListing): Promise<Page<Attacker>> {
  const rows = await matching(db, listing)
    .selectAll()
    .orderBy(SORTS[listing.sortBy], listing.order)
    .orderBy('uuid')
    .limit(listing.limit)
    .offset(listing.offset)
    .execute()
  const { total } = await matching(db, listing)
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow()
  return { total: Number(total), limit: listing.limit, offset: listing.offset, data: await withRotations(db, rows) }
}

/** By uuid or by address; null when unknown. */
export async function findAttacker(db: Db, key: string): Promise<Attacker | null> {
  const row = await db
    .selectFrom('attackers')
    .selectAll()
    .where((eb) => eb.or([eb('uuid', '=', key), eb('ip', '=', key)]))
    .executeTakeFirst()
  return (row && (await withRotations(db, [row]))[0]) ?? null
}

export interface Facet {
  readonly value: string
  readonly count: number
}
export interface AttackerFacets {
  readonly service: Facet[]
  readonly decky: Facet[]
  readonly severity: Facet[]
}

/** How many attackers there are by service, decky and severity, most first. Each says what else could be chosen: its own filter does not count. */
export async function attackerFacets(db: Db, filter: AttackerFilter): Promise<AttackerFacets> {
  const [services, deckies, severities] = await Promise.all([
    matching(db, { ...filter, service: undefined })
      .select('services')
      .execute(),
    matching(db, { ...filter, decky: undefined })
      .select('deckies')
      .execute(),
    matching(db, { ...filter, severity: undefined })
      .select('severity')
      .execute(),
  ])
  const tally = (values: Iterable<string>): Facet[] => {
    const counts = new Map<string, number>()
    for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
    return [...counts].map(([value, count]) => ({ value, count })).sort((a, b) => b.count - a.count || a.value.localeCompare(b.value))
  }
  return {
    service: tally(services.flatMap((row) => JSON.parse(row.services) as string[])),
    decky: tally(deckies.flatMap((row) => JSON.parse(row.deckies) as string[])),
    severity: tally(severities.map((row) => row.severity)),
  }
}

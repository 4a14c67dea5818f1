import type { Credential, CredentialReuse, Page, TopCredentialRow } from '@decnet/contracts/api'
import type { Selectable } from 'kysely'
import { sql } from 'kysely'
import { type Dialect, dialectOf } from './dialect.ts'
import type { Db } from './open.ts'
import type { CredentialReuseTable, CredentialTable } from './schema.ts'
import { iso } from './time.ts'

const toCredential = (row: Selectable<CredentialTable> & { target_count: number }): Credential => ({
  id: row.id,
  attacker_ip: row.attacker_ip,
  attacker_uuid: row.attacker_uuid,
  decky: row.decky,
  service: row.service,
  principal: row.principal,
  principal_b64: row.principal_b64,
  secret_kind: row.secret_kind,
  secret_sha256: row.secret_sha256,
  secret_b64: row.secret_b64,
  secret_printable: row.secret_printable,
  outcome: row.outcome as Credential['outcome'],
  method: row.method,
  first_seen: iso(row.first_seen),
  last_seen: iso(row.last_seen),
  attempt_count: row.attempt_count,
  target_count: Number(row.target_count),
})

export interface CredentialFilter {
  readonly search?: string | undefined
  readonly service?: string | undefined
  readonly decky?: string | undefined
  readonly attackerIp?: string | undefined
  readonly outcome?: string | undefined
  readonly secretSha256?: string | undefined
  readonly from?: number | undefined
  readonly to?: number | undefined
}
export interface CredentialListing extends CredentialFilter {
  readonly sortBy: 'last_seen' | 'first_seen' | 'attempt_count' | 'principal' | 'secret' | 'target_count'
  readonly order: 'asc' | 'desc'
  readonly limit: number
  readonly offset: number
}

function matching(db: Db, filter: CredentialFilter) {
  const { holds } = dialectOf(db)
  let query = db.selectFrom('credentials')
  if (filter.service !== undefined) query = query.where('service', '=', filter.service)
  if (filter.decky !== undefined) query = query.where('decky', '=', filter.decky)
  if (filter.attackerIp !== undefined) query = query.where('attacker_ip', '=', filter.attackerIp)
  if (filter.outcome !== undefined) query = query.where('outcome', '=', filter.outcome)
  if (filter.secretSha256 !== undefined) query = query.where('secret_sha256', '=', filter.secretSha256)
  if (filter.from !== undefined) query = query.where('last_seen', '>=', filter.from)
  if (filter.to !== undefined) query = query.where('first_seen', '<=', filter.to)
  const { search } = filter
  if (search !== undefined) {
    const columns = ['principal', 'secret_printable', 'attacker_ip', 'decky', 'service', 'secret_sha256']
    query = query.where((eb) => eb.or(columns.map((column) => holds(column, search))))
  }
  return query
}

/** Distinct (decky, service) on which the row's secret was tried for its principal: what a finding of reuse counts. */
const targets = ({ concat }: Dialect) =>
  sql<number>`(select count(distinct ${concat(sql`c.decky`, sql`' '`, sql`c.service`)}) from credentials c where c.secret_sha256 = credentials.secret_sha256 and c.secret_kind = credentials.secret_kind and coalesce(c.principal_b64, '') = coalesce(credentials.principal_b64, ''))`

export async function listCredentials(db: Db, listing: CredentialListing): Promise<Page<Credential>> {
  const rows = await matching(db, listing)
    .selectAll()
    .select(targets(dialectOf(db)).as('target_count'))
    .orderBy(listing.sortBy === 'secret' ? 'secret_printable' : listing.sortBy, listing.order)
    .orderBy('id')
    .limit(listing.limit)
    .offset(listing.offset)
    .execute()
  const { total } = await matching(db, listing)
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow()
  return { total: Number(total), limit: listing.limit, offset: listing.offset, data: rows.map(toCredential) }
}

const toReuse = (row: CredentialReuseTable): CredentialReuse => ({
  id: row.id,
  secret_sha256: row.secret_sha256,
  secret_kind: row.secret_kind,
  principal: row.principal,
  secret_b64: row.secret_b64,
  secret_printable: row.secret_printable,
  attacker_uuids: JSON.parse(row.attacker_uuids) as string[],
  attacker_ips: JSON.parse(row.attacker_ips) as string[],
  deckies: JSON.parse(row.deckies) as string[],
  services: JSON.parse(row.services) as string[],
  targets: JSON.parse(row.targets) as CredentialReuse['targets'],
  target_count: row.target_count,
  attempt_count: row.attempt_count,
  confidence: row.confidence,
  first_seen: iso(row.first_seen),
  last_seen: iso(row.last_seen),
  updated_at: iso(row.updated_at),
})

export interface ReuseListing {
  readonly minTargetCount: number
  readonly secretKind?: string | undefined
  readonly attackerIp?: string | undefined
  readonly limit: number
  readonly offset: number
}

/** Most targets first. */
export async function listReuse(db: Db, listing: ReuseListing): Promise<Page<CredentialReuse>> {
  let query = db.selectFrom('credential_reuse').where('target_count', '>=', listing.minTargetCount)
  if (listing.secretKind !== undefined) query = query.where('secret_kind', '=', listing.secretKind)
  if (listing.attackerIp !== undefined) query = query.where(dialectOf(db).holds('attacker_ips', JSON.stringify(listing.attackerIp)))
  const rows = await query
    .selectAll()
    .orderBy('target_count', 'desc')
    .orderBy('last_seen', 'desc')
    .orderBy('id')
    .limit(listing.limit)
    .offset(listing.offset)
    .execute()
  const { total } = await query.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow()
  return { total: Number(total), limit: listing.limit, offset: listing.offset, data: rows.map(toReuse) }
}

export async function findReuse(db: Db, id: string): Promise<CredentialReuse | null> {
  const row = await db.selectFrom('credential_reuse').selectAll().where('id', '=', id).executeTakeFirst()
  return row ? toReuse(row) : null
}

/** Every attempt with one secret, newest first. */
export const attemptsForSecret = (db: Db, sha256: string, limit: number): Promise<Page<Credential>> =>
  listCredentials(db, { secretSha256: sha256, sortBy: 'last_seen', order: 'desc', limit, offset: 0 })

export interface Top {
  readonly value: string
  readonly count: number
  /** Distinct addresses. */
  readonly sources: number
}

/** The most tried passwords, principals or pairs of a span: counted by their exact bytes, whatever they look like. */
export async function topCredentials(
  db: Db,
  options: {
    readonly by: 'secret' | 'principal' | 'pair'
    readonly limit: number
    readonly from?: number | undefined
    readonly to?: number | undefined
  },
): Promise<TopCredentialRow[]> {
  const columns = {
    secret: ['secret_sha256', 'secret_b64'],
    principal: ['principal_b64'],
    pair: ['principal_b64', 'secret_sha256', 'secret_b64'],
  } as const
  const value = {
    secret: sql<string>`min(secret_printable)`,
    principal: sql<string>`coalesce(min(principal), '')`,
    pair: dialectOf(db).concat(sql`coalesce(min(principal), '')`, sql`' / '`, sql`min(secret_printable)`),
  }[options.by]
  const rows = await matching(db, options)
    .where('secret_kind', '=', 'plaintext')
    .select(columns[options.by])
    .select((eb) => [
      value.as('value'),
      eb.fn.sum<number>('attempt_count').as('count'),
      eb.fn.count<number>('attacker_ip').distinct().as('sources'),
    ])
    .groupBy(columns[options.by])
    .orderBy('count', 'desc')
    .orderBy('value')
    .limit(options.limit)
    .execute()
  return rows.map((row) => ({ ...row, count: Number(row.count), sources: Number(row.sources) }))
}

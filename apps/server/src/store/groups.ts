import type { GroupEvidence, LinkReason, ToldReason } from '@decnet/contracts/api'
import { codeName, codeWords, namesLike } from '@decnet/contracts/code-name'
import { type Expression, type ExpressionBuilder, type ExpressionWrapper, sql } from 'kysely'
import { dialectOf } from './dialect.ts'
import type { Db } from './open.ts'
import { readableValues } from './readable-values.ts'
import type { Schema } from './schema.ts'
import { iso } from './time.ts'

/** Attackers make identities, identities make campaigns: the same twice. */
export type Layer = 'identity' | 'campaign'

const EDGES_SHOWN = 300
const DECISIONS_SHOWN = 1_000

export const named = (uuid: string) => ({ uuid, code_name: codeName(uuid) })

/** How a group is found by its name. */
export function nameColumns(uuid: string): { name_first: string; name_second: string } {
  const [name_first, name_second] = codeWords(uuid)
  return { name_first, name_second }
}

/** The group that stands for a row of `actor_groups`: the one that it was merged into, or itself. */
export const canonical = (eb: ExpressionBuilder<Schema, 'actor_groups'>): ExpressionWrapper<Schema, 'actor_groups', string> =>
  eb.fn.coalesce('actor_groups.merged_into_uuid', 'actor_groups.uuid') as unknown as ExpressionWrapper<Schema, 'actor_groups', string>

/** Uuids of groups, as a list or as a query. */
export type Groups = readonly string[] | Expression<{ uuid: string }>

/** One of these groups, each standing by itself, stands for a row of `actor_groups`. Unlike {@link canonical} it can use an index. */
export const standsIn = (eb: ExpressionBuilder<Schema, 'actor_groups'>, groups: Groups) =>
  eb.or([
    eb('actor_groups.uuid', 'in', groups as readonly string[]),
    eb('actor_groups.merged_into_uuid', 'in', groups as readonly string[]),
  ])

/** Which group stands for each of these members now; members of none are left out. */
export async function canonicalOf(db: Db, layer: Layer, members: readonly string[]): Promise<Map<string, string>> {
  if (members.length === 0) return new Map()
  const rows = await db
    .selectFrom('group_members')
    .innerJoin('actor_groups', 'actor_groups.uuid', 'group_members.group_uuid')
    .select(['group_members.member', (eb) => canonical(eb as never).as('uuid')])
    .where('group_members.layer', '=', layer)
    .where('group_members.member', 'in', members)
    .execute()
  return new Map(rows.map(({ member, uuid }) => [member, uuid]))
}

/** The group that a uuid leads to, and all that are merged into that one; null when there never was one. */
export async function findGroup(
  db: Db,
  layer: Layer,
  uuid: string,
): Promise<{ uuid: string; formedAt: number; confidence: number; merged: string[] } | null> {
  const asked = await db
    .selectFrom('actor_groups')
    .select((eb) => canonical(eb).as('uuid'))
    .where('uuid', '=', uuid)
    .where('layer', '=', layer)
    .executeTakeFirst()
  if (!asked) return null
  const rows = await db
    .selectFrom('actor_groups')
    .select(['uuid', 'formed_at', 'confidence'])
    .where((eb) => eb.or([eb('uuid', '=', asked.uuid), eb('merged_into_uuid', '=', asked.uuid)]))
    .orderBy('formed_at')
    .execute()
  const own = rows.find((row) => row.uuid === asked.uuid)
  if (!own) return null
  return {
    uuid: own.uuid,
    formedAt: own.formed_at,
    confidence: own.confidence,
    merged: rows.flatMap((row) => (row.uuid === own.uuid ? [] : [row.uuid])),
  }
}

/** Identities and campaigns that are merged into each of these. */
export async function mergedInto(db: Db, uuids: readonly string[]): Promise<Map<string, string[]>> {
  if (uuids.length === 0) return new Map()
  const rows = await db
    .selectFrom('actor_groups')
    .select(['uuid', 'merged_into_uuid'])
    .where('merged_into_uuid', 'in', uuids)
    .orderBy('formed_at')
    .execute()
  return new Map([...Map.groupBy(rows, (row) => row.merged_into_uuid ?? '')].map(([winner, all]) => [winner, all.map(({ uuid }) => uuid)]))
}

/** Why a group's members are together, strongest first, and how it came so. */
export async function groupEvidence(db: Db, { layer, uuid }: { layer: Layer; uuid: string }): Promise<GroupEvidence | null> {
  const group = await findGroup(db, layer, uuid)
  if (!group) return null
  const uuids = [group.uuid, ...group.merged]
  const members = db.selectFrom('group_members').select('member').where('layer', '=', layer).where('group_uuid', 'in', uuids)
  // By who is here now: an edge of those who left is written anew only when they are looked at again.
  const edges = await db
    .selectFrom('group_edges')
    .selectAll()
    .where('layer', '=', layer)
    .where('a', 'in', members)
    .where('b', 'in', members)
    .orderBy('log_odds', 'desc')
    .orderBy('a')
    .orderBy('b')
    .limit(EDGES_SHOWN)
    .execute()
  const own = await db
    .selectFrom('group_decisions')
    .selectAll()
    .where('group_uuid', 'in', uuids)
    .orderBy('seq', 'desc')
    .orderBy('id')
    .limit(DECISIONS_SHOWN)
    .execute()
  const decisions = [...(await partings(db, uuids)), ...own].sort((a, b) => b.seq - a.seq).slice(0, DECISIONS_SHOWN)
  const said =
    layer === 'campaign'
      ? []
      : await db
          .selectFrom('operator_links')
          .selectAll()
          .where((eb) => eb.or([eb('a', 'in', members), eb('b', 'in', members)]))
          .orderBy('at', 'desc')
          .limit(DECISIONS_SHOWN)
          .execute()
  const label = await namesOf(db, layer, [
    ...decisions.flatMap(({ member }) => member ?? []),
    ...[...edges, ...said].flatMap(({ a, b }) => [a, b]),
  ])
  const pair = ({ a, b }: { a: string; b: string }) => ({ a, b, a_label: label(a), b_label: label(b) })
  const told = await tellReasons(db, [...edges, ...decisions])
  return {
    edges: edges.map(({ a, b, log_odds, probability, reasons }) => ({ ...pair({ a, b }), log_odds, probability, reasons: told(reasons) })),
    decisions: decisions.map((row) => ({
      id: row.id,
      kind: row.kind as GroupEvidence['decisions'][number]['kind'],
      at: iso(row.at),
      member: row.member === null ? null : { uuid: row.member, label: label(row.member) },
      other: row.other_uuid === null ? null : named(row.other_uuid),
      sentence: row.sentence,
      reasons: told(row.reasons),
    })),
    operator_links: said.map(({ id, kind, a, b, said_by, at, reason }) => ({
      id,
      kind: kind as 'confirm' | 'forbid',
      ...pair({ a, b }),
      by: said_by,
      at: iso(at),
      reason,
    })),
  }
}

/** Who stands by itself again, or went elsewhere, is told by where it is now; of the group that it left the same is told from its side. */
async function partings(db: Db, uuids: readonly string[]) {
  const rows = await db
    .selectFrom('group_decisions')
    .selectAll()
    .where('other_uuid', 'in', uuids)
    .where('group_uuid', 'not in', uuids)
    .where('kind', 'in', ['unmerged', 'linked'])
    .orderBy('seq', 'desc')
    .limit(DECISIONS_SHOWN)
    .execute()
  return rows.map((row) => ({ ...row, kind: row.kind === 'linked' ? 'released' : row.kind, other_uuid: row.group_uuid }))
}

/** What people call members: attackers by address, identities by code name; of whoever is no longer kept the beginning of the uuid. */
async function namesOf(db: Db, layer: Layer, members: readonly string[]): Promise<(member: string) => string> {
  if (layer === 'campaign') return codeName
  const addresses = await addressesOf(db, [...new Set(members)])
  return (member) => addresses.get(member) ?? member.slice(0, 8)
}

const parsed = (reasons: string | null): LinkReason[] => (reasons === null ? [] : (JSON.parse(reasons) as LinkReason[]))

/** Kept reasons as people read them. */
async function tellReasons(
  db: Db,
  rows: readonly { readonly reasons: string | null }[],
): Promise<(reasons: string | null) => ToldReason[]> {
  const readable = await readableValues(
    db,
    rows.flatMap(({ reasons }) => parsed(reasons).flatMap(({ values }) => values)),
  )
  return (reasons) =>
    parsed(reasons).map((reason) => {
      const values = reason.values.map(readable)
      return { ...reason, values: values.map(({ text }) => text), secrets: values.map(({ secret }) => secret) }
    })
}

/** Counted over all attackers below a group. */
export const sums = (eb: ExpressionBuilder<Schema, 'attackers'>) => [
  eb.fn.countAll<number>().as('address_count'),
  eb.fn.min<number>('attackers.first_seen').as('first_seen'),
  eb.fn.max<number>('attackers.last_seen').as('last_seen'),
  eb.fn.max<number>('attackers.score').as('score'),
  sql<number>`sum(attackers.event_count)`.as('event_count'),
  sql<number>`sum(attackers.session_count)`.as('session_count'),
  sql<number>`sum(attackers.credential_count)`.as('credential_count'),
  sql<number>`sum(attackers.command_count)`.as('command_count'),
  sql<number>`sum(attackers.file_count)`.as('file_count'),
  sql<number>`sum(attackers.login_count)`.as('login_count'),
]

/** Members of clusters that the stored groups do not show as they are, and whom only these show. Clusters below `least` are none. */
export async function strayMembers(db: Db, layer: Layer, clusters: readonly (readonly string[])[], least: number): Promise<string[]> {
  const rows = await db
    .selectFrom('group_members')
    .innerJoin('actor_groups', 'actor_groups.uuid', 'group_members.group_uuid')
    .select(['group_members.member', (eb) => canonical(eb as never).as('uuid')])
    .where('group_members.layer', '=', layer)
    .execute()
  const stored = new Map(rows.map(({ member, uuid }) => [member, uuid]))
  const sizes = Map.groupBy(rows, ({ uuid }) => uuid)
  const found = new Set(clusters.flat())
  const gone = rows.flatMap(({ member }) => (found.has(member) ? [] : [member]))
  const moved = clusters
    .filter((members) => {
      const uuids = new Set(members.map((member) => stored.get(member)))
      const [uuid] = uuids
      if (uuids.size === 1 && uuid === undefined) return members.length >= least
      return uuids.size > 1 || members.length < least || (sizes.get(uuid ?? '')?.length ?? 0) !== members.length
    })
    .flat()
  return [...gone, ...moved]
}

/** One member of each of these groups, as far as they have any. */
export async function oneOfEach(db: Db, groups: readonly string[]): Promise<string[]> {
  if (groups.length === 0) return []
  const rows = await db
    .selectFrom('group_members')
    .select((eb) => eb.fn.min<string>('member').as('member'))
    .where('group_uuid', 'in', groups)
    .groupBy('group_uuid')
    .execute()
  return rows.map(({ member }) => member)
}

/** Everybody who is attached to a group, in the order of their names, some at a time. */
export async function* attachedMembers(db: Db, layer: Layer, atOnce = 200): AsyncGenerator<readonly string[]> {
  for (let after = ''; ; ) {
    const rows = await db
      .selectFrom('group_members')
      .select('member')
      .where('layer', '=', layer)
      .where('member', '>', after)
      .orderBy('member')
      .limit(atOnce)
      .execute()
    const last = rows.at(-1)
    if (!last) return
    yield rows.map(({ member }) => member)
    after = last.member
  }
}

/** The groups of a layer that stand by themselves, in the order of their uuids, some at a time. */
export async function* canonicalGroups(db: Db, layer: Layer, atOnce = 200): AsyncGenerator<readonly string[]> {
  for (let after = ''; ; ) {
    const rows = await db
      .selectFrom('actor_groups')
      .select('uuid')
      .where('layer', '=', layer)
      .where('merged_into_uuid', 'is', null)
      .where('uuid', '>', after)
      .orderBy('uuid')
      .limit(atOnce)
      .execute()
    yield rows.map(({ uuid }) => uuid)
    const last = rows.at(-1)
    if (!last || rows.length < atOnce) return
    after = last.uuid
  }
}

/** What an address may hold: whoever asks for a word that stands in none need not look through them. */
const ADDRESS = /^[\da-f:.]+(?:%.*)?$/iu

/** The groups that stand by themselves whose code name or uuid is asked for, or one of whose addresses holds the text. */
export function groupsCalled(db: Db, layer: Layer, text: string) {
  const asked = text.trim()
  const names = namesLike(asked)
  const called = db
    .selectFrom('actor_groups')
    .select('actor_groups.uuid')
    .where('actor_groups.layer', '=', layer)
    .where('actor_groups.merged_into_uuid', 'is', null)
    .where((eb) => {
      const has = (column: 'name_first' | 'name_second', words: readonly string[]) =>
        words.length === 0 ? sql<boolean>`1 = 0` : eb(`actor_groups.${column}`, 'in', words)
      const itself = eb('actor_groups.uuid', '=', asked.toLowerCase())
      if (!names) return itself
      const words = [has('name_first', names.first), has('name_second', names.second)]
      return names.together ? eb.and(words) : eb.or([...words, itself])
    })
  if (!ADDRESS.test(asked)) return called
  const behind = db
    .selectFrom('attackers')
    .innerJoin('group_members', (join) =>
      join.onRef('group_members.member', '=', 'attackers.uuid').on('group_members.layer', '=', 'identity'),
    )
    .innerJoin('actor_groups', 'actor_groups.uuid', 'group_members.group_uuid')
    .where(dialectOf(db).holds('attackers.ip', asked))
  if (layer === 'identity') return called.union(behind.select((eb) => canonical(eb as never).as('uuid')))
  const campaigns = behind
    .innerJoin('group_members as of_campaign', (join) =>
      join.on('of_campaign.layer', '=', 'campaign').on((eb) => eb('of_campaign.member', '=', canonical(eb as never))),
    )
    .innerJoin('actor_groups as campaigns', 'campaigns.uuid', 'of_campaign.group_uuid')
    .select((eb) => eb.fn.coalesce('campaigns.merged_into_uuid', 'campaigns.uuid').as('uuid'))
  return called.union(campaigns as never)
}

/** Attackers that are looked up at once. */
const AT_ONCE = 500

/** What people call attackers. */
export async function addressesOf(db: Db, attackers: readonly string[]): Promise<Map<string, string>> {
  if (attackers.length === 0) return new Map()
  const found = new Map<string, string>()
  for (let at = 0; at < attackers.length; at += AT_ONCE) {
    const some = attackers.slice(at, at + AT_ONCE)
    for (const { uuid, ip } of await db.selectFrom('attackers').select(['uuid', 'ip']).where('uuid', 'in', some).execute())
      found.set(uuid, ip)
  }
  return found
}

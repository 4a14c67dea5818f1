import { codeName } from '@decnet/contracts/code-name'
import { deterministicId } from '@decnet/kernel'
import type { LogRecord } from '@decnet/kernel/log'
import { groupId } from '../domain/grouping/group-id.ts'
import { type Change, dissolvedBy, type Group, type Known, reconcile } from '../domain/grouping/reconcile.ts'
import type { Linker } from '../domain/linkage/linker.ts'
import { reasonsOf, storyOf } from '../domain/linkage/words.ts'
import { addressesOf, canonicalOf, type Layer, nameColumns } from './groups.ts'
import type { Tx } from './log-table.ts'
import { insertNew, upsert } from './upsert.ts'

/** How a decision came about. */
interface Story {
  readonly sentence: string
  readonly reasons?: string | null
  /** How sure it is. */
  readonly probability?: number
}
const REASONS_KEPT = 5

type Finder = Pick<Linker<never>, 'groupOf' | 'explainGroup'>

export interface Regrouping {
  readonly layer: Layer
  /** Who may be elsewhere now. Who is in no group, not even alone, stands by itself no more, and leaves whatever it belonged to. */
  readonly moved: Iterable<string>
  readonly linker: Finder
  /** Members with the record in which each appeared first: a group is as old as the first of its members, and named after it. */
  readonly appeared: ReadonlyMap<string, LogRecord>
  /** What made it so: its time and place in the log are those of the decision. */
  readonly source: LogRecord
  /** Members that a group is formed of at least. */
  readonly least: number
  /** What people call these members. */
  readonly labels: (members: readonly string[]) => Promise<ReadonlyMap<string, string>>
}

/** Everything that can change when these members moved: their clusters, the groups of all in these, and again theirs. */
async function around(
  tx: Tx,
  { layer, moved, linker }: Pick<Regrouping, 'layer' | 'moved' | 'linker'>,
): Promise<{ clusters: string[][]; known: Known }> {
  const members = new Set<string>([...moved].filter((member) => linker.groupOf(member) === null))
  const groups = new Map<string, Omit<Group, 'founder'>>()
  const attached = new Map<string, string>()
  const clusters = new Map<string, string[]>()
  let fresh = [...moved]
  while (fresh.length > 0) {
    for (const member of fresh)
      for (const other of linker.groupOf(member)?.members ?? []) {
        members.add(other)
        const all = linker.groupOf(other)?.members ?? []
        if (all[0] !== undefined) clusters.set(all[0], [...all])
      }
    const asked = [...members].filter((member) => !attached.has(member))
    if (asked.length === 0) break
    const rows = await tx
      .selectFrom('group_members')
      .select(['member', 'group_uuid'])
      .where('layer', '=', layer)
      .where('member', 'in', asked)
      .execute()
    for (const row of rows) attached.set(row.member, row.group_uuid)
    let uuids = [...new Set(rows.map((row) => row.group_uuid))].filter((uuid) => !groups.has(uuid))
    while (uuids.length > 0) {
      const found = await tx
        .selectFrom('actor_groups')
        .select(['uuid', 'formed_at', 'merged_into_uuid'])
        .where((eb) => eb.or([eb('uuid', 'in', uuids), eb('merged_into_uuid', 'in', uuids)]))
        .execute()
      for (const row of found) groups.set(row.uuid, { uuid: row.uuid, formedAt: row.formed_at, mergedInto: row.merged_into_uuid })
      uuids = [...new Set(found.flatMap((row) => row.merged_into_uuid ?? []))].filter((uuid) => !groups.has(uuid))
    }
    if (groups.size === 0) break
    const theirs = await tx
      .selectFrom('group_members')
      .select(['member', 'group_uuid'])
      .where('group_uuid', 'in', [...groups.keys()])
      .execute()
    fresh = theirs.flatMap(({ member }) => (members.has(member) || linker.groupOf(member) === null ? [] : [member]))
    for (const { member, group_uuid } of theirs) if (members.has(member)) attached.set(member, group_uuid)
  }
  const named = new Map([...attached.keys()].map((member) => [groupId(layer, member), member]))
  const founded = [...groups.values()].map((group) => ({ ...group, founder: named.get(group.uuid) ?? null }))
  return { clusters: [...clusters.values()], known: { groups: founded, attached, seen: await firstSeen(tx, layer, [...members]) } }
}

/** When each of these members was seen first, as far as it is known. */
async function firstSeen(tx: Tx, layer: Layer, members: readonly string[]): Promise<Map<string, number>> {
  if (members.length === 0) return new Map()
  const rows =
    layer === 'identity'
      ? await tx.selectFrom('attackers').select(['uuid', 'first_seen as since']).where('uuid', 'in', members).execute()
      : await tx.selectFrom('actor_groups').select(['uuid', 'formed_at as since']).where('uuid', 'in', members).execute()
  return new Map(rows.map(({ uuid, since }) => [uuid, since]))
}

/** Those of these groups to which somebody is attached. */
async function alive(tx: Tx, layer: Layer, uuids: readonly string[]): Promise<string[]> {
  if (uuids.length === 0) return []
  const rows = await tx
    .selectFrom('group_members')
    .select('group_uuid')
    .distinct()
    .where('layer', '=', layer)
    .where('group_uuid', 'in', uuids)
    .execute()
  return rows.map(({ group_uuid }) => group_uuid)
}

/** When each of these groups was formed that stands by itself and has nobody: it was dissolved. */
async function dissolvedAmong(tx: Tx, layer: Layer, uuids: readonly string[]): Promise<Map<string, number>> {
  if (uuids.length === 0) return new Map()
  const lived = new Set(await alive(tx, layer, uuids))
  const rows = await tx
    .selectFrom('actor_groups')
    .select(['uuid', 'formed_at'])
    .where('layer', '=', layer)
    .where('uuid', 'in', uuids)
    .where('merged_into_uuid', 'is', null)
    .execute()
  return new Map(rows.flatMap(({ uuid, formed_at }) => (lived.has(uuid) ? [] : [[uuid, formed_at] as const])))
}

/** Brings the stored groups of a layer to what the linker says of these members. Answers what changed, in order. */
export async function regroup(tx: Tx, { layer, moved, linker, appeared, source, least, labels }: Regrouping): Promise<readonly Change[]> {
  const { clusters, known } = await around(tx, { layer, moved, linker })
  const names = await labels([...new Set([...clusters.flat(), ...known.attached.keys()])])
  const label = (member: string) => names.get(member) ?? member.slice(0, 8)
  // Whoever was there before comes before all that appear now.
  const placeOf = (member: string): readonly [now: number, at: number] => {
    const seq = known.attached.has(member) ? undefined : appeared.get(member)?.seq
    return seq === undefined ? [0, known.seen.get(member) ?? Number.POSITIVE_INFINITY] : [1, seq]
  }
  const firstOf = (members: readonly string[]) =>
    members.toSorted().reduce((first, member) => {
      const [[now, at], [then, before]] = [placeOf(member), placeOf(first)]
      return now < then || (now === then && at < before) ? member : first
    })
  const wanted = clusters.map((members) => groupId(layer, firstOf(members)))
  const taken = new Set([...known.groups.map(({ uuid }) => uuid), ...(await alive(tx, layer, wanted))])
  const dissolvedBefore =
    least < 2
      ? new Map<string, number>()
      : await dissolvedAmong(
          tx,
          layer,
          clusters.flatMap((members) => (members.length < least ? [] : members.map((member) => groupId(layer, member)))),
        )
  const name = (members: readonly string[]): string => {
    // Whoever came first now may not have when they were together before.
    const [again] = members
      .map((member) => groupId(layer, member))
      .filter((uuid) => dissolvedBefore.has(uuid) && !known.groups.some((group) => group.uuid === uuid))
      .sort((a, b) => (dissolvedBefore.get(a) ?? 0) - (dissolvedBefore.get(b) ?? 0) || (a < b ? -1 : 1))
    if (again !== undefined) return again
    const first = firstOf(members)
    const uuid = groupId(layer, first)
    return taken.has(uuid) ? deterministicId(layer, first, source.id) : uuid
  }
  const changes = reconcile(clusters, known, { least, name })
  const decide = (change: Change, uuid: string, member: string | null, other: string | null, { sentence, reasons = null }: Story) =>
    insertNew(
      tx,
      'group_decisions',
      ['id'],
      [
        {
          id: deterministicId('decision', source.id, layer, change.kind, uuid, member ?? '', other ?? ''),
          layer,
          group_uuid: uuid,
          kind: change.kind,
          at: source.ts,
          seq: source.seq,
          member,
          other_uuid: other,
          sentence,
          reasons,
        },
      ],
    )
  const point = (uuid: string, to: string | null) =>
    tx.updateTable('actor_groups').set({ merged_into_uuid: to }).where('uuid', '=', uuid).execute()
  const story = (member: string): Story => {
    const group = linker.explainGroup(member)
    const merge = group?.merges.find(({ left, right }) => left.includes(member) || right.includes(member))
    const reasons = merge?.best ? JSON.stringify(reasonsOf(merge.best).slice(0, REASONS_KEPT)) : null
    return { sentence: storyOf(group, member, label), reasons, probability: merge?.probability ?? 1 }
  }
  const dissolved = dissolvedBy(changes, known)
  for (const change of changes) {
    if (change.kind === 'formed') {
      const { uuid, members } = change
      await insertNew(
        tx,
        'actor_groups',
        ['uuid'],
        [
          {
            uuid,
            layer,
            formed_at: (appeared.get(firstOf(members)) ?? source).ts,
            merged_into_uuid: null,
            confidence: linker.groupOf(firstOf(members))?.confidence ?? 1,
            suspected: null,
            ...nameColumns(uuid),
          },
        ],
      )
      // One that was dissolved stands again.
      await point(uuid, null)
      const alone = { sentence: `${label(members[0] ?? '')} is nobody known` }
      await decide(change, uuid, null, null, members.length === 1 ? alone : story(members[0] ?? ''))
    } else if (change.kind === 'linked') {
      const { uuid, member, prior } = change
      const why = story(member)
      await upsert(
        tx,
        'group_members',
        ['layer', 'member'],
        [{ layer, member, group_uuid: uuid, linked_at: source.ts, probability: why.probability ?? 1, why: why.sentence }],
      )
      const formed = changes.some((other) => other.kind === 'formed' && other.uuid === uuid)
      if (!formed || prior !== null) await decide(change, uuid, member, prior, why)
    } else if (change.kind === 'released') {
      await tx.deleteFrom('group_members').where('layer', '=', layer).where('member', '=', change.member).execute()
      const group = known.groups.find(({ uuid }) => uuid === change.prior)?.mergedInto ?? change.prior
      const [end, why] =
        linker.groupOf(change.member) === null
          ? [`; nobody is left, and the ${layer} is dissolved`, 'is merged into another now']
          : [`: alone it makes no ${layer}, which is dissolved`, 'belongs to none now']
      await decide(change, group, change.member, null, {
        sentence: `${label(change.member)} ${why}${dissolved.has(group) ? end : ''}`,
      })
    } else if (change.kind === 'merged') {
      await point(change.loser, change.winner)
      const [member] = [...known.attached].flatMap(([member, group]) => (group === change.loser ? [member] : []))
      await decide(change, change.winner, null, change.loser, story(member ?? ''))
    } else {
      await point(change.uuid, null)
      const operator = await whoParted(tx, layer, change.uuid, change.formerWinner)
      const sentence = operator === null ? 'What joined them is outweighed now' : `${operator} said that they are not one`
      await decide(change, change.uuid, null, change.formerWinner, { sentence })
    }
  }
  for (const uuid of dissolved) await forget(tx, layer, [uuid, ...known.groups.flatMap((one) => (one.mergedInto === uuid ? one.uuid : []))])
  return changes
}

/** The operator who said last that members of two groups are not one; null where nobody did. */
async function whoParted(tx: Tx, layer: Layer, one: string, other: string): Promise<string | null> {
  if (layer !== 'identity') return null
  const of = (group: string) => tx.selectFrom('group_members').select('member').where('layer', '=', layer).where('group_uuid', '=', group)
  const row = await tx
    .selectFrom('operator_links')
    .select('said_by')
    .where('kind', '=', 'forbid')
    .where((eb) =>
      eb.or([eb.and([eb('a', 'in', of(one)), eb('b', 'in', of(other))]), eb.and([eb('a', 'in', of(other)), eb('b', 'in', of(one))])]),
    )
    .orderBy('at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.said_by ?? null
}

/** Nobody is attached to these any more, not even who was merged into somebody else meanwhile, and nothing joins them. */
async function forget(tx: Tx, layer: Layer, uuids: readonly string[]): Promise<void> {
  await tx.deleteFrom('group_members').where('layer', '=', layer).where('group_uuid', 'in', uuids).execute()
  await tx.deleteFrom('group_edges').where('layer', '=', layer).where('group_uuid', 'in', uuids).execute()
}

/** Writes down why each member of a group is there by what is known now: what joins it best to the others, in words, and how sure that is. */
export async function keepEvidence(tx: Tx, layer: Layer, member: string, linker: Finder): Promise<void> {
  const group = linker.explainGroup(member)
  const uuid = (await canonicalOf(tx, layer, [member])).get(member)
  if (!group || uuid === undefined) return
  const edges = group.merges.flatMap(({ best }) => best ?? [])
  await tx
    .deleteFrom('group_edges')
    .where('layer', '=', layer)
    .where((eb) => eb.or([eb('a', 'in', group.members), eb('b', 'in', group.members)]))
    .execute()
  await upsert(
    tx,
    'group_edges',
    ['layer', 'a', 'b'],
    edges.map((edge) => {
      const [a = '', b = ''] = [edge.a, edge.b].sort()
      const ordered = edge.ordered === 'together'
      return {
        layer,
        a,
        b,
        group_uuid: uuid,
        log_odds: edge.total,
        probability: ordered ? 1 : edge.probability,
        reasons: JSON.stringify(reasonsOf(edge)),
      }
    }),
  )
  await tx.updateTable('actor_groups').set({ confidence: group.probability }).where('uuid', '=', uuid).execute()
  const addresses = layer === 'identity' ? await addressesOf(tx, group.members) : new Map<string, string>()
  const label = (one: string) => addresses.get(one) ?? (layer === 'identity' ? one : codeName(one))
  for (const other of group.members) {
    const merge = group.merges.find(({ left, right }) => left.includes(other) || right.includes(other))
    await tx
      .updateTable('group_members')
      .set({ probability: merge?.probability ?? 1, why: storyOf(group, other, label) })
      .where('layer', '=', layer)
      .where('member', '=', other)
      .execute()
  }
}

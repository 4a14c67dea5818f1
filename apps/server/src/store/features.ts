import type { AttackerFeature } from '@decnet/contracts/api'
import type { Observation } from '../domain/linkage/observation.ts'
import type { FeatureKind } from '../domain/profile/features.ts'
import type { Db } from './open.ts'
import type { AttackerFeatureTable, AttackerTable } from './schema.ts'
import { iso } from './time.ts'

const AT_ONCE = 200

type Row = AttackerFeatureTable
type Owner = Pick<AttackerTable, 'uuid' | 'ip' | 'first_seen' | 'last_seen'>

/** An attacker's features in the order in which they came. */
export const featureRows = (db: Db, attackerUuids: readonly string[], upToSeq?: number): Promise<Row[]> => {
  const query = db.selectFrom('attacker_features').selectAll().where('attacker_uuid', 'in', attackerUuids)
  return (upToSeq === undefined ? query : query.where('seq', '<=', upToSeq))
    .orderBy('seq')
    .orderBy('kind')
    .orderBy('value_sha256')
    .execute()
}

export const toFeature = (row: Row): AttackerFeature => ({
  value: row.value,
  decky: row.decky,
  first_seen: iso(row.first_ts),
  last_seen: iso(row.last_ts),
})

function pair(json: string): readonly (readonly [string, string])[] {
  const [user, secret] = json.startsWith('["') && json.endsWith('"]') ? cut(json) : []
  return user === undefined || secret === undefined ? [] : [[user, secret]]
}
/** A user name that was cut for its length leaves no whole JSON. */
function cut(json: string): readonly string[] {
  try {
    return JSON.parse(json) as string[]
  } catch {
    return []
  }
}

function observation(owner: Owner, rows: readonly Row[], times: readonly [number | null, number | null]): Observation {
  const tried = rows.flatMap((row) => (row.kind === 'credential' ? pair(row.value).map((login) => ({ login, ts: row.first_ts })) : []))
  const valuesOf = (kind: FeatureKind) => rows.flatMap((row) => (row.kind === kind ? [row.value] : []))
  return {
    id: owner.uuid,
    ip: owner.ip,
    asn: Number(valuesOf('asn')[0] ?? 0) || null,
    firstSeen: times[0],
    lastSeen: times[1],
    fingerprints: { ja3: valuesOf('ja3'), ja4: valuesOf('ja4'), hassh: valuesOf('hassh') },
    payloads: valuesOf('payload'),
    c2: valuesOf('c2'),
    credentials: tried.map(({ login }) => login),
    credentialTimes: tried.map(({ ts }) => ts),
    accepted: valuesOf('account').flatMap(pair),
    commands: rows.flatMap((row) => (row.kind === 'command' ? [{ ts: row.first_ts, decky: row.decky ?? '', text: row.value }] : [])),
    deckies: valuesOf('decky'),
  }
}

const known = (owner: Owner, rows: readonly Row[], upToSeq: number | undefined): Observation | null => {
  if (upToSeq === undefined) return observation(owner, rows, [owner.first_seen, owner.last_seen])
  const times = rows.map((row) => row.first_ts)
  return rows.length === 0 ? null : observation(owner, rows, [Math.min(...times), Math.max(...times)])
}

/** Those of these attackers who have shown a feature, up to a place in the log, that was not there when it was last asked; remembers it. */
export async function newlyShown(
  db: Db,
  attackerUuids: readonly string[],
  upToSeq: number,
  seen: Map<string, number>,
): Promise<readonly string[]> {
  const found: string[] = []
  for (let at = 0; at < attackerUuids.length; at += AT_ONCE) {
    const rows = await db
      .selectFrom('attacker_features')
      .select(['attacker_uuid', (eb) => eb.fn.max<number>('seq').as('newest')])
      .where('attacker_uuid', 'in', attackerUuids.slice(at, at + AT_ONCE))
      .where('seq', '<=', upToSeq)
      .groupBy('attacker_uuid')
      .execute()
    for (const { attacker_uuid: uuid, newest } of rows) {
      if (Number(newest) <= (seen.get(uuid) ?? -1)) continue
      seen.set(uuid, Number(newest))
      found.push(uuid)
    }
  }
  return found.sort()
}

/**
 * What is known of these attackers, as linkage wants it, in the order of their uuids; who is not known is left out. With `upToSeq`: what was
 * known when the log had come so far, times included; it does not change afterwards.
 */
export async function observationsOf(db: Db, attackerUuids: readonly string[], upToSeq?: number): Promise<Observation[]> {
  const found: Observation[] = []
  for (let at = 0; at < attackerUuids.length; at += AT_ONCE) {
    const uuids = attackerUuids.slice(at, at + AT_ONCE)
    const owners = await db
      .selectFrom('attackers')
      .select(['uuid', 'ip', 'first_seen', 'last_seen'])
      .where('uuid', 'in', uuids)
      .orderBy('uuid')
      .execute()
    const byOwner = Map.groupBy(await featureRows(db, uuids, upToSeq), (row) => row.attacker_uuid)
    for (const owner of owners) found.push(...[known(owner, byOwner.get(owner.uuid) ?? [], upToSeq)].filter((one) => one !== null))
  }
  return found
}

/** The same of one attacker; null when nobody has that uuid, or nothing was known of it so far. */
export const observationOf = async (db: Db, attackerUuid: string, upToSeq?: number): Promise<Observation | null> =>
  (await observationsOf(db, [attackerUuid], upToSeq))[0] ?? null

/** Everybody, in the order of their uuids, some at a time: memory does not grow with their number. */
export async function* allObservations(db: Db, atOnce = AT_ONCE): AsyncGenerator<Observation> {
  for (let after = ''; ; ) {
    const owners = await db
      .selectFrom('attackers')
      .select(['uuid', 'ip', 'first_seen', 'last_seen'])
      .where('uuid', '>', after)
      .orderBy('uuid')
      .limit(atOnce)
      .execute()
    const last = owners.at(-1)
    if (!last) return
    const rows = await featureRows(
      db,
      owners.map(({ uuid }) => uuid),
    )
    const byOwner = Map.groupBy(rows, (row) => row.attacker_uuid)
    for (const owner of owners) yield observation(owner, byOwner.get(owner.uuid) ?? [], [owner.first_seen, owner.last_seen])
    after = last.uuid
  }
}

import type { AttackerFeature } from '@decnet/contracts/api'
import type { Observation } from '../domain/linkage/observation.ts'
import type { FeatureKind } from '../domain/profile/features.ts'
import type { Db } from './open.ts'
import type { AttackerFeatureTable, AttackerTable } from './schema.ts'
import { iso } from './time.ts'

const AT_ONCE = 200

type Row = AttackerFeatureTable
type Owner = Pick<AttackerTable, 'uuid' | 'ip'>

/** An attacker's features in the order in which they came, by the time of the events. */
export const featureRows = (db: Db, attackerUuids: readonly string[], upToSeq?: number): Promise<Row[]> => {
  const query = db.selectFrom('attacker_features').selectAll().where('attacker_uuid', 'in', attackerUuids)
  return (upToSeq === undefined ? query : query.where('seq', '<=', upToSeq))
    .orderBy('first_ts')
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

/** From when to when it was there, by what it showed: to the day, where it showed nothing new. */
function timesOf(rows: readonly Row[]): readonly [number | null, number | null] {
  const shown = rows.flatMap((row) => (row.kind === 'day' ? [] : [row.first_ts]))
  return shown.length === 0 ? [null, null] : [Math.min(...shown), Math.max(...rows.map((row) => row.first_ts))]
}

function observation(owner: Owner, rows: readonly Row[]): Observation {
  const [firstSeen, lastSeen] = timesOf(rows)
  const tried = rows.flatMap((row) => (row.kind === 'credential' ? pair(row.value).map((login) => ({ login, ts: row.first_ts })) : []))
  const valuesOf = (kind: FeatureKind) => rows.flatMap((row) => (row.kind === kind ? [row.value] : []))
  return {
    id: owner.uuid,
    ip: owner.ip,
    asn: Number(valuesOf('asn')[0] ?? 0) || null,
    firstSeen,
    lastSeen,
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

/**
 * Those of these attackers who have shown a feature, up to a place in the log, that was not there when it was last asked; remembers it. That it came on
 * another day is one where `days` are looked at.
 */
export async function newlyShown(
  db: Db,
  attackerUuids: readonly string[],
  upToSeq: number,
  { seen, days }: { readonly seen: Map<string, number>; readonly days: boolean },
): Promise<readonly string[]> {
  const found: string[] = []
  for (let at = 0; at < attackerUuids.length; at += AT_ONCE) {
    const rows = await db
      .selectFrom('attacker_features')
      .select(['attacker_uuid', (eb) => eb.fn.max<number>('seq').as('newest')])
      .where('attacker_uuid', 'in', attackerUuids.slice(at, at + AT_ONCE))
      .where('seq', '<=', upToSeq)
      .where((eb) => (days ? eb.lit(true) : eb('kind', '<>', 'day')))
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
 * known when the log had come so far, times included; it changes afterwards only where an older event of something arrives: that is known from its place
 * in the log on.
 */
export async function observationsOf(db: Db, attackerUuids: readonly string[], upToSeq?: number): Promise<Observation[]> {
  const found: Observation[] = []
  for (let at = 0; at < attackerUuids.length; at += AT_ONCE) {
    const uuids = attackerUuids.slice(at, at + AT_ONCE)
    const owners = await db.selectFrom('attackers').select(['uuid', 'ip']).where('uuid', 'in', uuids).orderBy('uuid').execute()
    const byOwner = Map.groupBy(await featureRows(db, uuids, upToSeq), (row) => row.attacker_uuid)
    for (const owner of owners) {
      const rows = byOwner.get(owner.uuid) ?? []
      if (rows.length > 0 || upToSeq === undefined) found.push(observation(owner, rows))
    }
  }
  return found
}

/** The same of one attacker; null when nobody has that uuid, or nothing was known of it so far. */
export const observationOf = async (db: Db, attackerUuid: string, upToSeq?: number): Promise<Observation | null> =>
  (await observationsOf(db, [attackerUuid], upToSeq))[0] ?? null

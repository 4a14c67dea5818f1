import { topics } from '@decnet/contracts/topics'
import { attackerId, deterministicId } from '@decnet/kernel'
import type { LogRecord } from '@decnet/kernel/log'
import { defineFold, type FoldContext } from '@decnet/kernel/worker'
import { type Selectable, sql } from 'kysely'
import { dialectOf } from '../../store/dialect.ts'
import type { Tx } from '../../store/log-table.ts'
import type { CredentialReuseTable } from '../../store/schema.ts'
import { upsert } from '../../store/upsert.ts'

const MIN_TARGETS = 2
/** Lists in a finding name at most this many; the counts are whole. A longer list would be announced again with each name it grows by. */
const LISTED = 100
/** Groups or places that one query asks for. */
const AT_ONCE = 100

type Context = FoldContext<Tx, typeof topics.credentialReuseDetected>

/** A group is one secret of one kind for one principal; no principal and an empty one are the same. */
interface Group {
  readonly sha256: string
  readonly kind: string
  readonly principalB64: string
}

const keyOf = (group: Group) => `${group.sha256} ${group.kind} ${group.principalB64}`
const principalKey = sql<string>`coalesce(principal_b64, '')`

/** Credentials of these groups; the secret's hash is said by itself too, because that is what an index helps with. */
const ofGroups = (tx: Tx, groups: readonly Group[]) => {
  const rows = groups.map(({ sha256, kind, principalB64 }) => [sha256, kind, principalB64])
  const exactly = dialectOf(tx).oneOf([sql.ref('secret_sha256'), sql.ref('secret_kind'), principalKey], rows)
  return sql`secret_sha256 in (${sql.join(groups.map(({ sha256 }) => sha256))}) and ${exactly}`
}

interface TargetRow {
  readonly secret_sha256: string
  readonly secret_kind: string
  readonly principal_key: string
  readonly decky: string
  readonly service: string
  readonly principal: string | null
  readonly principal_b64: string | null
  readonly secret_b64: string
  readonly secret_printable: string
  readonly attempts: number
  readonly first_seen: number
  readonly last_seen: number
}
type Finding = Selectable<CredentialReuseTable>

/** Where each group was tried, by the database: a secret that all the world tries stays cheap. */
async function targetsOf(groups: readonly Group[], tx: Tx): Promise<Map<string, TargetRow[]>> {
  const { rows } = await sql<TargetRow>`
    select secret_sha256, secret_kind, ${principalKey} as principal_key, decky, service, min(principal) as principal,
      min(principal_b64) as principal_b64, min(secret_b64) as secret_b64, min(secret_printable) as secret_printable,
      sum(attempt_count) as attempts, min(first_seen) as first_seen, max(last_seen) as last_seen
    from credentials where ${ofGroups(tx, groups)}
    group by secret_sha256, secret_kind, ${principalKey}, decky, service order by min(first_seen), decky, service`.execute(tx)
  return Map.groupBy(rows, (row) => keyOf({ sha256: row.secret_sha256, kind: row.secret_kind, principalB64: row.principal_key }))
}

const idOf = (group: Group) => deterministicId('credential-reuse', group.sha256, group.kind, group.principalB64)

/** Recomputed from the credentials each time: running it again changes nothing. */
async function correlate(sources: readonly { readonly group: Group; readonly source: LogRecord }[], { tx, emit }: Context): Promise<void> {
  const groups = sources.map(({ group }) => group)
  const targets = await targetsOf(groups, tx)
  const known = await tx.selectFrom('credential_reuse').selectAll().where('id', 'in', groups.map(idOf)).execute()
  const findings: Finding[] = []
  for (const { group, source } of sources) {
    const places = targets.get(keyOf(group)) ?? []
    if (places.length < MIN_TARGETS) continue
    const { rows } = await sql<{ attacker_ip: string }>`
      select attacker_ip from credentials where ${ofGroups(tx, [group])}
      group by attacker_ip order by min(first_seen), min(id) limit ${sql.lit(LISTED)}`.execute(tx)
    const before = known.find(({ id }) => id === idOf(group))
    const addresses = rows.map((row) => row.attacker_ip)
    const finding = findingOf(group, places, addresses, source.ts, before)
    findings.push(finding)
    const grew =
      !before ||
      before.target_count < finding.target_count ||
      (['attacker_ips', 'deckies', 'services'] as const).some((list) => before[list].length < finding[list].length)
    if (!grew) continue
    const payload = {
      id: finding.id,
      secret_kind: group.kind,
      target_count: places.length,
      attacker_uuids: JSON.parse(finding.attacker_uuids) as string[],
      attacker_ips: addresses,
      deckies: JSON.parse(finding.deckies) as string[],
      services: JSON.parse(finding.services) as string[],
    }
    emit(topics.credentialReuseDetected, [], payload, { source, key: `${finding.id} ${places.length} ${addresses.length}` })
  }
  await upsert(tx, 'credential_reuse', 'id', findings)
}

function findingOf(
  group: Group,
  places: readonly TargetRow[],
  addresses: readonly string[],
  ts: number,
  before: Finding | undefined,
): Finding {
  const distinct = (values: readonly string[]) => JSON.stringify([...new Set(values)].slice(0, LISTED).sort())
  const [first] = places
  const attackerIps = JSON.stringify(addresses)
  return {
    id: idOf(group),
    secret_sha256: group.sha256,
    secret_kind: group.kind,
    principal: first?.principal ?? null,
    principal_b64: first?.principal_b64 ?? null,
    secret_b64: first?.secret_b64 ?? '',
    secret_printable: first?.secret_printable ?? '',
    attacker_uuids: before?.attacker_ips === attackerIps ? before.attacker_uuids : JSON.stringify(addresses.map(attackerId)),
    attacker_ips: attackerIps,
    deckies: distinct(places.map(({ decky }) => decky)),
    services: distinct(places.map(({ service }) => service)),
    targets: JSON.stringify(places.slice(0, LISTED).map(({ decky, service }) => ({ decky, service }))),
    target_count: places.length,
    attempt_count: places.reduce((sum, target) => sum + target.attempts, 0),
    confidence: 1,
    first_seen: first?.first_seen ?? ts,
    last_seen: places.reduce((latest, target) => Math.max(latest, target.last_seen), 0),
    updated_at: ts,
  }
}

interface PlaceRow {
  readonly secret_sha256: string
  readonly secret_kind: string
  readonly attacker_ip: string
  readonly decky: string
  readonly service: string
  readonly principal_key: string
}
const PLACE = ['secret_sha256', 'secret_kind', 'attacker_ip', 'decky', 'service'] as const
const placeKey = (place: readonly (string | null)[]) => JSON.stringify(place)

const placeOf = ({ body, attackerIp, decky, service }: LogRecord): readonly (string | null)[] => {
  const { secret_sha256: sha256, secret_kind: kind } = topics.credentialCaptured.payload.parse(body)
  return [sha256, kind, attackerIp, decky, service]
}

/** Groups to which captured credentials belong: those of every principal with which a secret was tried at that place. */
async function groupsOf(batch: readonly LogRecord[], tx: Tx): Promise<{ group: Group; source: LogRecord }[]> {
  const whole = (place: readonly (string | null)[]): place is readonly string[] => place.every((part) => part !== null)
  const places = [...new Map(batch.map((record) => [placeKey(placeOf(record)), placeOf(record)])).values()].filter(whole)
  const found: PlaceRow[] = []
  for (let at = 0; at < places.length; at += AT_ONCE) {
    const here = dialectOf(tx).oneOf(
      PLACE.map((column) => sql.ref(column)),
      places.slice(at, at + AT_ONCE),
    )
    const { rows } = await sql<PlaceRow>`
      select distinct ${sql.join(PLACE.map((column) => sql.ref(column)))}, ${principalKey} as principal_key from credentials where ${here}`.execute(
      tx,
    )
    found.push(...rows)
  }
  const byPlace = Map.groupBy(found, (row) => placeKey(PLACE.map((column) => row[column])))
  const groups = new Map<string, { group: Group; source: LogRecord }>()
  for (const source of batch) {
    for (const row of byPlace.get(placeKey(placeOf(source))) ?? []) {
      const group = { sha256: row.secret_sha256, kind: row.secret_kind, principalB64: row.principal_key }
      groups.set(keyOf(group), { group, source })
    }
  }
  return [...groups.values()]
}

/** Finds one secret used on two or more (decky, service). */
export default defineFold({
  name: 'reuse-correlator',
  summary: 'Finds one secret used on several targets.',
  reads: [topics.credentialCaptured],
  emits: [topics.credentialReuseDetected],
  key: ({ body }) => (typeof body.secret_sha256 === 'string' ? body.secret_sha256 : ''),
  // A group is counted once in a batch, however many of its credentials are in it.
  batchSize: 2_000,
  async handle(batch, context: Context) {
    const groups = await groupsOf(batch, context.tx)
    for (let at = 0; at < groups.length; at += AT_ONCE) await correlate(groups.slice(at, at + AT_ONCE), context)
  },
})

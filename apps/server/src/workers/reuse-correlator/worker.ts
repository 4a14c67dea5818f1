import { topics } from '@decnet/contracts/topics'
import { attackerId, deterministicId } from '@decnet/kernel'
import type { LogRecord } from '@decnet/kernel/log'
import { defineFold, type FoldContext } from '@decnet/kernel/worker'
import { sql } from 'kysely'
import type { Tx } from '../../store/log-table.ts'
import { upsert } from '../../store/upsert.ts'

const MIN_TARGETS = 2
/** Lists in a finding name at most this many; the counts are whole. A longer list would be announced again with each name it grows by. */
const LISTED = 100

type Context = FoldContext<Tx, typeof topics.credentialReuseDetected>

/** A group is one secret of one kind for one principal; no principal and an empty one are the same. */
interface Group {
  readonly sha256: string
  readonly kind: string
  readonly principalB64: string
}

const ofGroup = ({ sha256, kind, principalB64 }: Group) =>
  sql`secret_sha256 = ${sha256} and secret_kind = ${kind} and coalesce(principal_b64, '') = ${principalB64}`

interface TargetRow {
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

/** Recomputed from the credentials each time, by the database: running it again changes nothing, and a secret that all the world tries stays cheap. */
async function correlate(group: Group, source: LogRecord, { tx, emit }: Context): Promise<void> {
  const { rows: targets } = await sql<TargetRow>`
    select decky, service, min(principal) as principal, min(principal_b64) as principal_b64, min(secret_b64) as secret_b64,
      min(secret_printable) as secret_printable, sum(attempt_count) as attempts, min(first_seen) as first_seen, max(last_seen) as last_seen
    from credentials where ${ofGroup(group)} group by decky, service order by min(first_seen), decky, service`.execute(tx)
  const [first] = targets
  if (!first || targets.length < MIN_TARGETS) return
  const { rows: attackers } = await sql<{ attacker_ip: string }>`
    select attacker_ip from credentials where ${ofGroup(group)}
    group by attacker_ip order by min(first_seen), min(id) limit ${LISTED}`.execute(tx)

  const distinct = (values: readonly string[]) => [...new Set(values)].slice(0, LISTED)
  const attackerIps = attackers.map((row) => row.attacker_ip)
  const deckies = distinct(targets.map(({ decky }) => decky)).sort()
  const services = distinct(targets.map(({ service }) => service)).sort()
  const finding = {
    id: deterministicId('credential-reuse', group.sha256, group.kind, group.principalB64),
    secret_sha256: group.sha256,
    secret_kind: group.kind,
    principal: first.principal,
    principal_b64: first.principal_b64,
    secret_b64: first.secret_b64,
    secret_printable: first.secret_printable,
    attacker_ips: JSON.stringify(attackerIps),
    deckies: JSON.stringify(deckies),
    services: JSON.stringify(services),
    targets: JSON.stringify(targets.slice(0, LISTED).map(({ decky, service }) => ({ decky, service }))),
    target_count: targets.length,
    attempt_count: targets.reduce((sum, target) => sum + target.attempts, 0),
    confidence: 1,
    first_seen: first.first_seen,
    last_seen: targets.reduce((latest, target) => Math.max(latest, target.last_seen), 0),
    updated_at: source.ts,
  }
  const before = await tx
    .selectFrom('credential_reuse')
    .select(['target_count', 'attacker_uuids', 'attacker_ips', 'deckies', 'services'])
    .where('id', '=', finding.id)
    .executeTakeFirst()
  const grew =
    !before ||
    before.target_count < finding.target_count ||
    (['attacker_ips', 'deckies', 'services'] as const).some((list) => before[list].length < finding[list].length)
  const attackerUuids =
    before?.attacker_ips === finding.attacker_ips ? (JSON.parse(before.attacker_uuids) as string[]) : attackerIps.map(attackerId)
  await upsert(tx, 'credential_reuse', 'id', [{ ...finding, attacker_uuids: JSON.stringify(attackerUuids) }])
  if (!grew) return
  const payload = {
    id: finding.id,
    secret_kind: group.kind,
    target_count: targets.length,
    attacker_uuids: attackerUuids,
    attacker_ips: attackerIps,
    deckies,
    services,
  }
  emit(topics.credentialReuseDetected, [], payload, { source, key: `${finding.id} ${targets.length} ${attackerIps.length}` })
}

/** Principals with which the secret of a captured credential was tried at that place. */
async function principalsOf({ body, attackerIp, decky, service }: LogRecord, tx: Tx): Promise<Group[]> {
  const { secret_sha256: sha256, secret_kind: kind } = topics.credentialCaptured.payload.parse(body)
  const { rows } = await sql<{ principal_b64: string }>`
    select distinct coalesce(principal_b64, '') as principal_b64 from credentials
    where secret_sha256 = ${sha256} and secret_kind = ${kind}
      and attacker_ip = ${attackerIp} and decky = ${decky} and service = ${service}`.execute(tx)
  return rows.map(({ principal_b64: principalB64 }) => ({ sha256, kind, principalB64 }))
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
    const groups = new Map<string, { group: Group; source: LogRecord }>()
    for (const source of batch) {
      for (const group of await principalsOf(source, context.tx))
        groups.set(`${group.sha256} ${group.kind} ${group.principalB64}`, { group, source })
    }
    for (const { group, source } of groups.values()) await correlate(group, source, context)
  },
})

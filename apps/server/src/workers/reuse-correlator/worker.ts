import { topics } from '@decnet/contracts/topics'
import { attackerId, deterministicId } from '@decnet/kernel'
import type { LogRecord } from '@decnet/kernel/log'
import { defineFold, type FoldContext } from '@decnet/kernel/worker'
import type { Tx } from '../../store/log-table.ts'

const MIN_TARGETS = 2
/** Lists in a finding name at most this many; the counts are whole. */
const LISTED = 1_000

type Context = FoldContext<Tx, typeof topics.credentialReuseDetected>

/** A group is one secret of one kind for one principal; no principal and an empty one are the same. */
interface Group {
  readonly sha256: string
  readonly kind: string
  readonly principalB64: string
}

/** Recomputed from the credentials each time: running it again changes nothing. */
async function correlate(group: Group, source: LogRecord, { tx, emit }: Context): Promise<void> {
  const rows = await tx
    .selectFrom('credentials')
    .selectAll()
    .where('secret_sha256', '=', group.sha256)
    .where('secret_kind', '=', group.kind)
    .where((eb) =>
      group.principalB64 === ''
        ? eb.or([eb('principal_b64', 'is', null), eb('principal_b64', '=', '')])
        : eb('principal_b64', '=', group.principalB64),
    )
    .orderBy('first_seen')
    .orderBy('id')
    .execute()
  const first = rows[0]
  const targets = new Map(rows.map((row) => [`${row.decky} ${row.service}`, { decky: row.decky, service: row.service }]))
  if (!first || targets.size < MIN_TARGETS) return

  const distinct = (values: readonly string[]) => [...new Set(values)].slice(0, LISTED)
  const attackerIps = distinct(rows.map((row) => row.attacker_ip))
  const finding = {
    id: deterministicId('credential-reuse', group.sha256, group.kind, group.principalB64),
    secret_sha256: group.sha256,
    secret_kind: group.kind,
    principal: first.principal,
    principal_b64: first.principal_b64,
    secret_b64: first.secret_b64,
    secret_printable: first.secret_printable,
    attacker_uuids: JSON.stringify(attackerIps.map(attackerId)),
    attacker_ips: JSON.stringify(attackerIps),
    deckies: JSON.stringify(distinct(rows.map((row) => row.decky)).sort()),
    services: JSON.stringify(distinct(rows.map((row) => row.service)).sort()),
    targets: JSON.stringify([...targets.values()].slice(0, LISTED)),
    target_count: targets.size,
    attempt_count: rows.reduce((sum, row) => sum + row.attempt_count, 0),
    confidence: 1,
    first_seen: first.first_seen,
    last_seen: Math.max(...rows.map((row) => row.last_seen)),
    updated_at: source.ts,
  }
  const before = await tx
    .selectFrom('credential_reuse')
    .select(['target_count', 'attacker_ips', 'deckies', 'services'])
    .where('id', '=', finding.id)
    .executeTakeFirst()
  const grew =
    !before ||
    before.target_count < finding.target_count ||
    (['attacker_ips', 'deckies', 'services'] as const).some((list) => before[list].length < finding[list].length)
  const { id: _, ...update } = finding
  await tx
    .insertInto('credential_reuse')
    .values(finding)
    .onConflict((conflict) => conflict.column('id').doUpdateSet(update))
    .execute()
  if (!grew) return
  const payload = {
    id: finding.id,
    secret_kind: group.kind,
    target_count: targets.size,
    attacker_uuids: attackerIps.map(attackerId),
    attacker_ips: attackerIps,
    deckies: distinct(rows.map((row) => row.decky)).sort(),
    services: distinct(rows.map((row) => row.service)).sort(),
  }
  emit(topics.credentialReuseDetected, [], payload, { source, key: `${finding.id} ${targets.size} ${attackerIps.length}` })
}

/** Finds one secret used on two or more (decky, service). */
export default defineFold({
  name: 'reuse-correlator',
  summary: 'Finds one secret used on several targets.',
  reads: [topics.credentialCaptured],
  emits: [topics.credentialReuseDetected],
  async handle(batch, context: Context) {
    const groups = new Map<string, { group: Group; source: LogRecord }>()
    for (const source of batch) {
      const { secret_sha256: sha256, secret_kind: kind } = topics.credentialCaptured.payload.parse(source.body)
      const principals = await context.tx
        .selectFrom('credentials')
        .select('principal_b64')
        .distinct()
        .where('secret_sha256', '=', sha256)
        .where('secret_kind', '=', kind)
        .where('attacker_ip', '=', source.attackerIp ?? '')
        .where('decky', '=', source.decky ?? '')
        .where('service', '=', source.service ?? '')
        .execute()
      for (const { principal_b64 } of principals) {
        const group = { sha256, kind, principalB64: principal_b64 ?? '' }
        groups.set(`${sha256} ${kind} ${group.principalB64}`, { group, source })
      }
    }
    for (const { group, source } of groups.values()) await correlate(group, source, context)
  },
})

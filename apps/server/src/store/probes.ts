import type { AttackerProbe } from '@decnet/contracts/api'
import type { Db } from './open.ts'
import type { AttackerProbeTable } from './probe-table.ts'
import { iso, isoOrNull } from './time.ts'
import { insertNew, upsert } from './upsert.ts'

const KEY = ['attacker_uuid', 'port', 'probe'] as const
type Key = Pick<AttackerProbeTable, (typeof KEY)[number]>
/** How far attackers have been learned of from the log. */
const POSITION = 'prober.position'

/** What is to be asked, and when for the first time. */
export type NewProbe = Key & Pick<AttackerProbeTable, 'attacker_ip' | 'due_at'>

const UNTRIED = { visits: 0, silences: 0, state: 'waiting', tried_at: null, answered_at: null, hash: null, facts: null } as const

/** Plans what is not planned yet. */
export const planProbes = (db: Db, rows: readonly NewProbe[]): Promise<void> =>
  insertNew(
    db,
    'attacker_probes',
    KEY,
    rows.map((row) => ({ ...row, ...UNTRIED })),
  )

/** The last record of the log that was looked at for new attackers. */
export async function learnedUpTo(db: Db): Promise<number> {
  const row = await db.selectFrom('settings').select('value').where('key', '=', POSITION).executeTakeFirst()
  return row ? Number(row.value) : 0
}

export const setLearnedUpTo = (db: Db, position: number): Promise<void> =>
  upsert(db, 'settings', 'key', [{ key: POSITION, value: String(position) }])

/** Somebody wants an attacker to be asked now: of all that is named here. */
export async function wantProbes(db: Db, rows: readonly NewProbe[]): Promise<void> {
  await planProbes(db, rows)
  for (const { attacker_uuid, port, probe } of rows)
    await db
      .updateTable('attacker_probes')
      .set({ due_at: 0 })
      .where('attacker_uuid', '=', attacker_uuid)
      .where('port', '=', port)
      .where('probe', '=', probe)
      .execute()
}

export type DueProbe = AttackerProbeTable & {
  /** When that attacker was seen last; null: it is no longer kept. */ readonly last_seen: number | null
}

/** What is due, longest first; what somebody wants before all else. */
export const dueProbes = (db: Db, now: number, limit: number): Promise<DueProbe[]> =>
  db
    .selectFrom('attacker_probes')
    .leftJoin('attackers', 'attackers.uuid', 'attacker_probes.attacker_uuid')
    .selectAll('attacker_probes')
    .select('attackers.last_seen')
    .where('due_at', '<=', now)
    .orderBy('due_at')
    .orderBy('attacker_uuid')
    .orderBy('port')
    .limit(limit)
    .execute()

/** Takes an errand for a while; false when somebody else was quicker. */
export async function takeProbe(db: Db, { attacker_uuid, port, probe, due_at }: AttackerProbeTable, until: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('attacker_probes')
    .set({ due_at: until })
    .where('attacker_uuid', '=', attacker_uuid)
    .where('port', '=', port)
    .where('probe', '=', probe)
    .where('due_at', '=', due_at)
    .executeTakeFirstOrThrow()
  return numUpdatedRows > 0n
}

/** Writes what became of errands; of those that were forgotten meanwhile nothing. */
export async function writeProbes(tx: Db, rows: readonly AttackerProbeTable[]): Promise<void> {
  for (const { attacker_uuid, port, probe, ...changes } of rows)
    await tx
      .updateTable('attacker_probes')
      .set(changes)
      .where('attacker_uuid', '=', attacker_uuid)
      .where('port', '=', port)
      .where('probe', '=', probe)
      .execute()
}

/** Errands that nobody wants any more: the attacker or the port is no longer of interest. */
export async function dropProbes(db: Db, rows: readonly Key[]): Promise<void> {
  for (const { attacker_uuid, port, probe } of rows)
    await db
      .deleteFrom('attacker_probes')
      .where('attacker_uuid', '=', attacker_uuid)
      .where('port', '=', port)
      .where('probe', '=', probe)
      .execute()
}

/** All that an attacker is asked, by port. */
export async function probesOf(db: Db, uuid: string): Promise<AttackerProbe[]> {
  const rows = await db
    .selectFrom('attacker_probes')
    .selectAll()
    .where('attacker_uuid', '=', uuid)
    .orderBy('port')
    .orderBy('probe')
    .execute()
  return rows.map(({ port, probe, visits, state, due_at, tried_at, answered_at, hash, facts }) => ({
    port,
    probe,
    visits,
    state: state as AttackerProbe['state'],
    due_at: due_at === 0 ? null : iso(due_at),
    tried_at: isoOrNull(tried_at),
    answered_at: isoOrNull(answered_at),
    hash,
    facts: facts === null ? {} : (JSON.parse(facts) as Record<string, string>),
  }))
}

/** Addresses of our own deckies. */
export async function deckyAddresses(db: Db): Promise<string[]> {
  const rows = await db.selectFrom('deckies').select(['ip', 'ip6']).execute()
  return rows.flatMap(({ ip, ip6 }) => (ip6 === null ? [ip] : [ip, ip6]))
}

import { attackerId } from '@decnet/kernel'
import type { LogRecord } from '@decnet/kernel/log'
import type { Engine, Sight } from '../domain/ttp/engine/engine.ts'
import { evidenceOf } from '../domain/ttp/evidence/evidence.ts'
import { canonicalOf } from '../store/groups.ts'
import type { Tx } from '../store/log-table.ts'

/** Whom a record is about; an identity where no single attacker is. */
export interface Subject {
  readonly attacker_uuid: string | null
  readonly identity_uuid: string | null
  readonly session_id: string | null
}
/** Evidence of a record that satisfies rules. */
export interface Seen {
  readonly record: LogRecord
  readonly sight: Sight
  readonly subject: Subject
}

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null)

const subjectOf = ({ attackerIp, sessionId, body }: LogRecord, identities: ReadonlyMap<string, string>): Subject => {
  const attacker = attackerIp === null ? null : attackerId(attackerIp)
  const identity = text(body.identity_uuid) ?? text(body.winner_uuid) ?? (attacker === null ? null : (identities.get(attacker) ?? null))
  return { attacker_uuid: attacker, identity_uuid: identity, session_id: sessionId }
}

/** What in some records satisfies rules, in their order, before windows are counted; and how many pieces of evidence were looked at. */
export async function sightsOf(
  tx: Tx,
  engine: Engine,
  batch: readonly LogRecord[],
): Promise<{ readonly seen: readonly Seen[]; readonly evidence: number }> {
  const attackers = new Set(batch.flatMap(({ attackerIp }) => (attackerIp === null ? [] : [attackerId(attackerIp)])))
  const identities = await canonicalOf(tx, 'identity', [...attackers])
  let evidence = 0
  const seen = batch.flatMap((record) => {
    const subject = subjectOf(record, identities)
    if (subject.attacker_uuid === null && subject.identity_uuid === null) return []
    return evidenceOf(record).flatMap((each) => {
      evidence += 1
      const sight = engine.look({ ...each, identity: subject.identity_uuid })
      return sight ? [{ record, sight, subject }] : []
    })
  })
  return { seen, evidence }
}

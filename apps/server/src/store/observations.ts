import type { BehaviourObservation, VectorObservation } from '../domain/behaviour/observe.ts'
import type { Tx } from './log-table.ts'
import { rowsByKey } from './rows-by-key.ts'
import { insertNew } from './upsert.ts'

/** An observation, and whose it is. */
export type Shown = (BehaviourObservation | VectorObservation) & {
  readonly attacker_uuid: string
  /** Null: seen in many sessions together. */
  readonly session_id: string | null
}

const AT_ONCE = 512

/** Those of these attackers that are still kept: of one that was let go nothing is to be kept anew. */
export async function keptAttackers(tx: Tx, uuids: readonly string[]): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  for (let at = 0; at < uuids.length; at += AT_ONCE) {
    const rows = await tx
      .selectFrom('attackers')
      .select('uuid')
      .where('uuid', 'in', uuids.slice(at, at + AT_ONCE))
      .execute()
    for (const { uuid } of rows) found.add(uuid)
  }
  return found
}

/** Keeps observations; those that are known stay as they are. Answers the ids of the others. */
export async function keepObservations(tx: Tx, shown: readonly Shown[]): Promise<ReadonlySet<string>> {
  const ids = shown.map(({ id }) => id)
  const known = await rowsByKey(
    tx,
    'observations',
    ['id'],
    ids.map((id) => [id]),
  )
  await insertNew(
    tx,
    'observations',
    ['id'],
    shown.map(({ window, value, ...observation }) => ({
      ...observation,
      value: JSON.stringify(value),
      window_start: window.start_ts,
      window_end: window.end_ts,
    })),
  )
  return new Set(ids).difference(new Set(known.map(({ id }) => id)))
}

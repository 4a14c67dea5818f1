import type { LogRecord } from '@decnet/kernel/log'
import { partedBy } from '../../domain/rotation/observe-fingerprint.ts'
import type { Around, FingerprintState, Sighting } from '../../domain/rotation/sighting.ts'
import { sightingsIn } from '../../domain/rotation/sightings-in.ts'
import { type Tx, toRecord } from '../../store/log-table.ts'

/** Records that may hold the hash elsewhere than where it is sought. */
const LOOKED_AT = 64

/** What the log, up to a record, says of the stretch that its sighting parts; nothing where it parts none, or the log is shorter. */
export async function aroundOf(
  tx: Tx,
  state: FingerprintState,
  record: LogRecord,
  sighting: Sighting,
  portOf: (service: string) => number | null,
): Promise<Around> {
  const stretch = partedBy(state, sighting)
  if (stretch === null) return {}
  const { attacker_ip, attacker_uuid, port, probe_type } = sighting
  const seen = async (direction: 'asc' | 'desc', from: number, to: number) => {
    const rows = await tx
      .selectFrom('log')
      .selectAll()
      .where('attacker_ip', '=', attacker_ip)
      .where('seq', '<', record.seq)
      .where('ts', '>=', from)
      .where('ts', '<=', to)
      .where('body', 'like', `%${stretch.hash}%`)
      .orderBy('ts', direction)
      .limit(LOOKED_AT)
      .execute()
    return rows
      .flatMap((row) => sightingsIn(toRecord(row), attacker_uuid, portOf))
      .find((one) => one.hash === stretch.hash && one.port === port && one.probe_type === probe_type)?.ts
  }
  const millis = (seconds: number) => Math.round(seconds * 1_000)
  const last = await seen('desc', millis(stretch.from), record.ts)
  const next = await seen('asc', record.ts + 1, millis(stretch.to))
  return { ...(last !== undefined && { last }), ...(next !== undefined && { next }) }
}

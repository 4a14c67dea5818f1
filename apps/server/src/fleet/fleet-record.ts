import { newId } from '@decnet/kernel'
import type { NewLogRecord } from '@decnet/kernel/log'

/** A fact about a decky that the fleet itself tells, not a sensor. */
export const fleetRecord = (
  topic: string,
  decky: string,
  type: string,
  ts: number,
  body: Readonly<Record<string, unknown>>,
): NewLogRecord => ({
  id: newId(),
  topic,
  ts,
  source: 'fleet',
  type,
  decky,
  service: null,
  attackerIp: null,
  attackerPort: null,
  sessionId: null,
  body,
  msg: null,
})

import type { LogRecord } from '@decnet/kernel/log'
import type { Value } from './insert-rows.ts'

/** The columns of the log, in the order of {@link logValues}. */
export const LOG_COLUMNS = 'seq id topic ts source type decky service attacker_ip attacker_port session_id body msg'.split(' ')

/** A record as the log's row. */
export const logValues = (r: LogRecord): readonly Value[] => [
  r.seq,
  r.id,
  r.topic,
  r.ts,
  r.source,
  r.type,
  r.decky,
  r.service,
  r.attackerIp,
  r.attackerPort,
  r.sessionId,
  JSON.stringify(r.body),
  r.msg,
]

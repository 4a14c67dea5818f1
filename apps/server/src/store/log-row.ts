import type { LogRow, StreamRecord } from '@decnet/contracts/api'
import type { LogRecord } from '@decnet/kernel/log'
import { encodeEvent } from '@decnet/kernel/syslog'
import { iso } from './time.ts'

/** A record as the stream tells it. */
export const streamRow = (record: LogRecord): StreamRecord => ({
  seq: record.seq,
  id: record.id,
  topic: record.topic,
  timestamp: iso(record.ts),
  decky: record.decky,
  service: record.service,
  event_type: record.type,
  attacker_ip: record.attackerIp,
  attacker_port: record.attackerPort,
  session_id: record.sessionId,
  fields: record.body,
})

/** The RFC 5424 line of a record; of a derived one, its payload as one parameter each. */
function rawLine(record: LogRecord): string {
  const fields = Object.fromEntries(
    Object.entries(record.body).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  )
  const bound = {
    ...(record.sessionId === null ? {} : { session_id: record.sessionId }),
    ...(record.attackerIp === null ? {} : { src_ip: record.attackerIp }),
    ...(record.attackerPort === null ? {} : { src_port: String(record.attackerPort) }),
  }
  return encodeEvent({
    id: record.id,
    ts: record.ts,
    decky: record.decky ?? '-',
    service: record.service ?? record.source,
    type: record.type.slice(0, 32),
    severity: 6,
    fields: { ...bound, ...fields },
  })
}

export const logRow = (record: LogRecord): LogRow => ({ ...streamRow(record), msg: record.msg, raw_line: rawLine(record) })

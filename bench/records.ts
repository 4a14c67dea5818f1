import type { EventLog, NewLogRecord } from '@decnet/kernel/log'
import type { SensorEvent } from '@decnet/kernel/service'
import { decodeEvent, encodeEvent } from '@decnet/kernel/syslog'
import { traffic } from './traffic.ts'

const BATCH = 5_000

/** An event as the ingester makes a record of it: written and parsed. */
export function recordOf(event: SensorEvent): NewLogRecord {
  const record = decodeEvent(encodeEvent(event), { source: 'sensor', position: '' })
  if ('error' in record) throw new Error(record.error)
  return record
}

/** Appends `rows` events to a log. */
export async function fillLog<Tx>(log: EventLog<Tx>, rows: number, progress: (text: string) => void): Promise<void> {
  let batch: NewLogRecord[] = []
  let done = 0
  const flush = async () => {
    await log.transaction((_tx, log) => log.append(batch))
    done += batch.length
    batch = []
    if (done % 100_000 === 0) progress(`${done.toLocaleString('en')} of ${rows.toLocaleString('en')} rows`)
  }
  for (const event of traffic(rows)) {
    batch.push(recordOf(event))
    if (batch.length === BATCH) await flush()
  }
  if (batch.length > 0) await flush()
}

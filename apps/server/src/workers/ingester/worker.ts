import { events } from '@decnet/contracts/events'
import { topics } from '@decnet/contracts/topics'
import type { Intake } from '@decnet/kernel/intake'
import type { EventLog, NewLogRecord } from '@decnet/kernel/log'
import { decodeEvent } from '@decnet/kernel/syslog'
import { defineTick, type Tick } from '@decnet/kernel/worker'
import type { Tx } from '../../store/log-table.ts'

/** Lines per transaction; more than a fold takes, so that a flood reaches the disk before it is thought about. */
const BATCH = 5_000
/** Batches up to this size are announced event by event as well; larger ones only as a batch: a live feed, not a transport. */
const ANNOUNCED = 32

/**
 * Moves what sensors wrote into the event log, exactly once: rows and the reading position commit together, and the log
 * refuses an event id that it has. A line that is no event is kept among the dead letters with its bytes.
 */
export function ingester(intake: Intake, log: EventLog<Tx>): Tick<typeof topics.systemLog | typeof topics.workerHealth> {
  let position: string | null | undefined
  return defineTick({
    name: 'ingester',
    summary: 'Moves events from the spool into the event log, exactly once.',
    every: 1_000,
    wakes: [],
    emits: [topics.systemLog, topics.workerHealth],
    async run({ publish }) {
      const after = position === undefined ? await log.transaction(async (tx) => storedPosition(tx)) : position
      const batch = await intake.read(after, BATCH)
      if (batch.lines.length === 0 && batch.torn === null && batch.position === after) return 'done'

      const records: NewLogRecord[] = []
      const refused: { error: string; raw: string }[] = []
      for (const { line, position, corrupt } of batch.lines) {
        if (corrupt !== undefined) {
          refused.push({ error: corrupt, raw: line.toString('base64') })
          continue
        }
        const decoded = decodeEvent(line, { source: batch.source, position })
        if ('error' in decoded) refused.push({ error: decoded.error, raw: line.toString('base64') })
        else records.push(decoded)
      }
      if (batch.torn !== null) refused.push({ error: 'the writer was killed within this line', raw: batch.torn.toString('base64') })

      position = undefined
      const written = await log.transaction(async (tx, log) => {
        for (const { error, raw } of refused) await log.park({ worker: 'ingester', seq: null, recordId: null, error, raw })
        await tx
          .insertInto('intake_positions')
          .values({ source: batch.source, position: batch.position })
          .onConflict((conflict) => conflict.column('source').doUpdateSet({ position: batch.position }))
          .execute()
        return log.append(records)
      })
      position = batch.position
      await intake.ack(batch.position)

      if (written.length <= ANNOUNCED) {
        for (const record of written) {
          if (record.type === events.tick.type) continue
          const { decky, service, type, attackerIp, ts, body } = record
          const payload = {
            decky: decky ?? '',
            service: service ?? '',
            event_type: type,
            attacker_ip: attackerIp,
            timestamp: new Date(ts).toISOString(),
            fields: body as Record<string, string>,
          }
          publish(topics.systemLog, [], payload, type)
        }
      }
      if (written.length > 0)
        publish(
          topics.systemLog,
          [],
          { component: 'ingester', flushed: written.length, position: written.at(-1)?.seq ?? 0 },
          'batch_committed',
        )
      // A sensor reaches no bus: its tick in the spool is its heartbeat.
      const tick = written.findLast((record) => record.type === events.tick.type)
      if (tick)
        publish(
          topics.workerHealth,
          ['sensor'],
          { worker: 'sensor', ts: tick.ts / 1000, interval_sec: 10, kind: 'process', ...tick.body },
          'health',
        )
      return batch.more ? 'again' : 'done'
    },
  })
}

async function storedPosition(tx: Tx): Promise<string | null> {
  const row = await tx.selectFrom('intake_positions').select('position').executeTakeFirst()
  return row?.position ?? null
}

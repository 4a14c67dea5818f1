import { topics } from '@decnet/contracts/topics'
import { newId } from '@decnet/kernel'
import type { EventLog, LogRecord, NewLogRecord } from '@decnet/kernel/log'
import type { Tx } from '../store/log-table.ts'
import type { BoundService } from '../supervisor/protocol.ts'

export type DeckyState = 'running' | 'degraded' | 'stopped'

const stateOf = (services: readonly BoundService[], serving: boolean): DeckyState => {
  const up = services.filter((service) => service.port !== null).length
  if (!serving || up === 0) return 'stopped'
  return up === services.length ? 'running' : 'degraded'
}

/** Writes down what listens now and derives `decky.{name}.state` for every decky whose state changed. Returns those records, committed. */
export function recordFleetState(
  log: EventLog<Tx>,
  services: readonly BoundService[],
  serving: boolean,
  now: number,
): Promise<LogRecord[]> {
  return log.transaction(async (tx, log) => {
    const deckies = await tx.selectFrom('deckies').selectAll().orderBy('position').execute()
    const records: NewLogRecord[] = []
    for (const decky of deckies) {
      const own = services.filter((service) => service.decky === decky.name)
      for (const service of own) {
        await tx
          .updateTable('decky_services')
          .set({ port: service.port, state: service.port === null ? 'failed' : serving ? 'listening' : 'stopped', detail: service.detail })
          .where('decky', '=', decky.name)
          .where('name', '=', service.service)
          .execute()
      }
      const state = stateOf(own, serving)
      if (state === decky.state) continue
      await tx.updateTable('deckies').set({ state }).where('name', '=', decky.name).execute()
      const up = own.filter((service) => service.port !== null).map((service) => service.service)
      const body = topics.deckyState.payload.parse({ name: decky.name, state, previous_state: decky.state, services: up, source: 'fleet' })
      records.push({
        id: newId(),
        topic: topics.deckyState.name(decky.name),
        ts: now,
        source: 'fleet',
        type: 'state',
        decky: decky.name,
        service: null,
        attackerIp: null,
        attackerPort: null,
        sessionId: null,
        body,
        msg: null,
      })
    }
    return log.append(records)
  })
}

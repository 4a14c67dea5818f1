import { events as eventTypes } from '@decnet/contracts/events'
import { topics } from '@decnet/contracts/topics'
import { attackerId } from '@decnet/kernel'
import { type LogRecord, partitionOf } from '@decnet/kernel/log'
import { COMMAND_TYPES, commandText, FILE_TYPES, isHandsOn, textField } from '../../domain/event-kinds.ts'
import { handsOn } from '../../store/hands-on.ts'
import type { SessionTable } from '../../store/schema.ts'
import { upsert } from '../../store/upsert.ts'
import type { ProfilerContext } from './context.ts'

/** A session that says nothing for this long is over, even if its end was never seen (milliseconds of event time). */
export const IDLE_MS = 15 * 60_000
const COMMANDS_IN_PAYLOAD = 200
const IDLE_AT_ONCE = 500

type EndReason = 'closed' | 'idle' | 'lost'

const iso = (ts: number) => new Date(ts).toISOString()

const fresh = (record: LogRecord, sessionId: string, ip: string): SessionTable => ({
  id: sessionId,
  attacker_uuid: attackerId(ip),
  attacker_ip: ip,
  decky: record.decky ?? '',
  service: record.service ?? '',
  source: record.source,
  part: partitionOf(ip),
  started_at: record.ts,
  last_at: record.ts,
  ended_at: null,
  end_reason: null,
  event_count: 0,
  command_count: 0,
  credential_count: 0,
  file_count: 0,
  principal: null,
  logged_in: 0,
  client: null,
  replay: null,
  last_seq: 0,
})

function count(row: SessionTable, record: LogRecord): void {
  row.last_seq = record.seq
  row.event_count += 1
  row.started_at = Math.min(row.started_at, record.ts)
  row.last_at = Math.max(row.last_at, record.ts)
  if (row.end_reason === 'idle' || row.end_reason === 'lost') {
    // It was only silent: it goes on.
    row.ended_at = null
    row.end_reason = null
  }
  if (isHandsOn(record.type, record.body)) row.command_count += 1
  if (FILE_TYPES.includes(record.type)) row.file_count += 1
  if (typeof record.body.secret_b64 === 'string') row.credential_count += 1
  if (record.type === eventTypes.authAttempt.type) {
    const won = record.body.outcome === 'success'
    if (won || row.logged_in === 0) row.principal = textField(record.body, 'principal')?.replaceAll('\0', '\u2400') ?? row.principal
    if (won) row.logged_in = 1
  }
  if (record.type === eventTypes.clientHello.type)
    row.client = textField(record.body, 'client_version')?.replaceAll('\0', '\u2400') ?? row.client
  if (record.type === eventTypes.httpRequest.type)
    row.client = textField(record.body, 'user_agent')?.replaceAll('\0', '\u2400') ?? row.client
  if (record.type === eventTypes.sessionRecorded.type && typeof record.body.replay === 'string') row.replay ??= record.body.replay
}

/** Sessions by the id that the sensor gave each connection: begun by its first event, ended by `disconnect`, by silence, or with their sensor. */
export async function foldSessions(events: readonly LogRecord[], context: ProfilerContext): Promise<void> {
  const { tx, emit } = context
  const ids = [...new Set(events.flatMap((record) => (record.sessionId === null ? [] : [record.sessionId])))]
  const known = ids.length === 0 ? [] : await tx.selectFrom('sessions').selectAll().where('id', 'in', ids).execute()
  const rows = new Map(known.map((row) => [row.id, row]))
  const touched = new Set<SessionTable>()

  const end = async (row: SessionTable, at: number, reason: EndReason, source: LogRecord) => {
    row.ended_at = at
    row.end_reason = reason
    touched.add(row)
    const commands = row.command_count === 0 ? [] : await commandsOf(row.id, context)
    const payload = {
      session_id: row.id,
      attacker_uuid: row.attacker_uuid,
      attacker_ip: row.attacker_ip,
      decky_id: row.decky,
      service: row.service,
      started_at: iso(row.started_at),
      ended_at: iso(at),
      duration_s: (at - row.started_at) / 1000,
      end_reason: reason,
      commands,
      command_count: row.command_count,
      replay: row.replay,
    }
    emit(topics.attackerSessionEnded, [], payload, {
      source,
      key: `${row.id} ${at}`,
      ts: at,
      decky: row.decky,
      service: row.service,
      attackerIp: row.attacker_ip,
      sessionId: row.id,
    })
  }

  for (const record of events) {
    const { sessionId, attackerIp } = record
    if (sessionId !== null && attackerIp !== null) {
      let row = rows.get(sessionId)
      if (!row) {
        row = fresh(record, sessionId, attackerIp)
        rows.set(sessionId, row)
        const payload = {
          session_id: sessionId,
          attacker_uuid: row.attacker_uuid,
          attacker_ip: attackerIp,
          decky: row.decky,
          service: row.service,
          started_at: iso(record.ts),
        }
        emit(topics.attackerSessionStarted, [], payload, { source: record, key: sessionId })
      }
      if (record.seq <= row.last_seq) continue
      count(row, record)
      touched.add(row)
      if (record.type === eventTypes.disconnect.type) await end(row, record.ts, 'closed', record)
    } else if (record.type === eventTypes.sensorStarted.type || record.type === eventTypes.tick.type) {
      await save(touched, context)
      touched.clear()
      const before = record.type === eventTypes.sensorStarted.type ? bornAt(record) : record.ts - IDLE_MS
      const silent = await tx
        .selectFrom('sessions')
        .selectAll()
        .where('source', '=', record.source)
        .where('part', 'in', context.parts)
        .where('ended_at', 'is', null)
        .where('last_at', '<', before)
        .orderBy('last_at')
        .limit(IDLE_AT_ONCE)
        .execute()
      for (const row of silent) {
        const current = rows.get(row.id) ?? row
        rows.set(row.id, current)
        await end(current, current.last_at, record.type === eventTypes.tick.type ? 'idle' : 'lost', record)
      }
    }
  }
  await save(touched, context)
}

/** When the sensor that says that it serves began: what its predecessor left open is older. */
function bornAt({ body, ts }: LogRecord): number {
  const since = Number(body.since)
  return Number.isSafeInteger(since) && since > 0 ? Math.min(since, ts) : ts
}

/** The session's first commands, by its own id: neighbours of the same address never bleed in. */
async function commandsOf(sessionId: string, { tx }: ProfilerContext) {
  const rows = await tx
    .selectFrom('log')
    .select(['seq', 'ts', 'type', 'body'])
    .where('session_id', '=', sessionId)
    .where('topic', '=', topics.systemLog.pattern)
    .where('type', 'in', COMMAND_TYPES)
    .where(handsOn(tx))
    .orderBy('seq')
    .limit(COMMANDS_IN_PAYLOAD)
    .execute()
  return rows.map((row, index) => ({
    id: `${sessionId}#${index}`,
    command_text: commandText(row.type, JSON.parse(row.body) as Record<string, unknown>) ?? '',
    ts: iso(row.ts),
  }))
}

const save = (rows: ReadonlySet<SessionTable>, { tx }: ProfilerContext): Promise<void> => upsert(tx, 'sessions', 'id', [...rows])

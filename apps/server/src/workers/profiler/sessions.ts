import { events as eventTypes } from '@decnet/contracts/events'
import { topics } from '@decnet/contracts/topics'
import { attackerId } from '@decnet/kernel'
import { type LogRecord, partitionOf } from '@decnet/kernel/log'
import { FILE_TYPES, isHandsOn, textField } from '../../domain/event-kinds.ts'
import { rowsByKey } from '../../store/rows-by-key.ts'
import type { SessionTable } from '../../store/schema.ts'
import { upsert } from '../../store/upsert.ts'
import { CommandLists } from './commands.ts'
import type { ProfilerContext } from './context.ts'
import { type EndReason, patienceOf, Silence } from './silence.ts'

const iso = (ts: number) => new Date(ts).toISOString()
const readable = (text: string | null) => text?.replaceAll('\0', '\u2400') ?? null

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
  late_source: null,
  late_at: null,
})

function count(row: SessionTable, record: LogRecord): void {
  const { type, body } = record
  row.last_seq = record.seq
  row.event_count += 1
  row.started_at = Math.min(row.started_at, record.ts)
  if (record.ts > row.last_at) {
    row.last_at = record.ts
    // Two imports may tell of one session: the time of whoever tells of its last event goes beyond that event, and ends it.
    row.source = record.source
    if (row.end_reason === 'idle' || row.end_reason === 'lost') {
      // It was only silent: it goes on.
      row.ended_at = null
      row.end_reason = null
    }
  }
  if (row.ended_at !== null) {
    // It was announced without this: once its source has gone on, the whole is told again.
    row.late_at = row.late_source === record.source ? Math.max(row.late_at ?? record.ts, record.ts) : record.ts
    row.late_source = record.source
  }
  if (isHandsOn(type, body)) row.command_count += 1
  if (FILE_TYPES.includes(type)) row.file_count += 1
  if (typeof body.secret_b64 === 'string') row.credential_count += 1
  if (type === eventTypes.authAttempt.type) {
    const won = body.outcome === 'success'
    if (won || row.logged_in === 0) row.principal = readable(textField(body, 'principal')) ?? row.principal
    if (won) row.logged_in = 1
  }
  if (type === eventTypes.clientHello.type) row.client = readable(textField(body, 'client_version')) ?? row.client
  if (type === eventTypes.httpRequest.type) row.client = readable(textField(body, 'user_agent')) ?? row.client
  if (type === eventTypes.sessionRecorded.type && typeof body.replay === 'string') row.replay ??= body.replay
}

/** A session as it was when it ended. */
interface Ending {
  readonly row: SessionTable
  readonly at: number
  readonly reason: EndReason
  readonly source: LogRecord
  /** It was announced before, without what came late. */
  readonly again: boolean
}

/**
 * Sessions by the id that the sensor gave each connection: begun by its first event, ended by `disconnect`, by silence, or with their sensor. One of
 * which more is told after its end, as by another file of an import, is announced again as a whole, at the same end.
 */
export async function foldSessions(events: readonly LogRecord[], context: ProfilerContext): Promise<void> {
  const { tx, emit, parts } = context
  const ids = [...new Set(events.flatMap((record) => (record.sessionId === null ? [] : [record.sessionId])))]
  const known = await rowsByKey(
    tx,
    'sessions',
    ['id'],
    ids.map((id) => [id]),
  )
  const rows = new Map(known.map((row) => [row.id, row]))
  const commands = new CommandLists(tx)
  const touched = new Set<SessionTable>()
  const endings: Ending[] = []
  const end = (row: SessionTable, at: number, reason: EndReason, source: LogRecord) => {
    const again = row.late_source !== null
    row.ended_at = at
    row.end_reason = reason
    row.late_source = null
    row.late_at = null
    touched.add(row)
    endings.push({ row: { ...row }, at, reason, source, again })
    commands.wanted(row, source.seq)
  }
  const silence = await Silence.before(events, rows, context)

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
      if (record.seq > row.last_seq) {
        commands.heard(row, record)
        count(row, record)
        touched.add(row)
        if (record.type === eventTypes.disconnect.type) end(row, row.last_at, 'closed', record)
        else silence.heard(row)
      }
    }
    const { until, reason } = patienceOf(record)
    for (const part of attackerIp === null ? parts : [partitionOf(attackerIp)])
      for (const row of silence.over(record, part, until))
        if (row.ended_at === null) end(row, row.last_at, reason, record)
        else end(row, row.ended_at, row.end_reason as EndReason, record)
  }

  const lists = await commands.read()
  for (const { row, at, reason, source, again } of endings) {
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
      commands: lists(row.id, source.seq, again),
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
  await upsert(tx, 'sessions', 'id', [...touched])
}

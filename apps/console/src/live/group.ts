import type { Severity } from '@decnet/contracts/api'
import { duration, stamp } from '../time/words.ts'
import { rank, tell } from '../words/event.ts'
import { type EventLike, SYSTEM_LOG } from '../words/said.ts'

/** Records of one session, newest first. */
export interface SessionGroup {
  readonly key: string
  readonly sessionId: string | null
  readonly attacker: string
  readonly decky: string
  readonly service: string
  readonly severity: Severity
  readonly newest: number
  readonly oldest: number
  readonly user: string
  readonly loggedIn: boolean
  /** Its first and its last record are among these: a search or a period may leave them out. */
  readonly opened: boolean
  readonly ended: boolean
  readonly events: readonly EventLike[]
}
export interface Grouped {
  readonly groups: readonly SessionGroup[]
  /** Sessions in which nobody did more than connect. */
  readonly knocks: { readonly sessions: number; readonly sources: number }
}

const contact = new Set(['connect', 'disconnect', 'client_hello', 'connection_refused', 'protocol_error', 'session_recorded'])
/** Said by the head of the session. */
const quietInside = new Set(['connect', 'disconnect', 'client_hello', 'session_recorded'])
const isDerived = (event: EventLike) => event.topic !== SYSTEM_LOG

/** Records (newest first) by session; sessions by their newest record. What derives from events is left out: the events say it. */
export function groupBySession(records: readonly EventLike[]): Grouped {
  const byKey = new Map<string, EventLike[]>()
  for (const record of records) {
    if (record.attacker_ip === null || (isDerived(record) && record.topic !== 'credential.reuse.detected')) continue
    const key = record.session_id ?? `${record.attacker_ip} ${record.decky} ${record.service}`
    const events = byKey.get(key)
    if (events) events.push(record)
    else byKey.set(key, [record])
  }
  const groups: SessionGroup[] = []
  const quiet = new Set<string>()
  let knocks = 0
  for (const [key, events] of byKey) {
    const first = events[0]
    if (!first) continue
    if (events.every((e) => contact.has(e.event_type))) {
      knocks += 1
      quiet.add(first.attacker_ip ?? '')
      continue
    }
    let severity: Severity = 'info'
    for (const e of events) {
      const s = tell(e).severity
      if (rank(s) > rank(severity)) severity = s
    }
    const login = events.find((e) => e.event_type === 'auth_attempt' && e.fields.outcome === 'success')
    const user = [login?.fields.principal, events.find((e) => e.fields.user)?.fields.user].find((u) => typeof u === 'string')
    groups.push({
      key,
      sessionId: first.session_id,
      attacker: first.attacker_ip ?? '',
      decky: first.decky ?? '',
      service: first.service ?? '',
      severity,
      newest: Date.parse(first.timestamp),
      oldest: Date.parse(events.at(-1)?.timestamp ?? first.timestamp),
      user: typeof user === 'string' ? user : '',
      loggedIn: login !== undefined,
      opened: events.some((e) => e.event_type === 'connect'),
      ended: events.some((e) => e.event_type === 'disconnect'),
      events: events.filter((e) => !quietInside.has(e.event_type)),
    })
  }
  return { groups, knocks: { sessions: knocks, sources: quiet.size } }
}

/** When the session was, as far as the records at hand say it; whether it is still open they never do. */
export function lifeOf({ opened, ended, oldest, newest }: SessionGroup, now: number): string {
  if (opened && ended) {
    const took = Math.max(0, (newest - oldest) / 1000)
    return took < 0.1 ? 'closed at once' : `closed after ${duration(took)}`
  }
  if (ended) return `closed at ${stamp(newest, now)}`
  return opened ? `opened at ${stamp(oldest, now)}` : `latest record at ${stamp(newest, now)}`
}

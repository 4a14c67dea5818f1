import { events as eventTypes } from '@decnet/contracts/events'
import { topics } from '@decnet/contracts/topics'
import { attackerId } from '@decnet/kernel'
import type { LogRecord } from '@decnet/kernel/log'
import type { Selectable } from 'kysely'
import { FILE_TYPES, isHandsOn, OUTREACH_TYPES, touchedService } from '../../domain/event-kinds.ts'
import { behaviourOf } from '../../domain/profile/behaviour.ts'
import { Profile, parseProfile } from '../../domain/profile/profile.ts'
import { parseRecognised, type Recognised, recognise } from '../../domain/profile/recognised.ts'
import { Sightings } from '../../domain/profile/sightings.ts'
import { crossed, type ScoredConduct, scoreOf, scoreParts, severityOf } from '../../domain/scoring.ts'
import { conductOf } from '../../store/attackers.ts'
import { rowsByKey } from '../../store/rows-by-key.ts'
import type { AttackerTable } from '../../store/schema.ts'
import { upsert } from '../../store/upsert.ts'
import type { ProfilerContext } from './context.ts'
import { saveFeatures } from './features.ts'

/** A row while it is being folded: lists open, counts as in the table. */
interface Draft extends Omit<Selectable<AttackerTable>, 'services' | 'deckies' | 'score_parts' | 'profile' | 'techniques'> {
  services: Set<string>
  deckies: Set<string>
  recognised: Recognised
  profile: Profile
  sightings: Sightings
  changed: boolean
}

const open = ({ techniques, ...row }: AttackerTable): Draft => ({
  ...row,
  recognised: parseRecognised(techniques),
  services: new Set(JSON.parse(row.services) as string[]),
  deckies: new Set(JSON.parse(row.deckies) as string[]),
  profile: new Profile(parseProfile(row.profile)),
  sightings: new Sightings(),
  changed: false,
})

const fresh = (uuid: string, ip: string, ts: number): Draft => ({
  uuid,
  ip,
  first_seen: ts,
  last_seen: ts,
  event_count: 0,
  session_count: 0,
  credential_count: 0,
  command_count: 0,
  file_count: 0,
  login_count: 0,
  outreach_count: 0,
  service_count: 0,
  decky_count: 0,
  services: new Set(),
  deckies: new Set(),
  recognised: {},
  score: 0,
  severity: 'info',
  behaviour: 'unknown',
  profile: new Profile(null),
  sightings: new Sightings(),
  last_seq: 0,
  changed: false,
})

/** Counts one event in; a record that was counted before changes nothing. */
function count(draft: Draft, record: LogRecord): void {
  draft.changed = true
  draft.last_seq = record.seq
  draft.first_seen = Math.min(draft.first_seen, record.ts)
  draft.last_seen = Math.max(draft.last_seen, record.ts)
  draft.event_count += 1
  if (record.type === eventTypes.connect.type) draft.session_count += 1
  if (typeof record.body.secret_b64 === 'string') draft.credential_count += 1
  if (record.type === eventTypes.authAttempt.type && record.body.outcome === 'success') draft.login_count += 1
  if (isHandsOn(record.type, record.body)) draft.command_count += 1
  if (FILE_TYPES.includes(record.type)) draft.file_count += 1
  if (OUTREACH_TYPES.includes(record.type)) draft.outreach_count += 1
  const service = touchedService(record.service)
  if (service !== null) draft.services.add(service)
  if (record.decky !== null) draft.deckies.add(record.decky)
  draft.service_count = draft.services.size
  draft.decky_count = draft.deckies.size
  draft.profile.count(record)
  draft.sightings.see(record, draft.event_count === 1)
}

const scoredOf = (draft: Draft): ScoredConduct => ({ ...conductOf(draft), recognised: draft.recognised })

/** What of a known row an event can change. */
const CHANGING = [
  ...([
    'first_seen',
    'last_seen',
    'event_count',
    'session_count',
    'credential_count',
    'command_count',
    'file_count',
    'login_count',
  ] as const),
  ...(['outreach_count', 'service_count', 'decky_count', 'services', 'deckies', 'score', 'severity', 'score_parts'] as const),
  ...(['behaviour', 'profile', 'techniques', 'last_seq'] as const),
]

/**
 * One row per address; the first sight is announced, and each threshold that the score crosses. Records are events and what was recognised in them,
 * in their order.
 */
export async function foldAttackers(records: readonly LogRecord[], { tx, emit }: ProfilerContext): Promise<void> {
  const touching = records.filter((record) => record.attackerIp !== null)
  if (touching.length === 0) return
  const addresses = [...new Set(touching.map((record) => record.attackerIp ?? ''))]
  const rows = await rowsByKey(
    tx,
    'attackers',
    ['ip'],
    addresses.map((ip) => [ip]),
  )
  const drafts = new Map(rows.map((row) => [row.ip, open(row)]))

  for (const record of touching) {
    const ip = record.attackerIp ?? ''
    let draft = drafts.get(ip)
    if (record.topic === topics.ttpTagged.pattern) {
      // Of somebody who is forgotten nothing is recognised. A set needs no guard against what is read twice.
      if (!draft) continue
      const { recognised = [] } = topics.ttpTagged.payload.parse(record.body)
      draft.recognised = recognise(draft.recognised, recognised)
      draft.changed = true
      score(draft, record, emit)
      continue
    }
    if (!draft) {
      draft = fresh(attackerId(ip), ip, record.ts)
      drafts.set(ip, draft)
      const payload = {
        attacker_uuid: draft.uuid,
        attacker_ip: ip,
        decky: record.decky ?? '',
        service: record.service ?? '',
        event_type: record.type,
        first_seen: new Date(record.ts).toISOString(),
      }
      emit(topics.attackerObserved, [], payload, { source: record })
    }
    if (record.seq <= draft.last_seq) continue
    count(draft, record)
    score(draft, record, emit)
  }
  const changed = [...drafts.values()].filter((draft) => draft.changed)
  await saveFeatures(changed, tx)
  await upsert(tx, 'attackers', 'uuid', changed.map(rowOf), CHANGING)
}

/** After each event, so that what is announced does not depend on how events were batched. A score never falls. */
function score(draft: Draft, record: LogRecord, emit: ProfilerContext['emit']): void {
  const conduct = scoredOf(draft)
  const next = Math.max(draft.score, scoreOf(conduct))
  const threshold = crossed(draft.score, next)
  draft.score = next
  if (!threshold) return
  draft.severity = severityOf(next)
  const payload = {
    attacker_uuid: draft.uuid,
    attacker_ip: draft.ip,
    score: next,
    threshold: threshold.score,
    severity: threshold.severity,
    parts: Object.fromEntries(scoreParts(conduct).map((part) => [part.part, part.points])),
    event_count: draft.event_count,
    service_count: draft.service_count,
    decky_count: draft.decky_count,
    credential_count: draft.credential_count,
    is_traversal: draft.decky_count > 1,
  }
  emit(topics.attackerScored, [], payload, { source: record, key: String(threshold.score) })
}

function rowOf({ changed: _changed, sightings: _sightings, recognised, ...draft }: Draft): Selectable<AttackerTable> {
  const behaviour = behaviourOf({
    eventCount: draft.event_count,
    attempts: draft.credential_count,
    commands: draft.command_count,
    services: draft.service_count,
    ...draft.profile.rhythms,
  })
  return {
    ...draft,
    services: JSON.stringify([...draft.services]),
    deckies: JSON.stringify([...draft.deckies]),
    score_parts: JSON.stringify(scoreParts({ ...conductOf(draft), recognised })),
    behaviour,
    profile: JSON.stringify(draft.profile.stored()),
    techniques: JSON.stringify(recognised),
  }
}

import { topics } from '@decnet/contracts/topics'
import type { LogRecord } from '@decnet/kernel/log'
import { defineFold, type FoldContext } from '@decnet/kernel/worker'
import { readCast } from '../../domain/behaviour/cast.ts'
import { announcementOf, isTold, observe } from '../../domain/behaviour/observe.ts'
import { replaySession } from '../../domain/behaviour/replay/replay-session.ts'
import type { Tx } from '../../store/log-table.ts'
import { keepObservations, keptAttackers } from '../../store/observations.ts'
import { keepTyping } from '../../store/typing-profiles.ts'
import { typing } from './typing.ts'

/** Recordings of terminal sessions. */
export interface Recordings {
  /** Null where it is not kept here: on another host, or deleted. */
  read(replay: string): Promise<AsyncIterable<Uint8Array> | null>
}
const emits = [topics.attackerObservation, topics.attackerTypingProfiled] as const
type Context = FoldContext<Tx, (typeof emits)[number]>

async function measure(record: LogRecord, recordings: Recordings, { tx, emit }: Context): Promise<void> {
  const session = topics.attackerSessionEnded.payload.parse(record.body)
  const { attacker_uuid: attacker, replay } = session
  if (attacker === null || replay === null) return
  if (!(await keptAttackers(tx, [attacker])).has(attacker)) return
  const chunks = await recordings.read(replay)
  if (chunks === null) return
  const seen = replaySession(await readCast(chunks), { startedAt: Date.parse(session.started_at) })
  const evidence = `replay:${session.decky_id}/${session.service}#${session.session_id}`
  const typed = typing(seen, evidence)
  const observations = [...observe(seen, evidence), ...(typed ? [typed.observation] : [])]
  const { session_id } = session
  const fresh = await keepObservations(
    tx,
    observations.map((observation) => ({ ...observation, attacker_uuid: attacker, session_id })),
  )
  for (const observation of observations.filter(isTold)) {
    // A session may end again, when more is told of it: its recording is the same.
    if (!fresh.has(observation.id)) continue
    const { id, ts, primitive } = observation
    emit(topics.attackerObservation, [primitive], announcementOf(observation, attacker), { source: record, key: id, ts })
  }
  if (!typed) return
  const { id } = typed.observation
  const nth = await keepTyping(tx, { id, attacker, profile: typed.profile })
  if (nth === null) return
  const payload = { attacker_uuid: attacker, session_id, profile_id: id, nth, gaps: typed.gaps }
  emit(topics.attackerTypingProfiled, [], payload, { source: record, key: id })
}

/** How somebody works, as recorded sessions show it: classes, counts and timings, never what was typed. */
export const behaviour = (recordings: Recordings) =>
  defineFold({
    name: 'behaviour',
    summary: 'Measures traits of how somebody works in each recorded terminal session.',
    rest: 400,
    reads: [topics.attackerSessionEnded],
    emits,
    key: ({ attackerIp }) => attackerIp,
    // A recording is up to 10 MB; others wait for the transaction.
    batchSize: 20,
    async handle(batch, context: Context) {
      for (const record of batch) await measure(record, recordings, context)
    },
  })

import { topics } from '@decnet/contracts/topics'
import { defineFold, type FoldContext } from '@decnet/kernel/worker'
import { announcementOf, isTold } from '../../domain/behaviour/observe.ts'
import { observeRhythm } from '../../domain/behaviour/rhythm/rhythm.ts'
import { VisitBook } from '../../domain/behaviour/rhythm/visit-book.ts'
import type { Tx } from '../../store/log-table.ts'
import { keepObservations, keptAttackers, type Shown } from '../../store/observations.ts'
import { rowsByKey } from '../../store/rows-by-key.ts'
import { upsert } from '../../store/upsert.ts'

const emits = [topics.attackerObservation] as const
type Context = FoldContext<Tx, (typeof emits)[number]>

/** Commands are not looked at, and there may be many. */
const ended = topics.attackerSessionEnded.payload.pick({
  session_id: true,
  attacker_uuid: true,
  decky_id: true,
  service: true,
  started_at: true,
  ended_at: true,
})

/** The visits of some attackers while sessions are counted in, and the last record that counted. */
async function booksOf(attackers: readonly string[], tx: Tx) {
  const keys = attackers.map((uuid) => [uuid])
  const rows = await rowsByKey(tx, 'attacker_visits', ['attacker_uuid'], keys)
  return new Map(
    rows.map(({ attacker_uuid, spans, fresh, last_seq }) => [
      attacker_uuid,
      { book: new VisitBook({ spans: JSON.parse(spans) as number[], fresh }), lastSeq: Number(last_seq) },
    ]),
  )
}

/** At what hours, on what days and how regularly attackers come: traits of many sessions, measured when a new visit begins. */
export default defineFold({
  name: 'rhythm',
  summary: 'Measures at what hours, on what days and how regularly each attacker comes.',
  rest: 400,
  reads: [topics.attackerSessionEnded],
  emits,
  key: ({ attackerIp }) => attackerIp,
  batchSize: 2_000,
  async handle(batch, { tx, emit }: Context) {
    const all = batch.flatMap((record) => {
      const { attacker_uuid: attacker, ...session } = ended.parse(record.body)
      return attacker === null ? [] : [{ record, session, attacker }]
    })
    const kept = await keptAttackers(tx, [...new Set(all.map(({ attacker }) => attacker))])
    const sessions = all.filter(({ attacker }) => kept.has(attacker))
    const books = await booksOf([...kept], tx)
    const changed = new Set<string>()
    const shown: Shown[] = []
    for (const { record, session, attacker } of sessions) {
      const { book, lastSeq } = books.get(attacker) ?? { book: new VisitBook(), lastSeq: 0 }
      if (record.seq <= lastSeq) continue
      books.set(attacker, { book, lastSeq: record.seq })
      changed.add(attacker)
      if (!book.take({ start: Date.parse(session.started_at), end: Date.parse(session.ended_at) })) continue
      const evidence = `visits:${session.decky_id}/${session.service}#${session.session_id}`
      for (const observation of observeRhythm(book.visits, evidence)) {
        shown.push({ ...observation, attacker_uuid: attacker, session_id: null })
        if (!isTold(observation)) continue
        const { id, ts, primitive } = observation
        emit(topics.attackerObservation, [primitive], announcementOf(observation, attacker), {
          source: record,
          key: id,
          ts,
          sessionId: null,
        })
      }
    }
    await keepObservations(tx, shown)
    const rows = [...changed].flatMap((attacker) => {
      const found = books.get(attacker)
      if (!found) return []
      const { spans, fresh } = found.book.stored()
      return [{ attacker_uuid: attacker, spans: JSON.stringify(spans), fresh, last_seq: found.lastSeq }]
    })
    await upsert(tx, 'attacker_visits', ['attacker_uuid'], rows)
  },
})

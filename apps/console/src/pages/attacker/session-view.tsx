import type { Session } from '@decnet/contracts/api'
import { lazy, Suspense } from 'react'
import { Bytes } from '../../parts/bytes.tsx'
import { Failed, SkeletonRows } from '../../parts/empty.tsx'
import { SessionEvent } from '../../parts/event-row.tsx'
import { SeverityBadge } from '../../parts/severity.tsx'
import { Time } from '../../parts/time.tsx'
import { useReplay, useSessionEvents } from '../../queries.ts'
import { duration, plural } from '../../time/words.ts'
import { peekAt } from '../../url.ts'
import { field } from '../../words/event.ts'
import { SYSTEM_LOG } from '../../words/said.ts'

const Replay = lazy(() => import('../../parts/replay.tsx').then((m) => ({ default: m.Replay })))
const shown = 60

/** One session: its recording where there is one, else what happened line by line. */
export function SessionView({ session: s }: { session: Session }) {
  const events = useSessionEvents(s.id)
  const replay = useReplay(s.id, s.has_replay)
  // What was derived from them is told elsewhere, and would not add up to the count.
  const list = (events.data?.data ?? []).filter((e) => e.topic === SYSTEM_LOG).sort((a, b) => a.seq - b.seq)
  const commands = list
    .filter((e) => e.event_type === 'command' && e.fields.mode !== 'protocol')
    .map((e) => ({ seq: e.seq, timestamp: e.timestamp, command: field(e.fields, 'command') }))
  return (
    <section className="section">
      <h2 className="h ses-h">
        <span className="nowrap">
          Session on <span className="mono">{s.decky}</span>
        </span>
        <span className="faint">
          {s.service}
          {s.principal !== null && (
            <>
              {' · '}
              <Bytes text={s.principal} most={32} />
            </>
          )}
          {' · '}
          {s.duration_s === null ? 'still open' : duration(s.duration_s)} · <Time at={s.started_at} form="stamp" />
        </span>
        {s.logged_in && <SeverityBadge severity="high" word="got in" />}
      </h2>
      {s.client && (
        <p className="faint small cut" style={{ marginBottom: 6 }}>
          Client: <Bytes text={s.client} most={90} />
        </p>
      )}
      {s.has_replay && (
        <div className="replay-place">
          {replay.error ? (
            <Failed error={replay.error} retry={() => void replay.refetch()} left />
          ) : replay.data === undefined ? (
            <div className="replay-wait" aria-busy="true" />
          ) : (
            <Suspense fallback={<div className="replay-wait" aria-busy="true" />}>
              <Replay cast={replay.data} commands={commands} startedAt={startOf(replay.data) ?? Date.parse(s.started_at)} />
            </Suspense>
          )}
        </div>
      )}
      {events.error && !events.data ? (
        <Failed error={events.error} retry={() => void events.refetch()} left />
      ) : !events.data ? (
        <SkeletonRows count={6} height={24} />
      ) : (
        <details open={!s.has_replay} className="ses-list">
          <summary>{plural(s.event_count, 'event')} in this session</summary>
          <div className="ses-events-all">
            {list.slice(0, shown).map((e) => (
              <SessionEvent key={e.seq} event={e} onOpen={(event) => peekAt('event', String(event.seq))} />
            ))}
            {list.length > shown && (
              <p className="faint small">and {plural(list.length - shown, 'more event')}; click the timeline to look closer</p>
            )}
          </div>
        </details>
      )}
    </section>
  )
}

/** When a recording began, from its header (seconds since 1970). */
function startOf(cast: string): number | null {
  const seconds = /"timestamp"\s*:\s*([0-9.]+)/u.exec(cast.slice(0, 1000))?.[1]
  return seconds === undefined ? null : Number(seconds) * 1000
}

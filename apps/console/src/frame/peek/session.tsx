import { Link } from 'wouter'
import { Bytes } from '../../parts/bytes.tsx'
import { Failed, SkeletonRows } from '../../parts/empty.tsx'
import { SessionEvent } from '../../parts/event-row.tsx'
import { SeverityBadge } from '../../parts/severity.tsx'
import { SimilarSessions } from '../../parts/similar-sessions.tsx'
import { Techniques } from '../../parts/techniques/section.tsx'
import { Time } from '../../parts/time.tsx'
import { AttackerValue, DeckyValue, ServiceValue } from '../../parts/value.tsx'
import { useSession, useSessionEvents } from '../../queries.ts'
import { duration, plural } from '../../time/words.ts'
import { hrefTo, peekAt, setTerms } from '../../url.ts'
import { SYSTEM_LOG } from '../../words/said.ts'

export function PeekSession({ id }: { id: string }) {
  const session = useSession(id)
  const events = useSessionEvents(id, 200)
  const s = session.data
  if (session.error && !s) return <Failed error={session.error} retry={() => void session.refetch()} left />
  if (!s) return <SkeletonRows count={10} />
  // Of what was derived only what is a finding by itself: the rest says again what the events say, or how they were typed.
  const list = (events.data?.data ?? [])
    .filter(({ topic }) => topic === SYSTEM_LOG || topic === 'credential.reuse.detected')
    .sort((a, b) => a.seq - b.seq)
  return (
    <>
      <div className="peek-head">
        <h2 className="title cut">
          {s.service} on <span className="mono">{s.decky}</span>
        </h2>
        {s.logged_in && <SeverityBadge severity="high" word="got in" />}
      </div>
      <dl className="facts">
        <dt>Attacker</dt>
        <dd>
          <AttackerValue ip={s.attacker_ip} uuid={s.attacker_uuid} />
        </dd>
        <dt>Where</dt>
        <dd className="chips">
          <DeckyValue name={s.decky} chip /> <ServiceValue name={s.service} />
        </dd>
        {s.principal !== null && (
          <>
            <dt>User</dt>
            <dd className="cut">
              <Bytes text={s.principal} most={60} />
            </dd>
          </>
        )}
        {s.client && (
          <>
            <dt>Client</dt>
            <dd className="cut">
              <Bytes text={s.client} most={60} />
            </dd>
          </>
        )}
        <dt>When</dt>
        <dd>
          <Time at={s.started_at} />,{' '}
          {s.duration_s === null ? 'still open' : `for ${duration(s.duration_s)}${s.end_reason === 'idle' ? ', then silent' : ''}`}
        </dd>
        <dt>What</dt>
        <dd>
          {[
            s.command_count > 0 && plural(s.command_count, 'command'),
            s.credential_count > 0 && plural(s.credential_count, 'log-in attempt'),
            s.file_count > 0 && plural(s.file_count, 'file'),
            plural(s.event_count, 'event'),
          ]
            .filter(Boolean)
            .join(', ')}
        </dd>
      </dl>
      <div className="actions">
        <Link
          className="btn primary"
          href={hrefTo(`/attackers/${s.attacker_uuid ?? encodeURIComponent(s.attacker_ip)}`, { session: s.id })}
        >
          {s.has_replay ? 'Watch the recording' : 'Open'}
        </Link>
        <button type="button" className="btn" onClick={() => setTerms([{ negated: false, key: 'session', value: s.id }])}>
          Only this session
        </button>
      </div>
      <section className="section">
        <h3 className="h">What happened</h3>
        {events.data ? (
          <div className="peek-events">
            {list.map((e) => (
              <SessionEvent key={e.seq} event={e} onOpen={(event) => peekAt('event', String(event.seq))} />
            ))}
          </div>
        ) : (
          <SkeletonRows count={8} height={24} />
        )}
      </section>
      <Techniques of="session" id={s.id} level={3} />
      <SimilarSessions id={s.id} level={3} />
    </>
  )
}

import { Link } from 'wouter'
import { Empty, Failed, SkeletonRows } from '../../parts/empty.tsx'
import { SeverityBadge } from '../../parts/severity.tsx'
import { Headline } from '../../parts/techniques/headline.tsx'
import { Time } from '../../parts/time.tsx'
import { DeckyValue, ServiceValue } from '../../parts/value.tsx'
import { excludes } from '../../parts/value-menu.tsx'
import { useAttackerOf, useSessions } from '../../queries.ts'
import { parse, withTerm } from '../../search/grammar.ts'
import { plural } from '../../time/words.ts'
import { hrefTo, peekAt, setTerms } from '../../url.ts'
import { PeekCommands } from './commands.tsx'
import { SessionLine } from './session-line.tsx'

export function PeekAttacker({ id }: { id: string }) {
  const query = useAttackerOf(id)
  const a = query.data
  const sessions = useSessions({ attacker: a?.uuid ?? id, limit: 6 })
  if (query.error && !a) return <Failed error={query.error} retry={() => void query.refetch()} left />
  if (a === null)
    return (
      <Empty title={id} left>
        Nobody with this address is known yet.
      </Empty>
    )
  if (!a) return <SkeletonRows count={10} />
  const filter = (negated: boolean) =>
    setTerms(withTerm(parse(new URLSearchParams(window.location.search).get('q') ?? ''), { negated, key: 'attacker', value: a.ip }))
  return (
    <>
      <div className="peek-head">
        <SeverityBadge severity={a.severity} />
        <h2 className="title mono cut">{a.ip}</h2>
      </div>
      <p className="say">
        <Headline text={a.headline} of="attacker" id={a.uuid} />
      </p>
      <dl className="facts">
        <dt>Score</dt>
        <dd>
          {Math.round(a.score)} <span className="faint">{a.score_parts.map((p) => p.part.replaceAll('_', ' ')).join(', ')}</span>
        </dd>
        <dt>First seen</dt>
        <dd>
          <Time at={a.first_seen} />
        </dd>
        <dt>Last seen</dt>
        <dd>
          <Time at={a.last_seen} />
        </dd>
        <dt>Did</dt>
        <dd>
          {plural(a.session_count, 'session')}, {plural(a.credential_count, 'log-in attempt')}, {plural(a.command_count, 'command')}
        </dd>
        <dt>Services</dt>
        <dd className="chips">
          {a.services.map((s) => (
            <ServiceValue key={s} name={s} />
          ))}
        </dd>
        <dt>Deckies</dt>
        <dd className="chips">
          {a.deckies.map((d) => (
            <DeckyValue key={d} name={d} chip />
          ))}
        </dd>
      </dl>
      <div className="actions">
        <Link className="btn primary" href={hrefTo(`/attackers/${a.uuid}`)}>
          Open
        </Link>
        <button type="button" className="btn" onClick={() => filter(false)}>
          Filter to it
        </button>
        {excludes() && (
          <button type="button" className="btn" onClick={() => filter(true)}>
            Exclude
          </button>
        )}
      </div>
      <PeekCommands uuid={a.uuid} kind="command" />
      <PeekCommands uuid={a.uuid} kind="request" />
      <section className="section">
        <h3 className="h">Sessions</h3>
        {sessions.data ? (
          sessions.data.data.map((s) => <SessionLine key={s.id} session={s} onOpen={() => peekAt('session', s.id)} />)
        ) : (
          <SkeletonRows count={4} />
        )}
      </section>
    </>
  )
}

import { Link } from 'wouter'
import { CommandLine } from '../../parts/command-line.tsx'
import { DeckyFacts } from '../../parts/decky-facts.tsx'
import { Failed, SkeletonRows } from '../../parts/empty.tsx'
import { Time } from '../../parts/time.tsx'
import { useDecky, useSessions } from '../../queries.ts'
import { plural } from '../../time/words.ts'
import { deckyPath, hrefTo, peekAt } from '../../url.ts'
import { stateDot, stateWord } from '../../words/decky.ts'
import { attackLine, colourOf } from '../../words/services.ts'
import { PeekSessionOf } from './session-of.tsx'
import './peek.css'

export function PeekDecky({ id }: { id: string }) {
  const query = useDecky(id)
  const sessions = useSessions({ decky: id, limit: 8 })
  const d = query.data
  if (query.error && !d) return <Failed error={query.error} retry={() => void query.refetch()} left />
  if (!d) return <SkeletonRows count={10} />
  return (
    <>
      <div className="peek-head">
        <span className={stateDot[d.state]} />
        <h2 className="title mono cut">{d.name}</h2>
        <span className="faint">{stateWord[d.state]}</span>
      </div>
      <DeckyFacts decky={d}>
        <dt>Seen</dt>
        <dd>
          {d.last_contact ? (
            <>
              {plural(d.attacker_count, 'attacker')}, {plural(d.event_count, 'event')}, last <Time at={d.last_contact} />
            </>
          ) : (
            'nobody yet'
          )}
        </dd>
      </DeckyFacts>
      <div className="actions">
        <Link className="btn primary" href={hrefTo(deckyPath(d.name))}>
          Its page
        </Link>
        <Link className="btn" href={hrefTo('/live', { q: `decky:${d.name}` })}>
          Its events
        </Link>
        <Link className="btn" href={hrefTo('/attackers', { q: `decky:${d.name}` })}>
          Its attackers
        </Link>
      </div>
      <section className="section">
        <h3 className="h">Services</h3>
        {d.services.map((s) => {
          const line = attackLine(
            s,
            d.logins.map((l) => l.user),
          )
          return (
            <div key={`${s.name} ${s.port}`} className="peek-svc">
              <span className="cut">
                <i className="swatch" style={{ background: colourOf(s.name) }} /> {s.name} <span className="faint mono">{s.port}</span>
              </span>
              {s.state === 'listening' ? line && <CommandLine line={line} /> : <span className="dim">{s.detail ?? s.state}</span>}
            </div>
          )
        })}
      </section>
      <section className="section">
        <h3 className="h">Last sessions</h3>
        {sessions.data?.data.length === 0 && <p className="faint">None yet.</p>}
        {sessions.data?.data.map((s) => (
          <PeekSessionOf key={s.id} session={s} onOpen={() => peekAt('session', s.id)} />
        ))}
      </section>
    </>
  )
}

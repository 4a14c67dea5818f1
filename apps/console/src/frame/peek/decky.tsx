import { Link } from 'wouter'
import { Account } from '../../parts/account.tsx'
import { CommandLine } from '../../parts/command-line.tsx'
import { Failed, SkeletonRows } from '../../parts/empty.tsx'
import { Time } from '../../parts/time.tsx'
import { useDecky, useSessions } from '../../queries.ts'
import { plural } from '../../time/words.ts'
import { hrefTo, peekAt } from '../../url.ts'
import { attackLine, colourOf } from '../../words/services.ts'
import { PeekSessionOf } from './session-of.tsx'
import './peek.css'

const dots = { running: 'dot', degraded: 'dot warn', stopped: 'dot bad' }

export function PeekDecky({ id }: { id: string }) {
  const query = useDecky(id)
  const sessions = useSessions({ decky: id, limit: 8 })
  const d = query.data
  if (query.error && !d) return <Failed error={query.error} retry={() => void query.refetch()} left />
  if (!d) return <SkeletonRows count={10} />
  return (
    <>
      <div className="peek-head">
        <span className={dots[d.state]} />
        <h2 className="title mono cut">{d.name}</h2>
        <span className="faint">{d.state}</span>
      </div>
      <dl className="facts">
        <dt>Address</dt>
        <dd className="mono">{d.ip}</dd>
        <dt>Host name</dt>
        <dd className="mono cut">{d.hostname}</dd>
        <dt>MAC</dt>
        <dd className="mono">{d.mac}</dd>
        <dt>Plays</dt>
        <dd>
          {d.archetype.replaceAll('-', ' ')}, {d.distro}
        </dd>
        {d.kernel && (
          <>
            <dt>Kernel</dt>
            <dd className="mono cut">{d.kernel}</dd>
          </>
        )}
        {d.logins.length > 0 && (
          <>
            <dt>Lets in</dt>
            <dd>
              <ul className="logins">
                {d.logins.map((l) => (
                  <li key={`${l.user} ${l.password}`}>
                    <Account {...l} />
                  </li>
                ))}
              </ul>
            </dd>
          </>
        )}
        <dt>Seen</dt>
        <dd>
          {plural(d.attacker_count, 'attacker')}, {plural(d.event_count, 'event')}
          {d.last_contact && (
            <>
              , last <Time at={d.last_contact} />
            </>
          )}
        </dd>
      </dl>
      <div className="actions">
        <Link className="btn primary" href={hrefTo('/live', { q: `decky:${d.name}` })}>
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
        {sessions.data?.data.map((s) => (
          <PeekSessionOf key={s.id} session={s} onOpen={() => peekAt('session', s.id)} />
        ))}
      </section>
    </>
  )
}

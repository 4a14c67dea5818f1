import { Link } from 'wouter'
import { Failed, SkeletonRows } from '../../parts/empty.tsx'
import { GroupLink } from '../../parts/group-link.tsx'
import { SeverityBadge } from '../../parts/severity.tsx'
import { Headline } from '../../parts/techniques/headline.tsx'
import { Time } from '../../parts/time.tsx'
import { AttackerValue, DeckyValue, ServiceValue } from '../../parts/value.tsx'
import { useEvidence, useIdentity, useIdentityMembers } from '../../queries.ts'
import { figure, plural } from '../../time/words.ts'
import { hrefTo } from '../../url.ts'
import { featureTitle, leastSureness } from '../../words/evidence.ts'

const ADDRESSES = 8

export function PeekIdentity({ id }: { id: string }) {
  const query = useIdentity(id)
  const members = useIdentityMembers(id, ADDRESSES)
  const edge = useEvidence('identities', id).data?.edges[0]
  const i = query.data
  if (query.error && !i) return <Failed error={query.error} retry={() => void query.refetch()} left />
  if (!i) return <SkeletonRows count={10} />
  return (
    <>
      <div className="peek-head">
        <SeverityBadge severity={i.severity} />
        <h2 className="title cut">{i.code_name}</h2>
      </div>
      <p className="say">
        <Headline text={i.headline} of="identity" id={i.uuid} />
      </p>
      <dl className="facts">
        <dt>Campaign</dt>
        <dd>{i.campaign ? <GroupLink to="campaigns" of={i.campaign} /> : <span className="faint">none</span>}</dd>
        <dt>Score</dt>
        <dd>{Math.round(i.score)}</dd>
        <dt>First seen</dt>
        <dd>
          <Time at={i.first_seen} />
        </dd>
        <dt>Last seen</dt>
        <dd>
          <Time at={i.last_seen} />
        </dd>
        <dt>Did</dt>
        <dd>
          {plural(i.session_count, 'session')}, {plural(i.credential_count, 'log-in attempt')}, {plural(i.command_count, 'command')}
        </dd>
        {edge && (
          <>
            <dt>One because of</dt>
            <dd>
              {edge.reasons
                .filter(({ weight }) => weight > 0)
                .slice(0, 3)
                .map(({ feature }) => featureTitle(feature))
                .join(', ')}{' '}
              <span className="faint">{leastSureness(i.confidence)} sure</span>
            </dd>
          </>
        )}
        <dt>Services</dt>
        <dd className="chips">
          {i.services.slice(0, 12).map((s) => (
            <ServiceValue key={s} name={s} />
          ))}
        </dd>
        <dt>Deckies</dt>
        <dd className="chips">
          {i.deckies.slice(0, 12).map((d) => (
            <DeckyValue key={d} name={d} chip />
          ))}
        </dd>
      </dl>
      <div className="actions">
        <Link className="btn primary" href={hrefTo(`/identities/${i.uuid}`)}>
          Open
        </Link>
      </div>
      <section className="section">
        <h3 className="h">
          Addresses<span className="faint">{figure(i.address_count)}</span>
        </h3>
        {members.data ? (
          members.data.data.slice(0, ADDRESSES).map((m) => (
            <div key={m.uuid} className="peek-pair">
              <AttackerValue ip={m.ip} uuid={m.uuid} />
              <span className="faint small">{plural(m.session_count, 'session')}</span>
              <span className="faint num">
                <Time at={m.last_seen} />
              </span>
            </div>
          ))
        ) : (
          <SkeletonRows count={4} />
        )}
      </section>
    </>
  )
}

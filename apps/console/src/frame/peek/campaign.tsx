import { Link } from 'wouter'
import { Prose } from '../../parts/bytes.tsx'
import { Failed, SkeletonRows } from '../../parts/empty.tsx'
import { GroupLink } from '../../parts/group-link.tsx'
import { SeverityBadge } from '../../parts/severity.tsx'
import { SharedThing } from '../../parts/shared-thing.tsx'
import { Time } from '../../parts/time.tsx'
import { DeckyValue } from '../../parts/value.tsx'
import { useCampaign, useCampaignIdentities } from '../../queries.ts'
import { figure, plural } from '../../time/words.ts'
import { hrefTo } from '../../url.ts'
import { leastSureness } from '../../words/evidence.ts'

const IDENTITIES = 8

export function PeekCampaign({ id }: { id: string }) {
  const query = useCampaign(id)
  const identities = useCampaignIdentities(id, IDENTITIES)
  const c = query.data
  if (query.error && !c) return <Failed error={query.error} retry={() => void query.refetch()} left />
  if (!c) return <SkeletonRows count={10} />
  return (
    <>
      <div className="peek-head">
        <SeverityBadge severity={c.severity} />
        <h2 className="title cut">{c.code_name}</h2>
      </div>
      <p className="say">
        <Prose text={c.headline} />
      </p>
      <dl className="facts">
        <dt>Score</dt>
        <dd>{Math.round(c.score)}</dd>
        <dt>Sure</dt>
        <dd>{leastSureness(c.confidence)}</dd>
        <dt>First seen</dt>
        <dd>
          <Time at={c.first_seen} />
        </dd>
        <dt>Last seen</dt>
        <dd>
          <Time at={c.last_seen} />
        </dd>
        <dt>Deckies</dt>
        <dd className="chips">
          {c.deckies.slice(0, 12).map((d) => (
            <DeckyValue key={d} name={d} chip />
          ))}
        </dd>
      </dl>
      <div className="actions">
        <Link className="btn primary" href={hrefTo(`/campaigns/${c.uuid}`)}>
          Open
        </Link>
      </div>
      <section className="section">
        <h3 className="h">
          Identities<span className="faint">{figure(c.identity_count)}</span>
        </h3>
        {identities.data ? (
          identities.data.data.map((i) => (
            <div key={i.uuid} className="peek-pair">
              <GroupLink to="identities" of={i} />
              <span className="faint small">{plural(i.address_count, 'address', 'addresses')}</span>
              <span className="faint num">
                <Time at={i.last_seen} />
              </span>
            </div>
          ))
        ) : (
          <SkeletonRows count={3} />
        )}
      </section>
      {c.shared.length > 0 && (
        <section className="section">
          <h3 className="h">What they share</h3>
          {c.shared.slice(0, 6).map((thing) => (
            <SharedThing key={thing.value} value={thing.value} secret={thing.secret_sha256} />
          ))}
        </section>
      )}
    </>
  )
}

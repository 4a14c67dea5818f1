import type { Campaign as Entity } from '@decnet/contracts/api'
import { useMemo } from 'react'
import { ApiError } from '../api.ts'
import { Page } from '../frame/page.tsx'
import { Prose } from '../parts/bytes.tsx'
import { Empty, Failed, SkeletonRows } from '../parts/empty.tsx'
import { GroupLink } from '../parts/group-link.tsx'
import { SeverityBadge } from '../parts/severity.tsx'
import { SharedThing } from '../parts/shared-thing.tsx'
import { Techniques } from '../parts/techniques/section.tsx'
import { Time } from '../parts/time.tsx'
import { DeckyValue } from '../parts/value.tsx'
import { useCampaign, useCampaignIdentities, useEvidence } from '../queries.ts'
import { figure, plural } from '../time/words.ts'
import { leastSureness } from '../words/evidence.ts'
import { CampaignStory } from './group/campaign-story.tsx'
import { Decisions } from './group/decisions.tsx'
import { Evidence } from './group/evidence.tsx'
import { Loading } from './group/loading.tsx'
import './attacker/attacker.css'
import './attackers.css'
import './group/group.css'

const DECKIES = 6

export default function Campaign({ id }: { id: string }) {
  const campaign = useCampaign(decodeURIComponent(id))
  return (
    <Page title={campaign.data?.code_name ?? 'Campaign'}>
      {campaign.error instanceof ApiError && campaign.error.code === 'campaign_dissolved' ? (
        <Dissolved id={decodeURIComponent(id)} />
      ) : campaign.error && !campaign.data ? (
        <Failed error={campaign.error} retry={() => void campaign.refetch()} />
      ) : campaign.data ? (
        <Known campaign={campaign.data} />
      ) : (
        <Loading />
      )}
    </Page>
  )
}

/** Its link may be in somebody's notes: what became of it is told. */
function Dissolved({ id }: { id: string }) {
  const evidence = useEvidence('campaigns', id)
  return (
    <>
      <Empty title="This campaign was dissolved" left>
        <p>
          Fewer than two identities are left of it: the others went elsewhere, or were found to be the same one. With two of them it stands
          again.
        </p>
      </Empty>
      <Decisions evidence={evidence.data} to="campaigns" />
    </>
  )
}

function Known({ campaign: c }: { campaign: Entity }) {
  const identities = useCampaignIdentities(c.uuid)
  const evidence = useEvidence('campaigns', c.uuid)
  const rows = identities.data?.data
  const drawn = useMemo(
    () => rows?.map(({ uuid, code_name }) => ({ uuid, label: code_name, href: `/identities/${uuid}`, mono: false })),
    [rows],
  )
  return (
    <>
      <header className="att-head">
        <div className="att-name">
          <SeverityBadge severity={c.severity} />
          <h1 className="grp-title cut">{c.code_name}</h1>
          <span className="faint">campaign</span>
        </div>
        <p className="lead">
          <Prose text={c.headline} />
        </p>
        <p className="sub">
          First seen <Time at={c.first_seen} />, last <Time at={c.last_seen} /> · {leastSureness(c.confidence)} sure · on{' '}
          {c.deckies.slice(0, DECKIES).map((name) => (
            <DeckyValue key={name} name={name} chip />
          ))}
          {c.deckies.length > DECKIES && ` and ${figure(c.deckies.length - DECKIES)} more`}
        </p>
      </header>
      <Evidence
        title="Why they belong together"
        members={drawn}
        evidence={evidence.data}
        below={<Identities rows={rows} total={c.identity_count} />}
      />
      <Techniques of="campaign" id={c.uuid} />
      {rows ? <CampaignStory identities={rows} total={c.identity_count} /> : <SkeletonRows count={3} height={34} />}
      <div className="cols wide">
        <Decisions evidence={evidence.data} to="campaigns" />
        <section className="section">
          <h2 className="h">
            What they share<span className="faint">most widely first</span>
          </h2>
          {c.shared.length === 0 ? (
            <p className="faint">Nothing by name; the reasons say more.</p>
          ) : (
            <ul className="rows grp-shared">
              {c.shared.map((thing) => (
                <li key={`${thing.kind} ${thing.value}`}>
                  <SharedThing value={thing.value} secret={thing.secret_sha256} />
                  <span className="faint small nowrap">{plural(thing.identities, 'identity', 'identities')}</span>
                </li>
              ))}
            </ul>
          )}
        </section>
      </div>
    </>
  )
}

function Identities({
  rows,
  total,
}: {
  rows: readonly { uuid: string; code_name: string; headline: string; address_count: number; last_seen: string }[] | undefined
  total: number
}) {
  return (
    <section className="section">
      <h2 className="h">
        Identities<span className="faint">{figure(total)}</span>
      </h2>
      {!rows ? (
        <SkeletonRows count={3} height={40} />
      ) : (
        <table className="plain grp-members">
          <thead>
            <tr>
              <th scope="col" className="grp-ip">
                Identity
              </th>
              <th scope="col" className="hide-phone">
                What it did
              </th>
              <th scope="col" className="num" style={{ width: 84 }}>
                Addresses
              </th>
              <th scope="col" className="num" style={{ width: 92 }}>
                Last seen
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((one) => (
              <tr key={one.uuid}>
                <td>
                  <GroupLink to="identities" of={one} />
                </td>
                <td className="wrap hide-phone" title={one.headline}>
                  <span className="two-lines dim">
                    <Prose text={one.headline.charAt(0).toUpperCase() + one.headline.slice(1)} most={200} />
                  </span>
                </td>
                <td className="num">{figure(one.address_count)}</td>
                <td className="num">
                  <Time at={one.last_seen} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {rows && rows.length < total && <p className="faint small">The {figure(rows.length)} seen last.</p>}
    </section>
  )
}

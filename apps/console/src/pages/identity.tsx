import type { Identity as Entity } from '@decnet/contracts/api'
import { useMemo } from 'react'
import { Page } from '../frame/page.tsx'
import { Failed } from '../parts/empty.tsx'
import { GroupLink } from '../parts/group-link.tsx'
import { SeverityBadge } from '../parts/severity.tsx'
import { Headline } from '../parts/techniques/headline.tsx'
import { Techniques } from '../parts/techniques/section.tsx'
import { Time } from '../parts/time.tsx'
import { useEvidence, useIdentity, useIdentityMembers } from '../queries.ts'
import { plural } from '../time/words.ts'
import { leastSureness } from '../words/evidence.ts'
import { handsSentence } from '../words/trait.ts'
import { Decisions } from './group/decisions.tsx'
import { Evidence } from './group/evidence.tsx'
import { IdentityStory } from './group/identity-story.tsx'
import { Loading } from './group/loading.tsx'
import { Members } from './group/members.tsx'
import { Said } from './group/said.tsx'
import { SayOfPair } from './group/say-of-pair.tsx'
import { Traits } from './group/traits.tsx'
import { useSay } from './group/use-say.ts'
import './attacker/attacker.css'
import './attackers.css'
import './group/group.css'

/** Attackers whose single sessions are drawn with the habits. */
const DRAWN = 6

export default function Identity({ id }: { id: string }) {
  const identity = useIdentity(decodeURIComponent(id))
  return (
    <Page title={identity.data?.code_name ?? 'Identity'}>
      {identity.error && !identity.data ? (
        <Failed error={identity.error} retry={() => void identity.refetch()} />
      ) : identity.data ? (
        <Known identity={identity.data} />
      ) : (
        <Loading />
      )}
    </Page>
  )
}

function Known({ identity: i }: { identity: Entity }) {
  const members = useIdentityMembers(i.uuid)
  const evidence = useEvidence('identities', i.uuid)
  const say = useSay(i.uuid)
  const said = evidence.data?.operator_links ?? []
  const rows = members.data?.data
  const hands = handsSentence(i.multi_actor)
  const drawn = useMemo(() => rows?.map(({ uuid, ip }) => ({ uuid, label: ip, href: `/attackers/${uuid}`, mono: true })), [rows])
  const observed = useMemo(() => (rows ?? []).slice(0, DRAWN).map(({ uuid }) => uuid), [rows])
  return (
    <>
      <header className="att-head">
        <div className="att-name">
          <SeverityBadge severity={i.severity} />
          <h1 className="grp-title cut">{i.code_name}</h1>
          <span className="att-who faint">
            identity
            {i.campaign && (
              <>
                {' '}
                in campaign <GroupLink menu={false} to="campaigns" of={i.campaign} />
              </>
            )}
          </span>
        </div>
        <p className="lead">
          <Headline text={i.headline} of="identity" id={i.uuid} />
        </p>
        <p className="sub">
          First seen <Time at={i.first_seen} />, last <Time at={i.last_seen} /> · {plural(i.address_count, 'address', 'addresses')} ·{' '}
          {plural(i.session_count, 'session')}
          {i.address_count > 1 && ` · ${leastSureness(i.confidence)} sure`}
          {i.merged.length > 0 &&
            ` · also known as ${i.merged
              .slice(0, 3)
              .map(({ code_name }) => code_name)
              .join(', ')}`}
        </p>
        {hands && <p className="sub">{hands}</p>}
      </header>
      {i.address_count > 1 && (
        <Evidence
          title="Why these are one"
          members={drawn}
          evidence={evidence.data}
          mono
          below={<Members identity={i} rows={rows} total={members.data?.total ?? i.address_count} edges={evidence.data?.edges} say={say} />}
          actions={(edge) => <SayOfPair edge={edge} links={said} say={say} />}
        />
      )}
      <IdentityStory identity={i} />
      <Techniques of="identity" id={i.uuid} />
      {i.address_count === 1 && <Members identity={i} rows={rows} total={1} edges={[]} say={say} />}
      <div className={said.length > 0 ? 'cols wide' : undefined}>
        <Decisions evidence={evidence.data} to="identities" />
        <Said links={said} say={say} />
      </div>
      <Traits of="identities" uuid={i.uuid} attackers={observed} />
    </>
  )
}

import type { Decky } from '@decnet/contracts/api'
import { Link } from 'wouter'
import { ApiError } from '../api.ts'
import { useMutations } from '../fleet-queries.ts'
import { Page } from '../frame/page.tsx'
import { Empty, Failed, Skeleton, SkeletonRows } from '../parts/empty.tsx'
import { Time } from '../parts/time.tsx'
import { Value } from '../parts/value.tsx'
import { useDecky, useMe } from '../queries.ts'
import { plural } from '../time/words.ts'
import { hrefTo } from '../url.ts'
import { aKind, stateDot, stateWord } from '../words/decky.ts'
import { Actions } from './decky/actions.tsx'
import { DeckyEvents } from './decky/events.tsx'
import { Life } from './decky/life.tsx'
import { Mutations } from './decky/mutations.tsx'
import { Operations } from './decky/operations.tsx'
import { PersonaFacts } from './decky/persona.tsx'
import { Services } from './decky/services.tsx'
import { Traffic } from './decky/traffic.tsx'
import { kindIcon } from './fleet/kind-icon.tsx'
import './decky/decky.css'

/** One fake host: who it says it is, what listens, who came, what became of it, and how to change it while it runs. */
export default function DeckyPage({ name }: { name: string }) {
  const decky = useDecky(name)
  const gone = decky.error instanceof ApiError && decky.error.status === 404
  return (
    <Page title={name}>
      {gone ? (
        <Gone name={name} />
      ) : decky.error && !decky.data ? (
        <Failed error={decky.error} retry={() => void decky.refetch()} />
      ) : decky.data ? (
        <Known decky={decky.data} />
      ) : (
        <div aria-busy="true">
          <Skeleton width={220} height={20} />
          <SkeletonRows count={10} height={34} />
        </div>
      )}
    </Page>
  )
}

function Known({ decky: d }: { decky: Decky }) {
  const me = useMe()
  const mutations = useMutations(d.name)
  const admin = me.data?.role === 'admin'
  const Icon = kindIcon(d.archetype)
  return (
    <>
      <header className="dk-head">
        <span className="dk-icon">
          <Icon aria-hidden />
        </span>
        <div className="dk-name">
          <h1>
            <Value of={{ text: d.name, searchKey: 'decky' }}>
              <span className="mono cut">{d.name}</span>
            </Value>
          </h1>
          <span className="dk-state">
            <i className={stateDot[d.state]} /> {stateWord[d.state]}
          </span>
          {admin && <Actions decky={d} />}
        </div>
        <p className="lead">{sentence(d)}</p>
      </header>
      <Life decky={d} mutations={mutations.data?.data} />
      <div className="cols wide">
        <div>
          <Services decky={d} admin={admin} />
          <DeckyEvents name={d.name} />
        </div>
        <div>
          <PersonaFacts decky={d} />
          <Mutations decky={d} query={mutations} />
          <Operations name={d.name} />
          <Traffic name={d.name} />
        </div>
      </div>
    </>
  )
}

function sentence(d: Decky) {
  const up = d.services.filter((s) => s.state === 'listening').length
  const plays = `Plays ${aKind(d.archetype)} with ${d.distro}; ${
    up === d.services.length ? `${plural(up, 'service')} listening` : `${up} of ${plural(d.services.length, 'service')} listening`
  }.`
  if (!d.last_contact) return `${plays} Nobody touched it yet.`
  return (
    <>
      {plays} <b>{plural(d.attacker_count, 'attacker')}</b> came, last <Time at={d.last_contact} />.
    </>
  )
}

/** It was retired, or never was: what is known of it stays to be seen. */
function Gone({ name }: { name: string }) {
  const mutations = useMutations(name)
  const last = mutations.data?.data[0]
  return (
    <>
      <h1 className="sr">{name}</h1>
      <Empty
        title={last ? `${name} is no more` : `There is no decky ${name}`}
        actions={
          <>
            <Link className="btn primary" href={hrefTo('/fleet')}>
              The fleet
            </Link>
            {last && (
              <Link className="btn" href={hrefTo('/live', { q: `decky:${name}` })}>
                What it saw
              </Link>
            )}
          </>
        }
      >
        {last ? (
          <>
            It was retired <Time at={last.timestamp} />. What it captured stays.
          </>
        ) : (
          'The name may be mistyped.'
        )}
      </Empty>
    </>
  )
}

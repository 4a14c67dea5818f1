import type { Decky } from '@decnet/contracts/api'
import { LayoutGrid, List, Network, Plus } from 'lucide-react'
import { useState } from 'react'
import { Link } from 'wouter'
import { useContacts, useFleetNetworks, useLifecycle } from '../../fleet-queries.ts'
import { Page } from '../../frame/page.tsx'
import { Empty, Failed, SkeletonRows } from '../../parts/empty.tsx'
import { useDeckies, useMe } from '../../queries.ts'
import { describeRange } from '../../time/range.ts'
import { plural } from '../../time/words.ts'
import { hrefTo, setParams, useUrl } from '../../url.ts'
import { fleetSentence, kindOf } from '../../words/decky.ts'
import { Cards } from './cards.tsx'
import { FleetList } from './list.tsx'
import { NetworkMap } from './map.tsx'
import { MapKey } from './map-key.tsx'
import { placeOf } from './place.ts'
import { UnderWay } from './under-way.tsx'
import './fleet.css'

const views = [
  { id: 'cards', title: 'Cards', icon: LayoutGrid },
  { id: 'map', title: 'Map', icon: Network },
  { id: 'list', title: 'List', icon: List },
] as const

/** The fleet like an inventory of hosts: who they say they are, what listens, who came. */
export function Inventory() {
  const deckies = useDeckies()
  const me = useMe()
  const { params, terms } = useUrl()
  const [lines, setLines] = useState(() => localStorage.getItem('fleet-lines') === 'yes')
  const operations = useLifecycle({ limit: 500 })
  const view = views.find(({ id }) => id === params.get('view'))?.id ?? 'cards'
  const all = (deckies.data ?? []).filter((d) => terms.every((t) => t.key !== 'decky' || (t.value === d.name) !== t.negated))
  const asked = params.get('group')
  const group = all.some(({ archetype }) => archetype === asked) ? asked : null
  const list = group === null ? all : all.filter(({ archetype }) => archetype === group)
  return (
    <Page title="Fleet">
      <header className="fleet-head">
        <div>
          <h1 className="lead">{deckies.data ? fleetSentence(all) : 'Fleet'}</h1>
          <p className="sub">{deckies.data ? listening(all) : ' '}</p>
        </div>
        <div className="fleet-do">
          {view === 'list' && (
            <button
              type="button"
              className="btn"
              aria-pressed={lines}
              onClick={() => {
                localStorage.setItem('fleet-lines', lines ? 'no' : 'yes')
                setLines(!lines)
              }}
            >
              {lines ? 'Hide the lines to attack' : 'How to attack them'}
            </button>
          )}
          <span className="seg">
            {views.map(({ id, title, icon: Icon }) => (
              <button key={id} type="button" aria-pressed={view === id} onClick={() => setParams({ view: id === 'cards' ? null : id })}>
                <Icon aria-hidden /> {title}
              </button>
            ))}
          </span>
          {me.data?.role === 'admin' && (
            <Link className="btn primary" href={hrefTo('/fleet/deploy')}>
              <Plus aria-hidden /> Deploy
            </Link>
          )}
        </div>
      </header>
      <UnderWay operations={operations.data?.data ?? []} />
      {deckies.error && !deckies.data ? (
        <Failed error={deckies.error} retry={() => void deckies.refetch()} />
      ) : !deckies.data ? (
        <SkeletonRows count={5} height={92} />
      ) : all.length === 0 ? (
        <NoDeckies admin={me.data?.role === 'admin'} some={deckies.data.length > 0} />
      ) : (
        <>
          <Kinds list={all} group={group} />
          {view === 'map' ? (
            <Drawn deckies={all} group={group} />
          ) : view === 'list' ? (
            <FleetList list={list} lines={lines} />
          ) : (
            <Cards list={list} operations={operations.data?.data ?? []} />
          )}
        </>
      )}
    </Page>
  )
}

function listening(list: readonly Decky[]): string {
  const services = list.flatMap((d) => d.services)
  const down = services.filter((s) => s.state !== 'listening').length
  return services.length === 0 ? ' ' : `${plural(services.length - down, 'service')} listening${down > 0 ? `, ${down} not` : ''}.`
}

/** What the deckies play; one of them may be looked at alone. */
function Kinds({ list, group }: { list: readonly Decky[]; group: string | null }) {
  const kinds = [...Map.groupBy(list, ({ archetype }) => archetype)].sort(([a], [b]) => a.localeCompare(b))
  if (kinds.length < 2) return null
  return (
    <fieldset className="kinds" aria-label="What they play">
      <button type="button" aria-pressed={group === null} onClick={() => setParams({ group: null })}>
        All <span>{list.length}</span>
      </button>
      {kinds.map(([kind, of]) => (
        <button key={kind} type="button" aria-pressed={group === kind} onClick={() => setParams({ group: group === kind ? null : kind })}>
          {kindOf(kind)} <span>{of.length}</span>
        </button>
      ))}
    </fieldset>
  )
}

function Drawn({ deckies, group }: { deckies: readonly Decky[]; group: string | null }) {
  const { range } = useUrl()
  const contacts = useContacts(range)
  const network = useFleetNetworks()
  return (
    <>
      <NetworkMap deckies={deckies} contacts={contacts.data} place={placeOf(network.data?.now, deckies)} group={group} />
      {contacts.error && !contacts.data ? (
        <Failed error={contacts.error} retry={() => void contacts.refetch()} left />
      ) : (
        <MapKey contacts={contacts.data} words={describeRange(range)} />
      )}
    </>
  )
}

function NoDeckies({ admin, some }: { admin: boolean; some: boolean }) {
  if (some) return <Empty title="No decky fits">No decky has that name.</Empty>
  return (
    <Empty
      title="No deckies"
      actions={
        admin ? (
          <Link className="btn primary" href={hrefTo('/fleet/deploy')}>
            <Plus aria-hidden /> Deploy some
          </Link>
        ) : undefined
      }
    >
      The fleet is made at the first start. If it is empty, somebody retired it, or the server’s log says why;{' '}
      <code className="mono">decnet doctor</code> checks addresses and ports.
    </Empty>
  )
}

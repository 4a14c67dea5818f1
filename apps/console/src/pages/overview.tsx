import type { Stats } from '@decnet/contracts/api'
import { Link } from 'wouter'
import { Page } from '../frame/page.tsx'
import { useOwnHealth } from '../frame/rail.tsx'
import { BarList } from '../parts/bar-list.tsx'
import { Failed, Skeleton, SkeletonRows } from '../parts/empty.tsx'
import { barsOf, Histogram, servicesIn } from '../parts/histogram.tsx'
import { Legend } from '../parts/legend.tsx'
import { topValue } from '../parts/value.tsx'
import type { ValueOf } from '../parts/value-menu.tsx'
import { useDeckies, useHistogram, useStats } from '../queries.ts'
import type { Range } from '../time/range.ts'
import { plural } from '../time/words.ts'
import { hrefTo, setRange, useUrl, zoomTo } from '../url.ts'
import { SYSTEM_LOG } from '../words/said.ts'
import { colourOf } from '../words/services.ts'
import { FirstRun } from './overview/first-run.tsx'
import { Lead } from './overview/lead.tsx'
import { StatStrip } from './overview/stat-strip.tsx'
import { Stories } from './overview/stories.tsx'
import { WhoIsBehind } from './overview/who.tsx'
import './overview/overview.css'

export default function Overview() {
  const { range } = useUrl()
  const stats = useStats(range)
  if (stats.error && !stats.data)
    return (
      <Page title="Overview">
        <Failed error={stats.error} retry={() => void stats.refetch()} />
      </Page>
    )
  if (stats.data?.unique_attackers === 0)
    return (
      <Page title="Overview">
        <FirstRun />
      </Page>
    )
  return (
    <Page title="Overview">
      <Lead stats={stats.data} range={range} />
      <StatStrip stats={stats.data} range={range} />
      <Events range={range} />
      <div className="cols wide">
        <Stories stats={stats.data} />
        <div>
          <WhoIsBehind range={range} />
          <Where stats={stats.data} />
          <Services stats={stats.data} />
          <OwnState />
        </div>
      </div>
      <div className="cols three">
        <Top
          title="Passwords tried most"
          rows={stats.data?.top_passwords}
          of={topValue}
          unit="attempt"
          nothing="No password was tried."
          more="/credentials"
        />
        <Top
          title="User names tried most"
          rows={stats.data?.top_usernames}
          of={topValue}
          unit="attempt"
          nothing="No user name was tried."
          more="/credentials"
        />
        <Top
          title="Commands run most"
          rows={stats.data?.top_commands}
          of={(r) => ({ text: r.value, searchKey: 'command' })}
          nothing="Nobody ran a command."
          more="/live?q=event:command"
        />
      </div>
    </Page>
  )
}

function Events({ range }: { range: Range }) {
  const { data, error, refetch } = useHistogram(range, `topic:${SYSTEM_LOG} -event:tick -service:sensor -service:mutator`)
  return (
    <section className="section">
      <h2 className="h">
        Events
        {data && <Legend services={servicesIn(barsOf(data))} />}
        <span className="more faint">
          {range.kind === 'fixed' ? (
            <button type="button" className="link" onClick={() => setRange(null)}>
              back to the newest
            </button>
          ) : (
            'drag to zoom'
          )}
        </span>
      </h2>
      {error && !data ? <Failed error={error} retry={() => void refetch()} left /> : <Histogram data={data} onZoom={zoomTo} />}
    </section>
  )
}

function Where({ stats }: { stats: Stats | undefined }) {
  return (
    <section className="section">
      <h2 className="h">
        Deckies by attention
        <Link className="more link" href={hrefTo('/fleet')}>
          Fleet
        </Link>
      </h2>
      {stats ? (
        <BarList
          rows={stats.top_deckies.slice(0, 5)}
          unit="event"
          of={(r) => ({ text: r.value, searchKey: 'decky', peek: { kind: 'decky', id: r.value } })}
          nothing="No decky was touched."
        />
      ) : (
        <SkeletonRows count={5} />
      )}
    </section>
  )
}

function Services({ stats }: { stats: Stats | undefined }) {
  return (
    <section className="section">
      <h2 className="h">Services</h2>
      {stats ? (
        <BarList
          rows={stats.top_services}
          of={(r) => ({ text: r.value, searchKey: 'service' })}
          colour={(r) => colourOf(r.value)}
          unit="event"
          nothing="No service was touched."
        />
      ) : (
        <SkeletonRows count={6} />
      )}
    </section>
  )
}

function Top({
  title,
  rows,
  of,
  unit,
  nothing,
  more,
}: {
  title: string
  rows: Stats['top_passwords'] | undefined
  of: (row: Stats['top_passwords'][number]) => ValueOf
  unit?: string
  nothing: string
  more: string
}) {
  return (
    <section className="section">
      <h2 className="h">
        {title}
        <Link
          className="more link"
          href={hrefTo(more.split('?')[0] ?? '/', Object.fromEntries(new URLSearchParams(more.split('?')[1] ?? '')))}
          aria-label={`All: ${title}`}
        >
          All
        </Link>
      </h2>
      {rows ? <BarList rows={rows.slice(0, 8)} of={of} {...(unit ? { unit } : {})} nothing={nothing} /> : <SkeletonRows count={8} />}
    </section>
  )
}

/** Fleet and workers in one line. */
function OwnState() {
  const own = useOwnHealth()
  const deckies = useDeckies()
  const running = deckies.data?.filter((d) => d.state === 'running').length ?? 0
  const listening = deckies.data?.flatMap((d) => d.services).filter((s) => s.state === 'listening').length ?? 0
  return (
    <section className="section">
      <h2 className="h">Your side</h2>
      {deckies.data ? (
        <p className="own">
          <span className={deckies.data.some((d) => d.state !== 'running') && own.dot === 'dot' ? 'dot warn' : own.dot} />
          <span>
            {running === deckies.data.length
              ? `All ${plural(running, 'decky', 'deckies')} up`
              : `${running} of ${plural(deckies.data.length, 'decky', 'deckies')} up`}
            , {plural(listening, 'service')} listening. {own.text === 'All well' ? 'All workers well.' : `${own.text}.`}
          </span>
        </p>
      ) : (
        <Skeleton width="70%" />
      )}
    </section>
  )
}

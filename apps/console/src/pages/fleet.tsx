import type { Decky } from '@decnet/contracts/api'
import { useState } from 'react'
import { Page } from '../frame/page.tsx'
import { Account } from '../parts/account.tsx'
import { CommandLine } from '../parts/command-line.tsx'
import { Empty, Failed, SkeletonRows } from '../parts/empty.tsx'
import { Time } from '../parts/time.tsx'
import { DeckyValue } from '../parts/value.tsx'
import { useDeckies } from '../queries.ts'
import { figure, plural } from '../time/words.ts'
import { peekAt, useUrl } from '../url.ts'
import { attackLine, colourOf, keptOut } from '../words/services.ts'
import './fleet/fleet.css'

/** The fleet like an inventory of hosts: who they say they are, what listens, who came. */
export default function Fleet() {
  const deckies = useDeckies()
  const { terms } = useUrl()
  const [lines, setLines] = useState(() => localStorage.getItem('fleet-lines') === 'yes')
  const list = (deckies.data ?? []).filter((d) => terms.every((t) => t.key !== 'decky' || (t.value === d.name) !== t.negated))
  const services = list.flatMap((d) => d.services)
  const down = services.filter((s) => s.state !== 'listening').length
  return (
    <Page title="Fleet">
      <header className="fleet-head">
        <div>
          <h1 className="lead">{deckies.data ? sentence(list) : 'Fleet'}</h1>
          <p className="sub">
            {deckies.data ? `${plural(services.length - down, 'service')} listening${down > 0 ? `, ${down} not` : ''}.` : ' '}
          </p>
        </div>
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
      </header>
      {deckies.error && !deckies.data ? (
        <Failed error={deckies.error} retry={() => void deckies.refetch()} />
      ) : !deckies.data ? (
        <SkeletonRows count={5} height={92} />
      ) : list.length === 0 ? (
        <Empty title="No deckies">
          The fleet is made at the first start. If it is empty, the server's log says why; `decnet doctor` checks addresses and ports.
        </Empty>
      ) : (
        <>
          <div className="decky fleet-cols" aria-hidden>
            <span>Decky</span>
            <span>Address</span>
            <span>Services</span>
            <span>Attention</span>
          </div>
          <ul className="fleet">
            {list.map((d) => (
              <li key={d.name}>
                <Row decky={d} lines={lines} />
              </li>
            ))}
          </ul>
        </>
      )}
    </Page>
  )
}

function sentence(list: readonly Decky[]): string {
  const all = plural(list.length, 'decky', 'deckies')
  const bad = list.filter((d) => d.state !== 'running')
  if (bad.length === 0) return list.length === 1 ? 'The one decky is up.' : `All ${all} are up.`
  return `${bad
    .map((d) => d.name)
    .slice(0, 3)
    .join(', ')} ${bad.length === 1 ? 'is' : 'are'} not well; ${list.length - bad.length} of ${all} are up.`
}

const dots = { running: 'dot', degraded: 'dot warn', stopped: 'dot bad' }

function Row({ decky: d, lines }: { decky: Decky; lines: boolean }) {
  return (
    <article className="decky">
      <div className="decky-id">
        <span className={dots[d.state]} title={d.state} />
        <div className="cut">
          <DeckyValue name={d.name} />
          <p className="small dim cut" title={`${d.hostname} · ${d.distro}`}>
            {d.distro}
          </p>
          <p className="small faint cut">
            {d.archetype.replaceAll('-', ' ')}
            {d.state !== 'running' && `, ${d.state}`}
          </p>
        </div>
      </div>
      <div className="decky-net">
        <span className="mono">{d.ip}</span>
        <span className="mono faint small cut">{d.hostname}</span>
        <span className="mono faint small">{d.mac}</span>
      </div>
      <ul className="decky-svc">
        {d.services.map((s) => {
          const line = attackLine(
            s,
            d.logins.map((l) => l.user),
          )
          return (
            <li key={`${s.name} ${s.port}`} className={lines ? 'open' : undefined}>
              <span className="svc" data-state={s.state} title={s.detail ?? `${s.title}, ${s.state}`}>
                <i className="swatch" style={{ background: colourOf(s.name) }} />
                {s.name}
                <span className="faint mono">{s.port}</span>
                {s.state !== 'listening' && <b>{s.state}</b>}
              </span>
              {s.state === 'failed' && s.detail && <span className="small faint">{s.detail}</span>}
              {s.state === 'listening' && s.port !== s.wanted_port && lines && <span className="small faint">wanted {s.wanted_port}</span>}
              {lines && line && s.state === 'listening' && <CommandLine line={line} />}
            </li>
          )
        })}
        {lines && d.logins.length > 0 && (
          <li className="open">
            <span className="dim lets-in">Lets in</span>
            {d.logins.map((l) => (
              <Account key={`${l.user} ${l.password}`} {...l} not={d.services.flatMap((s) => (keptOut(s.name, l.user) ? [s.name] : []))} />
            ))}
          </li>
        )}
      </ul>
      <button type="button" className="decky-seen" onClick={() => peekAt('decky', d.name)}>
        <span>
          <b>{figure(d.attacker_count)}</b> <span className="dim">{d.attacker_count === 1 ? 'attacker' : 'attackers'}</span>
        </span>
        <span className="small dim">{plural(d.event_count, 'event')}</span>
        <span className="small faint">{d.last_contact ? <Time at={d.last_contact} /> : 'never touched'}</span>
      </button>
    </article>
  )
}

import type { Decky, Lifecycle } from '@decnet/contracts/api'
import { Link } from 'wouter'
import { Time } from '../../parts/time.tsx'
import { figure, plural } from '../../time/words.ts'
import { deckyPath, hrefTo } from '../../url.ts'
import { isOpen, kindOf, operationWords, stateDot, stateWord } from '../../words/decky.ts'
import { colourOf } from '../../words/services.ts'
import { kindIcon } from './kind-icon.tsx'

/** Services named on a card. */
const NAMED = 6

/** The fleet at a glance: a card for each host. */
export function Cards({ list, operations }: { list: readonly Decky[]; operations: readonly Lifecycle[] }) {
  const top = Math.max(1, ...list.map((d) => d.event_count))
  const open = new Map(operations.filter(isOpen).map((o) => [o.decky_name, o]))
  return (
    <ul className="cards">
      {list.map((d) => (
        <li key={d.name}>
          <Card decky={d} top={top} operation={open.get(d.name)} />
        </li>
      ))}
    </ul>
  )
}

function Card({ decky: d, top, operation }: { decky: Decky; top: number; operation: Lifecycle | undefined }) {
  const Icon = kindIcon(d.archetype)
  const failed = d.services.filter((s) => s.state !== 'listening')
  return (
    <Link className="card" data-state={d.state} href={hrefTo(deckyPath(d.name))}>
      <span className="card-top">
        <span className="card-icon">
          <Icon aria-hidden />
        </span>
        <span className="cut">
          <b className="mono cut card-name">{d.name}</b>
          <span className="small faint cut card-kind">{kindOf(d.archetype)}</span>
        </span>
        <span className="card-state small">
          {operation ? (
            <>
              <i className="dot moving" /> {operationWords(operation)}
            </>
          ) : (
            <>
              <i className={stateDot[d.state]} /> {stateWord[d.state]}
            </>
          )}
        </span>
      </span>
      <span className="card-net">
        <span className="mono">{d.ip}</span>
        <span className="small faint cut" title={d.distro}>
          {d.distro}
        </span>
      </span>
      <span className="card-svc">
        {d.services.slice(0, NAMED).map((s) => (
          <span key={`${s.name} ${s.port}`} className="card-one small" data-state={s.state} title={s.detail ?? `${s.title}, ${s.state}`}>
            <i className="swatch" style={{ background: colourOf(s.name) }} />
            {s.name}
          </span>
        ))}
        {d.services.length > NAMED && <span className="small faint">+{d.services.length - NAMED}</span>}
      </span>
      {failed[0] && <span className="small card-wrong cut">{failed[0].detail ?? `${failed[0].name} is ${failed[0].state}`}</span>}
      <span className="card-foot small">
        {d.last_contact ? (
          <>
            <span>
              <b>{figure(d.attacker_count)}</b> <span className="dim">{d.attacker_count === 1 ? 'attacker' : 'attackers'}</span>
            </span>
            <span className="dim">{plural(d.event_count, 'event')}</span>
            <span className="faint card-last">
              <Time at={d.last_contact} />
            </span>
          </>
        ) : (
          <span className="faint">never touched</span>
        )}
      </span>
      <span className="card-heat" aria-hidden>
        <i style={{ width: d.event_count === 0 ? 0 : `${Math.max(3, Math.sqrt(d.event_count / top) * 100)}%` }} />
      </span>
    </Link>
  )
}

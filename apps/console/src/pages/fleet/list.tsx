import type { Decky } from '@decnet/contracts/api'
import { Account } from '../../parts/account.tsx'
import { CommandLine } from '../../parts/command-line.tsx'
import { Time } from '../../parts/time.tsx'
import { DeckyValue } from '../../parts/value.tsx'
import { figure, plural } from '../../time/words.ts'
import { peekAt } from '../../url.ts'
import { kindOf, stateDot, stateWord } from '../../words/decky.ts'
import { attackLine, colourOf, keptOut } from '../../words/services.ts'

/** The fleet line by line. `lines`: with what to paste into a terminal to attack each service. */
export function FleetList({ list, lines }: { list: readonly Decky[]; lines: boolean }) {
  return (
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
  )
}

function Row({ decky: d, lines }: { decky: Decky; lines: boolean }) {
  return (
    <article className="decky">
      <div className="decky-id">
        <span className={stateDot[d.state]} title={stateWord[d.state]} />
        <div className="cut">
          <DeckyValue name={d.name} />
          <p className="small dim cut" title={`${d.hostname} · ${d.distro}`}>
            {d.distro}
          </p>
          <p className="small faint cut">
            {kindOf(d.archetype)}
            {d.state !== 'running' && `, ${stateWord[d.state]}`}
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
        {d.last_contact ? (
          <>
            <span>
              <b>{figure(d.attacker_count)}</b> <span className="dim">{d.attacker_count === 1 ? 'attacker' : 'attackers'}</span>
            </span>
            <span className="small dim">{plural(d.event_count, 'event')}</span>
            <span className="small faint">
              <Time at={d.last_contact} />
            </span>
          </>
        ) : (
          <span className="small faint">never touched</span>
        )}
      </button>
    </article>
  )
}

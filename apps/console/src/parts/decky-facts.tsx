import type { Decky } from '@decnet/contracts/api'
import type { ReactNode } from 'react'
import { kindOf } from '../words/decky.ts'
import { keptOut } from '../words/services.ts'
import { Account } from './account.tsx'
import './decky-facts.css'

/** Who a decky says it is; `children`: further terms of the list. */
export function DeckyFacts({ decky: d, children }: { decky: Decky; children?: ReactNode }) {
  return (
    <dl className="facts">
      <dt>Address</dt>
      <dd className="mono">
        {d.ip}
        {d.ip6 && <div className="cut">{d.ip6}</div>}
      </dd>
      <dt>MAC</dt>
      <dd>
        <span className="mono">{d.mac}</span> {d.mac_vendor && <span className="dim">{d.mac_vendor}</span>}
      </dd>
      <dt>Host name</dt>
      <dd className="mono cut" title={d.hostname}>
        {d.hostname}
      </dd>
      <dt>Plays</dt>
      <dd>{kindOf(d.archetype)}</dd>
      <dt>System</dt>
      <dd>
        {d.distro}
        {d.kernel && <div className="mono faint cut">{d.kernel}</div>}
      </dd>
      {d.logins.length > 0 && (
        <>
          <dt>Lets in</dt>
          <dd>
            <ul className="logins">
              {d.logins.map((l) => (
                <li key={`${l.user} ${l.password}`}>
                  <Account {...l} not={d.services.flatMap((s) => (keptOut(s.name, l.user) ? [s.name] : []))} />
                </li>
              ))}
            </ul>
          </dd>
        </>
      )}
      {children}
    </dl>
  )
}

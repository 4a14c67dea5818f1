import type { GroupEvidence } from '@decnet/contracts/api'
import { useState } from 'react'
import { Prose } from '../../parts/bytes.tsx'
import { Time } from '../../parts/time.tsx'
import { figure } from '../../time/words.ts'
import type { Say } from './use-say.ts'

const AT_FIRST = 6

/** What operators said of its attackers, and a way to take it back. */
export function Said({ links, say }: { links: GroupEvidence['operator_links']; say: Say }) {
  const [all, setAll] = useState(false)
  if (links.length === 0) return null
  return (
    <section className="section">
      <h2 className="h">
        What operators said<span className="faint">it holds whatever comes</span>
      </h2>
      <ul className="rows">
        {links.slice(0, all ? links.length : AT_FIRST).map((link) => {
          const pending = link.id.includes(' ')
          return (
            <li key={link.id} className="grp-said" data-pending={pending || undefined}>
              <span>
                <b>{link.by}</b>: <span className="mono">{link.a_label}</span> and <span className="mono">{link.b_label}</span>{' '}
                {link.kind === 'confirm' ? 'are one' : 'are not one'}
                {link.reason && (
                  <>
                    , <Prose text={link.reason} most={160} />
                  </>
                )}{' '}
                <span className="faint nowrap">
                  <Time at={link.at} />
                </span>
              </span>
              {say.may && !pending && (
                <button type="button" className="btn quiet" disabled={say.unsay.isPending} onClick={() => say.unsay.mutate([link.id])}>
                  Take back
                </button>
              )}
            </li>
          )
        })}
      </ul>
      {links.length > AT_FIRST && !all && (
        <button type="button" className="link small" onClick={() => setAll(true)}>
          All {figure(links.length)}
        </button>
      )}
    </section>
  )
}

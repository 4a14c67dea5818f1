import type { LinkEdge, ToldReason } from '@decnet/contracts/api'
import type { ReactNode } from 'react'
import { Prose } from '../../parts/bytes.tsx'
import { SharedThing } from '../../parts/shared-thing.tsx'
import { featureTitle, sureness, weightWord } from '../../words/evidence.ts'

/** Natural log-odds; what weighs more is drawn no longer. */
const FULL = 14
const NAMED = 3

/** For and against, in bars and words: how much each reason weighs. */
export function Reasons({ edge, title, actions }: { edge: LinkEdge; title: ReactNode; actions?: ReactNode }) {
  const most = Math.max(3, ...edge.reasons.map(({ weight }) => Math.min(FULL, Math.abs(weight))))
  const inFavour = edge.reasons.filter(({ weight }) => weight >= 0)
  const against = edge.reasons.filter(({ weight }) => weight < 0)
  return (
    <section className="section grp-why" aria-live="polite">
      <h2 className="h">
        <span className="grp-pair">{title}</span>
        <span className="faint nowrap">{sureness(edge.probability)} sure</span>
      </h2>
      <h3 className="grp-side">What speaks for it</h3>
      <List reasons={inFavour} most={most} nothing="Nothing." />
      <h3 className="grp-side">What speaks against it</h3>
      <List reasons={against} most={most} nothing="Nothing that was seen." />
      <p className="faint small grp-note">
        Figures are natural log-odds: +0.7 doubles the odds, +2.3 makes them ten times. What everybody shares weighs nothing.
      </p>
      {actions && <div className="grp-acts">{actions}</div>}
    </section>
  )
}

function List({ reasons, most, nothing }: { reasons: readonly ToldReason[]; most: number; nothing: string }) {
  if (reasons.length === 0) return <p className="faint">{nothing}</p>
  return (
    <ul className="grp-reasons">
      {reasons.map((reason) => (
        <li key={`${reason.feature} ${reason.why}`}>
          <span className="grp-feature">{featureTitle(reason.feature)}</span>
          <span className="grp-bar" data-side={reason.weight < 0 ? 'against' : 'for'} aria-hidden>
            <i style={{ width: `${(100 * Math.min(FULL, Math.abs(reason.weight))) / most}%` }} />
          </span>
          <span className="grp-weight">
            {weightWord(reason)}
            {reason.feature !== 'operator' && (
              <span className="faint">
                {' '}
                {reason.weight > 0 ? '+' : '−'}
                {Math.abs(reason.weight).toFixed(1)}
              </span>
            )}
          </span>
          <span className="why">
            <Prose text={reason.why} most={160} />
          </span>
          {reason.values.slice(0, NAMED).map((value, n) => (
            <SharedThing key={value} value={value} secret={reason.secrets[n] ?? null} />
          ))}
          {reason.values.length > NAMED && <span className="why faint">and {reason.values.length - NAMED} more</span>}
        </li>
      ))}
    </ul>
  )
}

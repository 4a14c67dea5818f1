import { LEASED } from '@decnet/contracts'
import type { DeployPlan } from '@decnet/contracts/api'
import { useState } from 'react'
import { Confirm } from '../../parts/dialog.tsx'
import { FormError } from '../../parts/form.tsx'
import { plural } from '../../time/words.ts'
import { kindOf } from '../../words/decky.ts'
import { colourOf } from '../../words/services.ts'
import { kindIcon } from '../fleet/kind-icon.tsx'
import { standing } from './draft.ts'

/** What would come of it, as the server says it; and the button that makes it so. */
export function Preview({
  plan,
  error,
  wanted,
  stale,
  busy,
  onDeploy,
}: {
  plan: DeployPlan | undefined
  error: Error | null
  /** Something is wanted at all. */
  wanted: boolean
  /** It is being asked for anew. */
  stale: boolean
  busy: boolean
  onDeploy: () => void
}) {
  const [asked, setAsked] = useState(false)
  const count = plan?.added.length ?? 0
  const retired = plan?.retired.length ?? 0
  return (
    <aside className="dp-preview" aria-label="What would come of it" aria-busy={wanted && stale && !plan && !error ? true : undefined}>
      <div className="dp-bar">
        <div aria-live="polite">
          <h2 className="dp-count">
            {plan ? plural(count, 'decky', 'deckies') : wanted ? (error ? 'This cannot be done' : 'Looking…') : 'Nothing chosen'}
          </h2>
          <p className="small dim">
            {plan
              ? `on ${standing(plan.network)}${retired > 0 ? `; ${retired} retired` : ''}${plan.kept.length > 0 ? `; ${plan.kept.length} stay as they are` : ''}`
              : wanted
                ? ' '
                : 'Say how many of each kind you want.'}
          </p>
        </div>
        <button
          type="button"
          className="btn primary"
          disabled={!plan || stale || busy}
          onClick={() => (retired > 0 ? setAsked(true) : onDeploy())}
        >
          {busy ? 'Asking…' : count > 0 ? `Deploy ${count}` : 'Deploy'}
        </button>
      </div>
      <FormError error={error} each />
      {plan && plan.notes.length > 0 && (
        <ul className="dp-notes" aria-label="Worth knowing">
          {plan.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      {plan && (
        <ol className={stale ? 'dp-plan stale' : 'dp-plan'}>
          {plan.added.map((decky) => {
            const Icon = kindIcon(decky.archetype)
            return (
              <li key={decky.name}>
                <Icon aria-hidden />
                <span className="cut">
                  <span className="mono strong">{decky.name}</span>
                  <span className="small faint cut dp-plays">
                    {kindOf(decky.archetype)}, {decky.distro}
                  </span>
                </span>
                <span className="mono dp-address">
                  {decky.ip === LEASED ? 'by DHCP' : decky.ip}
                  {decky.ip6 && <span className="faint cut">{decky.ip6}</span>}
                </span>
                <span className="dp-has">
                  {decky.services.map(({ name, port }) => (
                    <span key={`${name} ${port}`} className="small" title={`port ${port}`}>
                      <i className="swatch" style={{ background: colourOf(name) }} />
                      {name}
                    </span>
                  ))}
                </span>
              </li>
            )
          })}
        </ol>
      )}
      <Confirm
        open={asked}
        onClose={() => setAsked(false)}
        title={`Retire ${plural(retired, 'decky', 'deckies')} and make ${count}?`}
        about="Whoever is connected to them is cut off. What they captured stays."
        action="Replace the fleet"
        busy={busy}
        onConfirm={() => {
          setAsked(false)
          onDeploy()
        }}
      />
    </aside>
  )
}

import { DECKIES_AT_ONCE, type FleetArchetype } from '@decnet/contracts/api'
import { Dices, Minus, Plus } from 'lucide-react'
import type { ReactNode } from 'react'
import { Wrong } from '../../parts/form.tsx'
import { kindTitle } from '../../words/decky.ts'
import { colourOf } from '../../words/services.ts'
import { kindIcon } from '../fleet/kind-icon.tsx'
import type { Drafting } from './use-draft.ts'

const SHOWN = 5

/** Which kinds of host, and how many of each. */
export function Hosts({
  archetypes,
  drafting: { draft, want },
  wrong,
}: {
  archetypes: readonly FleetArchetype[]
  drafting: Drafting
  wrong: (field: string) => string | undefined
}) {
  const amountOf = (archetype: string) => draft.wanted.find((each) => each.archetype === archetype)?.amount ?? 0
  return (
    <section className="dp-step">
      <h2 className="h">
        <span className="dp-n">2</span> What, and how many
      </h2>
      <ul className="dp-kinds">
        <Kind title="Whatever fits" icon={<Dices aria-hidden />} amount={amountOf('')} onChange={(amount) => want('', { amount })}>
          <span className="small dim">A mix of all kinds, as offices have them.</span>
        </Kind>
        {archetypes.map(({ name, services, likely_services }) => {
          const Icon = kindIcon(name)
          const all = [...services, ...likely_services]
          return (
            <Kind
              key={name}
              title={kindTitle(name)}
              icon={<Icon aria-hidden />}
              amount={amountOf(name)}
              onChange={(amount) => want(name, { amount })}
            >
              <span className="dp-has">
                {all.slice(0, SHOWN).map((service) => (
                  <span
                    key={service}
                    className={services.includes(service) ? 'small' : 'small maybe'}
                    title={services.includes(service) ? undefined : 'It may have it'}
                  >
                    <i className="swatch" style={{ background: colourOf(service) }} />
                    {service}
                  </span>
                ))}
                {all.length > SHOWN && <span className="small faint">+{all.length - SHOWN}</span>}
              </span>
            </Kind>
          )
        })}
      </ul>
      <Wrong said={wrong('deckies')} />
    </section>
  )
}

function Kind({
  title,
  icon,
  amount,
  onChange,
  children,
}: {
  title: string
  icon: ReactNode
  amount: number
  onChange: (amount: number) => void
  children: ReactNode
}) {
  const set = (next: number) => onChange(Math.min(DECKIES_AT_ONCE, Math.max(0, Number.isFinite(next) ? Math.round(next) : 0)))
  return (
    <li className="dp-kind" data-on={amount > 0 || undefined}>
      <span className="card-icon">{icon}</span>
      <span className="dp-kind-name">
        <b>{title}</b>
        {children}
      </span>
      <span className="dp-amount">
        <button
          type="button"
          className="btn quiet icon"
          aria-label={`One ${title} fewer`}
          disabled={amount === 0}
          onClick={() => set(amount - 1)}
        >
          <Minus aria-hidden />
        </button>
        <input
          className="input mono"
          inputMode="numeric"
          aria-label={`How many: ${title}`}
          value={amount}
          onChange={(event) => set(Number(event.target.value.replaceAll(/\D/gu, '')))}
          onFocus={(event) => event.target.select()}
        />
        <button type="button" className="btn quiet icon" aria-label={`One ${title} more`} onClick={() => set(amount + 1)}>
          <Plus aria-hidden />
        </button>
      </span>
    </li>
  )
}

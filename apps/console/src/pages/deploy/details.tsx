import type { FleetArchetype } from '@decnet/contracts/api'
import { Shuffle } from 'lucide-react'
import { useId, useState } from 'react'
import { useCatalogue, useDistros } from '../../fleet-queries.ts'
import { Field, Wrong } from '../../parts/form.tsx'
import { kindTitle } from '../../words/decky.ts'
import { colourOf } from '../../words/services.ts'
import { minutesOf, type Wanted } from './draft.ts'
import type { Drafting } from './use-draft.ts'

/** What the seed chooses where nobody says otherwise. */
export function Details({
  archetypes,
  drafting,
  wrong,
  open,
}: {
  archetypes: readonly FleetArchetype[]
  drafting: Drafting
  wrong: (field: string) => string | undefined
  /** Something is wrong: it may be in here. */
  open: boolean
}) {
  const [shown, setShown] = useState(false)
  const { draft, change, shuffle } = drafting
  const chosen = draft.wanted.filter(({ amount }) => amount > 0)
  return (
    <section className="dp-step">
      <details open={shown || open} onToggle={(event) => setShown(event.currentTarget.open)}>
        <summary className="h">
          <span className="dp-n">3</span> Details <span className="faint">names, addresses, services; all may stay empty</span>
        </summary>
        <div className="dp-common">
          <Field
            label="First address"
            className="input mono"
            placeholder="the first free one"
            value={draft.start}
            wrong={wrong('ip_start')}
            onChange={(event) => change({ start: event.target.value })}
          />
          <Field
            label="Changes by itself"
            inputMode="numeric"
            placeholder="as the fleet does"
            hint="Minutes between changes; 0 is never."
            value={draft.interval}
            wrong={minutesOf(draft.interval) === undefined ? 'A whole number of minutes, two years at most.' : undefined}
            onChange={(event) => change({ interval: event.target.value })}
          />
          <div className="dp-seed">
            <Field
              label="Seed"
              className="input mono"
              hint="The same seed makes the same hosts."
              value={draft.seed}
              maxLength={128}
              wrong={wrong('seed')}
              onChange={(event) => change({ seed: event.target.value })}
            />
            <button type="button" className="btn icon" aria-label="Another seed" title="Another seed" onClick={shuffle}>
              <Shuffle aria-hidden />
            </button>
          </div>
        </div>
        {chosen.map((wanted, index) => (
          <OfKind
            key={wanted.archetype}
            wanted={wanted}
            archetype={archetypes.find(({ name }) => name === wanted.archetype)}
            onChange={(part) => drafting.want(wanted.archetype, part)}
            wrong={(field) => wrong(`deckies.${index}.${field}`)}
          />
        ))}
      </details>
    </section>
  )
}

function OfKind({
  wanted,
  archetype,
  onChange,
  wrong,
}: {
  wanted: Wanted
  archetype: FleetArchetype | undefined
  onChange: (part: Partial<Wanted>) => void
  wrong: (field: string) => string | undefined
}) {
  const id = useId()
  const distros = useDistros()
  const catalogue = useCatalogue()
  const fitting = (distros.data ?? []).filter(({ archetypes }) => !archetype || archetypes.includes(archetype.name))
  const title = archetype ? kindTitle(archetype.name) : 'Whatever fits'
  const toggle = (name: string) =>
    onChange({ services: wanted.services.includes(name) ? wanted.services.filter((other) => other !== name) : [...wanted.services, name] })
  return (
    <fieldset className="dp-of">
      <legend>
        {title} <span className="faint">× {wanted.amount}</span>
      </legend>
      <div className="dp-common">
        <Field
          label="Name"
          className="input mono"
          placeholder="chosen by the seed"
          {...(wanted.amount > 1 && wanted.name.trim() !== '' ? { hint: `${wanted.name.trim()}-01, ${wanted.name.trim()}-02 …` } : {})}
          value={wanted.name}
          wrong={wrong('name')}
          onChange={(event) => onChange({ name: event.target.value })}
        />
        <Field
          label="Address"
          className="input mono"
          placeholder={wanted.amount > 1 ? 'one for each' : 'the next free one'}
          disabled={wanted.amount > 1}
          value={wanted.amount > 1 ? '' : wanted.ip}
          wrong={wrong('ip')}
          onChange={(event) => onChange({ ip: event.target.value })}
        />
        <div className="field">
          <label htmlFor={id}>System</label>
          <select id={id} className="input" value={wanted.distro} onChange={(event) => onChange({ distro: event.target.value })}>
            <option value="">chosen by the seed</option>
            {fitting.map(({ name, title }) => (
              <option key={name} value={name}>
                {title}
              </option>
            ))}
          </select>
          <Wrong said={wrong('distro')} />
        </div>
      </div>
      <fieldset className="dp-services" aria-label={`Services of ${title}`}>
        <span className="small dim">{wanted.services.length === 0 ? 'Services as such hosts have them, or these:' : 'Exactly these:'}</span>
        {(catalogue.data ?? []).map(({ name }) => (
          <button key={name} type="button" aria-pressed={wanted.services.includes(name)} onClick={() => toggle(name)}>
            <i className="swatch" style={{ background: colourOf(name) }} />
            {name}
          </button>
        ))}
      </fieldset>
      <Wrong said={wrong('services') ?? wrong('archetype')} />
    </fieldset>
  )
}

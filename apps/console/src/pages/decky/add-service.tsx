import type { Decky } from '@decnet/contracts/api'
import { useState } from 'react'
import { useCatalogue, useServiceSchema } from '../../fleet-queries.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { Failed, SkeletonRows } from '../../parts/empty.tsx'
import { FormError } from '../../parts/form.tsx'
import { colourOf } from '../../words/services.ts'
import { configOf, type Entries, entriesOf } from './settings.ts'
import { SettingsForm } from './settings-form.tsx'
import { useLiveEdit } from './use-live-edit.ts'

/** Chooses one more service for a decky, and its settings. */
export function AddService({ decky, onClose }: { decky: Decky; onClose: () => void }) {
  const catalogue = useCatalogue()
  const [chosen, setChosen] = useState<string | null>(null)
  const [said, setSaid] = useState<Entries>({})
  const schema = useServiceSchema(chosen)
  const add = useLiveEdit(decky, onClose)
  const has = new Set(decky.services.map(({ name }) => name))
  const free = (catalogue.data ?? []).filter(({ name }) => !has.has(name))
  const fields = schema.data?.fields ?? []
  const entries = { ...entriesOf(fields, {}), ...said }
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Add a service to ${decky.name}`}
      about="It listens at once; the other services do not notice."
      wide
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (chosen !== null && schema.data) add.mutate({ what: 'add', service: chosen, config: configOf(fields, entries) })
        }}
      >
        <FormError error={add.error} fields={fields.map(({ name }) => `config.${name}`)} />
        {catalogue.error ? (
          <Failed error={catalogue.error} retry={() => void catalogue.refetch()} left />
        ) : !catalogue.data ? (
          <SkeletonRows count={3} />
        ) : free.length === 0 ? (
          <p className="faint">It has every service that there is.</p>
        ) : (
          <ul className="dk-choice" aria-label="Services">
            {free.map(({ name, title, ports }) => (
              <li key={name}>
                <button
                  type="button"
                  aria-pressed={chosen === name}
                  onClick={() => {
                    setChosen(name)
                    setSaid({})
                    add.reset()
                  }}
                >
                  <i className="swatch" style={{ background: colourOf(name) }} />
                  <b>{name}</b>
                  <span className="mono faint">{ports[0]?.port}</span>
                  <span className="small faint cut">{title}</span>
                </button>
              </li>
            ))}
          </ul>
        )}
        {chosen !== null &&
          (schema.error ? (
            <Failed error={schema.error} retry={() => void schema.refetch()} left />
          ) : schema.data ? (
            <div className="dk-settings">
              <SettingsForm
                fields={fields}
                entries={entries}
                error={add.error}
                onChange={(name, entry) => setSaid((now) => ({ ...now, [name]: entry }))}
              />
            </div>
          ) : (
            <SkeletonRows count={3} height={40} />
          ))}
        <div className="actions">
          <button type="button" className="btn" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="btn primary" disabled={chosen === null || !schema.data || add.isPending}>
            {add.isPending ? 'Being added…' : chosen === null ? 'Add it' : `Add ${chosen}`}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

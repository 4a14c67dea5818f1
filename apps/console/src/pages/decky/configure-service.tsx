import type { Decky } from '@decnet/contracts/api'
import { useState } from 'react'
import { useServiceConfig, useServiceSchema } from '../../fleet-queries.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { Failed, SkeletonRows } from '../../parts/empty.tsx'
import { FormError } from '../../parts/form.tsx'
import { configOf, type Entries, entriesOf } from './settings.ts'
import { SettingsForm } from './settings-form.tsx'
import { useLiveEdit } from './use-live-edit.ts'

/** The settings of a service on one decky: kept for its next start, or used at once. */
export function ConfigureService({ decky, service, onClose }: { decky: Decky; service: string; onClose: () => void }) {
  const schema = useServiceSchema(service)
  const config = useServiceConfig(decky.name, service)
  const [said, setSaid] = useState<Entries>({})
  const edit = useLiveEdit(decky, onClose)
  const fields = schema.data?.fields ?? []
  const entries = { ...entriesOf(fields, config.data?.saved ?? config.data?.config ?? {}), ...said }
  const error = schema.error ?? config.error
  const ready = schema.data !== undefined && config.data !== undefined
  const act = (what: 'save' | 'apply') => edit.mutate({ what, service, config: configOf(fields, entries) })
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Configure ${service} on ${decky.name}`}
      about={
        config.data?.saved
          ? 'What was saved for its next start is shown; it runs with something else until then.'
          : 'To use it at once starts this service anew: whoever is connected to it is cut off, nobody else.'
      }
      wide
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          act('apply')
        }}
      >
        <FormError error={edit.error} fields={fields.map(({ name }) => `config.${name}`)} />
        {error ? (
          <Failed error={error} left />
        ) : !ready ? (
          <SkeletonRows count={4} height={48} />
        ) : (
          <SettingsForm
            fields={fields}
            entries={entries}
            error={edit.error}
            onChange={(name, entry) => setSaid((now) => ({ ...now, [name]: entry }))}
          />
        )}
        <div className="actions">
          <button type="button" className="btn" onClick={onClose}>
            Cancel
          </button>
          <button type="button" className="btn" disabled={!ready || edit.isPending} onClick={() => act('save')}>
            Save for its next start
          </button>
          <button type="submit" className="btn primary" disabled={!ready || edit.isPending}>
            {edit.isPending ? 'Being applied…' : 'Use it now'}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

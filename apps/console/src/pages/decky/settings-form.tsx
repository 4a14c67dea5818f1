import type { ServiceField } from '@decnet/contracts/api'
import { useEffect, useId, useRef } from 'react'
import { Wrong, wrongIn } from '../../parts/form.tsx'
import type { Entries, Entry } from './settings.ts'

/** The settings of a service as a form; what the server refuses stands at its field. */
export function SettingsForm({
  fields,
  entries,
  onChange,
  error,
}: {
  fields: readonly ServiceField[]
  entries: Entries
  onChange: (name: string, entry: Entry) => void
  error: unknown
}) {
  const form = useRef<HTMLDivElement>(null)
  // What is wrong may stand out of sight.
  useEffect(() => {
    if (error) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [error])
  if (fields.length === 0) return <p className="faint">It has no settings.</p>
  return (
    <div ref={form}>
      {fields.map((field) => (
        <Setting
          key={field.name}
          field={field}
          entry={entries[field.name] ?? ''}
          onChange={(entry) => onChange(field.name, entry)}
          wrong={wrongIn(error, `config.${field.name}`) ?? wrongIn(error, field.name)}
        />
      ))}
    </div>
  )
}

function Setting({
  field,
  entry,
  onChange,
  wrong,
}: {
  field: ServiceField
  entry: Entry
  onChange: (entry: Entry) => void
  wrong: string | undefined
}) {
  const id = useId()
  const told = {
    id,
    'aria-invalid': wrong ? true : undefined,
    'aria-describedby': wrong ? `${id}-wrong` : field.description ? `${id}-hint` : undefined,
  }
  const text = typeof entry === 'string' ? entry : ''
  const numeric = field.type === 'integer' || field.type === 'number'
  return (
    <div className={field.type === 'boolean' ? 'field dk-check' : 'field'}>
      {field.type === 'boolean' && (
        <input {...told} type="checkbox" checked={entry === true} onChange={(event) => onChange(event.target.checked)} />
      )}
      <label htmlFor={id}>{field.title}</label>
      {field.type === 'boolean' ? null : field.type === 'enum' ? (
        <select {...told} className="input" value={text} onChange={(event) => onChange(event.target.value)}>
          {(field.enum ?? []).map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </select>
      ) : field.type === 'list' || field.type === 'object' || field.multiline ? (
        <textarea
          {...told}
          className="input mono dk-text"
          rows={3}
          value={text}
          spellCheck={false}
          onChange={(event) => onChange(event.target.value)}
        />
      ) : (
        <input
          {...told}
          className={numeric ? 'input dk-number' : 'input'}
          type={field.secret ? 'password' : 'text'}
          inputMode={numeric ? 'decimal' : undefined}
          autoComplete="off"
          value={text}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
      {wrong ? (
        <Wrong id={`${id}-wrong`} said={wrong} />
      ) : (
        field.description && (
          <span id={`${id}-hint`} className="hint">
            {field.description}
            {field.type === 'list' && ' · one on each line'}
            {numeric && field.min !== undefined && field.max !== undefined && ` · ${field.min} to ${field.max}`}
          </span>
        )
      )}
    </div>
  )
}

import { type InputHTMLAttributes, useId } from 'react'
import { ApiError } from '../api.ts'

/** A labelled input with its hint and what is wrong with it. */
export function Field({
  label,
  hint,
  wrong,
  ...input
}: { label: string; hint?: string; wrong?: string | undefined } & InputHTMLAttributes<HTMLInputElement>) {
  const id = useId()
  const described = [hint ? `${id}-hint` : '', wrong ? `${id}-wrong` : ''].filter(Boolean).join(' ')
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input id={id} className="input" aria-invalid={wrong ? true : undefined} aria-describedby={described || undefined} {...input} />
      {hint && !wrong && (
        <span id={`${id}-hint`} className="hint">
          {hint}
        </span>
      )}
      <Wrong id={`${id}-wrong`} said={wrong} />
    </div>
  )
}

/** What is wrong with one part of a form; nothing while nothing is. */
export function Wrong({ said, id }: { said: string | undefined; id?: string }) {
  if (!said) return null
  return (
    <span id={id} className="wrong" role="alert">
      {said}
    </span>
  )
}

/** Faults that are named together. */
const NAMED = 8

/** What a refused form says above its fields; nothing while the fields say it themselves. `each`: with all that is wrong, in a list. */
export function FormError({ error, fields = [], each = false }: { error: unknown; fields?: readonly string[]; each?: boolean }) {
  if (!error) return null
  if (error instanceof ApiError && fields.some((name) => error.field(name) !== undefined)) return null
  const faults = each && error instanceof ApiError ? (error.problem?.errors ?? []) : []
  return (
    <div className="form-error" role="alert">
      {error instanceof Error ? error.message : 'Something went wrong.'}
      {faults.length > 1 && (
        <ul>
          {faults.slice(0, NAMED).map(({ field, message }) => (
            <li key={`${field} ${message}`} className="small">
              {message}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

/** What the server said of one field of a form. */
export const wrongIn = (error: unknown, name: string) => (error instanceof ApiError ? error.field(name) : undefined)

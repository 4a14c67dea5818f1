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
      {wrong && (
        <span id={`${id}-wrong`} className="wrong" role="alert">
          {wrong}
        </span>
      )}
    </div>
  )
}

/** What a refused form says above its fields; nothing while the fields say it themselves. */
export function FormError({ error, fields = [] }: { error: unknown; fields?: readonly string[] }) {
  if (!error) return null
  if (error instanceof ApiError && fields.some((name) => error.field(name) !== undefined)) return null
  return (
    <div className="form-error" role="alert">
      {error instanceof Error ? error.message : 'Something went wrong.'}
    </div>
  )
}

export const wrongIn = (error: unknown, name: string) => (error instanceof ApiError ? error.field(name) : undefined)

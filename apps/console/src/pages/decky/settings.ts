import type { ServiceField } from '@decnet/contracts/api'
import { valueText } from '../../words/value-text.ts'

/** A setting as a form holds it. */
export type Entry = string | boolean
export type Entries = Readonly<Record<string, Entry>>

const asText = ({ type }: ServiceField, value: unknown): Entry => {
  if (type === 'boolean') return value === true
  if (value === null || value === undefined) return ''
  if (type === 'list') return Array.isArray(value) ? value.map(valueText).join('\n') : ''
  if (type === 'object') return JSON.stringify(value, null, 2)
  return valueText(value)
}

/** What a form begins with: what is set, else the default. */
export const entriesOf = (fields: readonly ServiceField[], config: Readonly<Record<string, unknown>>): Entries =>
  Object.fromEntries(
    fields.map((field) => [field.name, asText(field, Object.hasOwn(config, field.name) ? config[field.name] : field.default)]),
  )

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The server says what is wrong with it.
    return text
  }
}

function settingOf(field: ServiceField, entry: Entry): unknown {
  if (typeof entry === 'boolean') return entry
  if (field.type === 'list')
    return entry
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '')
  if (field.type === 'object') return parsed(entry)
  if ((field.type === 'integer' || field.type === 'number') && entry.trim() !== '' && Number.isFinite(Number(entry))) return Number(entry)
  return entry
}

/** What differs from the defaults: all that a service is told. */
export const configOf = (fields: readonly ServiceField[], entries: Entries): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    fields.flatMap((field) => {
      const entry = entries[field.name]
      return entry === undefined || entry === asText(field, field.default) ? [] : [[field.name, settingOf(field, entry)] as const]
    }),
  )

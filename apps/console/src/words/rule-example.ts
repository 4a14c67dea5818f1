import { listText } from './value-text.ts'

type Entries = Readonly<Record<string, unknown>>
const isMapping = (value: unknown): value is Entries => typeof value === 'object' && value !== null && !Array.isArray(value)

/** What `times` and `after` say of an event: `5× `, `30 s later `. */
function lead({ times, after }: Entries): string {
  const later = typeof after === 'number' && after > 0 ? `${after} s later ` : ''
  return `${later}${typeof times === 'number' && times > 1 ? `${times}× ` : ''}`
}

/** An example of a rule in a line: its text, its fields, or its events one after the other. */
export function exampleText(example: unknown): string {
  if (!isMapping(example)) return listText(example)
  if (Array.isArray(example.events)) return example.events.map((event: unknown) => exampleText(event)).join(' → ')
  if (isMapping(example.payload)) return `${lead(example)}${exampleText(example.payload)}`
  if ('event' in example) return `${lead(example)}${exampleText(example.event)}`
  const fields = Object.entries(example).filter(([name]) => name !== 'times' && name !== 'after')
  return `${lead(example)}${fields.map(([name, value]) => `${name}: ${listText(value)}`).join(', ')}`
}

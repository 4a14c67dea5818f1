import { z } from 'zod'

/** One refused field: its name, and what it must be, said so that the sentence can begin with the name. */
export interface Refusal {
  readonly field: string
  readonly message: string
}

const MOST_UNKNOWN = 10
const LONGEST_NAME = 64

/** What stands inside wrappers: a default, an optional, a preprocessing pipe. */
function inner(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodExactOptional) return inner(schema.unwrap())
  if (schema instanceof z.ZodNullable || schema instanceof z.ZodDefault) return inner(schema.unwrap())
  if (schema instanceof z.ZodPipe) return inner(schema.in instanceof z.ZodTransform ? schema.out : schema.in)
  return schema
}

function schemaAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): z.core.$ZodType | undefined {
  let found: z.core.$ZodType | undefined = inner(schema)
  for (const part of path) {
    const next: z.core.$ZodType | undefined =
      found instanceof z.ZodObject ? found.shape[String(part)] : found instanceof z.ZodArray ? found.element : undefined
    if (!next) return undefined
    found = inner(next)
  }
  return found
}

const grouped = (n: number) => n.toLocaleString('en', { maximumFractionDigits: 4 })

function numberWanted(schema: z.ZodNumber): string {
  const { minValue: low, maxValue: high } = schema
  const what = schema.isInt ? 'a whole number' : 'a number'
  const bounded = (n: number | null): n is number => n !== null && Math.abs(n) < Number.MAX_SAFE_INTEGER
  if (bounded(low) && bounded(high)) return `must be ${what} from ${grouped(low)} to ${grouped(high)}`
  if (bounded(low)) return `must be ${what} of at least ${grouped(low)}`
  return bounded(high) ? `must be ${what} of at most ${grouped(high)}` : `must be ${what}`
}

function textWanted(schema: z.ZodString): string {
  const { minLength: low, maxLength: high } = schema
  if (low !== null && low > 1 && high !== null) return `must be a text of ${grouped(low)} to ${grouped(high)} characters`
  if (high !== null) return `must be a text of ${low === 1 ? '1 to' : 'at most'} ${grouped(high)} characters`
  return low === 1 ? 'must be a text that is not empty' : 'must be a text'
}

function wanted(schema: z.core.$ZodType | undefined): string {
  if (schema instanceof z.ZodNumber) return numberWanted(schema)
  if (schema instanceof z.ZodEnum) return `must be ${schema.options.length === 1 ? '' : 'one of '}${schema.options.join(', ')}`
  if (schema instanceof z.ZodISODateTime) return 'must be a time such as 2026-11-21T21:48:05.123Z'
  if (schema instanceof z.ZodString) return textWanted(schema)
  if (schema instanceof z.ZodBoolean) return 'must be true or false'
  if (schema instanceof z.ZodArray) return 'must be a list'
  return schema instanceof z.ZodObject ? 'must be a JSON object' : 'is not acceptable'
}

/** A schema's own sentence goes before what can be said of it in general. */
const ownSentence = (message: string) => /^(?:must|may|is|has|needs)\b/u.test(message)

function unknownNames(
  names: readonly string[],
  part: string,
  schema: z.core.$ZodType | undefined,
  path: readonly PropertyKey[],
): Refusal[] {
  const known = schema instanceof z.ZodObject ? Object.keys(schema.shape) : []
  const where = path.length === 0 ? `this ${part}` : path.join('.')
  const instead = `${where} takes ${known.length === 0 ? 'none' : known.join(', ')}`
  return names.slice(0, MOST_UNKNOWN).map((name) => ({
    field: [...path, name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name].join('.'),
    message: `is not known: ${instead}`,
  }))
}

/**
 * What is wrong with one part of a request, field by field; nothing of the values that were sent is repeated.
 * `part`: `body`, `query`, `address`; it names what has no field. A value that came twice is a list in `value`.
 */
export function refusals(error: z.core.$ZodError, schema: z.core.$ZodType, part: string, value: unknown): Refusal[] {
  const found = error.issues.flatMap((issue): Refusal[] => {
    if (issue.code === 'unrecognized_keys') return unknownNames(issue.keys, part, schemaAt(schema, issue.path), issue.path)
    const [first] = issue.path
    const field = issue.path.length === 0 ? part : issue.path.map(String).join('.')
    const sent = (value as Record<PropertyKey, unknown> | null | undefined)?.[first ?? '']
    if (part === 'query' && Array.isArray(sent)) return [{ field, message: 'is given more than once' }]
    if (part === 'body' && issue.path.length > 0 && issue.code === 'invalid_type' && sent === undefined)
      return [{ field, message: 'is missing' }]
    return [{ field, message: ownSentence(issue.message) ? issue.message : wanted(schemaAt(schema, issue.path)) }]
  })
  // One field may break several rules; what it must be is said once.
  const seen = new Set<string>()
  return found.filter(({ field, message }) => {
    const key = JSON.stringify([field, message])
    return !seen.has(key) && seen.add(key)
  })
}

/** All of it as sentences. */
export const sentence = (list: readonly Refusal[]): string => {
  const text = list.map(({ field, message }) => `${field === 'body' ? 'The body' : field} ${message}`).join('; ')
  return `${text}.`
}

import { z } from 'zod'
import { address, sha256, timestamp, uuid } from '../fields.ts'

type Schema = z.core.JSONSchema.BaseSchema

/** One line of the description of a payload. */
export interface Field {
  /** `window.start_ts`, `commands[].id`. */
  readonly name: string
  readonly type: string
  readonly says: string
}

const schemaOf = (type: z.ZodType) => z.toJSONSchema(type, { io: 'input' })
const shapeOf = ({ type, format, pattern, minLength, maxLength }: Schema) => JSON.stringify([type, format, pattern, minLength, maxLength])
/** Scalars that have a name of their own. */
const NAMED = new Map(
  (
    [
      ['uuid', uuid],
      ['sha256, hex', sha256],
      ['time, RFC 3339', timestamp],
      ['address', address],
      ['IPv4 address', z.ipv4()],
      ['IPv6 address', z.ipv6()],
    ] as const
  ).map(([name, type]) => [shapeOf(schemaOf(type)), name]),
)

const one = (value: unknown) => `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``
const isSchema = (part: unknown): part is Schema => typeof part === 'object' && part !== null && !Array.isArray(part)
const variants = (schema: Schema): Schema[] => (schema.anyOf ?? schema.oneOf ?? []).filter(isSchema)

function range({ minimum = Number.MIN_SAFE_INTEGER, maximum = Number.MAX_SAFE_INTEGER }: Schema): string {
  if (minimum > Number.MIN_SAFE_INTEGER) return maximum < Number.MAX_SAFE_INTEGER ? `, ${minimum} to ${maximum}` : `, from ${minimum}`
  return maximum < Number.MAX_SAFE_INTEGER ? `, to ${maximum}` : ''
}

function typeOf(schema: Schema): string {
  if (schema.$ref) return 'any JSON'
  if (schema.const !== undefined) return one(schema.const)
  if (schema.enum) return `one of ${schema.enum.map(one).join(', ')}`
  const several = Array.isArray(schema.type) ? schema.type.map((type) => ({ ...schema, type }) as Schema) : variants(schema)
  if (several.length > 0) return several.map(typeOf).join(' or ')
  const named = NAMED.get(shapeOf(schema))
  if (named) return named
  if (schema.type === 'array') {
    const bounds = [schema.minItems ? `at least ${schema.minItems}` : '', schema.maxItems ? `at most ${schema.maxItems}` : '']
    return [`list of ${isSchema(schema.items) ? typeOf(schema.items) : 'any JSON'}`, ...bounds.filter(Boolean)].join(', ')
  }
  if (schema.type === 'object') {
    return !schema.properties && isSchema(schema.additionalProperties) ? `object of ${typeOf(schema.additionalProperties)}` : 'object'
  }
  if (schema.type === 'number' || schema.type === 'integer') return `${schema.type}${range(schema)}`
  return String(schema.type ?? 'any JSON')
}

function fieldsOf(schema: Schema, prefix = ''): Field[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, value]) => {
    if (!isSchema(value)) return []
    const name = `${prefix}${key}`
    const says = value.description ?? variants(value).find(({ description }) => description)?.description ?? ''
    const optional = schema.required?.includes(key) ? '' : ', optional'
    const items = isSchema(value.items) ? fieldsOf(value.items, `${name}[].`) : []
    return [{ name, type: `${typeOf(value)}${optional}`, says }, ...fieldsOf(value, `${name}.`), ...items]
  })
}

/** The fields of a payload in words, for people: one list for each shape that it may have; `open` when there may be more. */
export function payloadFields(payload: z.ZodType): { readonly fields: readonly Field[]; readonly open: boolean }[] {
  const schema = schemaOf(payload)
  const shapes = variants(schema)
  return (shapes.length > 0 ? shapes : [schema]).map((shape) => ({ fields: fieldsOf(shape), open: isSchema(shape.additionalProperties) }))
}

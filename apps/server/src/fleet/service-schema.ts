import type { ServiceField, ServiceSchema } from '@decnet/contracts/api'
import { AppError, own } from '@decnet/kernel'
import type { AnyService } from '@decnet/kernel/service'
import { services } from '@decnet/services'
import { z } from 'zod'

type Json = ServiceField['default']
type JsonSchema = Readonly<Record<string, Json>>

const number = (schema: JsonSchema, ...names: readonly string[]): number | undefined =>
  names.map((name) => own(schema, name)).find((value) => typeof value === 'number' && Math.abs(value) < Number.MAX_SAFE_INTEGER) as
    | number
    | undefined
const text = (value: Json | undefined): string | null => (typeof value === 'string' ? value : null)

function typeOf(schema: JsonSchema): ServiceField['type'] {
  if (Array.isArray(schema.enum)) return 'enum'
  switch (schema.type) {
    case 'integer':
    case 'number':
    case 'boolean':
    case 'object':
      return schema.type
    case 'array':
      return 'list'
    default:
      return 'string'
  }
}

function fieldOf(name: string, schema: JsonSchema): ServiceField {
  const items = typeof schema.items === 'object' && schema.items !== null && !Array.isArray(schema.items) ? schema.items : undefined
  const members: unknown = items && 'enum' in items ? items.enum : undefined
  const choices = Array.isArray(schema.enum) ? schema.enum : Array.isArray(members) ? members : undefined
  const min = number(schema, 'minimum', 'minLength', 'minItems')
  const max = number(schema, 'maximum', 'maxLength', 'maxItems')
  const pattern = text(own(schema, 'pattern'))
  return {
    name,
    type: typeOf(schema),
    title: text(schema.title) ?? name,
    description: text(schema.description),
    default: schema.default ?? null,
    ...(choices === undefined ? {} : { enum: choices.map(String) }),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(pattern === null ? {} : { pattern }),
    ...(schema.secret === true || name === 'password' || name.endsWith('_password') ? { secret: true as const } : {}),
    ...(schema.multiline === true ? { multiline: true as const } : {}),
  }
}

/** What can be said to a service, from its one definition: forms, command line, INI keys and documentation are made of this. */
export function serviceSchemaOf(service: AnyService): ServiceSchema {
  const json = z.toJSONSchema(service.config, { io: 'input', unrepresentable: 'any' }) as Record<string, Json>
  const properties = (json.properties ?? {}) as Readonly<Record<string, JsonSchema>>
  return {
    name: service.name,
    title: service.title,
    ports: service.ports.map(({ port, transport }) => ({ port, transport })),
    events: service.emits.map(({ type }) => type),
    fields: Object.entries(properties).map(([name, schema]) => fieldOf(name, schema)),
    json_schema: json,
  }
}

/** @throws {AppError} `service_unknown` with `status`. */
export function serviceNamed(name: string, status: 404 | 422): AnyService {
  const found = services.find((service) => service.name === name)
  if (found) return found
  const known = services.map((service) => service.name).join(', ')
  throw new AppError(`There is no service ${name}.`, {
    code: 'service_unknown',
    status,
    hint: `There are ${known}.`,
    fields: [{ field: 'service', message: `must be one of ${known}` }],
  })
}

import { z } from 'zod'
import { slug, timestamp } from '../fields.ts'
import { given } from './common.ts'
import { mutateInterval } from './deploy.ts'

/** One setting of a service, as a form, a command line or an INI file needs to know it. */
export const serviceField = z.object({
  name: z.string(),
  type: z.enum(['string', 'integer', 'number', 'boolean', 'enum', 'list', 'object']),
  title: z.string(),
  description: z.string().nullable(),
  /** Used where nothing is said. */
  default: z.unknown(),
  /** Of an enum, or of the members of a list. */
  enum: z.array(z.string()).exactOptional(),
  /** Of a number its value, of a text its characters, of a list its members. */
  min: z.number().exactOptional(),
  max: z.number().exactOptional(),
  pattern: z.string().exactOptional(),
  /** Its value is not for every eye. */
  secret: z.literal(true).exactOptional(),
  /** A text of several lines. */
  multiline: z.literal(true).exactOptional(),
})
export type ServiceField = z.infer<typeof serviceField>

export const serviceSummary = z.object({
  name: z.string(),
  title: z.string(),
  ports: z.array(z.object({ port: z.number().int(), transport: z.string() })),
  fields: z.number().int(),
})
export const serviceCatalogue = z.array(serviceSummary)

export const serviceSchema = z.object({
  name: z.string(),
  title: z.string(),
  ports: serviceSummary.shape.ports,
  /** Types of events that it reports, beside those of every service. */
  events: z.array(z.string()),
  fields: z.array(serviceField),
  /** The same as JSON Schema (2020-12). */
  json_schema: z.record(z.string(), z.unknown()),
})
export type ServiceSchema = z.infer<typeof serviceSchema>

/** Settings of a service that differ from its defaults; texts are taken as the setting's own type. */
export const serviceConfig = z.record(z.string().max(64), z.unknown())

export const addService = z.strictObject({ service: slug, config: serviceConfig.default({}) })
export const saveConfig = z.strictObject({ config: serviceConfig })
/** Absent: what was saved for its next start; where nothing was, what it runs with. */
export const applyConfig = z.strictObject({ config: serviceConfig.exactOptional() })

/** `?wait=true`: the answer comes when it is done, or after 10 s. */
export const liveQuery = z.object({ wait: given(z.stringbool().optional()) })

/** What is saved, and not yet in use. */
export const savedConfig = z.object({ decky_name: z.string(), service: z.string(), config: serviceConfig, recreated: z.literal(false) })

export const mutateAccepted = z.object({ decky_name: z.string(), requested_at: timestamp })

/** Null: the fleet's own. */
export const mutateIntervalOf = z.strictObject({ mutate_interval: mutateInterval })

export const strategies = ['shuffle', 'drift', 'move', 'behavioral'] as const
/** How deckies change by themselves. */
export const mutationSettings = z.strictObject({
  /** Minutes between two changes of a decky that says nothing else; 0 = never. */
  mutate_minutes: mutateInterval.unwrap(),
  strategies: z.array(z.enum(strategies)).max(strategies.length),
})
export type MutationSettings = z.output<typeof mutationSettings>

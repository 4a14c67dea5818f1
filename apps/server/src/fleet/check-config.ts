import type { AnyService } from '@decnet/kernel/service'
import { z } from 'zod'
import { refusals } from '../api/refusal.ts'

export interface CheckedConfig {
  /** What differs from the defaults, in the settings' own types. */
  readonly config: Readonly<Record<string, unknown>>
  /** Messages are sentences. */
  readonly faults: readonly Fault[]
}
interface Fault {
  readonly field: string
  readonly message: string
}

/** What a setting holds, whatever stands around it: defaults, descriptions. */
function kindOf(setting: z.core.$ZodType): string {
  const { def } = setting._zod
  return 'innerType' in def ? kindOf(def.innerType as z.core.$ZodType) : def.type
}

const TRUE = ['true', 'yes', 'on', '1']
const FALSE = ['false', 'no', 'off', '0']

/** A text from a form, an INI file or the command line as the setting's own type; what cannot be one stays, and is refused by the schema. */
function coerced(setting: z.core.$ZodType, value: unknown): unknown {
  if (typeof value !== 'string') return value
  const text = value.trim()
  switch (kindOf(setting)) {
    case 'number':
      return text !== '' && Number.isFinite(Number(text)) ? Number(text) : value
    case 'boolean':
      if (TRUE.includes(text.toLowerCase())) return true
      return FALSE.includes(text.toLowerCase()) ? false : value
    default:
      return value
  }
}

/** What a schema says against a value, in words; `name`: of what is refused where nothing within it is. */
const inWords = (error: z.core.$ZodError, schema: z.core.$ZodType, name: string, value: unknown): Fault[] =>
  refusals(error, schema, '', value).map(({ field, message }) => {
    const at = [name, field].filter((part) => part !== '').join('.')
    return { field: at, message: `${at} ${message}.` }
  })

/** A service's configuration as somebody gave it: unknown settings and values that are not possible are named, all of them. */
export function checkConfig(service: AnyService, given: Readonly<Record<string, unknown>>): CheckedConfig {
  const { shape } = service.config
  const faults: Fault[] = []
  const config: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(given)) {
    const setting: z.core.$ZodType | undefined = Object.hasOwn(shape, name) ? shape[name] : undefined
    if (!setting) {
      const known = Object.keys(shape)
      faults.push({
        field: name,
        message: `${service.name} has no setting ${name}; ${known.length === 0 ? 'it has none.' : `it has ${known.join(', ')}.`}`,
      })
      continue
    }
    const typed = coerced(setting, value)
    const parsed = z.safeParse(setting, typed)
    if (parsed.success) config[name] = parsed.data
    else faults.push(...inWords(parsed.error, setting, name, typed))
  }
  if (faults.length === 0) {
    const whole = service.config.safeParse(config)
    if (whole.error) faults.push(...inWords(whole.error, service.config, '', config))
  }
  return { config, faults }
}

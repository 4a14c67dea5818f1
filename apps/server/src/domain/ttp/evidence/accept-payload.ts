import { commonFields, type EvidenceKind, type Payload, type Value } from './kind.ts'
import { textOf } from './text-of.ts'

/** Fields that a target is made of, where a request comes without one. */
const TARGET = ['url', 'path', 'query'] as const

/**
 * A payload from outside (a file, the console, an example) as rules know it: fields of the kind, also under their other names; headers as a
 * mapping or pairs become lines. What the kind does not know is left out.
 */
export function acceptPayload(kind: EvidenceKind, outside: Readonly<Record<string, unknown>>): Payload {
  const given = kind.accept?.(outside) ?? outside
  const accepted: Record<string, Value> = {}
  for (const [name, value] of Object.entries(given)) {
    const known = knownName(kind, name)
    const type = known === null ? undefined : (kind.fields[known] ?? commonFields[known])?.type
    if (known === null || type === undefined || (known !== name && Object.hasOwn(given, known))) continue
    const fit = fitted(type, value)
    if (fit !== null) accepted[known] = fit
  }
  if (kind.name === 'http_request' && accepted.raw_url === undefined) {
    const [url, path, query] = TARGET.map((name) => (typeof accepted[name] === 'string' ? accepted[name] : undefined))
    const target = url ?? (query ? `${path ?? '/'}?${query.replace(/^\?/u, '')}` : path)
    if (target !== undefined) accepted.raw_url = target
  }
  return accepted
}

/** The field that a name stands for; null where the kind has none. */
export function knownName(kind: EvidenceKind, name: string): string | null {
  if (Object.hasOwn(kind.fields, name) || Object.hasOwn(commonFields, name)) return name
  return kind.aliases && Object.hasOwn(kind.aliases, name) ? (kind.aliases[name] ?? null) : null
}

function fitted(type: 'text' | 'texts' | 'number' | 'flag', value: unknown): Value | null {
  switch (type) {
    case 'flag':
      if (value === 'true' || value === 1) return true
      return value === 'false' || value === 0 ? false : typeof value === 'boolean' ? value : null
    case 'number': {
      const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
      return typeof number === 'number' && Number.isFinite(number) ? number : null
    }
    case 'text':
      if (typeof value === 'string') return value
      return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null
    case 'texts':
      return listed(value)
  }
}

function listed(value: unknown): readonly string[] | string | null {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.map((each: unknown) => (Array.isArray(each) ? each.map(textOf).join(': ') : textOf(each)))
  return typeof value === 'object' && value !== null ? Object.entries(value).map(([name, each]) => `${name}: ${textOf(each)}`) : null
}

import type { Archetype } from './archetypes/index.ts'
import { type Locale, locales } from './locales.ts'
import type { Seeded } from './seeded.ts'

export interface Identity {
  readonly locale: Locale
  readonly organisation: string
  readonly domain: string
  readonly hostname: string
  readonly timezone: string
}

const number = (value: number, width: number): string => String(value).padStart(width, '0')

function hostname(seed: Seeded, archetype: Archetype): string {
  const stem = seed.pick('hostname/stem', archetype.stems)
  const n = seed.integer('hostname/number', 1, 9)
  const shape = seed.pick('hostname/shape', ['plain', 'padded', 'dashed', 'stage', 'site'] as const)
  if (shape === 'plain') return `${stem}${n}`
  if (shape === 'padded') return `${stem}${number(n, 2)}`
  if (shape === 'dashed') return `${stem}-${number(n, 2)}`
  if (shape === 'stage') return `${stem}-${seed.pick('hostname/stage', ['prod', 'prd', 'p', 'int'])}-${number(n, 2)}`
  return `${seed.pick('hostname/site', ['hq', 'dc1', 'dc2', 'z1', 'rz', 'core'])}-${stem}${number(n, 2)}`
}

/** Who owns the host and what it is called. */
export function identityOf(seed: Seeded, archetype: Archetype): Identity {
  const locale = seed.pick('organisation/locale', locales)
  const owner = seed.pick('organisation/owner', locale.family)
  const partner = seed.pick('organisation/partner', locale.family)
  const [title, label] = seed.pick('organisation/trade', locale.trades)
  const both = partner !== owner && seed.pick('organisation/partners', [true, false, false])
  const name = owner.toLowerCase()
  const stem = both ? `${name}${partner.toLowerCase()}` : `${name}${seed.pick('organisation/dash', ['-', ''])}${label}`
  return {
    locale,
    organisation: both ? `${owner} & ${partner} ${title}` : `${owner} ${title}`,
    domain: `${stem}.${seed.pick('organisation/tld', locale.domains)}`,
    hostname: hostname(seed, archetype),
    timezone: seed.pick('timezone', locale.timezones),
  }
}

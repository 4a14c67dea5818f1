import type { Persona } from '@decnet/persona'
import type { Site } from './site.ts'
import { defaultSite } from './sites/default.ts'
import { portalSite } from './sites/portal.ts'
import { wordpressSite } from './sites/wordpress.ts'

/** The site of a decky; `auto` follows from its seed. */
export function siteOf(persona: Persona, choice: 'auto' | 'portal' | 'wordpress' | 'default'): Site {
  const chosen = choice === 'auto' ? persona.pick('http/site', ['portal', 'wordpress'] as const) : choice
  if (chosen === 'portal') return portalSite(persona)
  if (chosen === 'wordpress') return wordpressSite(persona)
  return defaultSite(persona)
}

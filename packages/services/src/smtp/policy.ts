import type { Persona, PersonaUser } from '@decnet/persona'

/** Who a recipient is to this host. */
export type Standing = 'local' | 'unknown' | 'foreign'

/** What the mail server's maps would say. Addresses are binary strings without angle brackets. */
export interface Policy {
  standing(address: string): Standing
  /** The account that a login name and password open. */
  account(name: string, password: string): PersonaUser | null
}

const ALIASES = ['postmaster', 'mailer-daemon', 'abuse', 'hostmaster', 'webmaster', 'info', 'admin', 'support', 'noc', 'security']

export function policyOf(persona: Persona, catchAll: boolean): Policy {
  const domains = new Set(
    [persona.fqdn, persona.domain, 'localhost', `localhost.${persona.domain}`, `[${persona.ip}]`].map((name) => name.toLowerCase()),
  )
  const names = new Set([...ALIASES, ...persona.users.map(({ name }) => name.toLowerCase())])
  return {
    standing(address) {
      const cut = address.lastIndexOf('@')
      const local = (cut < 0 ? address : address.slice(0, cut)).toLowerCase().replace(/^"(.*)"$/su, '$1')
      if (cut >= 0 && !domains.has(address.slice(cut + 1).toLowerCase())) return 'foreign'
      if (/[%!@]/u.test(local)) return 'foreign'
      return catchAll || names.has(local.replace(/\+.*$/su, '')) ? 'local' : 'unknown'
    },
    account(name, password) {
      const [local = '', domain] = name.split('@')
      if (domain !== undefined && !domains.has(domain.toLowerCase())) return null
      const secret = Buffer.from(password, 'latin1')
      return (
        persona.users.find((user) => user.name === local && user.password !== null && Buffer.from(user.password).equals(secret)) ?? null
      )
    },
  }
}

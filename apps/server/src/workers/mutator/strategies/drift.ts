import { makePersona, type Persona } from '@decnet/persona'
import type { Strategy } from './strategy.ts'

/** What a host shows of its software, name by name. */
function shown({ os, packages }: Persona): ReadonlyMap<string, string> {
  const { openssh, web, ftp, mail, database, redis, openssl } = packages
  return new Map([
    ['kernel', os.kernel],
    ['openssh', `${openssh.version} ${openssh.revision}`],
    [web.server, web.version],
    [ftp.server, ftp.version],
    [mail.server, mail.version],
    [database.server, `${database.version} ${database.revision}`],
    ['redis', redis.version],
    ['openssl', openssl.package],
  ])
}

/** The host is brought up to date within its distribution, and booted. Nothing where it is the newest already. */
export const drift: Strategy = (decky, { now }) => {
  const plan = { ...decky, patchedAt: now }
  const before = shown(makePersona(decky))
  const newer = [...shown(makePersona(plan))].filter(([name, version]) => before.get(name) !== version)
  if (newer.length === 0) return null
  return {
    plan,
    reason: `It was patched and booted: ${newer.map(([name, version]) => `${name} ${before.get(name)} → ${version}`).join(', ')}.`,
  }
}

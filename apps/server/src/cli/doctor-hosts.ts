import { existsSync } from 'node:fs'
import { plural } from '../domain/plural.ts'
import type { Home } from '../home.ts'
import { markOf, marks } from '../supervisor/strays.ts'
import { type Finding, note, ok } from './finding.ts'

/** Whether hosts on a real network can be had here, and what fleets left behind that run no more. */
export async function checkHosts(home: Home): Promise<Finding[]> {
  if (process.platform !== 'linux')
    return [note('hosts', 'no hosts on a real network', 'They need Linux; deckies on the loopback need nothing.')]
  if (process.getuid?.() !== 0)
    return [note('hosts', 'no hosts on a real network as this user', 'They need root; deckies on the loopback need nothing.')]
  const [{ missingForHosts }, { standingMarks }] = await Promise.all([
    import('@decnet/root-helper/missing'),
    import('@decnet/root-helper/strays'),
  ])
  const missing = missingForHosts()
  const findings =
    missing.length === 0
      ? [ok('hosts', 'deckies can be hosts on a real network')]
      : missing.map(({ what, advice, needed }) =>
          note('hosts', `${needed ? 'no hosts on a real network' : 'hosts'} without ${what}`, advice),
        )
  const live = new Set(marks().values())
  const own = existsSync(home.path) ? markOf(home) : null
  for (const [mark, hosts] of standingMarks()) {
    if (live.has(mark)) continue
    const whose = mark === own ? 'this home' : 'a home'
    const advice =
      mark === own
        ? `Remove them: decnet down --home ${home.path}`
        : `Start and stop it there, or: ip netns list | grep -o '^decnet-${mark}-\\S*' | xargs -rn1 ip netns del`
    findings.push(note('strays', `${plural(hosts, 'host')} of ${whose} whose fleet does not run (decnet-${mark})`, advice))
  }
  return findings
}

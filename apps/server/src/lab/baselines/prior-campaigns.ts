import type { Observation } from '../../domain/linkage/observation.ts'
import { Components } from './components.ts'

const HOUR = 3_600_000
type Phase = 'command_and_control' | 'persistence' | 'lateral_movement' | 'discovery'

/** As the prior tags had it: every download is command and control, every look around is discovery. */
const phases: readonly (readonly [Phase, RegExp])[] = [
  ['command_and_control', /\b(?:wget|curl|tftp|ftpget)\b/],
  ['persistence', /\b(?:useradd|adduser|chpasswd|crontab -|authorized_keys|systemctl enable)/],
  ['lateral_movement', /\b(?:nc -|ssh |scp |sshpass|ping -c)/],
  ['discovery', /\b(?:uname|whoami|id|w|ls|ps|ifconfig|ip|netstat|ss|lscpu|nproc|free|df|uptime|arp|last|cat \/(?:proc|etc))\b/],
]
const phaseOf = (text: string): Phase | undefined => phases.find(([, pattern]) => pattern.test(text.slice(0, 4_096)))?.[0]

interface Edge {
  readonly at: number
  readonly phase: Phase
}
interface Profile {
  readonly infrastructure: ReadonlySet<string>
  readonly cohort: ReadonlySet<string>
  readonly windows: readonly (readonly [from: number, to: number])[]
  /** First and last phase on each decky. */
  readonly edges: ReadonlyMap<string, readonly [first: Edge, last: Edge]>
}

function profileOf(members: readonly Observation[]): Profile {
  const edges = new Map<string, readonly [Edge, Edge]>()
  for (const { ts, decky, text } of members.flatMap(({ commands }) => commands).toSorted((a, b) => (a.ts ?? 0) - (b.ts ?? 0))) {
    const phase = phaseOf(text)
    if (phase && ts !== null && decky !== null) edges.set(decky, [edges.get(decky)?.[0] ?? { at: ts, phase }, { at: ts, phase }])
  }
  return {
    infrastructure: new Set(members.flatMap(({ payloads, c2 }) => [...payloads, ...c2])),
    cohort: new Set(
      members.flatMap(({ asn, fingerprints, deckies }) => [
        ...(asn === null ? [] : [`AS${asn}`]),
        ...Object.values(fingerprints).flat(),
        ...deckies.map((decky) => `decky ${decky}`),
      ]),
    ),
    windows: members.flatMap(({ firstSeen, lastSeen }) =>
      firstSeen === null || lastSeen === null ? [] : [[firstSeen, lastSeen] as const],
    ),
    edges,
  }
}

function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const both = a.intersection(b).size
  return both === 0 ? 0 : both / (a.size + b.size - both)
}
function overlap(a: Profile, b: Profile): number {
  const total = a.windows.reduce((sum, [from, to]) => sum + to - from, 0)
  const shared = a.windows.flatMap(([from, to]) => b.windows.map(([start, end]) => Math.max(0, Math.min(to, end) - Math.max(from, start))))
  return total === 0 ? 0 : Math.min(1, shared.reduce((sum, length) => sum + length, 0) / total)
}
function handsOver(a: Profile, b: Profile): boolean {
  return [...a.edges].some(([decky, [, last]]) => {
    const first = b.edges.get(decky)?.[0]
    if (!first || !['command_and_control', 'persistence'].includes(last.phase)) return false
    return ['discovery', 'lateral_movement'].includes(first.phase) && first.at >= last.at && first.at - last.at <= 24 * HOUR
  })
}

/**
 * Campaigns by the prior system's rules: an edge between identities where hand-off (1.0), Jaccard of payloads and C2 hosts (1.0), share of
 * time in common (0.4) and Jaccard of networks, tools and deckies (0.1) come to 1.0; connected components. Keystrokes are not compared.
 */
export function priorCampaigns(identities: readonly (readonly Observation[])[]): number[][] {
  const profiles = identities.map(profileOf)
  const components = new Components(identities.length)
  for (const [at, a] of profiles.entries())
    for (const [before, b] of profiles.slice(0, at).entries()) {
      const infrastructure = jaccard(a.infrastructure, b.infrastructure)
      const handed = handsOver(a, b) || handsOver(b, a)
      // Time and cohort come to 0.5: they matter where half of the rest is there.
      const sum = handed ? 1 : infrastructure < 0.5 ? 0 : infrastructure + 0.4 * overlap(a, b) + 0.1 * jaccard(a.cohort, b.cohort)
      if (sum >= 1) components.join(at, before)
    }
  return components.groups()
}

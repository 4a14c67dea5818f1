import type { Observation } from '../domain/linkage/observation.ts'
import { generate } from './generate.ts'
import { linkage } from './linkage.ts'
import { observed } from './observation.fixture.ts'

export const HOUR = 3_600_000
export const NOW = Date.UTC(2026, 0, 10)
export const list = <T>(count: number, of: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => of(index))
/** All over the internet: no two of them near each other. */
export const address = (n: number) => `${11 + ((n * 37) % 80)}.${(n * 91) % 256}.${(n * 53) % 256}.${1 + (n % 250)}`
export const stay = (id: string, at: number, known: Record<string, unknown> = {}) =>
  observed(id, { firstSeen: at, lastSeen: at + HOUR, ...known })
/** Others who are about at the same time. */
export const crowd = generate({ seed: 'crowd', start: NOW, knobs: { identities: 120 } }).observations
export const company = [
  { where: 'in a crowd', others: crowd },
  { where: 'among themselves', others: [] },
]

/** What linkage makes of these observations among others. */
export function found(observations: readonly Observation[], others: readonly Observation[] = crowd) {
  const { identities, campaigns } = linkage.find([...observations, ...others], { identities: [], campaigns: [] }).grouping
  const identity = new Map(identities.flatMap(({ id, members }) => members.map((member) => [member, id] as const)))
  const campaign = new Map(campaigns.flatMap(({ id, identities: of }) => of.map((one) => [one, id] as const)))
  const of = (id: string) => identity.get(id) ?? 'nobody'
  return {
    identities: new Set(observations.map(({ id }) => of(id))).size,
    identity: of,
    campaign: (id: string) => campaign.get(of(id)) ?? of(id),
    largest: Math.max(...identities.map(({ members }) => members.filter((member) => observations.some(({ id }) => id === member)).length)),
  }
}

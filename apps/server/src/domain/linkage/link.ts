import { createCampaignLinker, createLinker } from './linker.ts'
import type { Grouping, Observation } from './observation.ts'

/** Two observations of one identity, and the probability of the merge that brought them together. */
export interface Link {
  readonly a: string
  readonly b: string
  readonly confidence: number
}

/**
 * Everything at once: identities, campaigns of at least two of them, and all pairs that were linked. Any order gives the same answer. `unguarded`:
 * without what keeps a copycat from joining strangers.
 */
export function link(
  observations: readonly Observation[],
  options: { readonly unguarded?: boolean } = {},
): { readonly grouping: Grouping; readonly links: readonly Link[] } {
  const linker = createLinker(undefined, options)
  linker.load(observations)
  linker.settle()
  const identities = linker.groups()
  const known = new Map(observations.map((observation) => [observation.id, observation]))
  const campaigns = createCampaignLinker(undefined, options)
  campaigns.load(identities.map(({ id, members }) => ({ id, observations: members.flatMap((member) => known.get(member) ?? []) })))
  campaigns.settle()
  const links = identities.flatMap(({ members }) =>
    linker
      .merges(members[0] ?? '')
      .flatMap(({ left, right, probability }) => left.flatMap((a) => right.map((b) => ({ a, b, confidence: probability })))),
  )
  return {
    grouping: {
      identities: identities.map(({ id, members }) => ({ id, members })),
      campaigns: campaigns.groups().flatMap(({ id, members }) => (members.length > 1 ? [{ id, identities: members }] : [])),
    },
    links,
  }
}

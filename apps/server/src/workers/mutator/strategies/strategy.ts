import type { FleetNetwork } from '@decnet/contracts'
import type { DeckyPlan } from '@decnet/persona'
import type { Demand } from '../demand.ts'

/** What a strategy may know. */
export interface MutationFacts {
  /** Epoch milliseconds; the seed of every choice besides the decky's own. */
  readonly now: number
  /** Services that exist, with their usual port. */
  readonly ports: ReadonlyMap<string, number>
  readonly network: FleetNetwork
  readonly fleet: readonly DeckyPlan[]
  /** What attackers asked for and did not find, most wanted first. */
  readonly demand: readonly Demand[]
}

export interface Change {
  readonly plan: DeckyPlan
  /** A sentence for people. */
  readonly reason: string
}

/** How a decky becomes another one; null where it cannot. The same decky and facts give the same change. */
export type Strategy = (decky: DeckyPlan, facts: MutationFacts) => Change | null

/** More would be no server of one purpose. */
export const MOST_SERVICES = 6

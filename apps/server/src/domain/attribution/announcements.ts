import type { Attribution } from './attribute.ts'
import { type AttributionStateName, MOST_MULTI_ACTOR_CONFIDENCE } from './state.ts'

/** `attribution.profile.state_changed`, but for the identity. */
export interface StateChanged {
  readonly primitive: string
  readonly old_state: AttributionStateName
  readonly new_state: AttributionStateName
  readonly current_value: Attribution['current_value']
  readonly confidence: number
  readonly observation_count: number
  readonly ts: number
}

/**
 * What to announce when a row becomes another; null when its state stays. A first row is no transition: a new identity with forty traits
 * announces nothing until one of them changes. Give one observation at a time in the log's order, and batches announce as singles do.
 */
export function stateChange(before: Pick<Attribution, 'state'> | null, after: Attribution): StateChanged | null {
  if (before === null || before.state === after.state) return null
  const { primitive, state: new_state, current_value, confidence, observation_count, last_observation_ts: ts } = after
  return { primitive, old_state: before.state, new_state, current_value, confidence, observation_count, ts }
}

/** Traits that must alternate at once before several people are suspected. */
export const LEAST_TRAITS = 2

/** `attribution.profile.multi_actor_suspected`, but for the identity. */
export interface MultiActorSuspected {
  readonly primitives: string[]
  readonly evidence_summary: string
  readonly confidence: number
  readonly ts: number
}

export interface Suspicion {
  /** To be kept with the identity and given the next time: traits announced since the suspicion arose; empty when there is none. */
  readonly announced: readonly string[]
  readonly announcement: MultiActorSuspected | null
}

/**
 * Are several people at work under one identity? Announced when two traits alternate, again when another trait joins them, and anew after
 * there were fewer than two.
 */
export function suspicion(announced: readonly string[], traits: readonly Attribution[]): Suspicion {
  const alternating = traits.filter(({ state }) => state === 'multi_actor').sort((a, b) => (a.primitive < b.primitive ? -1 : 1))
  if (alternating.length < LEAST_TRAITS) return { announced: [], announcement: null }
  const primitives = alternating.map(({ primitive }) => primitive)
  if (primitives.every((primitive) => announced.includes(primitive))) return { announced, announcement: null }
  const confidence = Math.min(MOST_MULTI_ACTOR_CONFIDENCE, Math.max(...alternating.map((trait) => trait.confidence)))
  const said = alternating.map(({ primitive, observation_count }) => `${primitive} (${observation_count} observations)`).join(', ')
  return {
    announced: [...new Set([...announced, ...primitives])].sort(),
    announcement: {
      primitives,
      evidence_summary: `${primitives.length} traits alternate between two values: ${said}`,
      confidence,
      ts: Math.max(...alternating.map(({ last_observation_ts }) => last_observation_ts)),
    },
  }
}

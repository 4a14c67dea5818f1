/** What is said of one trait of an identity: nothing yet, one thing, a new thing, several things, two things in turns. */
export type AttributionStateName = 'unknown' | 'stable' | 'drifting' | 'conflicted' | 'multi_actor'

export type Json = string | number | boolean | null | readonly Json[] | { readonly [member: string]: Json }

/** One observation of one trait. */
export interface TraitObservation {
  readonly id: string
  /** Seconds since 1970: when the evidence was made, not when it came. */
  readonly ts: number
  readonly value: Json
}

/** What a merger says after an observation. */
export interface Verdict {
  readonly value: Json
  readonly state: AttributionStateName
  /** 0 to 1. */
  readonly confidence: number
}

/**
 * Reads one trait's observations, oldest first, and says what it thinks after each of them, in linear time for all. A verdict depends on the
 * observations up to it only.
 */
export type Merger = (observations: readonly TraitObservation[]) => readonly Verdict[]

/** Fewer observations say nothing. */
export const ENOUGH = 3
/** Observations that count as "now"; as many before them count as "before". */
export const WINDOW = 5
/** Alternation is a suspicion, never more. */
export const MOST_MULTI_ACTOR_CONFIDENCE = 0.6

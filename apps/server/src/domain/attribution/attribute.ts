import { rhythms } from '../behaviour/rhythm/rhythm.ts'
import { mergeCategorical, mergeSummaries } from './categorical.ts'
import { mergeByDistance, withinBits, withinDistance } from './modes.ts'
import { mergeNumeric } from './numeric.ts'
import { mergePersistence, PERSISTENCE_PRIMITIVE } from './persistence.ts'
import type { AttributionStateName, Json, Merger, TraitObservation } from './state.ts'

/** What is known of one trait of one identity: a row of `attribution_state`. */
export interface Attribution {
  readonly primitive: string
  readonly current_value: Json
  readonly state: AttributionStateName
  /** 0 to 1. */
  readonly confidence: number
  readonly observation_count: number
  /** Seconds since 1970: when the state became what it is. */
  readonly last_change_ts: number
  readonly last_observation_ts: number
  readonly schema_version: 1
}

/** The trait whose values are keystroke vectors. */
export const KEYSTROKE_PRIMITIVE = 'motor.keystroke'
/** Of synthetic typists at 40 commands, 90 % of the pairs of one typist lie within this, and 5 % of the pairs of strangers. */
export const KEYSTROKE_RADIUS = 1.25
/** The prior hash of one typist's other texts differs by about as many bits. */
const SIMHASH_BITS = 20

const BY_NAME: ReadonlyMap<string, Merger> = new Map([
  ...rhythms.map(({ name }) => [name, mergeSummaries] as const),
  [PERSISTENCE_PRIMITIVE, mergePersistence],
  [KEYSTROKE_PRIMITIVE, mergeByDistance(withinDistance(KEYSTROKE_RADIUS))],
  ['motor.digraph_simhash', mergeByDistance(withinBits(SIMHASH_BITS))],
])

/** By the trait's name where values want a distance or sum up what was; else numbers as numbers, and all others as categories. */
const mergerFor = (primitive: string, observations: readonly TraitObservation[]): Merger =>
  BY_NAME.get(primitive) ?? (observations.every(({ value }) => Number.isFinite(value)) ? mergeNumeric : mergeCategorical)

/** By time, then by id; an id counts once; an observation without a time counts nowhere. */
function inOrder(observations: readonly TraitObservation[]): TraitObservation[] {
  const once = new Map(observations.filter(({ ts }) => Number.isFinite(ts)).map((observation) => [observation.id, observation]))
  return [...once.values()].sort((a, b) => a.ts - b.ts || (a.id < b.id ? -1 : 1))
}

/**
 * All that an identity's observations of one trait add up to, in whatever order and however often they are given; null without any. After
 * a merge give the union, after an unmerge each side's own: nothing else is remembered. `before`: what was said until now; while
 * the state stays, so does the time of its change.
 */
export function attribute(
  primitive: string,
  given: readonly TraitObservation[],
  before: Pick<Attribution, 'state' | 'last_change_ts'> | null = null,
): Attribution | null {
  const observations = inOrder(given)
  const last = observations.at(-1)
  if (!last) return null
  const verdicts = mergerFor(primitive, given)(observations)
  const verdict = verdicts.at(-1)
  if (!verdict) return null
  const changed = () => {
    let since = observations.length - 1
    while (since > 0 && verdicts[since - 1]?.state === verdict.state) since -= 1
    return observations[since]?.ts ?? last.ts
  }
  return {
    primitive,
    current_value: verdict.value,
    state: verdict.state,
    confidence: verdict.confidence,
    observation_count: observations.length,
    last_change_ts: before?.state === verdict.state ? before.last_change_ts : changed(),
    last_observation_ts: last.ts,
    schema_version: 1,
  }
}

import { MOST_MULTI_ACTOR_CONFIDENCE, type Verdict, WINDOW } from './state.ts'

const sideOf = ({ state }: Verdict): string => (state === 'stable' || state === 'drifting' ? 'clear' : state)

/**
 * What is said after each verdict, with hysteresis (a Schmitt trigger): one value, no value and two in turns are left only when a window of
 * verdicts in a row say otherwise, so that a value which wavers about a threshold does not change its state with every observation. From one
 * value to another it is a step: the second is as clear as the first was.
 */
export function held(verdicts: readonly Verdict[]): Verdict[] {
  let said: Verdict | undefined
  let against = 0
  return verdicts.map((verdict) => {
    against = said && sideOf(verdict) !== sideOf(said) ? against + 1 : 0
    if (!said || said.state === 'unknown' || against === 0 || against >= WINDOW) {
      against = 0
      said = verdict
    } else if (sideOf(said) === 'clear') said = { ...said, confidence: verdict.confidence }
    else said = { ...verdict, state: said.state, confidence: Math.min(verdict.confidence, MOST_MULTI_ACTOR_CONFIDENCE) }
    return said
  })
}

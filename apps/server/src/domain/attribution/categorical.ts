import { alternates } from './alternation.ts'
import { held } from './hysteresis.ts'
import { ENOUGH, type Json, type Merger, MOST_MULTI_ACTOR_CONFIDENCE, type TraitObservation, type Verdict, WINDOW } from './state.ts'

/** One of a window may dissent. */
const CLEAR = WINDOW - 1

/** Text that is equal for equal values; members of objects in any order. */
const textOf = (value: Json): string =>
  JSON.stringify(value, (_, member: Json) =>
    member !== null && typeof member === 'object' && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  )

/** The commonest of a window and how often it is there; the first of equals. */
function topOf(window: readonly string[]): { text: string; count: number; clear: boolean } {
  const counts = new Map<string, number>()
  for (const text of window) counts.set(text, (counts.get(text) ?? 0) + 1)
  const [text, count] = [...counts].reduce((best, entry) => (entry[1] > best[1] ? entry : best), ['', 0])
  return { text, count, clear: count >= Math.min(CLEAR, window.length) }
}

/** What the last five observations say by themselves. */
function windowVerdict(observations: readonly TraitObservation[], texts: readonly string[], index: number): Verdict {
  const end = index + 1
  const last = observations[index]?.value ?? null
  if (end < ENOUGH) return { value: last, state: 'unknown', confidence: 0 }
  const start = Math.max(0, end - WINDOW)
  const window = texts.slice(start, end)
  const { text, count, clear } = topOf(window)
  const share = count / window.length
  if (clear) return { value: observations[start + window.indexOf(text)]?.value ?? last, state: 'stable', confidence: share }
  // Of a first few that disagree nothing is known yet.
  if (window.length < WINDOW) return { value: last, state: 'unknown', confidence: 0 }
  if (!alternates(window)) return { value: last, state: 'conflicted', confidence: share }
  return { value: last, state: 'multi_actor', confidence: Math.min(share, MOST_MULTI_ACTOR_CONFIDENCE) }
}

/** A value that is not the one that was clear before it is news for a window. */
export function withNews(verdicts: readonly Verdict[]): Verdict[] {
  let known: string | undefined
  let since = Number.NEGATIVE_INFINITY
  return verdicts.map((verdict, index) => {
    if (verdict.state !== 'stable') return verdict
    const text = textOf(verdict.value)
    if (known !== undefined && text !== known) since = index
    known = text
    return index - since < WINDOW ? { ...verdict, state: 'drifting' } : verdict
  })
}

function verdictsOf(observations: readonly TraitObservation[]): Verdict[] {
  const texts = observations.map(({ value }) => textOf(value))
  return observations.map((_, index) => windowVerdict(observations, texts, index))
}

/** For words, truth values, lists: whatever is equal or not. Of the last five observations four must agree. */
export const mergeCategorical: Merger = (observations) => withNews(held(verdictsOf(observations)))

/**
 * For words that sum up everything so far, such as the hours at which somebody comes: one that wavers between two is in doubt; it does not
 * show two people.
 */
export const mergeSummaries: Merger = (observations) =>
  withNews(
    held(verdictsOf(observations).map((verdict) => (verdict.state === 'multi_actor' ? { ...verdict, state: 'conflicted' } : verdict))),
  )

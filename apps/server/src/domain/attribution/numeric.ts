import { runsOf } from './change-point.ts'
import { held } from './hysteresis.ts'
import { ENOUGH, type Merger, type Verdict, WINDOW } from './state.ts'

/** Weight of the newest in the moving average. */
const ALPHA = 0.3
/** Scatter above this times the average is no value at all. */
const SCATTERED = 1
const CONFLICTED_CONFIDENCE = 0.5
/** A change smaller than this share of the old mean is no news. */
const NOTABLE_SHIFT = 0.3
/** A new level is news for as long as a window of the old one could still be seen. */
const NEWS = 2 * WINDOW

const ewma = (values: readonly number[]): number =>
  values.reduce((average, value, index) => (index === 0 ? value : ALPHA * value + (1 - ALPHA) * average), 0)

/** A full window without the value farthest from its median: one of five may dissent. */
function withoutDissenter(window: readonly number[]): readonly number[] {
  if (window.length < WINDOW) return window
  const median = window.toSorted((a, b) => a - b)[window.length >> 1] ?? 0
  const off = window.map((value) => Math.abs(value - median))
  const farthest = off.indexOf(Math.max(...off))
  return window.filter((_, index) => index !== farthest)
}

/** Coefficient of variation about the moving average. */
function scatter(values: readonly number[], average: number): number {
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - average) ** 2, 0) / values.length)
  return deviation === 0 ? 0 : deviation / Math.abs(average)
}

/** For finite numbers of one unit. A change point makes it drifting until the new level is ten observations old. */
export const mergeNumeric: Merger = (observations) => {
  const values = observations.map(({ value }) => Number(value))
  const runs = runsOf(values)
  const verdicts = values.map((_, index): Verdict => {
    const end = index + 1
    const last = values[index] ?? null
    if (end < ENOUGH) return { value: last, state: 'unknown', confidence: 0 }
    const { start, before } = runs[index] ?? { start: 0, before: null }
    const from = end - start < ENOUGH ? 0 : start
    const window = withoutDissenter(values.slice(Math.max(from, end - WINDOW), end))
    const average = ewma(window)
    const variation = scatter(window, average)
    if (variation > SCATTERED) return { value: average, state: 'conflicted', confidence: CONFLICTED_CONFIDENCE }
    const news = before !== null && end - start < NEWS && Math.abs(average - before) >= NOTABLE_SHIFT * Math.abs(before)
    return { value: average, state: news ? 'drifting' : 'stable', confidence: 1 - variation }
  })
  return held(verdicts)
}

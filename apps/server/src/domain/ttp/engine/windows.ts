import { hash } from 'node:crypto'
import type { Window } from '../rule/condition.ts'

/** What is remembered of one window under one key; plain JSON, so that a store can keep it as a row. */
export interface WindowState {
  /** The latest event. */
  readonly at: number
  /** The event with which it fired last. */
  readonly fired?: number
  /** threshold: times of the latest events, ascending. */
  readonly times?: readonly number[]
  /** distinct: when each value was last seen, by a hash of it. */
  readonly values?: Readonly<Record<string, number>>
  /** sequence: when the latest run began that came so far, for each number of steps done. */
  readonly begun?: readonly (number | null)[]
}

/** An event that concerns a window: what a step's number means is the window's. */
export interface WindowHit {
  readonly ts: number
  /** sequence: indexes of the steps that the event satisfies, ascending. */
  readonly steps: readonly number[]
  /** distinct: the value; its hash is all that is kept. */
  readonly value: string
}

/** `count` of the times, which ascend, lie within the span. */
const crowded = (times: readonly number[], count: number, span: number): boolean =>
  times.some((time, index) => time - (times[index - count + 1] ?? Number.NEGATIVE_INFINITY) < span)

/**
 * Feeds one event. Once it fired, a window is silent about everything nearer than its length, before and after, and counts anew: one burst,
 * one finding. Pure: the same events in the same order fire the same. Events may come up to its length late; one that comes twice as late
 * is of another time, an older log, and begins anew. A state holds at most twice what the window counts to.
 */
export function feedWindow(
  window: Window,
  state: WindowState | undefined,
  hit: WindowHit,
): { readonly state: WindowState; readonly fired: boolean } {
  const { ts } = hit
  const span = window.withinMs
  const known = state && ts > state.at - 2 * span ? state : undefined
  const at = Math.max(known?.at ?? ts, ts)
  const last = state?.fired
  const kept = last === undefined ? { at } : { at, fired: last }
  if (last !== undefined && Math.abs(ts - last) < span) return { state: { ...known, ...kept }, fired: false }
  const isRecent = (time: number) => time > at - 2 * span
  const fired = { state: { at, fired: ts }, fired: true }
  switch (window.type) {
    case 'threshold': {
      const times = [...(known?.times ?? []), ts].filter(isRecent).sort((one, other) => one - other)
      return crowded(times, window.count, span) ? fired : { state: { ...kept, times }, fired: false }
    }
    case 'distinct': {
      const values = Object.fromEntries(Object.entries(known?.values ?? {}).filter(([, time]) => isRecent(time)))
      const name = hash('sha256', hit.value).slice(0, 16)
      values[name] = Math.max(values[name] ?? ts, ts)
      const times = Object.values(values).sort((one, other) => one - other)
      return crowded(times, window.count, span) ? fired : { state: { ...kept, values }, fired: false }
    }
    case 'sequence': {
      const begun = window.steps.map((_, index) => known?.begun?.[index] ?? null)
      // From the last step to the first: one event is one step.
      for (const step of hit.steps.toReversed()) {
        const start = step === 0 ? ts : (begun[step - 1] ?? null)
        if (start === null || start > ts || start <= ts - span) continue
        if (step === window.steps.length - 1) return fired
        begun[step] = Math.max(begun[step] ?? start, start)
      }
      return { state: { ...kept, begun }, fired: false }
    }
  }
}

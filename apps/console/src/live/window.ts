/**
 * The part of the log that the Live page holds: records that came since it opened (bounded) on top of history that the server pages.
 * `anchor`: history is everything up to and including this sequence number. Pure; arrays are oldest first and replaced, never changed.
 */
export interface LiveWindow<R extends { readonly seq: number }> {
  readonly anchor: number
  /** Matching records up to the anchor; `null` until the server said. */
  readonly below: number | null
  readonly shown: readonly R[]
  /** Came while the reader was elsewhere or had paused. */
  readonly held: readonly R[]
  /** More were held than are kept: the gap lies in the log and is read from there. */
  readonly overflow: number
}

export const emptyWindow: LiveWindow<never> = { anchor: 0, below: null, shown: [], held: [], overflow: 0 }
/** Records in memory before the oldest fall back into history. */
export const most = 5000

function settle<R extends { readonly seq: number }>(window: LiveWindow<R>): LiveWindow<R> {
  if (window.shown.length <= most) return window
  const excess = window.shown.length - Math.floor(most * 0.8)
  return {
    ...window,
    anchor: window.shown[excess - 1]?.seq ?? window.anchor,
    below: window.below === null ? null : window.below + excess,
    shown: window.shown.slice(excess),
  }
}

/** Records in order; those already known are dropped. `hold`: keep them aside. */
export function received<R extends { readonly seq: number }>(window: LiveWindow<R>, records: readonly R[], hold: boolean): LiveWindow<R> {
  const last = Math.max(window.anchor, window.shown.at(-1)?.seq ?? 0, window.held.at(-1)?.seq ?? 0)
  const news = records.filter((record) => record.seq > last)
  if (news.length === 0) return window
  if (!hold) return settle({ ...window, shown: [...window.shown, ...window.held, ...news], held: [] })
  const held = [...window.held, ...news]
  const excess = Math.max(0, held.length - most)
  return { ...window, held: excess > 0 ? held.slice(excess) : held, overflow: window.overflow + excess }
}

/** Shows what was held. After an overflow the window starts anew above the gap, and history is asked for again. */
export function released<R extends { readonly seq: number }>(window: LiveWindow<R>): LiveWindow<R> {
  if (window.overflow === 0) return settle({ ...window, shown: [...window.shown, ...window.held], held: [] })
  return { anchor: (window.held[0]?.seq ?? 1) - 1, below: null, shown: window.held, held: [], overflow: 0 }
}

/** The server said how much history there is up to `anchor`. */
export function anchored<R extends { readonly seq: number }>(window: LiveWindow<R>, anchor: number, below: number): LiveWindow<R> {
  return { ...window, anchor, below, shown: window.shown.filter((r) => r.seq > anchor), held: window.held.filter((r) => r.seq > anchor) }
}

import { isSpan, type Span, usualSpan } from './range.ts'

const kept = 'usual-span'
const stored = localStorage.getItem(kept)
let span: Span = isSpan(stored) ? stored : '24h'
let known = false
const watchers = new Set<() => void>()

/** The period of a page whose address names none; what the last visit found, until the age of the data is known. */
export const usual = {
  get: (): Span => span,
  watch(watcher: () => void): () => void {
    watchers.add(watcher)
    return () => watchers.delete(watcher)
  },
  /** `first`: when the first event was; `null` while there is none. `hold`: somebody reads a list that a new period would begin anew. */
  learn(first: number | null, now: number, hold: boolean): void {
    const next = usualSpan(first, now)
    if (next === span || (known && hold)) return
    known = true
    span = next
    localStorage.setItem(kept, next)
    for (const watcher of watchers) watcher()
  },
}

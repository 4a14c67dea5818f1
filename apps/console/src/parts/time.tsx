import { useSyncExternalStore } from 'react'
import { clock, exact, relative, stamp } from '../time/words.ts'

let now = Date.now()
const watchers = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined
function watch(watcher: () => void): () => void {
  watchers.add(watcher)
  timer ??= setInterval(() => {
    now = Date.now()
    for (const w of watchers) w()
  }, 5000)
  return () => {
    watchers.delete(watcher)
    if (watchers.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

/** The time of day, moving every five seconds for all who read it. */
export const useNow = () => useSyncExternalStore(watch, () => now)

/** A time as people say it; the exact one on hover. */
export function Time({ at, form = 'relative' }: { at: string | number; form?: 'relative' | 'clock' | 'stamp' }) {
  const current = useNow()
  const ms = typeof at === 'number' ? at : Date.parse(at)
  const text = form === 'clock' ? clock(ms) : form === 'stamp' ? stamp(ms, current) : relative(ms, Math.max(current, Date.now()))
  return (
    <time className="nowrap" dateTime={Number.isNaN(ms) ? '' : new Date(ms).toISOString()} title={exact(ms)}>
      {text}
    </time>
  )
}

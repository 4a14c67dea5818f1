import { useSyncExternalStore } from 'react'
import { clock, exact, happened, relative, stamp } from '../time/words.ts'

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

/** A time as people say it; the exact one on hover. `clock`: the time of day, which does not age; `until`: one that is to come. */
export function Time({ at, form = 'relative' }: { at: string | number; form?: 'relative' | 'clock' | 'stamp' | 'until' }) {
  const ms = typeof at === 'number' ? at : Date.parse(at)
  return (
    <time className="nowrap" dateTime={Number.isNaN(ms) ? '' : new Date(ms).toISOString()} title={exact(ms)}>
      {form === 'clock' ? clock(ms) : <Aging ms={ms} form={form} />}
    </time>
  )
}

function Aging({ ms, form }: { ms: number; form: 'relative' | 'stamp' | 'until' }) {
  const current = useNow()
  if (form === 'stamp') return stamp(ms, current)
  return (form === 'until' ? relative : happened)(ms, Math.max(current, Date.now()))
}

import { useEffect, useRef, useState } from 'react'
import { useFeed, useFeedFilter, WITH_EVENTS } from '../../frame/live-context.tsx'
import { SYSTEM_LOG } from '../../words/said.ts'

/** Something happened between an attacker and a decky, a moment ago. */
export interface Pulse {
  readonly id: number
  readonly ip: string
  readonly decky: string
}

/** How long one is seen, and how soon the same pair may be seen again, milliseconds. */
const LASTS = 1_100
const AGAIN = 350
/** So many at once; a flood says no more than a few do. */
const MOST = 32

/** What happens now, for the eye: a few pulses at a time, however much comes. */
export function usePulses(): readonly Pulse[] {
  const feed = useFeed()
  const [pulses, setPulses] = useState<readonly Pulse[]>([])
  const last = useRef(new Map<string, number>())
  useFeedFilter(WITH_EVENTS, true)
  useEffect(() => {
    let count = 0
    let pending: Pulse[] = []
    const timer = setInterval(() => {
      const now = performance.now()
      for (const [pair, at] of last.current) if (now - at > LASTS) last.current.delete(pair)
      if (pending.length === 0 && last.current.size === 0) setPulses((shown) => (shown.length === 0 ? shown : []))
      else {
        const fresh = pending
        pending = []
        setPulses((shown) => [...shown, ...fresh].filter(({ ip, decky }) => last.current.has(`${ip} ${decky}`)).slice(-MOST))
      }
    }, 120)
    const stop = feed.listen({
      records(records) {
        const now = performance.now()
        for (const { attacker_ip: ip, decky, topic } of records) {
          if (topic !== SYSTEM_LOG || !ip || !decky || pending.length >= MOST) continue
          const pair = `${ip} ${decky}`
          if (now - (last.current.get(pair) ?? Number.NEGATIVE_INFINITY) < AGAIN) continue
          last.current.set(pair, now)
          count += 1
          pending.push({ id: count, ip, decky })
        }
      },
    })
    return () => {
      clearInterval(timer)
      stop()
    }
  }, [feed])
  return pulses
}

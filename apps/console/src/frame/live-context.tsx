import { useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext, useEffect, useMemo, useSyncExternalStore } from 'react'
import { Feed, type Filter } from '../live/feed.ts'

const FeedContext = createContext<Feed | null>(null)

/** What every page needs to know of at once; the Live page asks for all. */
const calm: Filter = {
  topics: 'attacker.observed,attacker.scored,attacker.session.>,credential.reuse.detected,decky.*.state,system.*.health',
}

export function useFeed(): Feed {
  const feed = useContext(FeedContext)
  if (!feed) throw new Error('useFeed outside of LiveProvider')
  return feed
}
export function useConnection() {
  const feed = useFeed()
  return useSyncExternalStore(feed.watch, () => feed.state)
}
/** Asks for another stream while the component stands. */
export function useFeedFilter(filter: Filter, on: boolean): void {
  const feed = useFeed()
  const { topics, search } = filter
  useEffect(() => {
    if (!on) return
    feed.start({ ...(topics ? { topics } : {}), ...(search ? { search } : {}) })
    return () => feed.start(calm)
  }, [feed, topics, search, on])
}

/** At most once in this many milliseconds a stream of records makes a list be asked again. */
const pace = 4000

export function LiveProvider({ children }: { children: ReactNode }) {
  const feed = useMemo(() => new Feed(), [])
  const client = useQueryClient()
  useEffect(() => {
    feed.start(calm)
    const due = new Set<string>()
    const timer = setInterval(() => {
      for (const key of due) void client.invalidateQueries({ queryKey: [key], refetchType: 'active' })
      due.clear()
    }, pace)
    const stop = feed.listen({
      records: (records) => {
        for (const record of records) {
          if (record.topic.startsWith('decky.')) due.add('deckies')
          if (record.topic.startsWith('credential.')) due.add('credentials')
          if (record.topic.startsWith('attacker.')) for (const key of ['attackers', 'stats', 'histogram']) due.add(key)
        }
      },
      signal: (signal) => void (signal.topic.endsWith('.health') && due.add('workers')),
      opened: (resumed) => void (resumed || due.add('deckies')),
    })
    const online = () => feed.retryNow()
    window.addEventListener('online', online)
    return () => {
      clearInterval(timer)
      window.removeEventListener('online', online)
      stop()
      feed.stop()
    }
  }, [feed, client])
  return <FeedContext value={feed}>{children}</FeedContext>
}

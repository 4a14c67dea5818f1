import { useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext, useEffect, useMemo, useSyncExternalStore } from 'react'
import { Feed, type Filter } from '../live/feed.ts'
import { paced } from '../live/paced.ts'
import { SYSTEM_LOG } from '../words/said.ts'

const FeedContext = createContext<Feed | null>(null)

/** What every page needs to know of at once; the Live page asks for all. */
const CALM =
  'attacker.observed,attacker.scored,attacker.session.>,identity.>,campaign.>,attribution.>,ttp.>,credential.reuse.detected,decky.>,system.*.health'
const calm: Filter = { topics: CALM }
/** That, and what the sensors see. */
export const WITH_EVENTS: Filter = { topics: `${CALM},${SYSTEM_LOG}` }

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

/** At most once in this many milliseconds a stream of records makes one list be asked again. */
const pace = 1500
/** Records that come together are asked about together. */
const gathering = 150

/** Somebody known did something more, or is somebody else now. */
const BUSY = 'busy'
/** Lists over everybody are asked for at their own pace. */
const isOneGroup = ([kind, which]: readonly unknown[]): boolean =>
  kind === 'sessions' ||
  (kind === 'techniques' && (which === 'identity' || which === 'campaign')) ||
  ((kind === 'identities' || kind === 'campaigns') && which !== 'list' && which !== 'newest')

export function LiveProvider({ children }: { children: ReactNode }) {
  const feed = useMemo(() => new Feed(), [])
  const client = useQueryClient()
  useEffect(() => {
    feed.start(calm)
    const due = paced(
      (keys) => {
        for (const key of keys)
          void client.invalidateQueries(
            key === BUSY
              ? { predicate: ({ queryKey }) => isOneGroup(queryKey), refetchType: 'active' }
              : { queryKey: [key], refetchType: 'active' },
          )
      },
      { gathering, pace },
    )
    const stop = feed.listen({
      records: (records) => {
        for (const record of records) {
          if (record.topic.startsWith('decky.')) due.want('deckies')
          if (record.topic.startsWith('credential.')) due.want('credentials')
          if (record.topic.startsWith('identity.') || record.topic.startsWith('campaign.'))
            for (const key of ['identities', 'campaigns', 'attacker', 'sessions', BUSY]) due.want(key)
          if (record.topic === 'attacker.session.ended') due.want(BUSY)
          if (record.topic.startsWith('attribution.')) due.want('attacker')
          // What somebody is said to have done names techniques.
          if (record.topic === 'ttp.tagged') for (const key of ['techniques', 'attackers', 'attacker', 'stats', BUSY]) due.want(key)
          if (record.topic.startsWith('attacker.')) for (const key of ['attackers', 'contacts', 'stats', 'histogram']) due.want(key)
        }
      },
      signal: (signal) => {
        if (signal.topic.endsWith('.health')) due.want('workers')
        if (signal.topic.endsWith('.lifecycle')) due.want('deckies')
      },
      opened: (resumed) => {
        if (!resumed) due.want('deckies')
      },
    })
    const online = () => feed.retryNow()
    window.addEventListener('online', online)
    return () => {
      due.stop()
      window.removeEventListener('online', online)
      stop()
      feed.stop()
    }
  }, [feed, client])
  return <FeedContext value={feed}>{children}</FeedContext>
}

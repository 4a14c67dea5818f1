import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { Link } from 'wouter'
import { useFeed, useFeedFilter, WITH_EVENTS } from '../../frame/live-context.tsx'
import { paced } from '../../live/paced.ts'
import { Failed, SkeletonRows } from '../../parts/empty.tsx'
import { EventRow } from '../../parts/event-row.tsx'
import { useLogs } from '../../queries.ts'
import { hrefTo, peekAt } from '../../url.ts'
import { SYSTEM_LOG } from '../../words/said.ts'

const FEW = 14

/** What a decky's services saw last; new ones come by themselves. */
export function DeckyEvents({ name }: { name: string }) {
  const feed = useFeed()
  const client = useQueryClient()
  const params = { search: `decky:${name} topic:${SYSTEM_LOG} -service:sniffer -service:mutator`, limit: FEW }
  const events = useLogs(params)
  useFeedFilter(WITH_EVENTS, true)
  useEffect(() => {
    const due = paced(() => void client.invalidateQueries({ queryKey: ['logs'], refetchType: 'active' }), { gathering: 200, pace: 1_500 })
    const stop = feed.listen({
      records(records) {
        if (records.some(({ decky, topic }) => decky === name && topic === SYSTEM_LOG)) due.want('logs')
      },
    })
    return () => {
      due.stop()
      stop()
    }
  }, [feed, client, name])
  return (
    <section className="section">
      <h2 className="h">
        Events
        <Link className="more link" href={hrefTo('/live', { q: `decky:${name}` })}>
          all of them, live
        </Link>
      </h2>
      {events.error && !events.data ? (
        <Failed error={events.error} retry={() => void events.refetch()} left />
      ) : !events.data ? (
        <SkeletonRows count={6} />
      ) : events.data.data.length === 0 ? (
        <p className="faint">Nothing yet. Beside each service stands a line that attacks it.</p>
      ) : (
        <div className="dk-events" data-tall>
          {events.data.data.map((event) => (
            <EventRow key={event.id} event={event} alone onOpen={() => peekAt('event', String(event.seq))} />
          ))}
        </div>
      )}
    </section>
  )
}

import type { LogRow } from '@decnet/contracts/api'
import { useEffect, useState } from 'react'
import { useFeed } from '../../frame/live-context.tsx'
import { Failed, SkeletonRows } from '../../parts/empty.tsx'
import { SessionEvent } from '../../parts/event-row.tsx'
import { AttackerValue } from '../../parts/value.tsx'
import { useLogs } from '../../queries.ts'
import { plural } from '../../time/words.ts'
import { peekAt } from '../../url.ts'

const FEW = 8

/** What a sniffer saw on the wire of a decky: scans, fingerprints, knocks at closed ports. */
export function Traffic({ name }: { name: string }) {
  const seen = useLogs({ search: `decky:${name} service:sniffer`, limit: FEW })
  const packets = useLivePackets(name)
  return (
    <section className="section">
      <h2 className="h">
        Traffic
        {packets > 0 && <span className="faint">{plural(packets, 'packet')} since this page is open</span>}
      </h2>
      {seen.error && !seen.data ? (
        <Failed error={seen.error} retry={() => void seen.refetch()} left />
      ) : !seen.data ? (
        <SkeletonRows count={3} />
      ) : seen.data.data.length === 0 ? (
        <p className="faint">
          Nothing was seen on the wire. A sniffer listens where the fleet stands on a real network and DECNET runs as root.
        </p>
      ) : (
        <ul className="dk-traffic">
          {seen.data.data.map((event) => (
            <Seen key={event.id} event={event} />
          ))}
        </ul>
      )}
    </section>
  )
}

function Seen({ event }: { event: LogRow }) {
  return (
    <li>
      {event.attacker_ip && <AttackerValue ip={event.attacker_ip} />}
      <SessionEvent event={event} onOpen={() => peekAt('event', String(event.seq))} />
    </li>
  )
}

/** Packets that were told of while somebody looks. */
function useLivePackets(name: string): number {
  const feed = useFeed()
  const [packets, setPackets] = useState(0)
  useEffect(
    () =>
      feed.listen({
        signal({ topic, payload }) {
          if (topic === `decky.${name}.traffic`) setPackets((sum) => sum + (typeof payload.count === 'number' ? payload.count : 1))
        },
      }),
    [feed, name],
  )
  return packets
}

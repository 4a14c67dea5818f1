import type { Replica, Worker } from '@decnet/contracts/api'
import { Bytes } from '../../parts/bytes.tsx'
import { CommandLine } from '../../parts/command-line.tsx'
import { Beat } from './beat.tsx'

const PARTITIONS = 16

/** What stands folded under a worker: where it runs, and how it stops where no button does it. */
export function Details({ worker: w, at }: { worker: Worker; at: number }) {
  return (
    <div className="w-details">
      {w.stops_with !== null && (
        <p>
          It stops and starts with everything else: <CommandLine line={w.stops_with} />
        </p>
      )}
      {w.parked !== null && w.parked > 0 && (
        <p>
          What was put aside stands in the table <code className="mono">dead_letters</code> with its error; the other records went on.
        </p>
      )}
      {w.replicas.length === 0 ? (
        <p className="faint">No process was heard of that runs it.</p>
      ) : (
        <ul className="w-replicas" aria-label={`Processes that run ${w.name}`}>
          {w.replicas.map((replica) => (
            <li key={replica.instance}>
              <Process replica={replica} at={at} />
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

function Process({ replica: r, at }: { replica: Replica; at: number }) {
  return (
    <>
      <span className="mono cut">
        <Bytes text={r.host ?? r.instance} most={80} />
      </span>
      <span>{r.pid === null ? '' : `process ${r.pid}`}</span>
      <span>{r.state ?? ''}</span>
      <span>{r.partitions === null ? '' : `${r.partitions} of ${PARTITIONS} partitions`}</span>
      <span className="cut">{r.build === null ? '' : `build ${r.build}`}</span>
      <span className="dim">
        <Beat seconds={r.seconds_since} at={at} />
      </span>
    </>
  )
}

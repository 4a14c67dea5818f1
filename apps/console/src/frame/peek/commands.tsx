import type { CommandKind } from '@decnet/contracts/api'
import { exactly } from '../../bytes/view.ts'
import { Bytes } from '../../parts/bytes.tsx'
import { Time } from '../../parts/time.tsx'
import { useCommands } from '../../queries.ts'
import { peekAt } from '../../url.ts'
import './peek.css'

/** The last commands of an attacker, or the last requests; nothing where there are none. */
export function PeekCommands({ uuid, kind }: { uuid: string; kind: CommandKind }) {
  const { data: rows = [] } = useCommands(uuid, 8, kind).data ?? {}
  if (rows.length === 0) return null
  return (
    <section className="section">
      <h3 className="h">Last {kind}s</h3>
      {rows.map((c) => (
        <button key={c.seq} type="button" className="peek-cmd" onClick={() => peekAt('event', String(c.seq))}>
          <span className="cut">
            <Bytes text={exactly(c)} most={90} />
          </span>
          <span className="faint">
            <Time at={c.timestamp} form="clock" />
          </span>
        </button>
      ))}
    </section>
  )
}

import { Bytes } from '../../parts/bytes.tsx'
import { Time } from '../../parts/time.tsx'
import { peekAt } from '../../url.ts'
import './peek.css'

export function PeekCommands({ title, rows }: { title: string; rows: readonly { seq: number; timestamp: string; command: string }[] }) {
  return (
    <section className="section">
      <h3 className="h">{title}</h3>
      {rows.map((c) => (
        <button key={c.seq} type="button" className="peek-cmd" onClick={() => peekAt('event', String(c.seq))}>
          <span className="cut">
            <Bytes text={c.command} most={90} />
          </span>
          <span className="faint">
            <Time at={c.timestamp} form="clock" />
          </span>
        </button>
      ))}
    </section>
  )
}

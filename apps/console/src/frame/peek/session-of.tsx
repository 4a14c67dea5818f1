import type { Session } from '@decnet/contracts/api'
import { SeverityBadge } from '../../parts/severity.tsx'
import { Time } from '../../parts/time.tsx'
import { colourOf } from '../../words/services.ts'
import './peek.css'

/** A session named by who came, for a list where the decky is known. */
export function PeekSessionOf({ session: s, onOpen }: { session: Session; onOpen: () => void }) {
  return (
    <button type="button" className="peek-line" onClick={onOpen}>
      <i className="swatch" style={{ background: colourOf(s.service) }} />
      <span className="cut">
        <span className="mono">{s.attacker_ip}</span> <span className="dim">{s.service}</span>
      </span>
      {s.logged_in ? <SeverityBadge severity="high" word="in" /> : <span />}
      <span className="faint">
        <Time at={s.started_at} />
      </span>
    </button>
  )
}

import type { Session } from '@decnet/contracts/api'
import { SeverityBadge } from '../../parts/severity.tsx'
import { Time } from '../../parts/time.tsx'
import { plural } from '../../time/words.ts'
import { colourOf } from '../../words/services.ts'
import './peek.css'

export function SessionLine({ session: s, onOpen }: { session: Session; onOpen: () => void }) {
  return (
    <button type="button" className="peek-line" onClick={onOpen}>
      <i className="swatch" style={{ background: colourOf(s.service) }} />
      <span className="cut">
        <span className="mono">{s.decky}</span> <span className="dim">{s.service}</span>
        {s.command_count > 0 && <span className="faint"> · {plural(s.command_count, 'command')}</span>}
      </span>
      {s.logged_in ? <SeverityBadge severity="high" word="in" /> : <span />}
      <span className="faint">
        <Time at={s.started_at} />
      </span>
    </button>
  )
}

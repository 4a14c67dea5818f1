import type { Session } from '@decnet/contracts/api'
import { SquareTerminal } from 'lucide-react'
import { SkeletonRows } from '../../parts/empty.tsx'
import { SeverityBadge } from '../../parts/severity.tsx'
import { Time } from '../../parts/time.tsx'
import { duration, plural } from '../../time/words.ts'
import { colourOf } from '../../words/services.ts'

interface Props {
  sessions: readonly Session[] | undefined
  total: number
  selected: string | null
  onSelect: (id: string) => void
  onAll: (() => void) | undefined
}

export function SessionTable({ sessions, total, selected, onSelect, onAll }: Props) {
  return (
    <section className="section">
      <h2 className="h">
        Sessions
        {onAll && total > 12 && (
          <button type="button" className="more link" onClick={onAll}>
            all {total}
          </button>
        )}
      </h2>
      {!sessions ? (
        <SkeletonRows count={6} height={44} />
      ) : (
        <ul className="ses-rows">
          {sessions.map((s) => (
            <li key={s.id}>
              <button type="button" aria-pressed={s.id === selected} onClick={() => onSelect(s.id)}>
                <i className="swatch" style={{ background: colourOf(s.service) }} />
                <span className="cut">
                  <span className="mono strong">{s.decky}</span>
                </span>
                <span className="ses-flag">
                  {s.has_replay && <SquareTerminal aria-label="recorded" />}
                  {s.logged_in && <SeverityBadge severity="high" word="got in" />}
                </span>
                <span className="dim small cut">{about(s)}</span>
                <span className="faint small">
                  <Time at={s.started_at} form="stamp" />
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

/** "ssh · 12 commands · 1 min 20 s" */
function about(s: Session): string {
  const did = s.command_count > 0 ? plural(s.command_count, 'command') : s.credential_count > 0 ? plural(s.credential_count, 'attempt') : ''
  return [s.service, did, s.duration_s === null ? 'still open' : s.duration_s < 0.1 ? 'closed at once' : duration(s.duration_s)]
    .filter(Boolean)
    .join(' · ')
}

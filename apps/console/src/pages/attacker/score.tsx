import type { Attacker } from '@decnet/contracts/api'
import { Prose } from '../../parts/bytes.tsx'

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1).replaceAll('_', ' ')

/** The score and what it is made of. */
export function Score({ attacker }: { attacker: Attacker }) {
  const parts = [...attacker.score_parts].sort((a, b) => b.points - a.points)
  const top = Math.max(1, ...parts.map((p) => p.points))
  return (
    <section className="section">
      <h2 className="h">
        Score {Math.round(attacker.score)}
        <span className="faint">{attacker.severity}, of 100</span>
      </h2>
      {parts.length === 0 ? (
        <p className="faint">Nothing counts against it yet.</p>
      ) : (
        <div className="score">
          {parts.map((p) => (
            <div key={p.part} style={{ display: 'contents' }}>
              <span>{capital(p.part)}</span>
              <span className="w">
                <i style={{ width: `${(p.points / top) * 100}%`, background: `var(--sev-${attacker.severity})` }} />
              </span>
              <span className="num">+{Math.round(p.points)}</span>
              <span className="why">
                <Prose text={p.why} most={160} />
              </span>
            </div>
          ))}
        </div>
      )}
    </section>
  )
}

import type { Contacts } from '@decnet/contracts/api'
import { useMemo } from 'react'
import { SeverityBadge } from '../../parts/severity.tsx'
import { useRoving } from '../../parts/use-roving.ts'
import { figure, plural } from '../../time/words.ts'
import { peekAt } from '../../url.ts'

/** Attackers on one side of the network; each stands where its lines begin. */
export function MapAttackers({
  side,
  ips,
  attackers,
  narrow,
  row,
  faded,
  lit,
  chosen,
  onPoint,
}: {
  side: 'left' | 'right'
  ips: readonly string[]
  attackers: Contacts['attackers']
  narrow: boolean
  /** Height of one, pixels. */
  row: number
  faded: (ip: string) => boolean
  lit: (ip: string) => boolean
  chosen: string | null
  onPoint: (ip: string | null) => void
}) {
  const roving = useRoving(ips)
  const known = useMemo(() => new Map(attackers.map((attacker) => [attacker.ip, attacker])), [attackers])
  return (
    <ul className={`map-side ${side}`} aria-label={`Attackers, ${side} of the network`} onKeyDown={roving.onKeyDown}>
      {ips.map((ip) => {
        const attacker = known.get(ip)
        if (!attacker) return null
        const { onFocus, ...handle } = roving.member(ip)
        const said = `${plural(attacker.sessions, 'session')}${attacker.logged_in ? ', got in' : ''}`
        return (
          <li key={ip} style={{ height: row }}>
            <button
              {...handle}
              type="button"
              className={`map-attacker${faded(ip) ? ' off' : ''}${lit(ip) ? ' lit' : ''}`}
              aria-pressed={chosen === ip}
              title={`${ip}: ${said}`}
              onFocus={() => {
                onFocus()
                onPoint(ip)
              }}
              onBlur={() => onPoint(null)}
              onPointerEnter={() => onPoint(ip)}
              onPointerLeave={() => onPoint(null)}
              onClick={() => peekAt('attacker', attacker.uuid)}
            >
              {attacker.severity && <SeverityBadge severity={attacker.severity} />}
              <span className={narrow ? 'sr' : 'mono cut'}>{ip}</span>
              {!narrow && (
                <span className="map-figure" aria-hidden>
                  {figure(attacker.sessions)}
                </span>
              )}
              <span className="sr">, {said}</span>
            </button>
          </li>
        )
      })}
    </ul>
  )
}

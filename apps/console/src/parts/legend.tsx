import { type Painted, paint } from '../words/services.ts'

/** Names beyond this many are left to the tip of each bar. */
const most = 9

export function Legend({ services }: { services: readonly Painted[] }) {
  return (
    <span className="legend">
      {services.slice(0, most).map((s) => (
        <span key={s}>
          <i style={{ background: paint(s) }} />
          {s}
        </span>
      ))}
      {services.length > most && <span>and {services.length - most} more</span>}
    </span>
  )
}

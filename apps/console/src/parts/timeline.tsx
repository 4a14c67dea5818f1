import type { LogRow, Session } from '@decnet/contracts/api'
import { useMemo } from 'react'
import { ticksOf } from '../time/range.ts'
import { duration, plural } from '../time/words.ts'
import { rank, tell } from '../words/event.ts'
import { middleCut } from '../words/evidence.ts'
import { colourOf } from '../words/services.ts'
import { onPress } from './on-press.ts'
import './timeline.css'
import { useBrush } from './use-brush.ts'
import { useWidth } from './use-width.ts'

export interface Span {
  readonly start: number
  readonly end: number
}

/** The span of a story: a little air on both sides, never shorter than a second. */
export function spanOf(sessions: readonly Session[], now: number): Span {
  const starts = sessions.map((s) => Date.parse(s.started_at))
  const ends = sessions.map((s) => (s.ended_at ? Date.parse(s.ended_at) : now))
  const start = Math.min(...starts)
  const end = Math.max(...ends, ...starts)
  const air = Math.max((end - start) * 0.02, (1000 - (end - start)) / 2)
  return { start: start - air, end: end + air }
}

const least = 6
const left = 168

/** What a lane stands for; two lanes of one name are one. */
export type LaneOf = (session: Session) => string
const byDecky: LaneOf = (session) => session.decky

/** What happened where, over all sessions: a lane per decky or as `laneOf` says, a bar per session, a stroke per event. Dragging zooms. */
export function Timeline({
  sessions,
  events,
  span,
  selected,
  onSelect,
  onZoom,
  laneOf = byDecky,
}: {
  sessions: readonly Session[]
  events: readonly LogRow[]
  span: Span
  selected: string | null
  onSelect: (id: string) => void
  onZoom: (span: Span) => void
  laneOf?: LaneOf
}) {
  const [ref, width] = useWidth<HTMLDivElement>()
  const narrow = width < 560
  const from = narrow ? 0 : left
  const plot = Math.max(1, width - from - 8)
  const { brush, handlers } = useBrush((a, b) => {
    const at = (px: number) => span.start + ((Math.max(px, from) - from) / plot) * (span.end - span.start)
    onZoom({ start: at(a), end: at(b) })
  })
  const lanes = useMemo(
    () => [...new Set([...sessions].sort((a, b) => a.started_at.localeCompare(b.started_at)).map(laneOf))],
    [sessions, laneOf],
  )
  const lane = lanes.length > 6 ? 26 : 34
  const height = lanes.length * (lane + (narrow ? 12 : 0)) + 24
  const each = lane + (narrow ? 12 : 0)
  const x = (at: number) => from + ((at - span.start) / (span.end - span.start)) * plot
  const clip = (n: number) => Math.min(Math.max(n, from), from + plot)
  return (
    <div ref={ref} className="lanes">
      {width > 0 && (
        // biome-ignore lint/a11y/useSemanticElements: SVG has no fieldset
        <svg
          width={width}
          height={height}
          role="group"
          aria-label={`Timeline of ${plural(sessions.length, 'session')} on ${plural(new Set(sessions.map(byDecky)).size, 'decky', 'deckies')}`}
          {...handlers}
        >
          {ticksOf(span.start, span.end, Math.max(2, Math.floor(plot / 120))).map((tick) => (
            <g key={tick.at}>
              <line className="tick" x1={x(tick.at)} x2={x(tick.at)} y1={0} y2={height - 20} />
              <text x={Math.min(Math.max(x(tick.at), 28), width - 28)} y={height - 5} textAnchor="middle">
                {tick.label}
              </text>
            </g>
          ))}
          {lanes.map((name, i) => {
            const top = i * each + (narrow ? 14 : 0)
            const middle = top + lane / 2
            return (
              <g key={name}>
                <text className="name" x={0} y={narrow ? top : middle + 4}>
                  {middleCut(name, 22)}
                  <title>{name}</title>
                </text>
                <line className="rail-line" x1={from} x2={from + plot} y1={middle} y2={middle} />
                {sessions
                  .filter((s) => laneOf(s) === name)
                  .map((s) => {
                    const a = Date.parse(s.started_at)
                    const b = s.ended_at ? Date.parse(s.ended_at) : span.end
                    if (b < span.start || a > span.end) return null
                    const at = Math.min(clip(x(a)), from + plot - least)
                    return (
                      <SessionBar
                        key={s.id}
                        session={s}
                        x={at}
                        width={Math.max(least, clip(x(b)) - at)}
                        y={middle - 10}
                        on={s.id === selected}
                        onSelect={onSelect}
                      />
                    )
                  })}
                {events
                  .filter((e) => e.decky === name)
                  .map((e) => {
                    const at = x(Date.parse(e.timestamp))
                    if (at < from || at > from + plot) return null
                    const said = tell(e)
                    const strong = rank(said.severity) >= 3
                    return (
                      <line
                        key={e.seq}
                        className={strong ? 'stroke strong' : 'stroke'}
                        x1={at}
                        x2={at}
                        y1={middle - (strong ? 9 : 5)}
                        y2={middle + (strong ? 9 : 5)}
                        stroke={strong ? 'var(--sev-high)' : colourOf(e.service)}
                      />
                    )
                  })}
              </g>
            )
          })}
          {brush && <rect className="brush" x={brush.from} y={0} width={brush.to - brush.from} height={height - 20} />}
        </svg>
      )}
    </div>
  )
}

function SessionBar({
  session: s,
  x,
  width,
  y,
  on,
  onSelect,
}: {
  session: Session
  x: number
  width: number
  y: number
  on: boolean
  onSelect: (id: string) => void
}) {
  const words = [
    s.service,
    s.principal ?? '',
    s.command_count > 0 ? plural(s.command_count, 'command') : '',
    s.duration_s === null ? 'still open' : duration(s.duration_s),
  ].filter(Boolean)
  return (
    // biome-ignore lint/a11y/useSemanticElements: SVG has no button
    <g
      role="button"
      tabIndex={0}
      aria-label={`Session of ${s.attacker_ip} on ${s.decky}: ${words
        .join(', ')
        .replace(/[\p{Cc}\p{Cf}]/gu, '?')
        .slice(0, 120)}`}
      aria-pressed={on}
      className={on ? 'bar on' : 'bar'}
      onPointerDown={(event) => event.stopPropagation()}
      onClick={() => onSelect(s.id)}
      onKeyDown={onPress(() => onSelect(s.id))}
    >
      <rect
        x={x}
        y={y}
        width={width}
        height={20}
        rx={3}
        fill={colourOf(s.service)}
        fillOpacity={on ? 0.4 : 0.26}
        stroke={s.logged_in ? 'var(--sev-high)' : on ? 'var(--accent)' : 'none'}
        strokeWidth={on ? 1.8 : 1}
      />
      <title>{`${s.attacker_ip} on ${s.decky} · ${words[0]} · ${s.logged_in ? 'got in · ' : ''}${words.slice(2).join(' · ')}`}</title>
    </g>
  )
}

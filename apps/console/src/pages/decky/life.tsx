import type { Decky, Mutation, Session } from '@decnet/contracts/api'
import { useDeckySessions } from '../../fleet-queries.ts'
import { onPress } from '../../parts/on-press.ts'
import { useNow } from '../../parts/time.tsx'
import { useBrush } from '../../parts/use-brush.ts'
import { useRoving } from '../../parts/use-roving.ts'
import { useWidth } from '../../parts/use-width.ts'
import { describeRange, resolveRange, ticksOf } from '../../time/range.ts'
import { plural } from '../../time/words.ts'
import { peekAt, useUrl, zoomTo } from '../../url.ts'
import { causeOf, mutationSentence } from '../../words/decky.ts'
import { colourOf } from '../../words/services.ts'
import '../../parts/timeline.css'
import { serviceSpans } from './service-spans.ts'

const LANE = 26
const LEFT = 116
const LEFT_NARROW = 76
const HEAD = 14
/** Sessions drawn. */
const MOST = 500

/** The life of a decky in the period: a lane for each service as long as it was there, its sessions on it, a mark for each mutation. Dragging zooms. */
export function Life({ decky, mutations }: { decky: Decky; mutations: readonly Mutation[] | undefined }) {
  const { range } = useUrl()
  const now = useNow()
  const [ref, width] = useWidth<HTMLDivElement>()
  const sessions = useDeckySessions(decky.name, range, MOST)
  const span = resolveRange(range, now)
  const narrow = width < 560
  const left = narrow ? LEFT_NARROW : LEFT
  const plot = Math.max(1, width - left - 6)
  const x = (at: number) => left + Math.min(Math.max((at - span.start) / (span.end - span.start), 0), 1) * plot
  const { brush, handlers } = useBrush((a, b) => {
    const at = (px: number) => span.start + ((Math.max(px, left) - left) / plot) * (span.end - span.start)
    zoomTo(at(a), at(b))
  })
  const names = decky.services.map(({ name }) => name)
  const spans = serviceSpans(mutations ?? [], names, { created: Date.parse(decky.created_at), now }).filter(
    ({ from, to }) => to >= span.start && from <= span.end,
  )
  const list = (sessions.data?.data ?? []).toReversed()
  const roving = useRoving(list.map(({ id }) => id))
  const lanes = [...new Set([...spans.map(({ service }) => service), ...list.map(({ service }) => service)])]
  const height = HEAD + lanes.length * LANE + 24
  const marks = (mutations ?? []).filter(({ timestamp }) => Date.parse(timestamp) >= span.start && Date.parse(timestamp) <= span.end)
  const total = sessions.data?.total ?? 0
  return (
    <section className="section dk-life">
      <h2 className="h">
        Life
        <span className="faint">
          {plural(total, 'session')} in {describeRange(range)}
          {total > MOST ? `, the newest ${MOST} drawn` : ''}
          {marks.length > 0 ? `, ${plural(marks.length, 'mutation')}` : ''}
        </span>
        <span className="more legend">
          <span>
            <i className="dk-key-span" /> listening
          </span>
          <span>
            <i className="dk-key-in" /> got in
          </span>
          <span>
            <i className="dk-key-mark" /> mutation
          </span>
        </span>
      </h2>
      <div ref={ref} className="lanes" style={{ minHeight: height }}>
        {width > 0 && (
          // biome-ignore lint/a11y/useSemanticElements: SVG has no fieldset
          <svg
            width={width}
            height={height}
            role="group"
            aria-label={`${lanes.join(', ')} over time`}
            {...handlers}
            onKeyDown={roving.onKeyDown}
          >
            {ticksOf(span.start, span.end, Math.max(2, Math.floor(plot / 120))).map((tick) => (
              <g key={tick.at}>
                <line className="tick" x1={x(tick.at)} x2={x(tick.at)} y1={HEAD} y2={height - 20} />
                <text x={Math.min(Math.max(x(tick.at), 28), width - 28)} y={height - 5} textAnchor="middle">
                  {tick.label}
                </text>
              </g>
            ))}
            {lanes.map((lane, n) => {
              const middle = HEAD + n * LANE + LANE / 2
              return (
                <g key={lane}>
                  <text className="name" x={0} y={middle + 4}>
                    {lane}
                  </text>
                  <line className="rail-line" x1={left} x2={left + plot} y1={middle} y2={middle} />
                  {spans
                    .filter(({ service }) => service === lane)
                    .map(({ from, to }) => (
                      <rect
                        key={from}
                        className="dk-span"
                        x={x(from)}
                        width={Math.max(2, x(to) - x(from))}
                        y={middle - 9}
                        height={18}
                        rx={4}
                        fill={colourOf(lane)}
                      />
                    ))}
                  {list
                    .filter(({ service }) => service === lane)
                    .map((session) => (
                      <Stay key={session.id} session={session} x={x} end={span.end} y={middle} member={roving.member(session.id)} />
                    ))}
                </g>
              )
            })}
            {marks.map((mutation) => {
              const at = x(Date.parse(mutation.timestamp))
              return (
                <g key={mutation.id} className="dk-mark">
                  <title>{`${mutationSentence(mutation)}, ${causeOf(mutation)}`}</title>
                  <line x1={at} x2={at} y1={6} y2={height - 22} />
                  <path d={`M${at},1 l5,5 l-5,5 l-5,-5 z`} />
                </g>
              )
            })}
            {brush && <rect className="brush" x={brush.from} y={0} width={brush.to - brush.from} height={height - 20} />}
          </svg>
        )}
      </div>
    </section>
  )
}

function Stay({
  session: s,
  x,
  end,
  y,
  member,
}: {
  session: Session
  x: (at: number) => number
  end: number
  y: number
  member: { readonly ref: (element: SVGRectElement | null) => void; readonly tabIndex: number; readonly onFocus: () => void }
}) {
  const from = x(Date.parse(s.started_at))
  const to = x(s.ended_at ? Date.parse(s.ended_at) : end)
  const open = () => peekAt('session', s.id)
  const came = `${s.attacker_ip}${s.logged_in ? ', got in' : ''}${s.command_count > 0 ? `, ${plural(s.command_count, 'command')}` : ''}`
  return (
    // biome-ignore lint/a11y/useSemanticElements: SVG has no button
    <rect
      {...member}
      className={s.logged_in ? 'dk-stay in' : 'dk-stay'}
      role="button"
      aria-label={`${s.service}: ${came}`}
      x={from}
      y={y - (s.logged_in ? 8 : 5)}
      width={Math.max(2, to - from)}
      height={s.logged_in ? 16 : 10}
      rx={1.5}
      fill={s.logged_in ? 'var(--sev-high)' : colourOf(s.service)}
      onPointerDown={(event) => event.stopPropagation()}
      onClick={open}
      onKeyDown={onPress(open)}
    >
      <title>{came}</title>
    </rect>
  )
}

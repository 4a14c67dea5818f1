import { memo, useMemo, useState } from 'react'
import type { HistogramData } from '../queries.ts'
import { ticksOf } from '../time/range.ts'
import { exact, figure, plural } from '../time/words.ts'
import { type Painted, paint, paintOf, services } from '../words/services.ts'
import './histogram.css'
import { useBrush } from './use-brush.ts'
import { useWidth } from './use-width.ts'

interface Bar {
  at: number
  total: number
  parts: [Painted, number][]
}

const stacked: readonly Painted[] = [...services, 'other']

export function barsOf(data: HistogramData): Bar[] {
  return data.buckets.map((bucket) => {
    const sums = new Map<Painted, number>()
    for (const [service, count] of Object.entries(bucket.services)) {
      const c = paintOf(service)
      sums.set(c, (sums.get(c) ?? 0) + count)
    }
    return {
      at: bucket.at,
      total: bucket.count,
      parts: stacked.flatMap((c): [Painted, number][] => (sums.get(c) ? [[c, sums.get(c) ?? 0]] : [])),
    }
  })
}
export const servicesIn = (bars: readonly Bar[]) => stacked.filter((c) => bars.some((bar) => bar.parts.some(([part]) => part === c)))

/** A round number at or above the highest bar, of which half is whole: events are counted. */
export function ceilingOf(top: number): number {
  if (top <= 4) return 4
  const magnitude = 10 ** Math.floor(Math.log10(top))
  return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].map((n) => n * magnitude).find((n) => n >= top && n % 2 === 0) ?? top
}

/** Above the highest bar, pixels. */
const SKY = 6
/** A bar that has events is never lower, pixels. */
const LEAST = 2
/** Heights of a bar's parts in pixels, of a plot in which `top` events are `space` high. */
export function heightsOf(
  bar: { readonly total: number; readonly parts: readonly (readonly [Painted, number])[] },
  top: number,
  space: number,
): number[] {
  const whole = Math.max(LEAST, (bar.total / top) * space)
  return bar.parts.map(([, n]) => (bar.total > 0 ? (n / bar.total) * whole : 0))
}

/** Events over time, stacked by service. Dragging zooms the period. */
export const Histogram = memo(function Histogram({
  data,
  height = 140,
  axis = true,
  unit = 'event',
  onZoom,
}: {
  data: HistogramData | undefined
  height?: number
  axis?: boolean
  /** What is counted, in the singular. */
  unit?: string
  onZoom: (start: number, end: number) => void
}) {
  const [ref, width] = useWidth<HTMLDivElement>()
  const [hover, setHover] = useState<number | null>(null)
  const bars = useMemo(() => (data ? barsOf(data) : []), [data])
  const start = data?.start ?? 0
  const end = data?.end ?? 1
  const bucket = data?.bucket ?? 1
  const { brush, handlers } = useBrush((from, to) => onZoom(start + (from / width) * (end - start), start + (to / width) * (end - start)))
  const top = ceilingOf(Math.max(0, ...bars.map((b) => b.total)))
  const plot = height - (axis ? 20 : 0)
  const base = axis ? plot + 0.5 : plot - 0.5
  const x = (at: number) => ((at - start) / (end - start)) * width
  const step = Math.max(1, (bucket / (end - start)) * width)
  const bar = hover === null ? undefined : bars.find((b) => hover >= x(b.at) && hover < x(b.at) + step)
  const marks = axis ? [0.5, 1] : [1]
  const sum = bars.reduce((n, b) => n + b.total, 0)
  return (
    <div ref={ref} className="histo" style={{ height }}>
      {width > 0 && data && (
        <svg
          width={width}
          height={height}
          role="img"
          aria-label={`${plural(sum, unit)} over time. Drag to zoom.`}
          {...handlers}
          onPointerMove={(event) => {
            handlers.onPointerMove(event)
            setHover(event.clientX - event.currentTarget.getBoundingClientRect().left)
          }}
          onPointerLeave={() => setHover(null)}
        >
          {marks.map((part) => (
            <line key={part} className="grid" x1={0} x2={width} y1={plot - part * (plot - SKY)} y2={plot - part * (plot - SKY)} />
          ))}
          <g>
            {bars.map((b) => (
              <Column key={b.at} bar={b} x={x(b.at)} width={step} plot={plot} top={top} dim={bar !== undefined && bar !== b} />
            ))}
          </g>
          <line className="base" x1={0} x2={width} y1={base} y2={base} />
          {axis &&
            ticksOf(start, end, Math.max(2, Math.floor(width / 110))).map((tick) => (
              <text key={tick.at} x={Math.min(Math.max(x(tick.at), 20), width - 20)} y={height - 4} textAnchor="middle">
                {tick.label}
              </text>
            ))}
          {marks.map((part) => (
            <text key={part} className="top" x={0} y={plot - part * (plot - SKY) + 4}>
              {figure(part * top)}
            </text>
          ))}
          {brush && <rect className="brush" x={brush.from} y={0} width={brush.to - brush.from} height={plot} />}
        </svg>
      )}
      {bar && !brush && hover !== null && (
        <div className="histo-tip" style={hover > width / 2 ? { right: width - hover + 14 } : { left: hover + 14 }}>
          <b>{plural(bar.total, unit)}</b>
          <span className="faint">{exact(bar.at).slice(0, 19)}</span>
          {[...bar.parts].reverse().map(([c, n]) => (
            <span key={c} className="part">
              <i style={{ background: paint(c) }} />
              {c}
              <em>{figure(n)}</em>
            </span>
          ))}
        </div>
      )}
    </div>
  )
})

function Column({ bar, x, width, plot, top, dim }: { bar: Bar; x: number; width: number; plot: number; top: number; dim: boolean }) {
  let y = plot
  const gap = width > 4 ? 1 : 0
  const heights = heightsOf(bar, top, plot - SKY)
  return (
    <g opacity={dim ? 0.55 : 1}>
      {bar.parts.map(([c], i) => {
        const h = heights[i] ?? 0
        y -= h
        return <rect key={c} x={x + gap / 2} y={y} width={Math.max(1, width - gap)} height={h} fill={paint(c)} />
      })}
    </g>
  )
}

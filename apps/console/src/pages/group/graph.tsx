import type { LinkEdge } from '@decnet/contracts/api'
import { useMemo, useState } from 'react'
import { onPress } from '../../parts/on-press.ts'
import { useRoving } from '../../parts/use-roving.ts'
import { useWidth } from '../../parts/use-width.ts'
import { go, hrefTo } from '../../url.ts'
import { middleCut, sureness } from '../../words/evidence.ts'
import { type Label, placeLabels, spread } from './layout.ts'

export interface GraphMember {
  readonly uuid: string
  readonly label: string
  readonly href: string
  readonly mono: boolean
}

const SHOWN = 120
const LETTERS = 24
/** Pixels of a letter at the size that the names have. */
const LETTER = { mono: 6.7, ui: 6.4 }
const heightFor = (count: number) => (count <= 3 ? 132 : count <= 15 ? 260 : count <= 40 ? 340 : 420)

export const edgeKey = ({ a, b }: Pick<LinkEdge, 'a' | 'b'>): string => `${a} ${b}`

/**
 * Members and what joins them best: the surer, the stronger the line. A line is chosen by click; the arrows go from one to the next.
 * A name for which there is no room is seen when its member or one of its lines is pointed at.
 */
export function Graph({
  members,
  edges,
  chosen,
  onChoose,
}: {
  members: readonly GraphMember[]
  edges: readonly LinkEdge[]
  chosen: string | null
  onChoose: (key: string) => void
}) {
  const [ref, width] = useWidth<HTMLDivElement>()
  const [pointed, setPointed] = useState<readonly string[]>([])
  const shown = useMemo(() => members.slice(0, SHOWN), [members])
  const box = useMemo(() => ({ width, height: heightFor(shown.length) }), [width, shown.length])
  const spots = useMemo(
    () =>
      width === 0
        ? []
        : spread(
            shown.map(({ uuid }) => uuid),
            edges,
            box,
          ),
    [shown, edges, box, width],
  )
  const at = useMemo(() => new Map(spots.map((spot) => [spot.id, spot])), [spots])
  const named = useMemo(() => new Map(shown.map((member) => [member.uuid, member])), [shown])
  const drawn = edges.filter(({ a, b }) => at.has(a) && at.has(b))
  const now = drawn.find((edge) => edgeKey(edge) === chosen) ?? drawn[0]
  const labels = useMemo(() => {
    const widthOf = (id: string) => {
      const member = named.get(id)
      return Math.min(LETTERS, member?.label.length ?? 0) * (member?.mono ? LETTER.mono : LETTER.ui)
    }
    return placeLabels(spots, { first: new Set([...pointed, ...(now ? [now.a, now.b] : [])]), widthOf, box })
  }, [spots, named, pointed, now, box])
  const nameOf = (uuid: string) => named.get(uuid)?.label ?? uuid
  const roving = useRoving(drawn.map(edgeKey), { key: now && edgeKey(now), choose: onChoose })
  return (
    <div
      ref={ref}
      className="grp-graph"
      style={{ height: box.height }}
      role="radiogroup"
      aria-label={`What joins ${shown.length} members`}
      onKeyDown={roving.onKeyDown}
    >
      {width > 0 && (
        <svg width={box.width} height={box.height} role="presentation">
          {drawn.map((edge) => (
            <Line
              key={edgeKey(edge)}
              edge={edge}
              from={at.get(edge.a)}
              to={at.get(edge.b)}
              on={edge === now}
              name={`${nameOf(edge.a)} and ${nameOf(edge.b)}, ${sureness(edge.probability)} sure`}
              member={roving.member(edgeKey(edge))}
              onChoose={() => onChoose(edgeKey(edge))}
              onPoint={(on) => setPointed(on ? [edge.a, edge.b] : [])}
            />
          ))}
          {shown.map((member) => {
            const spot = at.get(member.uuid)
            return (
              spot && (
                <a
                  key={member.uuid}
                  className={now && (member.uuid === now.a || member.uuid === now.b) ? 'grp-node on' : 'grp-node'}
                  href={hrefTo(member.href)}
                  tabIndex={-1}
                  aria-label={member.label}
                  onClick={(event) => {
                    if (event.ctrlKey || event.metaKey || event.shiftKey) return
                    event.preventDefault()
                    go(hrefTo(member.href))
                  }}
                  onPointerEnter={() => setPointed([member.uuid])}
                  onPointerLeave={() => setPointed([])}
                >
                  <title>{member.label}</title>
                  <circle className="grp-reach" cx={spot.x} cy={spot.y} r={12} />
                  <circle cx={spot.x} cy={spot.y} r={shown.length > 40 ? 4 : 5.5} />
                </a>
              )
            )
          })}
          {labels.map((label) => (
            <Name
              key={label.id}
              at={label}
              member={named.get(label.id)}
              strong={pointed.includes(label.id) || label.id === now?.a || label.id === now?.b}
            />
          ))}
        </svg>
      )}
      {members.length > SHOWN && <p className="faint small grp-cut">The {SHOWN} seen last are drawn.</p>}
    </div>
  )
}

function Name({ at, member, strong }: { at: Label; member: GraphMember | undefined; strong: boolean }) {
  if (!member) return null
  return (
    <text x={at.x} y={at.y} textAnchor={at.anchor} className={`grp-name${member.mono ? ' mono' : ''}${strong ? ' on' : ''}`} aria-hidden>
      {middleCut(member.label, LETTERS)}
    </text>
  )
}

function Line({
  edge,
  from,
  to,
  on,
  name,
  member,
  onChoose,
  onPoint,
}: {
  edge: LinkEdge
  from: { x: number; y: number } | undefined
  to: { x: number; y: number } | undefined
  on: boolean
  name: string
  member: { readonly ref: (element: SVGGElement | null) => void; readonly tabIndex: number; readonly onFocus: () => void }
  onChoose: () => void
  onPoint: (on: boolean) => void
}) {
  if (!from || !to) return null
  const ends = { x1: from.x, y1: from.y, x2: to.x, y2: to.y }
  return (
    // biome-ignore lint/a11y/useSemanticElements: there is no input within a drawing
    <g
      {...member}
      className="grp-edge"
      role="radio"
      aria-checked={on}
      aria-label={name}
      onClick={onChoose}
      onPointerEnter={() => onPoint(true)}
      onPointerLeave={() => onPoint(false)}
      onKeyDown={onPress(onChoose)}
    >
      <line {...ends} className="grp-reach" />
      <line {...ends} strokeWidth={1 + 2.5 * Math.max(0, edge.probability - 0.5) * 2} />
    </g>
  )
}

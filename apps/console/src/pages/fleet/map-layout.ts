export interface Box {
  readonly width: number
  readonly height: number
}
export interface Point {
  readonly x: number
  readonly y: number
}
export interface DeckySpot extends Point {
  readonly name: string
  readonly kind: string
  /** Radians, clockwise from the right. */
  readonly angle: number
}
/** A slice of the network: the deckies of one archetype. */
export interface Slice {
  readonly kind: string
  readonly count: number
  readonly from: number
  readonly to: number
  /** Where its name stands, outside of the network's edge. */
  readonly label: Point & { readonly anchor: 'start' | 'middle' | 'end' }
}
export interface LanLayout {
  readonly centre: Point
  /** Half axes of the network's edge. */
  readonly radius: Point
  readonly slices: readonly Slice[]
  readonly deckies: readonly DeckySpot[]
  /** Radius of one decky, pixels. */
  readonly size: number
}

const FULL = 2 * Math.PI
/** Between two slices, radians. */
const AIR = 0.07
/** No slice is thinner than this, as a share of an even one. */
const LEAST = 0.45
/** Room for the names of slices beside and above the network. */
const SIDE = 104
const SIDE_NARROW = 20
const TOP = 34
/** Parts of the way from the centre to the edge between which deckies stand. */
const INNER = 0.4
const OUTER = 0.86
const LARGEST = 17
const SMALLEST = 3.5
/** From one decky to the next, in radii. */
const PITCH = 2.75

const onEllipse = ({ x, y }: Point, radius: Point, share: number, angle: number): Point => ({
  x: x + radius.x * share * Math.cos(angle),
  y: y + radius.y * share * Math.sin(angle),
})

/** How many stand on each arc of a slice, outermost first, with `size` as their radius; null where they do not fit. */
function arcsFor(
  count: number,
  sweep: number,
  mean: number,
  size: number,
): readonly { readonly share: number; readonly count: number }[] | null {
  const step = (size * PITCH) / mean
  const arcs: { share: number; count: number }[] = []
  let left = count
  for (let share = OUTER; left > 0; share -= step) {
    if (share < INNER) return null
    const room = Math.max(1, Math.floor((share * sweep) / step))
    arcs.push({ share, count: Math.min(room, left) })
    left -= room
  }
  // The innermost arcs share what is left, so that none holds a single straggler beside a full one.
  const [last, before] = [arcs.at(-1), arcs.at(-2)]
  if (last && before) {
    const both = last.count + before.count
    const inner = Math.min(last.count + Math.floor((before.count - last.count) / 2), Math.floor(both / 2))
    last.count = Math.max(last.count, inner)
    before.count = both - last.count
  }
  return arcs
}

/**
 * Where deckies stand: around the centre of their network, those of one archetype together in a slice as wide as they are many. The same
 * every time, for any number; they are drawn smaller the more there are.
 */
export function layOutLan(
  deckies: readonly { readonly name: string; readonly archetype: string }[],
  { width, height }: Box,
  narrow = false,
): LanLayout {
  const centre = { x: width / 2, y: height / 2 }
  const radius = { x: Math.max(60, width / 2 - (narrow ? SIDE_NARROW : SIDE)), y: Math.max(60, height / 2 - TOP) }
  const round = { x: Math.min(radius.x, radius.y * 1.35), y: Math.min(radius.y, radius.x * 1.35) }
  const kinds = [...Map.groupBy(deckies, ({ archetype }) => archetype)].sort(([a], [b]) => a.localeCompare(b))
  if (kinds.length === 0) return { centre, radius: round, slices: [], deckies: [], size: LARGEST }
  const air = kinds.length === 1 ? 0 : AIR
  const even = deckies.length / kinds.length
  const weights = kinds.map(([, list]) => Math.max(list.length, even * LEAST))
  const sum = weights.reduce((a, b) => a + b, 0)
  const mean = (round.x + round.y) / 2
  const sweeps = weights.map((weight) => (weight / sum) * FULL - air)

  let size = LARGEST
  while (size > SMALLEST && kinds.some(([, list], n) => arcsFor(list.length, sweeps[n] ?? 0, mean, size) === null)) size -= 0.5

  let from = -Math.PI / 2
  const slices: Slice[] = []
  const spots: DeckySpot[] = []
  for (const [n, [kind, list]] of kinds.entries()) {
    const sweep = sweeps[n] ?? 0
    const middle = from + sweep / 2
    const edge = onEllipse(centre, { x: round.x + 12, y: round.y + 12 }, 1, middle)
    const side = Math.cos(middle)
    slices.push({
      kind,
      count: list.length,
      from,
      to: from + sweep,
      label: {
        x: edge.x,
        y: edge.y + 4 + Math.sin(middle) * 6,
        anchor: narrow || Math.abs(side) < 0.3 ? 'middle' : side > 0 ? 'start' : 'end',
      },
    })
    const names = list.map(({ name }) => name).sort((a, b) => a.localeCompare(b))
    let next = 0
    for (const arc of arcsFor(list.length, sweep, mean, size) ?? [{ share: OUTER, count: list.length }]) {
      for (let i = 0; i < arc.count; i += 1, next += 1) {
        const angle = from + (sweep * (i + 0.5)) / arc.count
        const name = names[next]
        if (name !== undefined) spots.push({ name, kind, angle, ...onEllipse(centre, round, arc.share, angle) })
      }
    }
    from += sweep + air
  }
  return { centre, radius: round, slices, deckies: spots, size }
}

const LETTER = 6.7
/** Letters of the number behind the name of a slice, with the blank. */
const COUNT = 4
/** What part of a text lies left of its anchor. */
const before = { start: 0, middle: 0.5, end: 1 }
/** Of those deckies there is room for the name below, as long as `lettersOf` says; they cover neither one another nor a decky nor the name of a slice. */
export function roomForNames({ deckies, slices, size }: LanLayout, lettersOf: (name: string) => number): ReadonlySet<string> {
  const rects = [
    ...deckies.map(({ x, y }) => ({ left: x - size, right: x + size, top: y - size, bottom: y + size })),
    ...slices.map(({ kind, label: { x, y, anchor } }) => {
      const width = (kind.length + COUNT) * LETTER
      const left = x - before[anchor] * width
      return { left, right: left + width, top: y - 11, bottom: y + 3 }
    }),
  ]
  const named = new Set<string>()
  for (const { name, x, y } of deckies) {
    const half = (lettersOf(name) * LETTER) / 2 + 2
    const rect = { left: x - half, right: x + half, top: y + size + 3, bottom: y + size + 18 }
    if (rects.some((other) => rect.left < other.right && other.left < rect.right && rect.top < other.bottom && other.top < rect.bottom))
      continue
    rects.push(rect)
    named.add(name)
  }
  return named
}

/** The edge of the network along a slice, as a path. */
export function edgeOf({ centre, radius }: LanLayout, { from, to }: Slice): string {
  if (to - from >= FULL - 0.001) {
    const [a, b] = [onEllipse(centre, radius, 1, 0), onEllipse(centre, radius, 1, Math.PI)]
    return `M${a.x},${a.y} A${radius.x},${radius.y} 0 1 1 ${b.x},${b.y} A${radius.x},${radius.y} 0 1 1 ${a.x},${a.y}`
  }
  const [a, b] = [onEllipse(centre, radius, 1, from), onEllipse(centre, radius, 1, to)]
  return `M${a.x.toFixed(1)},${a.y.toFixed(1)} A${radius.x},${radius.y} 0 ${to - from > Math.PI ? 1 : 0} 1 ${b.x.toFixed(1)},${b.y.toFixed(1)}`
}

const near = (n: number) => n.toFixed(1)
/** From outside through a gate to an end. */
const curve = (from: Point, centre: Point, gate: Point, end: Point): string =>
  `M${from.x},${near(from.y)} C${near(from.x + (centre.x - from.x) * 0.3)},${near(from.y)} ${near(gate.x)},${near(gate.y)} ${near(end.x)},${near(end.y)}`

/** The line from outside to a decky: it comes in over the edge of its slice, so that lines to one place run together. */
export function wayIn({ centre, radius }: LanLayout, from: Point, to: DeckySpot): string {
  return curve(from, centre, onEllipse(centre, radius, 1.02, to.angle), to)
}

/** Lines from attackers to slices: one for each pair, as heavy as its links together. */
export function bundlesOf(
  links: readonly { readonly ip: string; readonly decky: string; readonly sessions: number }[],
  doors: ReadonlyMap<string, Point>,
  { slices, deckies, centre, radius }: LanLayout,
): readonly { readonly id: string; readonly path: string; readonly sessions: number }[] {
  const kindOf = new Map(deckies.map(({ name, kind }) => [name, kind]))
  return [...Map.groupBy(links, ({ ip, decky }) => `${ip} ${kindOf.get(decky) ?? ''}`)].flatMap(([id, list]) => {
    const [first] = list
    const from = first && doors.get(first.ip)
    const slice = first && slices.find(({ kind }) => kind === kindOf.get(first.decky))
    if (!from || !slice) return []
    const angle = (slice.from + slice.to) / 2
    const path = curve(from, centre, onEllipse(centre, radius, 1.14, angle), onEllipse(centre, radius, 1, angle))
    return [{ id, path, sessions: list.reduce((sum, { sessions }) => sum + sessions, 0) }]
  })
}

export interface Sides {
  readonly left: readonly string[]
  readonly right: readonly string[]
}

/** On which side of the network attackers stand, and in what order, so that lines are short and cross little. */
export function chooseSides(
  ips: readonly string[],
  links: readonly { readonly ip: string; readonly decky: string; readonly sessions: number }[],
  { deckies, centre }: LanLayout,
): Sides {
  const at = new Map(deckies.map((spot) => [spot.name, spot]))
  const aim = new Map(
    ips.map((ip) => {
      const own = links.flatMap((link) => {
        const spot = link.ip === ip ? at.get(link.decky) : undefined
        return spot ? [{ spot, weight: Math.log1p(link.sessions) }] : []
      })
      const sum = own.reduce((all, { weight }) => all + weight, 0) || 1
      const mean = (of: (spot: Point) => number, none: number) =>
        own.length === 0 ? none : own.reduce((all, { spot, weight }) => all + of(spot) * weight, 0) / sum
      return [ip, { x: mean(({ x }) => x, centre.x), y: mean(({ y }) => y, centre.y) }]
    }),
  )
  const aimOf = (ip: string) => aim.get(ip) ?? centre
  const byX = ips.toSorted((a, b) => aimOf(a).x - aimOf(b).x || a.localeCompare(b))
  const half = Math.ceil(ips.length / 2)
  const down = (side: readonly string[]) => side.toSorted((a, b) => aimOf(a).y - aimOf(b).y || a.localeCompare(b))
  return { left: down(byX.slice(0, half)), right: down(byX.slice(half)) }
}

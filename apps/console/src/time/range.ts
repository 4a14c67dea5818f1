/** The period that a page looks at. It lives in the URL: `?range=7d`, or `?from=…&to=…` in UTC. */
export const spans = ['15m', '1h', '24h', '7d', '30d'] as const
export type Span = (typeof spans)[number]
export type Range = { kind: 'last'; span: Span } | { kind: 'fixed'; start: number; end: number }

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const lengths: Record<Span, number> = { '15m': 15 * minute, '1h': hour, '24h': day, '7d': 7 * day, '30d': 30 * day }
export const spanLabels: Record<Span, string> = { '15m': '15 min', '1h': '1 h', '24h': '24 h', '7d': '7 d', '30d': '30 d' }
const spanWords: Record<Span, string> = {
  '15m': 'the last 15 minutes',
  '1h': 'the last hour',
  '24h': 'the last 24 hours',
  '7d': 'the last 7 days',
  '30d': 'the last 30 days',
}
export const isSpan = (text: string | null): text is Span => spans.some((span) => span === text)

/** What to look at when nobody said: all there is of a young fleet, a day of an older one. `first`: when its first event was, if ever. */
export function usualSpan(first: number | null, now: number): Span {
  const age = first === null ? 0 : now - first
  return age <= lengths['15m'] ? '15m' : age <= hour ? '1h' : '24h'
}

/** Reads the URL; whatever makes no sense is the usual period. */
export function readRange(params: URLSearchParams, usual: Span): Range {
  const start = Date.parse(params.get('from') ?? '')
  const end = Date.parse(params.get('to') ?? '')
  if (Number.isFinite(start) && Number.isFinite(end) && end > start) return { kind: 'fixed', start, end }
  const span = params.get('range')
  return { kind: 'last', span: isSpan(span) ? span : usual }
}

/** What to write into the URL; `null` takes a parameter away, and no range goes back to the usual one. */
export function rangeParams(range: Range | null): { range: string | null; from: string | null; to: string | null } {
  if (range === null) return { range: null, from: null, to: null }
  if (range.kind === 'fixed') return { range: null, from: new Date(range.start).toISOString(), to: new Date(range.end).toISOString() }
  return { range: range.span, from: null, to: null }
}

/** Start and end in milliseconds. A moving period ends at `now`. */
export function resolveRange(range: Range, now: number): { start: number; end: number } {
  return range.kind === 'fixed' ? { start: range.start, end: range.end } : { start: now - lengths[range.span], end: now }
}

export const rangeKey = (range: Range) => (range.kind === 'fixed' ? `${range.start}-${range.end}` : range.span)

const steps = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440].map((n) => n * minute)

/** The width of a bucket, so that a chart has about `wanted` bars. Below a minute: whole seconds. */
export function bucketOf(span: number, wanted = 90): number {
  const ideal = span / wanted
  if (ideal < minute) return [1, 2, 5, 10, 15, 30, 60].map((s) => s * 1000).find((ms) => ms >= ideal) ?? minute
  return steps.find((ms) => ms >= ideal) ?? day
}

/** A series whose first part begins at `first`, as one over a whole period; parts are whole numbers of `width` since 1970. */
export function overRange(
  series: readonly number[],
  first: number,
  { start, end }: { readonly start: number; readonly end: number },
  width: number,
): number[] {
  const begin = Math.floor(start / width)
  const lead = Math.floor(first / width) - begin
  return Array.from({ length: Math.floor(end / width) - begin + 1 }, (_, n) => series[n - lead] ?? 0)
}

const pad = (n: number) => String(n).padStart(2, '0')
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const dayLabel = (d: Date) => `${d.getDate()} ${months[d.getMonth()] ?? ''}`
const clock = (d: Date) => `${pad(d.getHours())}:${pad(d.getMinutes())}`

/** "the last 24 hours", "21 Nov 15:20 to 16:20". */
export function describeRange(range: Range): string {
  if (range.kind === 'last') return spanWords[range.span]
  const [a, b] = [new Date(range.start), new Date(range.end)]
  const seconds = range.end - range.start < 10 * minute
  const at = (d: Date) => (seconds ? `${clock(d)}:${pad(d.getSeconds())}` : clock(d))
  return a.toDateString() === b.toDateString()
    ? `${dayLabel(a)} ${at(a)} to ${at(b)}`
    : `${dayLabel(a)} ${at(a)} to ${dayLabel(b)} ${at(b)}`
}

const tickSteps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30]
  .map((s) => s * 1000)
  .concat(
    [1, 2, 5, 10, 15, 30].map((m) => m * minute),
    [1, 2, 3, 6, 12, 24, 48, 120, 240].map((h) => h * hour),
  )

/** Round instants (local time) for an axis, at most `most` of them, with their labels. */
export function ticksOf(start: number, end: number, most = 8): { at: number; label: string }[] {
  const step = tickSteps.find((ms) => (end - start) / ms <= most) ?? 10 * day
  const shift = new Date(start).getTimezoneOffset() * minute
  const ticks = []
  const tenths = (d: Date) => (step < 1000 ? `.${Math.round(d.getMilliseconds() / 100)}` : '')
  for (let at = Math.ceil((start - shift) / step) * step + shift; at <= end; at += step) {
    const date = new Date(at)
    const midnight = date.getHours() === 0 && date.getMinutes() === 0 && step >= 5 * minute
    const label =
      step >= day || midnight ? dayLabel(date) : step < minute ? `${clock(date)}:${pad(date.getSeconds())}${tenths(date)}` : clock(date)
    ticks.push({ at, label })
  }
  return ticks
}

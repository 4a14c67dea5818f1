import { atomsOf } from './atoms.ts'
import { commandValues, credentialValues, filesOf, hostsOf, toolsOf } from './features.ts'
import type { Observation } from './observation.ts'
import { type Profile, rankOf, type Span, sketch, type Value } from './profile.ts'
import { knownLogins, tracesOf } from './traces.ts'

/** Observations of one identity that are looked at: the first ones. */
const MOST = 256
/** Values of its kit, a fair share of each witness: whoever joins it and shows a great many drives out nothing that others of it show. */
const MOST_OF_KIT = 1_024
const LEAST_SHARE = 16

/** An identity with all that was observed of it. */
export interface LinkedIdentity {
  readonly id: string
  readonly observations: readonly Observation[]
  /** Pairs of them that an operator said are one: nobody copies another there. */
  readonly confirmed?: readonly (readonly [string, string])[]
}
type Confirmed = NonNullable<LinkedIdentity['confirmed']>

const unique = (values: readonly Value[]) => [...new Map(values.map((value) => [value.key, value])).values()]

interface Shown {
  readonly c2: readonly Value[]
  readonly kit: readonly Value[]
}
/** What a witness shows, no more of its kit than its share. */
const shownBy = (observations: readonly Observation[], share: number): Shown => ({
  c2: hostsOf(observations.flatMap(({ c2 }) => c2)),
  kit: sketch(
    [
      ...filesOf(observations.flatMap(({ payloads }) => payloads)),
      ...credentialValues({
        // What few tries show may be a stranger's, who left it for all to see: that is a hand-over.
        credentials: observations.flatMap((observation) => {
          const known = new Set(knownLogins(observation).map(({ login }) => login))
          return observation.credentials.filter((login) => !known.has(login))
        }),
        accepted: observations.flatMap(({ accepted = [] }) => accepted),
      }),
      ...commandValues(observations.flatMap(({ commands }) => commands)),
      ...observations.flatMap(({ fingerprints }) => toolsOf(fingerprints)),
    ],
    share,
  ),
})

/** Each address speaks for itself, as does whoever has none that is known: a neighbour in one network may be anybody. */
const witnessOf = ({ ip, id }: Observation): string => ip ?? id

/** Who vouches for what is seen, each with what it shows: whom an operator holds for one is one. */
function witnessesAmong(observations: readonly Observation[], confirmed: Confirmed): Observation[][] {
  const alone = [...Map.groupBy(observations, witnessOf).values()]
  const number = new Map(alone.flatMap((stays, index) => stays.map(({ id }) => [id, index] as const)))
  const one = confirmed.map(([a, b]) => [number.get(a) ?? -1, number.get(b) ?? -1] as const)
  const atoms = atomsOf(
    alone.length,
    one.filter(([a, b]) => a >= 0 && b >= 0),
    [],
  )
  return atoms.map((atom) => atom.flatMap((index) => alone[index] ?? []))
}

/**
 * By key, which of several witnesses show a value that not all of them show; undefined of one. What was left on a decky is borne by those who left it: whoever
 * uses it as well does not hand it over.
 */
function bearersOf(
  witnesses: readonly (readonly Observation[])[],
  shown: readonly Shown[],
): ReadonlyMap<string, readonly number[]> | undefined {
  if (witnesses.length < 2) return undefined
  const bearers = new Map<string, number[]>()
  const leavers = new Map<string, number[]>()
  for (const [index, stays] of witnesses.entries()) {
    const { c2 = [], kit = [] } = shown[index] ?? {}
    const traces = tracesOf(stays)
    for (const key of new Set([...c2, ...kit, ...traces.map(({ value }) => value)].map((value) => value.key)))
      bearers.set(key, [...(bearers.get(key) ?? []), index])
    for (const { value, left } of traces) if (left !== null) leavers.set(value.key, [...(leavers.get(value.key) ?? []), index])
  }
  return new Map([...bearers, ...leavers].filter(([, by]) => by.length < witnesses.length))
}

/** From the first to the last that is known of them; null where no time is. */
function spanOf(observations: readonly Observation[]): Span | null {
  const times = observations.flatMap(({ firstSeen, lastSeen }) => [firstSeen, lastSeen]).filter((ts) => ts !== null)
  return times.length === 0 ? null : [Math.min(...times), Math.max(...times)]
}

/** What is left of it without any one of several witnesses, where that is less than all. */
function spansWithout(witnesses: readonly (readonly Observation[])[]): Span[] {
  const spans = witnesses.flatMap((stays) => [spanOf(stays) ?? []]).filter((span): span is Span => span.length > 0)
  if (spans.length < 2) return []
  const outermost = new Set([minimum(spans, ([start]) => start), minimum(spans, ([, end]) => -end)])
  return [...outermost].map((one) => {
    const rest = spans.filter((span) => span !== one)
    return [Math.min(...rest.map(([start]) => start)), Math.max(...rest.map(([, end]) => end))]
  })
}
const minimum = (spans: readonly Span[], of: (span: Span) => number) => spans.reduce((least, span) => (of(span) < of(least) ? span : least))

/** What an identity can be compared by with others of its campaign: everything that its observations show, together. */
export function campaignFeaturesOf({ id, observations, confirmed = [] }: LinkedIdentity): Profile {
  const chosen = observations.toSorted((a, b) => (a.firstSeen ?? 0) - (b.firstSeen ?? 0) || (a.id < b.id ? -1 : 1)).slice(0, MOST)
  const traces = tracesOf(chosen)
  const witnesses = witnessesAmong(chosen, confirmed)
  const shown = witnesses.map((stays) => shownBy(stays, Math.max(LEAST_SHARE, Math.floor(MOST_OF_KIT / witnesses.length))))
  const bearers = bearersOf(witnesses, shown)
  const spans = spansWithout(witnesses)
  const [start, end] = spanOf(chosen) ?? [null, null]
  const [first] = chosen
  return {
    id,
    // What an identity is called depends on the order in which its attackers came together.
    ...(first && { rank: rankOf(first.firstSeen ?? first.lastSeen, first.id) }),
    start,
    end,
    ...(spans.length > 0 && { spans }),
    values: {
      c2: unique(shown.flatMap(({ c2 }) => c2)),
      kit: unique(shown.flatMap(({ kit }) => kit)),
      traces: traces.map(({ value }) => value),
    },
    ...(bearers && { bearers }),
    traces: new Map(traces.map((trace) => [trace.value.key, trace])),
  }
}

import { atomsOf } from './atoms.ts'
import { commandValues, credentialValues, filesOf, hostsOf, toolsOf } from './features.ts'
import type { Observation } from './observation.ts'
import { type Profile, rankOf, type Value } from './profile.ts'
import { knownLogins, tracesOf } from './traces.ts'

/** Observations of one identity that are looked at: the first ones. */
const MOST = 256

/** An identity with all that was observed of it. */
export interface LinkedIdentity {
  readonly id: string
  readonly observations: readonly Observation[]
  /** Pairs of them that an operator said are one: nobody copies another there. */
  readonly confirmed?: readonly (readonly [string, string])[]
}
type Confirmed = NonNullable<LinkedIdentity['confirmed']>

const unique = (values: readonly Value[]) => [...new Map(values.map((value) => [value.key, value])).values()]

const shownBy = (observations: readonly Observation[]) => ({
  c2: hostsOf(observations.flatMap(({ c2 }) => c2)),
  kit: [
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
    ...unique(observations.flatMap(({ fingerprints }) => toolsOf(fingerprints))),
  ],
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
function bearersOf(observations: readonly Observation[], confirmed: Confirmed): ReadonlyMap<string, readonly number[]> | undefined {
  const witnesses = witnessesAmong(observations, confirmed)
  if (witnesses.length < 2) return undefined
  const bearers = new Map<string, number[]>()
  const leavers = new Map<string, number[]>()
  for (const [index, stays] of witnesses.entries()) {
    const { c2, kit } = shownBy(stays)
    const traces = tracesOf(stays)
    for (const key of new Set([...c2, ...kit, ...traces.map(({ value }) => value)].map((value) => value.key)))
      bearers.set(key, [...(bearers.get(key) ?? []), index])
    for (const { value, left } of traces) if (left !== null) leavers.set(value.key, [...(leavers.get(value.key) ?? []), index])
  }
  return new Map([...bearers, ...leavers].filter(([, by]) => by.length < witnesses.length))
}

/** What an identity can be compared by with others of its campaign: everything that its observations show, together. */
export function campaignFeaturesOf({ id, observations, confirmed = [] }: LinkedIdentity): Profile {
  const chosen = observations.toSorted((a, b) => (a.firstSeen ?? 0) - (b.firstSeen ?? 0) || (a.id < b.id ? -1 : 1)).slice(0, MOST)
  const times = chosen.flatMap(({ firstSeen, lastSeen }) => [firstSeen, lastSeen]).filter((ts) => ts !== null)
  const traces = tracesOf(chosen)
  const bearers = bearersOf(chosen, confirmed)
  const [first] = chosen
  return {
    id,
    // What an identity is called depends on the order in which its attackers came together.
    ...(first && { rank: rankOf(first.firstSeen ?? first.lastSeen, first.id) }),
    start: times.length === 0 ? null : Math.min(...times),
    end: times.length === 0 ? null : Math.max(...times),
    values: {
      ...shownBy(chosen),
      traces: traces.map(({ value }) => value),
    },
    ...(bearers && { bearers }),
    traces: new Map(traces.map((trace) => [trace.value.key, trace])),
  }
}

import { apart, later } from '../time-words.ts'
import { sharedOf } from './comparison.ts'
import type { Extra } from './extra.ts'
import { inFavour, type Model, type Weight } from './model.ts'
import type { Profile, Span } from './profile.ts'

/** Two identities work for one campaign: shared means and hand-overs speak for it, other tools and habits hardly against it. */
export const campaignModel: Model = {
  families: [
    { name: 'c2', m: 0.65, most: 8, least: -0.4, sporadic: true, owned: true },
    // One family: the same program brings the same files, lists, commands and handshake to whoever runs it.
    { name: 'kit', m: 0.65, most: 8, least: -0.3, sporadic: true },
  ],
  silent: ['traces'],
  extras: ['hand-over', 'secret', 'time', 'keystrokes'],
  unforged: [],
  unbridged: Number.POSITIVE_INFINITY,
  acquainted: 2,
  idle: [],
  relatives: 24,
  strangers: 128,
  kit: 80,
  chances: 0.6,
  company: 0,
  lone: 0.5,
}
const TRACES = campaignModel.families.length
const [SECRET, TIME, KEYSTROKES] = [TRACES + 1, TRACES + 2, TRACES + 3]
const NOTHING = new Uint32Array()
const HANDED_OVER = 0.4
const DAY = 86_400_000
/** Days within which a hand-over is one. */
const SOON = 7
/** A typist's likeness, whoever measured it, is worth this much at most. */
const MOST_KEYSTROKES = 2.5
/** Another hand is no objection: a campaign has several. */
const LEAST_KEYSTROKES = -0.3

const spansOf = ({ start, end, spans = [] }: Profile): readonly Span[] => (start === null || end === null ? [] : [[start, end], ...spans])

/** Milliseconds between two, whichever one bearer of either is left out: nobody brings them together by coming when the other is there. */
function gapOf(a: Profile, b: Profile): number | null {
  const gaps = spansOf(a).flatMap(([s, e], without) =>
    spansOf(b).flatMap(([t, f], left) => (without > 0 && left > 0 ? [] : Math.max(0, t - e, s - f))),
  )
  return gaps.length === 0 ? null : Math.max(...gaps)
}

/** Log-odds that the same hand types in two identities; undefined where that was not measured. */
export type Keystrokes = (a: string, b: string) => number | undefined

export function campaignExtra(keystrokes: Keystrokes = () => undefined): Extra {
  return {
    weigh(a, b, { statistics, prior }, into, said) {
      into.fill(Number.NaN, TRACES)
      const [mine, theirs] = [a.profile.traces, b.profile.traces]
      let best = 0
      let handedOver: Weight | null = null
      for (const value of sharedOf(a.values[TRACES] ?? NOTHING, b.values[TRACES] ?? NOTHING)) {
        const key = statistics.key(value)
        const [one, other] = [mine?.get(key), theirs?.get(key)]
        if (!one || !other) continue
        // Who logs in with a password that was just set, and that nobody comes upon, knows it from whoever set it; a path can be found. So may the
        // password be, where it was shown: it is enough for a pair, and vouches for nobody else.
        const secret = one.told || other.told
        // Who used a secret before it was left knows it from elsewhere.
        const gaps = [[one.left, other.since, other.used] as const, [other.left, one.since, one.used] as const].map(
          ([left, since, used]) => (left === null || since === null || used === null || (secret && since < left) ? -1 : used - left),
        )
        const gap = Math.min(...gaps.filter((ms) => ms >= 0))
        if (gap > SOON * DAY) continue
        const holders = statistics.holders(value)
        const bound = secret ? Number.POSITIVE_INFINITY : -prior - 1
        const weight = Math.min(bound, inFavour(HANDED_OVER, holders, statistics.population, 0, campaignModel.kit))
        if (weight <= best) continue
        best = weight
        into[TRACES] = secret ? Number.NaN : weight
        into[SECRET] = secret ? weight : Number.NaN
        const why = `left by one, used by the other ${later(gap)}; known to ${holders}`
        if (said) handedOver = { family: secret ? 'secret' : 'hand-over', values: [statistics.text(value)], weight, why }
      }
      if (handedOver) said?.push(handedOver)
      const gap = gapOf(a.profile, b.profile)
      if (gap !== null) {
        const days = gap / DAY
        const weight = Math.max(-1, Math.min(0.3, 0.3 - days / 20))
        into[TIME] = weight
        said?.push({ family: 'time', values: [], weight, why: days === 0 ? 'active at the same time' : apart(days * DAY) })
      }
      const likeness = keystrokes(a.profile.id, b.profile.id)
      if (likeness === undefined || Number.isNaN(likeness)) return
      const weight = Math.max(LEAST_KEYSTROKES, Math.min(MOST_KEYSTROKES, likeness))
      into[KEYSTROKES] = weight
      said?.push({ family: 'keystrokes', values: [], weight, why: weight > 0 ? 'typed alike' : 'typed differently' })
    },
  }
}

import { sumOf } from './weighing.ts'

/** What a family is to those who may be strangers. */
export interface Standing {
  /** Nobody can copy it: each of the two vouches for the other. */
  readonly sure: boolean
  /** The first of two trusted the second with something (`to`), or the second the first (`from`): who trusts vouches for whom is trusted, not the reverse. */
  readonly trusts: 'to' | 'from' | null
  /** It can speak against two, and acquaints nobody. */
  readonly idle: boolean
}

export interface Acquaintance {
  /** Less than `least` log-odds of evidence speak for the two, or for any two for whom they vouch. */
  strangers(a: number, b: number): boolean
  /** Both vouch for somebody: one for the other, or both for a third. */
  related(a: number, b: number): boolean
}

/**
 * Who of numbers 0 to size−1 knows whom. Whoever leaves a secret where strangers come upon it is trusted by none of them: only they use it, and he uses
 * nothing of theirs.
 */
export function acquaintanceAmong(
  size: number,
  least: number,
  weights: (a: number, b: number) => Float64Array,
  standing: readonly Standing[],
): Acquaintance {
  const pairs = Array.from({ length: size }, (_, a) => Array.from({ length: size - a - 1 }, (_, more) => [a, a + 1 + more] as const)).flat()
  const trusted = Array.from({ length: size }, (_, member) => new Set([member]))
  const known = new Uint8Array(size * size)
  const shared = (found: Float64Array) => sumOf(found.map((weight, family) => (standing[family]?.idle ? Math.min(0, weight) : weight)))
  for (const [a, b] of pairs) {
    const found = weights(a, b)
    if (shared(found) >= least) known[a * size + b] = known[b * size + a] = 1
    for (const [family, weight] of found.entries()) {
      if (!(weight > 0)) continue
      const { sure = false, trusts = null } = standing[family] ?? {}
      if (sure || trusts === 'to') trusted[a]?.add(b)
      if (sure || trusts === 'from') trusted[b]?.add(a)
    }
  }
  const vouched = trusted.map((first) => {
    const all = new Set(first)
    for (const member of all) for (const next of trusted[member] ?? []) all.add(next)
    return all
  })
  const of = (member: number) => vouched[member] ?? NOBODY
  /** Asked again and again; each pair is answered once. */
  const once = (answer: (a: number, b: number) => boolean) => {
    const answers = new Int8Array(size * size)
    return (a: number, b: number) => {
      if (answers[a * size + b] === 0) answers[a * size + b] = answers[b * size + a] = answer(a, b) ? 1 : -1
      return answers[a * size + b] === 1
    }
  }
  const related = once((a, b) => !of(a).isDisjointFrom(of(b)))
  const acquainted = (a: number, b: number) => [...of(a)].some((one) => [...of(b)].some((other) => known[one * size + other] === 1))
  return { related, strangers: once((a, b) => !related(a, b) && !acquainted(a, b)) }
}
const NOBODY: ReadonlySet<number> = new Set()

import { atomsOf } from './atoms.ts'
import { sumOf } from './weighing.ts'

/** What a family is to those who may be strangers: `sure`, nobody can copy it; `idle`, it can speak against two, and acquaints nobody. */
export interface Standing {
  readonly sure: boolean
  readonly idle: boolean
}

/**
 * Of numbers 0 to size−1, which two share less than `least` log-odds of evidence by themselves. Those who are linked by a sure family are one here: what
 * one of them shares, all do.
 */
export function strangersAmong(
  size: number,
  least: number,
  weights: (a: number, b: number) => Float64Array,
  standing: readonly Standing[],
): (a: number, b: number) => boolean {
  const pairs = Array.from({ length: size }, (_, a) => Array.from({ length: size - a - 1 }, (_, more) => [a, a + 1 + more] as const)).flat()
  const linked = pairs.filter(([a, b]) => weights(a, b).some((weight, family) => standing[family]?.sure && weight > 0))
  const homes = new Uint32Array(size)
  for (const [home, members] of atomsOf(size, linked, []).entries()) for (const member of members) homes[member] = home
  const known = new Uint8Array(size * size)
  const place = (a: number, b: number) => (homes[a] ?? 0) * size + (homes[b] ?? 0)
  const shared = (a: number, b: number) =>
    sumOf(weights(a, b).map((weight, family) => (standing[family]?.idle ? Math.min(0, weight) : weight)))
  for (const [a, b] of pairs) if (shared(a, b) >= least) known[place(a, b)] = known[place(b, a)] = 1
  return (a, b) => homes[a] !== homes[b] && known[place(a, b)] === 0
}

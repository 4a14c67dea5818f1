import { sumOf } from './weighing.ts'

/** Which two of them share less than `least` log-odds of evidence by themselves. What one of a hand shares, all of it do. By number, `hands` tells whose it is. */
export function strangersAmong(
  hands: Uint32Array,
  least: number,
  weights: (a: number, b: number) => Float64Array,
): (a: number, b: number) => boolean {
  const size = hands.length
  const known = new Uint8Array(size * size)
  const place = (a: number, b: number) => (hands[a] ?? 0) * size + (hands[b] ?? 0)
  for (let a = 0; a < size; a += 1)
    for (let b = a + 1; b < size; b += 1) if (sumOf(weights(a, b)) >= least) known[place(a, b)] = known[place(b, a)] = 1
  return (a, b) => hands[a] !== hands[b] && known[place(a, b)] === 0
}

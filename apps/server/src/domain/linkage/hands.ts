import { atomsOf } from './atoms.ts'

/** Of numbers 0 to size−1, whose each is: those who are linked by what nobody can copy are of one hand. */
export function handsAmong(size: number, surely: (a: number, b: number) => boolean): Uint32Array {
  const pairs: (readonly [number, number])[] = []
  for (let a = 0; a < size; a += 1) for (let b = a + 1; b < size; b += 1) if (surely(a, b)) pairs.push([a, b])
  const hands = new Uint32Array(size)
  for (const [hand, members] of atomsOf(size, pairs, []).entries()) for (const member of members) hands[member] = hand
  return hands
}

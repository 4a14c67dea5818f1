/** Numbers that look random and are the same each time. */
export interface Dice {
  next(): number
  int(below: number): number
  pick<T>(list: readonly T[]): T
  hex(length: number): string
  uuid(): string
}

export function diceOf(seed: number): Dice {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
  const int = (below: number) => Math.floor(next() * below)
  const hex = (length: number) => Array.from({ length }, () => int(16).toString(16)).join('')
  return {
    next,
    int,
    hex,
    pick: (list) => list[int(list.length)] as (typeof list)[number],
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`,
  }
}

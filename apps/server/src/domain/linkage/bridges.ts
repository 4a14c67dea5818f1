/** How numbers 0 to size−1 hang together. */
export interface Bridges {
  /**
   * Whether two groups are held together by one hand alone, its own or another's: without all that is this hand's, nobody of the one is linked to anybody
   * of the other, be it through others. It may have copied both.
   */
  between(left: readonly number[], right: readonly number[]): boolean
  /** Whether two are linked to each other, and a third hand to both of them. */
  vouched(a: number, b: number): boolean
}

const GONE = -1
const BITS = 32

/** By number, `hands` tells whose each is. */
export function bridgesAmong(hands: Uint32Array, linked: (a: number, b: number) => boolean): Bridges {
  const size = hands.length
  const words = Math.ceil(size / BITS)
  // Sets of numbers, a bit for each: who is linked to whom, and who is of one's own hand.
  const links = new Uint32Array(size * words)
  const own = new Uint32Array(size * words)
  const put = (sets: Uint32Array, a: number, b: number) => {
    const at = a * words + (b >>> 5)
    sets[at] = (sets[at] as number) | (1 << (b & 31))
  }
  for (let a = 0; a < size; a += 1)
    for (let b = a; b < size; b += 1) {
      if (hands[a] === hands[b]) {
        put(own, a, b)
        put(own, b, a)
      }
      if (a === b || !linked(a, b)) continue
      put(links, a, b)
      put(links, b, a)
    }

  /** Of those linked to each other without the hand of one, which part each number is in; null where all that is left holds together. */
  function partsWithout(one: number): Int32Array | null {
    const parts = new Int32Array(size).fill(GONE)
    const left = new Uint32Array(words).map((_, word) => ~(own[one * words + word] as number))
    let count = 0
    for (let start = 0; start < size; start += 1) {
      if (hands[start] === hands[one] || parts[start] !== GONE) continue
      const found = [start]
      parts[start] = count
      for (const each of found)
        for (let word = 0; word < words; word += 1) {
          const at = each * words + word
          for (let more = (links[at] as number) & (left[word] as number); more !== 0; more &= more - 1) {
            const other = word * BITS + 31 - Math.clz32(more & -more)
            if (parts[other] !== GONE) continue
            parts[other] = count
            found.push(other)
          }
        }
      count += 1
    }
    return count > 1 ? parts : null
  }

  const partings = [...new Set(hands)].flatMap((hand) => partsWithout(hands.indexOf(hand)) ?? [])
  return {
    between: (left, right) =>
      partings.some((parts) => {
        const [here, there] = [left, right].map((side) => side.flatMap((one) => (parts[one] === GONE ? [] : (parts[one] ?? []))))
        return (
          here !== undefined && here.length > 0 && there !== undefined && there.length > 0 && !here.some((part) => there.includes(part))
        )
      }),
    vouched(a, b) {
      if ((((links[a * words + (b >>> 5)] as number) >>> (b & 31)) & 1) === 0) return false
      for (let word = 0; word < words; word += 1) {
        const [mine, theirs] = [a * words + word, b * words + word]
        const both = (links[mine] as number) & (links[theirs] as number)
        if ((both & ~(own[mine] as number) & ~(own[theirs] as number)) !== 0) return true
      }
      return false
    },
  }
}

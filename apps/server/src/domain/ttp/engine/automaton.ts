/**
 * Aho, Corasick (1975): finds all of many literals in one pass. Here as a table of every move, over classes of characters: those that
 * stand in no literal are one class.
 */
export interface Automaton {
  /** Moves on by one text; `found` is told the owners of each literal that ends in it. Answers the state to go on with. */
  scan(text: string, state: number, found: (owners: readonly number[]) => void): number
}

const UNITS = 65_536

/** `owners` by literal: numbers that the caller gives a meaning. */
export function buildAutomaton(owners: ReadonlyMap<string, readonly number[]>): Automaton {
  const classOf = new Uint16Array(UNITS)
  let classes = 1
  for (const literal of owners.keys())
    for (let at = 0; at < literal.length; at++) {
      const unit = literal.charCodeAt(at)
      if (classOf[unit] === 0) classOf[unit] = classes++
    }
  const trie: Map<number, number>[] = [new Map()]
  const ends: (readonly number[])[] = [[]]
  for (const [literal, numbers] of owners) {
    let state = 0
    for (let at = 0; at < literal.length; at++) {
      const step = classOf[literal.charCodeAt(at)] ?? 0
      let next = trie[state]?.get(step)
      if (next === undefined) {
        next = trie.push(new Map()) - 1
        ends.push([])
        trie[state]?.set(step, next)
      }
      state = next
    }
    ends[state] = [...(ends[state] ?? []), ...numbers]
  }
  const moves = new Int32Array(trie.length * classes)
  const fallback = new Int32Array(trie.length)
  const queue = [0]
  for (const state of queue) {
    const behind = (fallback[state] ?? 0) * classes
    moves.copyWithin(state * classes, behind, behind + classes)
    for (const [step, child] of trie[state] ?? []) {
      const otherwise = moves[state * classes + step] ?? 0
      moves[state * classes + step] = child
      fallback[child] = otherwise
      const inherited = ends[otherwise] ?? []
      if (inherited.length > 0) ends[child] = [...new Set([...(ends[child] ?? []), ...inherited])]
      queue.push(child)
    }
  }
  const ending = Uint8Array.from(ends, (numbers) => (numbers.length > 0 ? 1 : 0))
  return {
    scan(text, from, found) {
      let state = from
      for (let at = 0; at < text.length; at++) {
        state = moves[state * classes + (classOf[text.charCodeAt(at)] ?? 0)] ?? 0
        if (ending[state] === 1) found(ends[state] ?? [])
      }
      return state
    },
  }
}

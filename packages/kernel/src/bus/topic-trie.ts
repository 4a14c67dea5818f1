interface Node<Value> {
  readonly children: Map<string, Node<Value>>
  readonly here: Set<Value>
  /** Values under `>` at this depth. */
  readonly below: Set<Value>
}
const newNode = <Value>(): Node<Value> => ({ children: new Map(), here: new Set(), below: new Set() })

/** Patterns with values, found by topic in steps that grow with the topic's depth, not with the number of patterns. */
export class TopicTrie<Value> {
  readonly #root = newNode<Value>()

  add(pattern: string, value: Value): void {
    const tokens = pattern.split('.')
    const tail = tokens.at(-1) === '>'
    if (tail) tokens.pop()
    let node = this.#root
    for (const token of tokens) {
      const next = node.children.get(token) ?? newNode<Value>()
      node.children.set(token, next)
      node = next
    }
    ;(tail ? node.below : node.here).add(value)
  }

  /** Forgets one value under one pattern and the branches that this leaves empty. */
  remove(pattern: string, value: Value): void {
    const tokens = pattern.split('.')
    const tail = tokens.at(-1) === '>'
    if (tail) tokens.pop()
    const path = [this.#root]
    for (const token of tokens) {
      const next = path.at(-1)?.children.get(token)
      if (!next) return
      path.push(next)
    }
    const last = path.at(-1)
    ;(tail ? last?.below : last?.here)?.delete(value)
    for (let depth = tokens.length; depth > 0; depth--) {
      const node = path[depth]
      if (!node || node.children.size + node.here.size + node.below.size > 0) return
      path[depth - 1]?.children.delete(tokens[depth - 1] ?? '')
    }
  }

  /** The values whose patterns match, each once. */
  match(topic: string): Set<Value> {
    const found = new Set<Value>()
    const tokens = topic.split('.')
    // breadth first: a level's nodes are distinct, so no subtree is walked twice
    let level = [this.#root]
    for (const token of tokens) {
      const next: Node<Value>[] = []
      for (const node of level) {
        for (const value of node.below) found.add(value)
        const literal = node.children.get(token)
        if (literal && token !== '*') next.push(literal)
        const wild = token === '' ? undefined : node.children.get('*')
        if (wild) next.push(wild)
      }
      level = next
      if (level.length === 0) return found
    }
    for (const node of level) for (const value of node.here) found.add(value)
    return found
  }

  /** Nodes in use, the root included. */
  get size(): number {
    const count = (node: Node<Value>): number => [...node.children.values()].reduce((sum, child) => sum + count(child), 1)
    return count(this.#root)
  }
}

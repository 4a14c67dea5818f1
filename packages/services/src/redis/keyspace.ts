export type Value =
  | { readonly type: 'string'; bytes: Buffer }
  | { readonly type: 'list'; readonly items: Buffer[] }
  | { readonly type: 'hash'; readonly fields: Map<string, Buffer> }
  | { readonly type: 'set'; readonly members: Set<string> }
  | { readonly type: 'zset'; readonly scores: Map<string, number> }
export type ValueType = Value['type']

export interface Entry {
  value: Value
  /** Epoch milliseconds; null = stays. */
  expiresAt: number | null
}

/** A command met a key of another type. */
export class WrongTypeError extends Error {
  override readonly name = 'WrongTypeError'
}
/** The keyspace is full. */
export class MemoryError extends Error {
  override readonly name = 'MemoryError'
}

const OVERHEAD = 64

function sizeOf(value: Value): number {
  switch (value.type) {
    case 'string':
      return value.bytes.length
    case 'list':
      return value.items.reduce((sum, item) => sum + item.length + 16, 0)
    case 'hash':
      return [...value.fields].reduce((sum, [name, bytes]) => sum + name.length + bytes.length + 32, 0)
    case 'set':
      return [...value.members].reduce((sum, member) => sum + member.length + 32, 0)
    case 'zset':
      return [...value.scores.keys()].reduce((sum, member) => sum + member.length + 40, 0)
  }
}

/** Sixteen databases of one decky, bounded in bytes and keys. Keys and members are latin1 strings: one character, one byte. */
export class Keyspace {
  #databases: Map<string, Entry>[] = Array.from({ length: 16 }, () => new Map())
  readonly #limit: number
  readonly now: () => number
  #sizes = new WeakMap<Entry, number>()
  #used = 0
  changes = 0

  constructor(now: () => number, limitBytes: number) {
    this.now = now
    this.#limit = limitBytes
  }

  /** Bytes of what it holds, as far as it counts. */
  get used(): number {
    return this.#used
  }

  database(index: number): Map<string, Entry> {
    return this.#databases[index] ?? new Map()
  }

  swap(a: number, b: number): void {
    const [one, two] = [this.database(a), this.database(b)]
    this.#databases[a] = two
    this.#databases[b] = one
  }

  /** The live entry, expired ones removed. */
  find(database: number, key: string): Entry | undefined {
    const entry = this.database(database).get(key)
    if (entry?.expiresAt != null && entry.expiresAt <= this.now()) {
      this.remove(database, key)
      return undefined
    }
    return entry
  }

  /** @throws {WrongTypeError} */
  typed<T extends ValueType>(database: number, key: string, type: T): Extract<Value, { type: T }> | undefined {
    const entry = this.find(database, key)
    if (entry === undefined) return undefined
    if (entry.value.type !== type) throw new WrongTypeError()
    return entry.value as Extract<Value, { type: T }>
  }

  /** Puts a value in place of what was there. @throws {MemoryError} */
  put(database: number, key: string, value: Value, expiresAt: number | null = null): void {
    this.remove(database, key)
    const entry: Entry = { value, expiresAt }
    this.#admit(sizeOf(value) + key.length + OVERHEAD)
    this.database(database).set(key, entry)
    this.#count(entry, key)
    this.changes++
  }

  /** The value of that type, made when absent, for changing in place; call {@link changed} afterwards and ask {@link admit} before. @throws {WrongTypeError} */
  open<T extends ValueType>(database: number, key: string, fresh: () => Extract<Value, { type: T }>, type: T): Extract<Value, { type: T }> {
    const found = this.typed(database, key, type)
    if (found) return found
    const made = fresh()
    this.put(database, key, made)
    return made
  }

  /** Counts a change in place, `delta` bytes more or less; an emptied collection goes. */
  changed(database: number, key: string, delta = 0): void {
    const entry = this.database(database).get(key)
    if (entry === undefined) return
    const { value } = entry
    const empty =
      (value.type === 'list' && value.items.length === 0) ||
      (value.type === 'hash' && value.fields.size === 0) ||
      (value.type === 'set' && value.members.size === 0) ||
      (value.type === 'zset' && value.scores.size === 0)
    if (empty) this.remove(database, key)
    else {
      this.#used += delta
      this.#sizes.set(entry, (this.#sizes.get(entry) ?? 0) + delta)
    }
    this.changes++
  }

  /** @throws {MemoryError} when that many bytes more do not fit. */
  admit(bytes: number): void {
    this.#admit(bytes)
  }

  remove(database: number, key: string): boolean {
    const entry = this.database(database).get(key)
    if (entry === undefined) return false
    this.#used -= this.#sizes.get(entry) ?? 0
    this.database(database).delete(key)
    this.changes++
    return true
  }

  clear(database?: number): void {
    for (const [index, each] of this.#databases.entries()) {
      if (database !== undefined && index !== database) continue
      for (const entry of each.values()) this.#used -= this.#sizes.get(entry) ?? 0
      this.changes += each.size
      each.clear()
    }
  }

  /** Live keys in the order in which they came. */
  keys(database: number): string[] {
    return [...this.database(database).keys()].filter((key) => this.find(database, key) !== undefined)
  }

  #admit(bytes: number): void {
    if (this.#used + bytes > this.#limit) throw new MemoryError()
  }
  #count(entry: Entry, key: string): void {
    const size = sizeOf(entry.value) + key.length + OVERHEAD
    this.#used += size - (this.#sizes.get(entry) ?? 0)
    this.#sizes.set(entry, size)
  }
}

/** Redis' glob: `*`, `?`, `[a-c]`, `[^a]`, backslash; linear in the text for each star, over latin1 strings. */
export function globMatch(pattern: string, text: string): boolean {
  let p = 0
  let t = 0
  let starP = -1
  let starT = 0
  const step = (): boolean => {
    const char = pattern.charAt(p)
    if (p >= pattern.length || t >= text.length) return false
    if (char === '?') {
      p++
      return true
    }
    if (char === '[') {
      const end = pattern.indexOf(']', p + 2)
      if (end > 0) {
        const inside = pattern.slice(p + 1, end)
        const negated = inside.startsWith('^')
        const hit = inClass(negated ? inside.slice(1) : inside, text.charAt(t))
        p = end + 1
        return hit !== negated
      }
    }
    if (char === '\\' && p + 1 < pattern.length) p++
    if (pattern.charAt(p) !== text.charAt(t)) return false
    p++
    return true
  }
  while (t < text.length) {
    if (pattern.charAt(p) === '*') {
      starP = ++p
      starT = t
      continue
    }
    const before = p
    if (step()) t++
    else if (starP >= 0) {
      p = starP
      t = ++starT
    } else {
      p = before
      return false
    }
  }
  while (pattern.charAt(p) === '*') p++
  return p >= pattern.length
}

function inClass(set: string, char: string): boolean {
  for (let i = 0; i < set.length; i++) {
    const low = set.charAt(i)
    if (set.charAt(i + 1) === '-' && i + 2 < set.length) {
      const high = set.charAt(i + 2)
      if (char >= low && char <= high) return true
      i += 2
    } else if (low === char) return true
  }
  return false
}

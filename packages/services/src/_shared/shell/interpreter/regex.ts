import { characterClass, parseSet } from './pattern.ts'

export interface Match {
  readonly start: number
  readonly end: number
  /** Whole match first. */
  readonly groups: readonly (string | undefined)[]
}
export interface Regex {
  /** First match at or after `from`. */
  exec(text: string, from: number, budget?: Budget): Match | null
}
/** Steps that several searches share; a search that finds none left does not match. */
export interface Budget {
  left: number
}
export interface RegexOptions {
  readonly extended: boolean
  readonly ignoreCase?: boolean
}

type Node =
  | { readonly kind: 'char'; readonly has: (char: string) => boolean; readonly only?: string }
  | { readonly kind: 'start' | 'end' | 'word' | 'inside' | 'wordStart' | 'wordEnd' }
  | { readonly kind: 'group'; readonly index: number; readonly inner: Node }
  | { readonly kind: 'back'; readonly index: number }
  | { readonly kind: 'sequence'; readonly items: readonly Node[] }
  | { readonly kind: 'choice'; readonly options: readonly Node[] }
  | { readonly kind: 'repeat'; readonly inner: Node; readonly low: number; readonly high: number }

/** Steps that searches of one line may share. */
export const LINE_BUDGET = 2_000_000
/** Steps that one search may take: hostile patterns fail to match instead of holding the process. */
const STEPS_MAX = 200_000
const DEPTH_MAX = 60
const SEQUENCE_DEPTH_MAX = 3000

/** Compiles a POSIX basic or extended expression (with GNU's `\+ \? \| \w \s \b`). A problem carries the library's words. */
export function compileRegex(source: string, options: RegexOptions): Regex | { readonly problem: string } {
  try {
    const parser = new RegexParser(source, options)
    const node = parser.parse()
    return { exec: (text, from, budget) => search(node, text, from, parser.groups, budget) }
  } catch (error) {
    if (error instanceof RegexProblem) return { problem: error.message }
    throw error
  }
}
class RegexProblem extends Error {
  override readonly name = 'RegexProblem'
}

const isWord = (char: string | undefined): boolean => char !== undefined && /\w/.test(char)

class RegexParser {
  groups = 0
  readonly #source: string
  readonly #extended: boolean
  readonly #fold: boolean
  #at = 0
  #depth = 0
  constructor(source: string, options: RegexOptions) {
    this.#source = source
    this.#extended = options.extended
    this.#fold = options.ignoreCase === true
  }
  parse(): Node {
    const node = this.#choice()
    if (this.#at < this.#source.length) throw new RegexProblem('Unmatched ) or \\)')
    return node
  }
  #special(char: string): boolean {
    return this.#source.startsWith(this.#extended ? char : `\\${char}`, this.#at)
  }
  #take(char: string): boolean {
    if (!this.#special(char)) return false
    this.#at += this.#extended ? 1 : 2
    return true
  }
  #choice(): Node {
    if (++this.#depth > DEPTH_MAX) throw new RegexProblem('Regular expression too big')
    const options = [this.#sequence()]
    while (this.#take('|')) options.push(this.#sequence())
    this.#depth--
    const only = options[0]
    return options.length === 1 && only !== undefined ? only : { kind: 'choice', options }
  }
  #sequence(): Node {
    const items: Node[] = []
    while (this.#at < this.#source.length && !this.#special('|')) {
      if (this.#special(')') && (this.#depth > 1 || !this.#extended)) break
      const starred = !this.#extended && items.length === 0 && this.#source[this.#at] === '*'
      const atom = starred ? this.#literal('*') : this.#atom(items.length === 0)
      items.push(this.#repeated(atom))
    }
    return { kind: 'sequence', items }
  }
  #literal(char: string): Node {
    this.#at += 1
    return this.#char(char)
  }
  #char(char: string): Node {
    if (!this.#fold) return { kind: 'char', has: (one) => one === char, only: char }
    const lower = char.toLowerCase()
    return { kind: 'char', has: (one) => one.toLowerCase() === lower }
  }
  #repeated(atom: Node): Node {
    let node = atom
    for (let i = 0; i < 4; i++) {
      let range: readonly [number, number] | null = null
      if (this.#source[this.#at] === '*') {
        this.#at++
        range = [0, Number.POSITIVE_INFINITY]
      } else if (this.#take('+')) range = [1, Number.POSITIVE_INFINITY]
      else if (this.#take('?')) range = [0, 1]
      else if (this.#special('{')) range = this.#bounds()
      if (range === null) return node
      node = { kind: 'repeat', inner: node, low: range[0], high: range[1] }
    }
    return node
  }
  #bounds(): readonly [number, number] | null {
    const rest = this.#source.slice(this.#at + (this.#extended ? 1 : 2), this.#at + 24)
    const found = (this.#extended ? /^(\d*)(,?)(\d*)\}/ : /^(\d*)(,?)(\d*)\\\}/).exec(rest)
    if (found === null || (found[1] === '' && found[2] === '')) {
      if (this.#extended) return null
      throw new RegexProblem('Unmatched \\{')
    }
    this.#at += (this.#extended ? 1 : 2) + found[0].length
    const low = Number(found[1] ?? 0)
    const high = found[2] === '' ? low : found[3] === '' ? Number.POSITIVE_INFINITY : Number(found[3])
    if (low > 32_767 || low > high) throw new RegexProblem('Invalid content of \\{\\}')
    return [low, high]
  }
  #atom(first: boolean): Node {
    if (this.#take('(')) {
      const index = ++this.groups
      const inner = this.#choice()
      if (!this.#take(')')) throw new RegexProblem('Unmatched ( or \\(')
      return { kind: 'group', index, inner }
    }
    const char = this.#source[this.#at++] ?? ''
    if (char === '.') return { kind: 'char', has: () => true }
    if (char === '[') return this.#set()
    if (char === '^' && (this.#extended || first)) return { kind: 'start' }
    if (char === '$' && (this.#extended || this.#at >= this.#source.length || this.#special(')') || this.#special('|')))
      return { kind: 'end' }
    if (char === '\\') return this.#escape()
    return this.#char(char)
  }
  #set(): Node {
    const set = parseSet(this.#source, this.#at - 1, false)
    if (set === null) throw new RegexProblem('Unmatched [, [^, [:, [., or [=')
    if (set.unknown) throw new RegexProblem('Invalid character class name')
    this.#at = set.end + 1
    const { has } = set
    return { kind: 'char', has: this.#fold ? (char) => has(char.toLowerCase()) || has(char.toUpperCase()) : has }
  }
  #escape(): Node {
    const char = this.#source[this.#at++]
    if (char === undefined) throw new RegexProblem('Trailing backslash')
    const space = characterClass('space')
    switch (char) {
      case 'w':
        return { kind: 'char', has: isWord }
      case 'W':
        return { kind: 'char', has: (one) => !isWord(one) }
      case 's':
        return { kind: 'char', has: (one) => space?.test(one) === true }
      case 'S':
        return { kind: 'char', has: (one) => space?.test(one) !== true }
      case 'b':
        return { kind: 'word' }
      case 'B':
        return { kind: 'inside' }
      case '<':
        return { kind: 'wordStart' }
      case '>':
        return { kind: 'wordEnd' }
      case 'n':
        return this.#char('\n')
      case 't':
        return this.#char('\t')
      default:
        if (/[1-9]/.test(char)) {
          if (Number(char) > this.groups) throw new RegexProblem('Invalid back reference')
          return { kind: 'back', index: Number(char) }
        }
        return this.#char(char)
    }
  }
}

class OutOfSteps {}

/** Backtracking with a budget; alternatives are tried in order and the longest at one place wins for plain choices. */
function search(node: Node, text: string, from: number, groups: number, budget: Budget = { left: STEPS_MAX }): Match | null {
  const captures: (number | undefined)[] = new Array((groups + 1) * 2)
  let depth = 0
  type Next = (at: number) => boolean
  const run = (one: Node, at: number, next: Next): boolean => {
    if (--budget.left < 0 || depth > SEQUENCE_DEPTH_MAX) throw new OutOfSteps()
    depth++
    try {
      return step(one, at, next)
    } finally {
      depth--
    }
  }
  const step = (one: Node, at: number, next: Next): boolean => {
    switch (one.kind) {
      case 'char':
        return at < text.length && one.has(text[at] ?? '') && next(at + 1)
      case 'start':
        return at === 0 && next(at)
      case 'end':
        return at === text.length && next(at)
      case 'word':
        return isWord(text[at - 1]) !== isWord(text[at]) && next(at)
      case 'inside':
        return isWord(text[at - 1]) === isWord(text[at]) && next(at)
      case 'wordStart':
        return !isWord(text[at - 1]) && isWord(text[at]) && next(at)
      case 'wordEnd':
        return isWord(text[at - 1]) && !isWord(text[at]) && next(at)
      case 'sequence':
        return sequence(one.items, 0, at, next)
      case 'choice':
        return one.options.some((option) => run(option, at, next))
      case 'back': {
        const start = captures[one.index * 2]
        const end = captures[one.index * 2 + 1]
        if (start === undefined || end === undefined) return false
        const wanted = text.slice(start, end)
        return text.startsWith(wanted, at) && next(at + wanted.length)
      }
      case 'group': {
        const before = [captures[one.index * 2], captures[one.index * 2 + 1]]
        const ok = run(one.inner, at, (end) => {
          const saved = [captures[one.index * 2], captures[one.index * 2 + 1]]
          captures[one.index * 2] = at
          captures[one.index * 2 + 1] = end
          if (next(end)) return true
          captures[one.index * 2] = saved[0]
          captures[one.index * 2 + 1] = saved[1]
          return false
        })
        if (!ok) {
          captures[one.index * 2] = before[0]
          captures[one.index * 2 + 1] = before[1]
        }
        return ok
      }
      case 'repeat':
        return repeat(one, at, next)
    }
  }
  const sequence = (items: readonly Node[], index: number, at: number, next: Next): boolean => {
    let here = at
    let i = index
    // Plain characters go without recursion.
    for (let item = items[i]; item?.kind === 'char'; item = items[++i]) {
      if (here >= text.length || !item.has(text[here] ?? '')) return false
      here++
    }
    const item = items[i]
    if (item === undefined) return next(here)
    return run(item, here, (end) => sequence(items, i + 1, end, next))
  }
  const repeat = (one: Extract<Node, { kind: 'repeat' }>, at: number, next: Next): boolean => {
    const { inner } = one
    if (inner.kind === 'char') {
      let end = at
      while (end < text.length && end - at < one.high && inner.has(text[end] ?? '')) end++
      for (; end - at >= one.low; end--) {
        if (--budget.left < 0) throw new OutOfSteps()
        if (next(end)) return true
      }
      return false
    }
    const more = (count: number, here: number): boolean => {
      if (count < one.high && run(inner, here, (end) => (end === here && count >= one.low ? false : more(count + 1, end)))) return true
      return count >= one.low && next(here)
    }
    return more(0, at)
  }
  try {
    for (let start = from; start <= text.length; start++) {
      captures.fill(undefined)
      let end = -1
      const reached: Next = (at) => {
        end = at
        return true
      }
      if (run(node, start, reached)) {
        const found = Array.from({ length: groups }, (_, i) => {
          const a = captures[(i + 1) * 2]
          const b = captures[(i + 1) * 2 + 1]
          return a === undefined || b === undefined ? undefined : text.slice(a, b)
        })
        return { start, end, groups: [text.slice(start, end), ...found] }
      }
    }
  } catch (error) {
    if (error instanceof OutOfSteps || error instanceof RangeError) return null
    throw error
  }
  return null
}

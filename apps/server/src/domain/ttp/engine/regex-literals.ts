import { EDGE } from './edge.ts'

/** What is known of a part of a pattern. */
interface Part {
  /** Everything that it can match; null where that is much or unknown. */
  readonly exact: readonly string[] | null
  /** At least one of these stands in whatever it matches; null where nothing is known. */
  readonly needs: readonly string[] | null
}

const ANYTHING: Part = { exact: null, needs: null }
const NOTHING: Part = { exact: [''], needs: null }
/** Texts that one set may hold. */
const PRODUCT = 64
const UNION = 512
/** A class of more characters says too little. */
const CLASS = 4

/** A construct that this does not follow. */
class Unfollowed extends Error {}

/**
 * Texts of which at least one stands in everything that an RE2 pattern matches; null where nothing can be said. Conservative: what it does
 * not follow, it says nothing about (the method of RE2's own prefilter: exact sets, joined and multiplied while they are small).
 */
export function literalsOfRegex(pattern: string): readonly string[] | null {
  try {
    const parser = new Parser(pattern)
    const { exact, needs } = parser.alternation()
    // `^^` asks for one edge only.
    return parser.done ? ((exact ?? needs)?.map((text) => text.replace(EDGES, EDGE)) ?? null) : null
  } catch (error) {
    if (error instanceof Unfollowed) return null
    throw error
  }
}

const EDGES = new RegExp(`${EDGE}+`, 'gu')
const shortest = (texts: readonly string[]) => Math.min(...texts.map((text) => text.length))
const better = (one: readonly string[] | null, other: readonly string[] | null) =>
  one === null || (other !== null && shortest(other) > shortest(one)) ? other : one
const single = (text: string): Part => ({ exact: [text], needs: null })

function joined(parts: readonly Part[]): Part {
  let whole = true
  let run: readonly string[] = ['']
  let needs: readonly string[] | null = null
  for (const part of parts) {
    if (part.exact && part.exact.length * run.length <= PRODUCT) {
      const { exact } = part
      run = run.flatMap((before) => exact.map((after) => before + after))
      continue
    }
    whole = false
    needs = better(better(needs, run), part.needs)
    run = part.exact ?? ['']
  }
  return whole ? { exact: run, needs: null } : { exact: null, needs: better(needs, run) }
}

function either(parts: readonly Part[]): Part {
  const [only] = parts
  if (only && parts.length === 1) return only
  const exacts = parts.map((part) => part.exact)
  if (exacts.every((exact) => exact !== null)) {
    const all = [...new Set(exacts.flat())]
    if (all.length <= UNION) return { exact: all, needs: null }
  }
  const each = parts.map(({ exact, needs }) => exact ?? needs)
  if (!each.every((texts) => texts !== null)) return ANYTHING
  const all = [...new Set(each.flat())]
  return all.length <= UNION ? { exact: null, needs: all } : ANYTHING
}

class Parser {
  readonly #pattern: string
  #at = 0

  constructor(pattern: string) {
    this.#pattern = pattern
  }

  get done(): boolean {
    return this.#at >= this.#pattern.length
  }

  alternation(): Part {
    const parts: Part[] = []
    for (;;) {
      const sequence: Part[] = []
      while (!this.done && !this.#sees('|') && !this.#sees(')')) sequence.push(this.#repeated())
      parts.push(joined(sequence))
      if (!this.#takes('|')) return either(parts)
    }
  }

  #sees = (text: string): boolean => this.#pattern.startsWith(text, this.#at)
  #takes(text: string): boolean {
    if (!this.#sees(text)) return false
    this.#at += text.length
    return true
  }
  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#pattern)
    if (found) this.#at += found[0].length
    return found
  }

  #repeated(): Part {
    let part = this.#atom()
    for (;;) {
      const found = this.#match(/(?:([*+?])|\{(\d{1,4})(,\d{0,4})?\})\??/uy)
      if (!found) return part
      const [, sign, least] = found
      const { exact, needs } = part
      if (sign === '?') part = exact && exact.length < PRODUCT ? { exact: [...new Set(['', ...exact])], needs: null } : ANYTHING
      else if (sign === '*' || least === '0') part = ANYTHING
      else part = { exact: null, needs: exact ?? needs }
    }
  }

  #atom(): Part {
    if (this.#takes('(')) return this.#group()
    if (this.#takes('[')) return this.#class()
    if (this.#takes('\\')) return this.#escape()
    if (this.#takes('.')) return ANYTHING
    if (this.#takes('^') || this.#takes('$')) return single(EDGE)
    // As far as nothing is repeated.
    const run = this.#match(/[^\\()[\].*+?{}|^$]+(?![*+?{])/uy)
    if (run) return single(run[0])
    const code = this.#pattern.codePointAt(this.#at)
    if (code === undefined) throw new Unfollowed()
    const character = String.fromCodePoint(code)
    this.#at += character.length
    return single(character)
  }

  #group(): Part {
    if (this.#sees('?') && !this.#match(/\?(?::|P?<\w+>)/uy)) {
      const flags = this.#match(/\?([msU-]*)(\)|:)/uy)
      if (!flags) throw new Unfollowed()
      if (flags[2] === ')') return NOTHING
    }
    const inner = this.alternation()
    if (!this.#takes(')')) throw new Unfollowed()
    return inner
  }

  #escape(): Part {
    const found = this.#match(/[bBAz]|[dwsDWS]|[pP](?:\{[^}]*\}|.)|x(?:([0-9a-fA-F]{2})|\{([0-9a-fA-F]{1,6})\})|[ntrfv]|[^\w\s]/suy)
    if (!found) throw new Unfollowed()
    const [text, two, more] = found
    if (/^[bB]$/u.test(text)) return NOTHING
    if (/^[Az]$/u.test(text)) return single(EDGE)
    if (/^[dwsDWSpP]/u.test(text)) return ANYTHING
    const code = two ?? more
    if (code !== undefined) return single(String.fromCodePoint(Number.parseInt(code, 16)))
    return single({ n: '\n', t: '\t', r: '\r', f: '\f', v: '\v' }[text] ?? text)
  }

  /** Few characters, one by one; everything else is anything. */
  #class(): Part {
    const negated = this.#takes('^')
    const members: string[] = []
    let many = negated
    for (let first = true; ; first = false) {
      if (this.done) throw new Unfollowed()
      if (!first && this.#takes(']')) break
      if (this.#match(/\[:\^?\w+:\]|\\[dwsDWS]|\\[pP](?:\{[^}]*\}|.)/suy)) {
        many = true
        continue
      }
      const found = this.#match(/\\(?:x[0-9a-fA-F]{2}|x\{[0-9a-fA-F]+\}|[ntrfv]|[^\w\s])|[^\\]/suy)
      if (!found) throw new Unfollowed()
      if (this.#sees('-') && !this.#sees('-]')) many = true
      if (/^\\[xntrfv]/u.test(found[0])) many = true
      members.push(found[0].replace('\\', ''))
    }
    return many || members.length > CLASS ? ANYTHING : { exact: [...new Set(members)], needs: null }
  }
}

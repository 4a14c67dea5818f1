import { own } from '@decnet/kernel'

/** A shell pattern, compiled: matching takes at most pattern × text steps, whatever an attacker writes. */
export interface Pattern {
  /** The whole of `text`. */
  matches(text: string): boolean
  /** Nothing in it is special: the text it stands for. */
  readonly literal: string | null
}

type Token =
  | { readonly kind: 'char'; readonly char: string }
  | { readonly kind: 'any' }
  | { readonly kind: 'star' }
  | { readonly kind: 'set'; readonly has: (char: string) => boolean }

const CLASSES: Readonly<Record<string, RegExp>> = {
  alpha: /[A-Za-z]/,
  digit: /[0-9]/,
  alnum: /[A-Za-z0-9]/,
  upper: /[A-Z]/,
  lower: /[a-z]/,
  space: /\s/,
  blank: /[ \t]/,
  punct: /[!-/:-@[-`{-~]/,
  print: /[ -~]/,
  graph: /[!-~]/,
  cntrl: /[\x00-\x1f\x7f]/,
  xdigit: /[0-9A-Fa-f]/,
}
export const characterClass = (name: string): RegExp | undefined => own(CLASSES, name)

/** A bracket expression at `at` (the `[`); null when it is not closed. A class that `unknown` names holds nothing, as in bash. */
export function parseSet(
  pattern: string,
  at: number,
  escapes = true,
): { readonly has: (char: string) => boolean; readonly end: number; readonly unknown: boolean } | null {
  let i = at + 1
  const negated = pattern[i] === '!' || pattern[i] === '^'
  if (negated) i++
  const singles = new Set<string>()
  const ranges: [string, string][] = []
  const classes: RegExp[] = []
  let unknown = false
  for (let first = true; ; first = false) {
    let char = pattern[i]
    if (char === undefined) return null
    if (char === ']' && !first) break
    if (char === '[' && pattern[i + 1] === ':') {
      const end = pattern.indexOf(':]', i + 2)
      const name = end < 0 ? ']' : pattern.slice(i + 2, end)
      if (!/[[\]]/.test(name)) {
        const known = characterClass(name)
        if (known === undefined) unknown = true
        else classes.push(known)
        i = end + 2
        continue
      }
    }
    if (escapes && char === '\\' && pattern[i + 1] !== undefined) char = pattern[++i] ?? ''
    const last = pattern[i + 2]
    if (pattern[i + 1] === '-' && last !== undefined && last !== ']') {
      const upper = escapes && last === '\\' ? (pattern[i + 3] ?? last) : last
      ranges.push([char, upper])
      i += escapes && last === '\\' ? 4 : 3
    } else {
      singles.add(char)
      i++
    }
  }
  const has = (char: string): boolean => {
    const inside = singles.has(char) || ranges.some(([from, to]) => char >= from && char <= to) || classes.some((one) => one.test(char))
    return inside !== negated
  }
  return { has, end: i, unknown }
}

function tokens(pattern: string): Token[] {
  const list: Token[] = []
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i] ?? ''
    if (char === '\\' && i + 1 < pattern.length) list.push({ kind: 'char', char: pattern[++i] ?? '' })
    else if (char === '*') {
      if (list.at(-1)?.kind !== 'star') list.push({ kind: 'star' })
    } else if (char === '?') list.push({ kind: 'any' })
    else if (char === '[') {
      const set = parseSet(pattern, i)
      if (set === null) list.push({ kind: 'char', char })
      else {
        list.push({ kind: 'set', has: set.has })
        i = set.end
      }
    } else list.push({ kind: 'char', char })
  }
  return list
}

export function compilePattern(pattern: string): Pattern {
  const list = tokens(pattern)
  const literal = list.every((token) => token.kind === 'char')
    ? list.map((token) => (token.kind === 'char' ? token.char : '')).join('')
    : null
  const one = (token: Token | undefined, char: string): boolean =>
    token !== undefined && (token.kind === 'char' ? token.char === char : token.kind === 'any' || (token.kind === 'set' && token.has(char)))
  const matches = (text: string): boolean => {
    if (literal !== null) return text === literal
    let at = 0
    let token = 0
    let star = -1
    let mark = 0
    while (at < text.length) {
      if (list[token]?.kind === 'star') {
        star = token++
        mark = at
      } else if (one(list[token], text[at] ?? '')) {
        at++
        token++
      } else if (star >= 0) {
        token = star + 1
        at = ++mark
      } else return false
    }
    while (list[token]?.kind === 'star') token++
    return token === list.length
  }
  return { matches, literal }
}

/** Special characters behind backslashes. */
export const escapePattern = (text: string): string => text.replace(/[\\*?[\]]/g, '\\$&')
const SEARCH_MAX = 65_536

/** `${x#p}`, `${x##p}`, `${x%p}`, `${x%%p}` */
export function strip(text: string, pattern: string, operator: '#' | '##' | '%' | '%%'): string {
  const compiled = compilePattern(pattern)
  const front = operator.startsWith('#')
  if (compiled.literal !== null) {
    const { literal } = compiled
    if (front) return text.startsWith(literal) ? text.slice(literal.length) : text
    return text.endsWith(literal) ? text.slice(0, text.length - literal.length) : text
  }
  if (text.length > SEARCH_MAX) return text
  const lengths = operator.length === 1
  for (let i = 0; i <= text.length; i++) {
    const size = lengths ? i : text.length - i
    const part = front ? text.slice(0, size) : text.slice(text.length - size)
    if (compiled.matches(part)) return front ? text.slice(size) : text.slice(0, text.length - size)
  }
  return text
}

/** `${x/p/r}`, `//`, `/#`, `/%`: the longest match at the first place. */
export function substitute(text: string, pattern: string, replacement: string, operator: '/' | '//' | '/#' | '/%'): string {
  const compiled = compilePattern(pattern)
  if (pattern === '') return text
  const { literal } = compiled
  if (literal !== null && operator === '//') return text.replaceAll(literal, () => replacement)
  if (literal !== null && operator === '/') return text.replace(literal, () => replacement)
  if (text.length > SEARCH_MAX / 16) return text
  const longest = (from: number): number => {
    for (let to = text.length; to >= from; to--) if (compiled.matches(text.slice(from, to))) return to
    return -1
  }
  if (operator === '/#') {
    const to = longest(0)
    return to < 0 ? text : replacement + text.slice(to)
  }
  if (operator === '/%') {
    for (let from = 0; from <= text.length; from++) if (compiled.matches(text.slice(from))) return text.slice(0, from) + replacement
    return text
  }
  let out = ''
  let at = 0
  while (at < text.length) {
    const to = longest(at)
    if (to > at) {
      out += replacement
      at = to
      if (operator === '/') break
    } else out += text[at++]
  }
  return out + text.slice(at)
}

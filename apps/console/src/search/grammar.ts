/**
 * The search grammar of the API: shell-like words, all must hold. `key:value` is equality, a bare word occurs anywhere, `-` in front
 * negates, quotes hold spaces together. `format(parse(text))` means the same as `text`; `parse(format(terms))` is `terms`.
 */
export interface Term {
  readonly negated: boolean
  /** `null`: a bare word. */
  readonly key: string | null
  readonly value: string
}

interface Word {
  text: string
  /** Where the first quoted or escaped character stands; a colon after it is no separator. */
  literalFrom: number
}

function words(text: string): Word[] {
  const found: Word[] = []
  let word: Word | null = null
  let quote = ''
  for (let i = 0; i < text.length; i += 1) {
    const char = text.charAt(i)
    if (quote === '' && /\s/u.test(char)) {
      if (word) found.push(word)
      word = null
      continue
    }
    word ??= { text: '', literalFrom: Number.POSITIVE_INFINITY }
    if (quote === '' && (char === '"' || char === "'")) {
      quote = char
      word.literalFrom = Math.min(word.literalFrom, word.text.length)
    } else if (char === quote) quote = ''
    else if (char === '\\' && quote !== "'" && i + 1 < text.length) {
      word.literalFrom = Math.min(word.literalFrom, word.text.length)
      i += 1
      word.text += text.charAt(i)
    } else word.text += char
  }
  if (word) found.push(word)
  return found
}

const keyPattern = /^[a-z_][a-z0-9_.-]*$/iu

export function parse(text: string): Term[] {
  return words(text).flatMap((word): Term[] => {
    const negated = word.text.startsWith('-') && word.literalFrom > 0 && word.text.length > 1
    const start = negated ? 1 : 0
    const colon = word.text.indexOf(':', start)
    const key = colon > start && colon < word.literalFrom ? word.text.slice(start, colon) : ''
    if (keyPattern.test(key)) return [{ negated, key: key.toLowerCase(), value: word.text.slice(colon + 1) }]
    const value = word.text.slice(start)
    return value === '' ? [] : [{ negated, key: null, value }]
  })
}

function quoted(value: string, bare: boolean): string {
  const plain =
    value !== '' &&
    !/[\s"'\\]/u.test(value) &&
    !(bare && (/^-/u.test(value) || (keyPattern.test(value.split(':')[0] ?? '') && value.includes(':'))))
  return plain ? value : `"${value.replace(/["\\]/gu, '\\$&')}"`
}

export const formatTerm = (term: Term) =>
  `${term.negated ? '-' : ''}${term.key === null ? '' : `${term.key}:`}${quoted(term.value, term.key === null)}`
export const format = (terms: readonly Term[]) => terms.map(formatTerm).join(' ')

const same = (a: Term, b: Term) => a.key === b.key && a.value === b.value

/** Adds a term; the same one with the other sign, or twice, makes no sense and is replaced. */
export const withTerm = (terms: readonly Term[], term: Term): Term[] => [...terms.filter((t) => !same(t, term)), term]
export const withoutTerm = (terms: readonly Term[], term: Term): Term[] =>
  terms.filter((t) => !(same(t, term) && t.negated === term.negated))
/** Adds the term, or takes it away where it already stands. */
export const toggled = (terms: readonly Term[], term: Term): Term[] =>
  terms.some((t) => same(t, term) && t.negated === term.negated) ? withoutTerm(terms, term) : withTerm(terms, term)

export interface Split {
  /** Terms by key, first one wins; only those not negated. */
  readonly exact: Readonly<Record<string, string>>
  /** What is left, for a list that has its own parameters for some keys. */
  readonly rest: string
}

/** For lists whose API has a parameter per key: takes those out, keeps the rest as words. */
export function splitTerms(terms: readonly Term[], keys: readonly string[]): Split {
  const exact: Record<string, string> = {}
  const rest: Term[] = []
  for (const term of terms) {
    if (term.key !== null && !term.negated && keys.includes(term.key) && exact[term.key] === undefined) exact[term.key] = term.value
    else rest.push(term)
  }
  return { exact, rest: rest.map((t) => (t.key === null && !t.negated ? t.value : formatTerm(t))).join(' ') }
}

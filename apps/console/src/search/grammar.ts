import { parseWords, type SearchWord } from '@decnet/contracts/search'

/** The search grammar of the API. `format(parse(text))` means the same as `text`; `parse(format(terms))` is `terms`. */
export type Term = SearchWord

export const parse = (text: string): Term[] => parseWords(text)

const keyPattern = /^[a-z_][a-z0-9_.-]*$/iu

function quoted(value: string, bare: boolean): string {
  const plain =
    value !== '' &&
    !/[\s"'\\]/u.test(value) &&
    !(!bare && value.startsWith('//')) &&
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

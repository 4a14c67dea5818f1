import { valueText } from './value-text.ts'

/** A piece of a sentence: words of ours, or what the rule holds, to be shown exactly. */
export type Piece = string | { readonly code: string }
/** One thing that must hold, and what it is made of. */
export interface Clause {
  readonly said: readonly Piece[]
  readonly clauses: readonly Clause[]
}

type Entries = Readonly<Record<string, unknown>>
const isMapping = (value: unknown): value is Entries => typeof value === 'object' && value !== null && !Array.isArray(value)

const DEEPEST = 14
/** Texts of one test that are named; patterns are long. */
const MOST = 12

/** What an operator says of one text, and of several. */
const operators: Readonly<Record<string, readonly [one: string, several: string]>> = {
  equals: ['is', 'is one of'],
  in: ['is', 'is one of'],
  contains: ['contains', 'contains one of'],
  contains_all: ['contains', 'contains all of'],
  starts_with: ['begins with', 'begins with one of'],
  ends_with: ['ends with', 'ends with one of'],
  regex: ['matches', 'matches one of'],
  cidr: ['is in', 'is in one of'],
  lt: ['is less than', 'is less than'],
  lte: ['is at most', 'is at most'],
  gt: ['is more than', 'is more than'],
  gte: ['is at least', 'is at least'],
}

const code = (value: unknown): Piece => ({ code: typeof value === 'object' && value !== null ? '…' : valueText(value) })
/** `a, b or c`. */
function listed(pieces: readonly Piece[], last: string): Piece[] {
  return pieces.flatMap((piece, n) => (n === 0 ? [piece] : [n === pieces.length - 1 ? ` ${last} ` : ', ', piece]))
}

function operand(operator: string, value: unknown): Piece[] {
  if (operator === 'exists') return [value === false ? 'is not there' : 'is there']
  const words = operators[operator] ?? [operator, operator]
  const values = Array.isArray(value) ? value : [value]
  if (values.length === 1) return [`${words[0]} `, code(values[0])]
  const named: Piece[] = values.slice(0, MOST).map(code)
  const rest = values.length - named.length
  if (rest > 0) named.push(`${rest} more`)
  return [`${words[1]} `, ...listed(named, operator === 'contains_all' || rest > 0 ? 'and' : 'or')]
}

const tests = (given: Entries): Piece[][] =>
  Object.entries(given)
    .filter(([name]) => name !== 'case' && name !== 'not')
    .map(([operator, value]) => operand(operator, value))

function fieldTest(name: string, value: unknown): Clause {
  const given: Entries = isMapping(value) ? value : { equals: value }
  const said: Piece[] = [code(name), ' ']
  for (const [n, test] of tests(given).entries()) said.push(...(n === 0 ? [] : [', ']), ...test)
  if (isMapping(given.not)) for (const [n, test] of tests(given.not).entries()) said.push(n === 0 ? ', but not where it ' : ', ', ...test)
  if (given.case === 'exact') said.push(' (capitals count)')
  return { said, clauses: [] }
}

/** Clauses under a heading; a heading over one alone says nothing. */
const under = (heading: string, clauses: readonly Clause[]): Clause =>
  clauses.length === 1 && clauses[0] && heading !== 'not' ? clauses[0] : { said: [heading], clauses }

function clausesOf(value: unknown, depth: number): Clause[] {
  if (!isMapping(value) || depth > DEEPEST) return [{ said: [code(value)], clauses: [] }]
  return Object.entries(value).flatMap(([name, inner]): Clause[] => {
    const list = () => (Array.isArray(inner) ? inner : [inner]).map((each) => whole(each, depth + 1))
    if (name === 'all') return list()
    if (name === 'any') return [under('any of these', list())]
    if (name === 'not') return [{ said: ['not'], clauses: clausesOf(inner, depth + 1) }]
    if (name === 'of' && 'at_least' in value) return []
    if (name === 'at_least') {
      const of = Array.isArray(value.of) ? value.of : []
      return [{ said: [`at least ${valueText(inner)} of these`], clauses: of.map((each: unknown) => whole(each, depth + 1)) }]
    }
    return [fieldTest(name, inner)]
  })
}
const whole = (value: unknown, depth: number): Clause => under('all of these', clausesOf(value, depth))

const units: Readonly<Record<string, string>> = { s: 's', m: 'min', h: 'h', d: 'd' }
const span = (value: unknown) => valueText(value).replace(/^(\d{1,9})([smhd])$/u, (_all, n: string, unit: string) => `${n} ${units[unit]}`)

/** `, within 5 min, of one attacker and the same username`. */
function bounds({ within, by }: Entries): Piece[] {
  const [whose, ...same] = Array.isArray(by) ? by : [by]
  const fields = same.length === 0 ? [] : [' and the same ', ...listed(same.map(code), 'and')]
  return [` within ${span(within)}, ${whose === 'session' ? 'in' : 'of'} one ${valueText(whose)}`, ...fields]
}

function step(value: unknown): Clause {
  if (!isMapping(value) || !('times' in value)) return whole(value, 1)
  const inner = whole(value.of, 1)
  return { said: [`${valueText(value.times)} times: `, ...inner.said], clauses: inner.clauses }
}

/** What `when` of a rule says, for a reader: all of the clauses must hold. Of what is no condition the text itself; never throws. */
export function ruleClauses(when: unknown): readonly Clause[] {
  if (isMapping(when)) {
    const { threshold, distinct, sequence } = when
    if (isMapping(threshold))
      return [{ said: [`${valueText(threshold.count)} times`, ...bounds(threshold)], clauses: clausesOf(threshold.of, 1) }]
    if (isMapping(distinct))
      return [
        {
          said: [`${valueText(distinct.count)} different values of `, code(distinct.field), ...bounds(distinct)],
          clauses: clausesOf(distinct.of, 1),
        },
      ]
    if (isMapping(sequence) && Array.isArray(sequence.steps))
      return [{ said: ['one after the other', ...bounds(sequence)], clauses: sequence.steps.map(step) }]
  }
  return clausesOf(when, 0)
}

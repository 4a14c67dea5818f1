import type { EvidenceKind, FieldDefinition } from '../evidence/kind.ts'
import { commonFields } from '../evidence/kind.ts'
import { inNetwork } from './cidr.ts'
import type { Condition, Test } from './condition.ts'
import type { Path, Report } from './problem.ts'
import { regexProblem } from './regex.ts'

const DEEPEST = 12
const TEXTS_MOST = 500
const TEXT_CHARACTERS = 2_000

const TEXT_OPERATORS = ['equals', 'in', 'contains', 'contains_all', 'starts_with', 'ends_with', 'regex', 'cidr'] as const
const NUMBER_OPERATORS = ['lt', 'lte', 'gt', 'gte', 'equals'] as const
const OPERATORS = new Set<string>([...TEXT_OPERATORS, ...NUMBER_OPERATORS, 'exists', 'case', 'not'])

type Entries = Readonly<Record<string, unknown>>
export const isMapping = (value: unknown): value is Entries => typeof value === 'object' && value !== null && !Array.isArray(value)
/** A condition that never holds; stands where one could not be read. */
const NEVER: Condition = { any: [] }

/** Reads what conditions a rule writes down; knows the fields of its sources. */
export class ConditionReader {
  readonly #sources: readonly EvidenceKind[]
  readonly #report: Report
  readonly #patternProblem: typeof regexProblem

  /** `patternProblem`: what is wrong with a pattern. */
  constructor(sources: readonly EvidenceKind[], report: Report, patternProblem = regexProblem) {
    this.#sources = sources
    this.#report = report
    this.#patternProblem = patternProblem
  }

  /** The definition of a field that one of the rule's sources has. */
  field(name: string): FieldDefinition | undefined {
    for (const fields of [...this.#sources.map((kind) => kind.fields), commonFields]) if (Object.hasOwn(fields, name)) return fields[name]
    return undefined
  }

  /** Says which fields there are, where `name` is none. */
  unknownField(name: string, path: Path): void {
    const known = [...new Set([...this.#sources.flatMap((kind) => Object.keys(kind.fields)), ...Object.keys(commonFields)])]
    const near = known.filter((each) => each.startsWith(name.slice(0, 3))).slice(0, 3)
    const of = this.#sources.map((kind) => kind.name).join(', ')
    const hint = near.length > 0 ? ` Did you mean ${near.join(', ')}?` : ` They have: ${known.join(', ')}.`
    this.#report(path, `${name} is no field of ${of}.${hint}`)
  }

  condition(value: unknown, path: Path, depth = 0): Condition {
    if (depth > DEEPEST) return this.#wrong(path, `conditions are nested deeper than ${DEEPEST}.`)
    if (!isMapping(value)) return this.#wrong(path, 'a condition is a mapping, such as {programs: nmap} or {any: [...]}.')
    const parts: Condition[] = []
    for (const [key, inner] of Object.entries(value)) {
      const at = [...path, key]
      if (key === 'all') parts.push({ all: this.#list(inner, at, depth) })
      else if (key === 'any') parts.push({ any: this.#list(inner, at, depth) })
      else if (key === 'not') parts.push({ not: this.condition(inner, at, depth + 1) })
      else if (key === 'at_least') parts.push(this.#atLeast(inner, value.of, path, depth))
      else if (key === 'of') {
        if (!Object.hasOwn(value, 'at_least')) parts.push(this.#wrong(at, 'of needs at_least beside it: how many of them must hold.'))
      } else parts.push(this.#fieldTest(key, inner, at))
    }
    if (parts.length === 0) return this.#wrong(path, 'an empty condition would match everything.')
    return parts.length === 1 ? (parts[0] ?? NEVER) : { all: parts }
  }

  #wrong(path: Path, message: string): Condition {
    this.#report(path, message)
    return NEVER
  }

  #list(value: unknown, path: Path, depth: number): Condition[] {
    if (!Array.isArray(value) || value.length === 0) {
      this.#report(path, 'takes a list of conditions, at least one.')
      return []
    }
    return value.map((each, index) => this.condition(each, [...path, index], depth + 1))
  }

  #atLeast(count: unknown, list: unknown, path: Path, depth: number): Condition {
    const of = this.#list(list, [...path, 'of'], depth)
    if (typeof count !== 'number' || !Number.isInteger(count) || count < 1 || count > of.length)
      return this.#wrong([...path, 'at_least'], `at_least is a whole number from 1 to the ${of.length} conditions below of.`)
    return { atLeast: count, of }
  }

  #fieldTest(name: string, value: unknown, path: Path): Condition {
    const field = this.field(name)
    if (!field) {
      if (OPERATORS.has(name)) return this.#wrong(path, `${name} is an operator and stands below a field: {line: {${name}: ...}}.`)
      this.unknownField(name, path)
      return NEVER
    }
    const operators: Entries = isMapping(value) ? value : { equals: value }
    const exact = operators.case === 'exact'
    if (operators.case !== undefined && !exact) this.#report([...path, 'case'], 'case knows only exact.')
    const tests = this.#tests(field, operators, exact, (operator) => (isMapping(value) ? [...path, operator] : path))
    const except = this.#except(field, operators.not, exact, [...path, 'not'])
    if (tests.length > 0) return { field: name, tests, except, exact }
    return except.length === 0 ? NEVER : this.#wrong([...path, 'not'], 'not stands beside other operators: what else shall the value be?')
  }

  #tests(field: FieldDefinition, operators: Entries, exact: boolean, at: (operator: string) => Path): Test[] {
    const named = Object.entries(operators).filter(([operator]) => operator !== 'case' && operator !== 'not')
    return named.flatMap(([operator, operand]) => this.#test(field, operator, operand, exact, at(operator)) ?? [])
  }

  #except(field: FieldDefinition, value: unknown, exact: boolean, path: Path): Test[] {
    if (value === undefined) return []
    if (isMapping(value) && /^texts?$/u.test(field.type) && !Object.hasOwn(value, 'exists'))
      return this.#tests(field, value, exact, (operator) => [...path, operator])
    this.#report(path, 'not holds operators of a text, such as {contains: --version}.')
    return []
  }

  #test(field: FieldDefinition, operator: string, operand: unknown, exact: boolean, path: Path): Test | null {
    if (operator === 'exists') {
      if (typeof operand === 'boolean') return { operator, expected: operand }
      this.#report(path, 'exists is true or false.')
      return null
    }
    if (field.type === 'number') return this.#numberTest(operator, operand, path)
    if (field.type === 'flag') {
      if (operator === 'equals' && typeof operand === 'boolean') return { operator: 'flag', expected: operand }
      this.#report(path, 'this field is true or false.')
      return null
    }
    return this.#textTest(operator, operand, exact, path)
  }

  #numberTest(operator: string, operand: unknown, path: Path): Test | null {
    const known = NUMBER_OPERATORS.find((each) => each === operator)
    if (!known) this.#report(path, `this field is a number; it takes ${NUMBER_OPERATORS.join(', ')}, exists.`)
    else if (typeof operand !== 'number' || !Number.isFinite(operand)) this.#report(path, 'takes a number.')
    else return { operator: known === 'equals' ? 'is' : known, number: operand }
    return null
  }

  #textTest(given: string, operand: unknown, exact: boolean, path: Path): Test | null {
    const operator = TEXT_OPERATORS.find((each) => each === given)
    if (!operator) {
      this.#report(path, `${given} is no operator of a text; there are ${TEXT_OPERATORS.join(', ')}, exists, case.`)
      return null
    }
    const texts = (Array.isArray(operand) ? operand : [operand]).map((each) => (typeof each === 'number' ? String(each) : each))
    if (
      texts.length === 0 ||
      texts.length > TEXTS_MOST ||
      !texts.every((each) => typeof each === 'string' && each.length <= TEXT_CHARACTERS)
    ) {
      this.#report(path, `takes a text or a list of up to ${TEXTS_MOST} texts; write it in quotes.`)
      return null
    }
    const list: readonly string[] = texts
    if (operator === 'regex') {
      for (const [index, pattern] of list.entries()) {
        const problem = this.#patternProblem(pattern, exact)
        if (problem !== null) this.#report(Array.isArray(operand) ? [...path, index] : path, `this pattern ${problem}`)
      }
      return { operator, any: list }
    }
    if (operator === 'cidr') {
      for (const network of list)
        if (!inNetwork(network)) this.#report(path, `${network} is no network; write 10.0.0.0/8 or 2001:db8::/32.`)
      return { operator, any: list }
    }
    if (operator !== 'equals' && operator !== 'in' && list.includes('')) {
      this.#report(path, `${operator} an empty text holds always.`)
      return null
    }
    const folded = exact ? list : list.map((each) => each.toLowerCase())
    if (operator === 'contains_all') return { operator, all: folded }
    return { operator: operator === 'in' ? 'equals' : operator, any: folded }
  }
}

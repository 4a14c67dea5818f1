import { compileRegex } from '../ttp/rule/regex.ts'
import type { Literal } from './logic.ts'
import type { OurTest } from './our-test.ts'
import { asPattern, escapeRegex, type TextOperator } from './value.ts'

type TextTest = Extract<OurTest, { is: 'text' }>
/** A test of one field as rules write it down. */
export type Written = Readonly<Record<string, unknown>>
/** Said where tests of one command cannot be put into one. */
export class Unsaid extends Error {}

const literal = (text: string, exact: boolean, wanted: boolean): string => (wanted && !exact ? `(?i)${text}` : text)
const words = (patterns: readonly string[]): string => (patterns.length === 1 ? (patterns[0] ?? '') : `(?:${patterns.join('|')})`)
const programPattern = ({ names, patterns }: Extract<OurTest, { is: 'program' }>): string =>
  `^${words([...names.map(escapeRegex), ...patterns])}(?: |$)`

/** Tests of one and the same command, all of them, in one. @throws {Unsaid}. */
export function oneCommand(literals: readonly Literal<OurTest>[]): Written {
  const [wanted, barred] = [literals.filter(({ holds }) => holds), literals.filter(({ holds }) => !holds)].map((some) =>
    some.map(({ test }) => test),
  ) as [OurTest[], OurTest[]]
  const exact = literals.some(({ test }) => test.is === 'text' && test.exact === true)
  const programs = wanted.filter((test) => test.is === 'program')
  const [program, other] = programs
  if (other) throw new Unsaid('two tests of one program')
  if (program && literals.length === 1)
    return program.patterns.length === 0
      ? { programs: program.names }
      : { programs: { regex: `^${words([...program.names.map(escapeRegex), ...program.patterns])}$` } }
  const slots = new Slots()
  for (const test of wanted) if (test.is === 'text') slots.put(test, exact)
  const positions = wanted.filter((test) => test.is === 'word')
  if (positions.length > 0) slots.pattern(wordsPattern(positions))
  if (program) putProgram(slots, program)
  const except = exceptionOf(barred, exact)
  if (slots.empty) slots.pattern('.')
  return { commands: { ...slots.written(), ...(except && { not: except }), ...(exact && { case: 'exact' }) } }
}

function putProgram(slots: Slots, program: Extract<OurTest, { is: 'program' }>): void {
  // With words behind it, where none of its names alone would do.
  if (program.patterns.length === 0 && !program.names.some((name) => slots.holds(name)))
    slots.place(
      'starts_with',
      program.names.map((name) => `${name} `),
    )
  else slots.pattern(programPattern(program))
}

function wordsPattern(tests: readonly Extract<OurTest, { is: 'word' }>[]): string {
  const at = new Map<number, string>()
  for (const { position, patterns } of tests) {
    if (at.has(position)) throw new Unsaid('two tests of one word')
    at.set(position, words(patterns))
  }
  const last = Math.max(...at.keys())
  return `^${Array.from({ length: last + 1 }, (_, position) => at.get(position) ?? '\\S+').join(' ')}(?: |$)`
}

function exceptionOf(barred: readonly OurTest[], exact: boolean): Written | null {
  if (barred.length === 0) return null
  const texts = barred.filter((test) => test.is === 'text')
  const [first] = texts
  const alike =
    texts.length === barred.length &&
    texts.every((test) => test.operator === first?.operator && (test.exact === null || test.exact === exact))
  if (first && alike) return { [first.operator]: texts.flatMap(({ values }) => values) }
  return { regex: barred.flatMap((test) => patternsOf(test, exact)) }
}

function patternsOf(test: OurTest, exact: boolean): readonly string[] {
  if (test.is === 'program') return [programPattern(test)]
  if (test.is === 'word') return [wordsPattern([test])]
  if (test.is !== 'text' || test.operator === 'cidr') throw new Unsaid('a test that commands do not have')
  const { operator } = test
  return test.values.map((text) => literal(asPattern({ operator, text }), test.exact !== false, exact))
}

/** Each operator stands once below a field. */
class Slots {
  readonly #slots = new Map<TextOperator, readonly string[]>()
  readonly #all: string[] = []

  get empty(): boolean {
    return this.#slots.size === 0 && this.#all.length === 0
  }

  put(test: TextTest, exact: boolean): void {
    if (test.operator === 'cidr') throw new Unsaid('a network in a command')
    if (exact && test.exact === false) this.#pattern(patternsOf(test, exact))
    else this.place(test.operator, test.values)
  }
  pattern(text: string): void {
    this.#pattern([text])
  }
  #pattern(texts: readonly string[]): void {
    if (this.#slots.has('regex')) throw new Unsaid('more tests of one command than one condition of ours holds')
    this.#slots.set('regex', texts)
  }
  place(operator: TextOperator, values: readonly string[]): void {
    const [only] = values
    if (operator === 'contains' && values.length === 1 && only !== undefined) this.#all.push(only)
    else if (operator === 'regex') this.#pattern(values)
    else if (!this.#slots.has(operator)) this.#slots.set(operator, values)
    else this.#pattern(values.map((text) => asPattern({ operator, text })))
  }
  /** A text satisfies all that stands here. */
  holds(text: string): boolean {
    const one = (operator: TextOperator) => (value: string) => compileRegex(asPattern({ operator, text: value })).test(text)
    return this.#all.every(one('contains')) && [...this.#slots].every(([operator, values]) => values.some(one(operator)))
  }
  written(): Written {
    return { ...(this.#all.length > 0 && { contains_all: this.#all }), ...Object.fromEntries(this.#slots) }
  }
}

import type { Path } from '../ttp/rule/problem.ts'
import { regexProblem } from '../ttp/rule/regex.ts'
import { codingOf, withDashes } from './coding.ts'
import type { Remarked } from './document.ts'
import type { Logic } from './logic.ts'
import { type TextOperator, type TextTest, textTest } from './value.ts'

/** A test of one field of an event; of `values`, one must satisfy it. */
export interface SigmaTest {
  /** Null: a keyword, anywhere in the event. */
  readonly field: string | null
  readonly operator: TextOperator | 'cidr' | 'lt' | 'lte' | 'gt' | 'gte' | 'exists'
  readonly values: readonly string[]
  /** Capitals count. */
  readonly exact: boolean
  readonly path: Path
}

const NEVER: Logic<SigmaTest> = { any: [] }
const TEXTUAL = { contains: 'contains', startswith: 'starts_with', endswith: 'ends_with' } as const
const COMPARED = ['lt', 'lte', 'gt', 'gte'] as const
const VALUES = 500
/** Modifiers that are known and cannot be carried over. */
const NOT_CARRIED: Readonly<Record<string, string>> = {
  fieldref: 'compares two fields with each other (fieldref).',
  expand: 'stands for values that are kept elsewhere (expand): write them out.',
}

/** What stands below one name of `detection`: a mapping (all of it), a list of mappings (one of them), or keywords. */
export function readSelection(value: unknown, path: Path, report: Remarked): Logic<SigmaTest> {
  if (Array.isArray(value)) {
    if (value.every((each) => typeof each === 'object' && each !== null && !Array.isArray(each)))
      return { any: value.map((each: unknown, index) => readSelection(each, [...path, index], report)) }
    return readField(null, [], value, path, report)
  }
  if (typeof value === 'object' && value !== null)
    return {
      all: Object.entries(value).map(([key, inner]) => {
        const [field = '', ...modifiers] = key.split('|')
        return readField(field === '' ? null : field, modifiers, inner, [...path, key], report)
      }),
    }
  return readField(null, [], value, path, report)
}

function readField(field: string | null, modifiers: readonly string[], value: unknown, path: Path, report: Remarked): Logic<SigmaTest> {
  const wrong = (message: string): Logic<SigmaTest> => {
    report(path, message)
    return NEVER
  }
  const list = Array.isArray(value) ? value : [value]
  if (list.length === 0 || list.length > VALUES) return wrong(`holds ${list.length} values; 1 to ${VALUES} are carried over.`)
  if (list.some((each) => typeof each === 'object' && each !== null)) return wrong('holds something else than texts and numbers.')
  const rest = new Set(modifiers)
  const take = (name: string): boolean => rest.delete(name)
  for (const name of rest) if (NOT_CARRIED[name] !== undefined) return wrong(NOT_CARRIED[name])
  const together = take('all')
  const exact = take('cased')
  /** Of several values one, or with "all" each. */
  const join = (values: readonly (readonly string[])[], make: (some: readonly string[]) => Logic<SigmaTest>): Logic<SigmaTest> =>
    together ? { all: values.map(make) } : make(values.flat())
  const test = (operator: SigmaTest['operator'], values: readonly string[], isExact = exact): Logic<SigmaTest> => ({
    test: { field, operator, values, exact: isExact, path },
  })

  if (take('exists')) return rest.size > 0 ? unknown() : test('exists', [String(value === true)])
  if (list.some((each) => each === null)) {
    const others = list.filter((each) => each !== null)
    const absent = test('exists', ['false'])
    // Of a field that is absent nothing else is said.
    if (others.length === 0) return absent
    return together ? NEVER : { any: [absent, readField(field, modifiers, others, path, report)] }
  }
  const texts = list.map(String)
  if (take('re')) {
    const flags = ['i', 'm', 's'].filter(take).join('')
    if (rest.size > 0) return unknown()
    const flagged = texts.map((text) => [flags === '' ? text : `(?${flags})${text}`])
    const problem = flagged.map(([pattern = '']) => regexProblem(pattern, true)).find((each) => each !== null)
    if (problem !== undefined) return wrong(problem)
    return join(flagged, (some) => test('regex', some, true))
  }
  if (take('cidr')) return rest.size > 0 ? unknown() : test('cidr', texts)
  const compared = COMPARED.find(take)
  if (compared) {
    if (rest.size > 0) return unknown()
    return texts.every((text) => Number.isFinite(Number(text))) ? test(compared, texts) : wrong(`${compared} takes a number.`)
  }
  const coding = codingOf(take)
  const encoded = texts.map((text) => (coding ? coding(text) : [text]))
  const modifier = (['contains', 'startswith', 'endswith'] as const).find(take)
  const operator = modifier ? TEXTUAL[modifier] : field === null ? 'contains' : 'equals'
  const dashed = take('windash')
  if (rest.size > 0) return unknown()
  if (encoded.some((each) => each.length === 0)) return wrong('is too short to be told in base64.')
  return join(encoded, (texts) => {
    const spelt = dashed ? texts.flatMap(withDashes) : texts
    const tests = spelt
      .map((text): TextTest | null => (coding ? { operator, text } : textTest(text, operator)))
      .filter((each) => each !== null)
    if (tests.length < spelt.length) return field === null ? wrong('is satisfied by everything.') : test('exists', ['true'])
    return {
      any: [...Map.groupBy(tests, (each) => each.operator)].map(([name, some]) => {
        const values = some.map((each) => each.text)
        // An empty text is one that is not there.
        return name === 'equals' && values.every((text) => text === '')
          ? test('exists', ['false'])
          : test(name, values, exact || coding !== null)
      }),
    }
  })

  function unknown(): Logic<SigmaTest> {
    return wrong(`has the modifier ${[...rest].join(', ')}, which is not known here.`)
  }
}

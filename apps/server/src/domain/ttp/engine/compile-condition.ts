import { inNetwork } from '../rule/cidr.ts'
import type { Condition, FieldTest, Test } from '../rule/condition.ts'
import { compileRegex } from '../rule/regex.ts'
import type { Item } from './item.ts'

export type Predicate = (item: Item) => boolean
type TextTest = (text: string) => boolean

/** A condition as a function; `leaf` makes its tests of fields. Never throws on an item, linear in its texts. */
export function compileCondition(condition: Condition, leaf: (test: FieldTest) => Predicate = fieldPredicate): Predicate {
  const compiled = (each: Condition) => compileCondition(each, leaf)
  if ('all' in condition) return every(condition.all.map(compiled))
  if ('any' in condition) return some(condition.any.map(compiled))
  if ('not' in condition) {
    const inner = compiled(condition.not)
    return (item) => !inner(item)
  }
  if ('atLeast' in condition) return atLeast(condition.atLeast, condition.of.map(compiled))
  return leaf(condition)
}

/** Conditions that are asked about one item after another: of tests that are alike, in whatever rule, one is made, and each item is put to it once. */
export function askedOnce(): { readonly compile: (condition: Condition) => Predicate; readonly next: () => void } {
  const known = new Map<string, Predicate>()
  let turn = 0
  function leaf(test: FieldTest): Predicate {
    const words = JSON.stringify([test.field, test.exact, test.tests, test.except])
    const made = known.get(words) ?? once(fieldPredicate(test))
    known.set(words, made)
    return made
  }
  function once(ask: Predicate): Predicate {
    let [asked, answer] = [0, false]
    return (item) => {
      if (asked !== turn) [asked, answer] = [turn, ask(item)]
      return answer
    }
  }
  return {
    compile: (condition) => compileCondition(condition, leaf),
    next: () => {
      turn += 1
    },
  }
}

const every = (parts: readonly Predicate[]): Predicate => {
  const [only] = parts
  return only && parts.length === 1 ? only : (item) => parts.every((part) => part(item))
}
const some =
  (parts: readonly Predicate[]): Predicate =>
  (item) =>
    parts.some((part) => part(item))
const atLeast =
  (least: number, parts: readonly Predicate[]): Predicate =>
  (item) => {
    let held = 0
    for (const part of parts) if (part(item) && ++held >= least) return true
    return false
  }

function fieldPredicate({ field, tests, except, exact }: FieldTest): Predicate {
  const others = tests.flatMap((test) => valueTest(test, field) ?? [])
  const texts = tests.flatMap((test) => textTest(test) ?? [])
  const barred = except.flatMap((test) => textTest(test) ?? [])
  const holds: TextTest = (text) => texts.every((test) => test(text)) && !(barred.length > 0 && barred.every((test) => test(text)))
  return (item) => {
    for (const other of others) if (!other(item)) return false
    if (texts.length === 0) return true
    const value = exact ? item.fields[field] : item.lower[field]
    if (typeof value === 'string') return holds(value)
    return Array.isArray(value) && value.some(holds)
  }
}

/** Tests of what is no text. */
function valueTest(test: Test, field: string): Predicate | null {
  if (test.operator === 'exists') return ({ fields }) => present(fields[field]) === test.expected
  if (test.operator === 'flag') return ({ fields }) => fields[field] === test.expected
  if (!('number' in test)) return null
  const { operator, number } = test
  return ({ fields }) => {
    const value = fields[field]
    if (typeof value !== 'number') return false
    switch (operator) {
      case 'lt':
        return value < number
      case 'lte':
        return value <= number
      case 'gt':
        return value > number
      case 'gte':
        return value >= number
      case 'is':
        return value === number
    }
  }
}
const present = (value: unknown): boolean => value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0)

function textTest(test: Test): TextTest | null {
  switch (test.operator) {
    case 'equals': {
      const set = new Set(test.any)
      return (text) => set.has(text)
    }
    case 'contains':
      return (text) => test.any.some((each) => text.includes(each))
    case 'contains_all':
      return (text) => test.all.every((each) => text.includes(each))
    case 'starts_with':
      return (text) => test.any.some((each) => text.startsWith(each))
    case 'ends_with':
      return (text) => test.any.some((each) => text.endsWith(each))
    case 'regex': {
      // At first use: most patterns of most rules are never asked.
      let patterns: readonly ReturnType<typeof compileRegex>[] | undefined
      return (text) => {
        patterns ??= test.any.map(compileRegex)
        return patterns.some((pattern) => pattern.test(text))
      }
    }
    case 'cidr': {
      const networks = test.any.flatMap((network) => inNetwork(network) ?? [])
      return (text) => networks.some((contains) => contains(text))
    }
    default:
      return null
  }
}

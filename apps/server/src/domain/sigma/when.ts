import { compileRegex } from '../ttp/rule/regex.ts'
import { oneCommand, Unsaid, type Written } from './command-test.ts'
import type { Remarked } from './document.ts'
import { alternativesOf, type Literal, type Logic } from './logic.ts'
import type { OurTest } from './our-test.ts'

const MOST = 64

/** What must hold of one piece of evidence; one of several such lists. */
export type Alternative = readonly Literal<OurTest>[]
/** A detection in one reading of the evidence. */
export interface Read {
  readonly logic: Logic<OurTest>
  readonly only: Written | undefined
}
export interface When {
  /** As rules write it. */
  readonly when: Written
  readonly alternatives: readonly Alternative[]
}

/** The condition of a rule that holds where one of the readings does; null where that cannot be said, which is reported, or where none ever holds. */
export function whenOf(readings: readonly Read[], { report, note }: { readonly report: Remarked; readonly note: Remarked }): When | null {
  const written: Written[] = []
  const alternatives: Alternative[] = []
  const no = (message: string) => {
    report(['detection', 'condition'], message)
    return null
  }
  for (const { logic, only } of readings) {
    const all = alternativesOf(logic, MOST)
    if (all === null) return no(`comes to more than ${MOST} combinations of tests.`)
    const found = all.flatMap((each) => oneProgram(each) ?? [])
    if (readings[0]?.logic === logic && found.some((each) => !each.some(({ holds, test }) => holds && test.is !== 'exists')))
      return no('only says what an event is not.')
    const possible = readings[0]?.logic === logic ? found : found.filter(saysWhich)
    if (possible.length < found.length)
      note(['detection', 'condition'], 'holds of every shell that ssh gives a command, whatever it is: nothing is made of that.')
    if (possible.length === 0) continue
    const said = possible.map(sayable)
    const unsaid = said.find((each) => !Array.isArray(each))
    if (unsaid && 'message' in unsaid) {
      report(unsaid.path, `cannot be asked of one and the same command: there are ${unsaid.message}.`)
      return null
    }
    const conditions = said.flatMap((each) => (Array.isArray(each) ? each : []))
    if (conditions.length > MOST) return no(`comes to more than ${MOST} combinations of tests.`)
    written.push(both(oneOf(conditions), only))
    alternatives.push(...possible)
  }
  return written.length === 0 ? null : { when: oneOf(written), alternatives }
}

/** Says something of the command that a shell is given. */
const saysWhich = (alternative: Alternative): boolean =>
  alternative.some(({ holds, test }) => holds && test.is === 'text' && test.field === 'command_text')

const oneOf = (conditions: readonly Written[]): Written => (conditions.length === 1 && conditions[0] ? conditions[0] : { any: conditions })
const both = (condition: Written, only: Written | undefined): Written =>
  only === undefined
    ? condition
    : Object.keys(only).some((key) => Object.hasOwn(condition, key))
      ? { all: [condition, only] }
      : { ...condition, ...only }

/** Several wanted programs of one command as one; null where it cannot be all of them. */
function oneProgram(alternative: Alternative): [Alternative] | null {
  const programs = alternative.flatMap(({ test, holds }) => (holds && test.is === 'program' ? [test] : []))
  const first = programs.find(({ patterns }) => patterns.length === 0)
  if (!first || programs.length === 1) return [alternative]
  const alike = (name: string, { names, patterns }: (typeof programs)[number]) =>
    names.includes(name) || patterns.some((pattern) => compileRegex(`^(?:${pattern})$`).test(name))
  const names = first.names.filter((name) => programs.every((other) => alike(name, other)))
  const rest = alternative.filter(({ test }) => !programs.some((each) => each === test))
  return names.length === 0 ? null : [[{ test: { ...first, names }, holds: true }, ...rest]]
}

const isOfCommand = (test: OurTest): boolean =>
  test.is === 'program' || test.is === 'word' || (test.is === 'text' && test.field === 'commands')
const isTyped = (test: OurTest): boolean => test.is === 'text' && test.field === 'argv0'

/** An alternative as conditions, one of which holds; or what cannot be said, and where. */
function sayable(alternative: Alternative): readonly Written[] | { readonly message: string; readonly path: OurTest['path'] } {
  let open: readonly Alternative[] = [alternative]
  for (;;)
    try {
      return open.map(conditionOf)
    } catch (error) {
      if (!(error instanceof Unsaid)) throw error
      const next = open.flatMap(divided)
      if (next.length === open.length || next.length > MOST)
        return { message: error.message, path: alternative.find(({ test }) => isOfCommand(test))?.test.path ?? [] }
      open = next
    }
}

/** The same as several, by the values of the shortest list of which a command contains one: so each is a text that it contains. */
function divided(alternative: Alternative): readonly Alternative[] {
  const [shortest] = alternative
    .flatMap(({ test, holds }) =>
      holds && test.is === 'text' && test.field === 'commands' && test.operator === 'contains' && test.values.length > 1 ? [test] : [],
    )
    .sort((a, b) => a.values.length - b.values.length)
  if (!shortest) return [alternative]
  return shortest.values.map((value) =>
    alternative.map((literal) => (literal.test === shortest ? { holds: true, test: { ...shortest, values: [value] } } : literal)),
  )
}

function conditionOf(alternative: Alternative): Written {
  const ofCommand = alternative.filter(({ test }) => isOfCommand(test))
  const typed = alternative.filter(({ test }) => isTyped(test))
  if (typed.length > 0 && ofCommand.length > 0) throw new Unsaid('folders of its program and other tests')
  if (typed.length > 1) throw new Unsaid('several folders of its program')
  const rest = alternative.filter(({ test }) => !isOfCommand(test))
  const parts = [
    ...(ofCommand.length > 0 ? [oneCommand(ofCommand)] : []),
    ...rest.map(({ test, holds }) => (holds ? written(test) : { not: written(test) })),
  ]
  const [only] = parts
  return parts.length === 1 && only ? only : { all: parts }
}

function written(test: OurTest): Written {
  switch (test.is) {
    case 'text':
      return { [test.field]: { [test.operator]: test.values, ...(test.exact === true && { case: 'exact' }) } }
    case 'number':
      return { [test.field]: { [test.operator]: test.number } }
    case 'flag':
      return { [test.field]: test.expected }
    case 'exists':
      return { [test.field]: { exists: test.expected } }
    default:
      throw new Unsaid('tests of a command alone')
  }
}

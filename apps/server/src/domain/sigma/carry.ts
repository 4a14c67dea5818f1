import { around, folderless, PROGRAM_FIRST, programOf, wordPattern } from './carry-program.ts'
import type { SigmaTest } from './detection.ts'
import type { Remarked } from './document.ts'
import { holdsFor } from './holds-for.ts'
import type { Logic } from './logic.ts'
import { networkPattern } from './network-pattern.ts'
import { ALWAYS, isText, NEVER, type OurTest, textOf } from './our-test.ts'
import { shellLine } from './shell-line.ts'
import type { Reading, Source, Target } from './source.ts'

/** What is said while a test is carried over. */
export interface Listener {
  /** It cannot be. */
  readonly report: Remarked
  /** It can, and never holds here. */
  readonly doubt: Remarked
  /** It cannot in this reading, which is left out. */
  readonly leave: Remarked
}

/** Says a test of an event in terms of our evidence, in one reading of it; tells what cannot be said. */
export function carry(test: SigmaTest, source: Source, reading: Reading, listener: Listener): Logic<OurTest> {
  const { path } = test
  const { report } = listener
  if (test.field === null) {
    if (reading.keywords !== null) return carryTo(test, reading.keywords, listener)
    report(path, `are keywords, and of a ${source.kind} no line of a log is kept in which they could be looked for.`)
    return NEVER
  }
  const name = test.field.toLowerCase()
  if (Object.hasOwn(reading.fields, name) && reading.fields[name]) return carryTo(test, reading.fields[name], listener)
  const [{ fields }] = source.readings
  const reason = source.unseen && Object.hasOwn(source.unseen, name) ? `: ${source.unseen[name]}` : `; of a ${source.kind} there are `
  const known = reason.startsWith(':') ? '' : `${Object.keys(fields).join(', ') || 'keywords alone'}.`
  report(path, `${test.field} is not seen on a decoy${reason}${known}`)
  return NEVER
}

function carryTo(test: SigmaTest, target: Target, listener: Listener): Logic<OurTest> {
  const { operator, values, path, exact } = test
  const no = (message: string): Logic<OurTest> => {
    listener.report(path, message)
    return NEVER
  }
  const one = (our: OurTest): Logic<OurTest> => ({ test: our })
  const named = test.field ?? 'a keyword'
  const text = (field: string, of: typeof operator, texts: readonly string[]): Logic<OurTest> =>
    isText(of) || of === 'cidr' ? textOf(test, field, of, texts) : no(`${of} of a text cannot be asked here.`)
  if (operator === 'exists') return existsOf(target, values[0] === 'true', path)
  switch (target.as) {
    case 'field':
      return text(target.field, operator, values)
    case 'number': {
      const numbers = values.map(Number)
      if (!numbers.every(Number.isFinite)) return no('is compared with something that is no number.')
      const name = isText(operator) ? (operator === 'equals' ? operator : null) : operator === 'cidr' ? null : operator
      if (name === null) return no(`${operator} of a number cannot be asked here.`)
      return { any: numbers.map((number) => one({ is: 'number', field: target.field, operator: name, number, path })) }
    }
    case 'flag': {
      const expected = values.map((value) => target.words[value.toLowerCase()])
      if (operator !== 'equals' || expected.some((each) => each === undefined))
        return no(`${named} knows ${Object.keys(target.words).join(', ')} only.`)
      return { any: expected.map((each) => one({ is: 'flag', field: target.field, expected: each === true, path })) }
    }
    case 'fixed': {
      const untold = values.find((value) => target.untold?.test(value.toLowerCase()))
      if (untold !== undefined) return no(`which processes ${untold} started is not told apart.`)
      if (target.values.some((value) => holdsFor(test, value))) return ALWAYS
      listener.doubt(path, `${named}: ${target.says}`)
      return NEVER
    }
    case 'command': {
      const whole = text('commands', operator, values)
      const bare = values.filter((value) => PROGRAM_FIRST.test(value)).map((value) => value.replace(PROGRAM_FIRST, ''))
      // A command as we keep it has its program without folder.
      if (bare.length === 0 || (operator !== 'equals' && operator !== 'starts_with' && operator !== 'contains')) return whole
      return { any: [whole, text('commands', operator === 'equals' ? 'equals' : 'starts_with', bare)] }
    }
    case 'program':
      return isText(operator) && operator !== 'regex'
        ? programOf(values, operator, path)
        : no(`${operator} of a program cannot be asked here.`)
    case 'word':
      if (!isText(operator) || operator === 'regex') return no(`${operator} of one word cannot be asked here.`)
      return one({
        is: 'word',
        position: target.position,
        patterns: values.map((value) => wordPattern(operator, target.position === 0 ? folderless(value) : value)),
        path,
      })
    case 'parent line':
      if (holdsFor(test, '-bash')) return ALWAYS
      return { all: [{ not: text('mode', 'equals', ['interactive']) }, shellLine(test, listener)] }
    case 'shell line':
      return shellLine(test, listener)
    case 'header': {
      if (!isText(operator)) return no(`${operator} of a header cannot be asked here.`)
      const begin = exact ? `^(?i:${target.name}): ` : `^${target.name}: `
      const pattern = (value: string) =>
        operator === 'regex'
          ? value.replace(/^((?:\(\?[ims]+\))?)(\^?)/u, (_, flags: string, start: string) => `${flags}${begin}${start ? '' : '.*'}`)
          : `${begin}${around(operator, value, '.*', '$', exact)}`
      return text('headers', 'regex', values.map(pattern))
    }
    case 'part': {
      const { field, before, any, after } = target
      if (operator === 'cidr') {
        const networks = values.map(networkPattern)
        const strange = values.find((_, index) => networks[index] === null)
        return strange === undefined
          ? text(
              field,
              'regex',
              networks.map((network) => `${before}${network}${after}`),
            )
          : no(`the network ${strange} cannot be asked of part of a text.`)
      }
      if (!isText(operator) || operator === 'regex') return no(`${operator} of ${named} cannot be asked here.`)
      return text(
        field,
        'regex',
        values.map((value) => `${before}${around(operator, value, any, after, exact)}`),
      )
    }
    case 'tool':
      return toolOf(test, target.field, no)
  }
}

/** Whether something is there. What every event has is there always. */
function existsOf(target: Target, expected: boolean, path: SigmaTest['path']): Logic<OurTest> {
  const there = (test: OurTest): Logic<OurTest> => (expected ? { test } : { not: { test } })
  switch (target.as) {
    case 'field':
    case 'number':
    case 'flag':
    case 'part':
    case 'tool':
      return { test: { is: 'exists', field: target.field, expected, path } }
    case 'word':
      return there({ is: 'word', position: target.position, patterns: ['\\S+'], path })
    case 'header':
      return there({ is: 'text', field: 'headers', operator: 'regex', values: [`^${target.name}: .`], exact: null, path })
    default:
      return expected ? ALWAYS : NEVER
  }
}

/** What a tool calls itself, asked for by the path of its program. A shell connects by itself. */
function toolOf(test: SigmaTest, field: string, no: (message: string) => Logic<OurTest>): Logic<OurTest> {
  const { operator, values } = test
  if (!isText(operator) || operator === 'regex' || operator === 'starts_with') return no(`${operator} of a tool cannot be asked here.`)
  const names = values.map((value) => value.toLowerCase().replace(/^.*\//u, ''))
  const shells = names.some((name) => /^(?:ba|z|k)?sh$/u.test(name)) ? [textOf(test, field, 'starts_with', ['/dev/'])] : []
  const whole = operator === 'equals' || values.every((value) => value.startsWith('/'))
  return {
    any: [
      textOf(
        test,
        field,
        whole ? 'equals' : operator,
        names.filter((name) => name !== ''),
      ),
      ...shells,
    ],
  }
}

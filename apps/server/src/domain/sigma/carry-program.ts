import type { Path } from '../ttp/rule/problem.ts'
import type { Logic } from './logic.ts'
import type { OurTest } from './our-test.ts'
import { escapeRegex, type TextOperator } from './value.ts'

type PlainOperator = Exclude<TextOperator, 'regex'>
/** Folders in which a program is found by its name alone. */
const FOLDER = /^(?:\/usr(?:\/local)?)?\/s?bin\/(?=[^/]+$)/u
/** The same before the words of a command. */
export const PROGRAM_FIRST = /^(?:\/usr(?:\/local)?)?\/s?bin\/(?=[^/\s]+(?:\s|$))/u
export const folderless = (program: string): string => program.replace(FOLDER, '')

/** A text below an operator as a pattern of the whole that ends with `after`. */
export function around(operator: PlainOperator, value: string, any: string, after: string, exact = false): string {
  const text = escapeRegex(exact ? value : value.toLowerCase())
  const open = operator === 'contains' || operator === 'ends_with' ? any : ''
  const close = operator === 'contains' || operator === 'starts_with' ? any : ''
  return `${open}${text}${close}${after}`
}
export const wordPattern = (operator: PlainOperator, value: string): string => around(operator, value, '\\S*', '')

/** `Image` is a path; of a command its last part is known, and the folder only where it was typed. */
export function programOf(values: readonly string[], operator: PlainOperator, path: Path): Logic<OurTest> {
  const names: string[] = []
  const patterns: string[] = []
  const typed: string[] = []
  for (const given of values) {
    const value = given.toLowerCase()
    const name = operator === 'equals' ? folderless(value) : value.replace(/^\//u, '')
    const slash = value.startsWith('/')
    if (name === '' || name.includes('/')) typed.push(value)
    else if (operator === 'equals' || (operator === 'ends_with' && slash)) names.push(name)
    else if (operator === 'ends_with') patterns.push(`\\S*${escapeRegex(name)}`)
    else if (operator === 'contains') patterns.push(`${slash ? '' : '\\S*'}${escapeRegex(name)}\\S*`)
    else typed.push(value)
  }
  return {
    any: [
      ...(names.length + patterns.length > 0 ? [{ test: { is: 'program', names, patterns, path } } as const] : []),
      ...(typed.length > 0 ? [{ test: { is: 'text', field: 'argv0', operator, values: typed, exact: null, path } } as const] : []),
    ],
  }
}

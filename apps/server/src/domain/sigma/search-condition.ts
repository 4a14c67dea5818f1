import { compileRegex } from '../ttp/rule/regex.ts'
import type { Logic } from './logic.ts'
import { escapeRegex } from './value.ts'

const TOKEN = /\s*(?:([()|])|([^\s()|]+))/gu
const TOKENS = 500
const DEEPEST = 20

/** Selections by name, or what is wrong with the condition. */
export type SearchCondition = { readonly logic: Logic<string> } | { readonly problem: string }

const glob = (pattern: string) => compileRegex(`^${pattern.split('*').map(escapeRegex).join('.*')}$`)

/** Reads `selection and not 1 of filter_*`. `names`: all selections of the rule. */
export function readSearchCondition(text: string, names: readonly string[]): SearchCondition {
  const tokens = [...text.matchAll(TOKEN)].map(([, mark, word]) => mark ?? word ?? '')
  if (tokens.includes('|')) {
    const after = tokens.slice(tokens.indexOf('|') + 1).join(' ')
    return { problem: `counts or looks for what is near (| ${after}): such aggregations are not carried over.` }
  }
  if (tokens.length > TOKENS) return { problem: 'is too long.' }
  let at = 0
  let depth = 0
  const problems: string[] = []
  const fail = (problem: string): Logic<string> => {
    problems.push(problem)
    at = tokens.length
    return { any: [] }
  }
  const peek = () => tokens[at]?.toLowerCase()

  function either(): Logic<string> {
    const parts = [both()]
    while (peek() === 'or') {
      at += 1
      parts.push(both())
    }
    return parts.length === 1 && parts[0] ? parts[0] : { any: parts }
  }
  function both(): Logic<string> {
    const parts = [one()]
    while (peek() === 'and') {
      at += 1
      parts.push(one())
    }
    return parts.length === 1 && parts[0] ? parts[0] : { all: parts }
  }
  function one(): Logic<string> {
    const token = tokens[at]
    if (token === undefined) return fail('ends too early.')
    at += 1
    const word = token.toLowerCase()
    if (word === 'not') return { not: one() }
    if (token === '(') {
      if (++depth > DEEPEST) return fail(`is nested deeper than ${DEEPEST}.`)
      const inner = either()
      depth -= 1
      if (tokens[at++] !== ')' && problems.length === 0) return fail('lacks a closing bracket.')
      return inner
    }
    if (peek() === 'of' && (word === 'all' || word === 'any' || /^\d+$/u.test(word))) return some(word)
    return names.includes(token) ? { test: token } : fail(`names ${token}, which is no selection.`)
  }
  function some(count: string): Logic<string> {
    at += 1
    const pattern = tokens[at++]
    if (pattern === undefined) return fail('ends too early.')
    const matching = glob(pattern)
    const parts = names.filter((name) => (pattern.toLowerCase() === 'them' ? !name.startsWith('_') : matching.test(name)))
    if (parts.length === 0) return fail(`names ${pattern}, of which there is no selection.`)
    const tests = parts.map((name) => ({ test: name }))
    if (count === 'all') return { all: tests }
    return count === '1' || count === 'any'
      ? { any: tests }
      : fail(`asks for ${count} of ${pattern}: only "1 of" and "all of" are carried over.`)
  }

  const logic = either()
  if (problems.length === 0 && at < tokens.length) problems.push(`is not understood at ${tokens[at]}.`)
  const [problem] = problems
  return problem === undefined ? { logic } : { problem }
}

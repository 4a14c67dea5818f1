import type { CaseClause, Compound, FunctionDefinition, Word } from './ast.ts'
import { parseCondition } from './condition.ts'
import type { Parser } from './parse.ts'
import { SyntaxProblem } from './syntax-error.ts'
import { bareText, parseRange } from './word.ts'

/** A compound command or function definition at the cursor; null where a simple command stands. */
export function compoundOf(parser: Parser): Compound | FunctionDefinition | null {
  const { source } = parser
  source.blanks()
  if (source.peek() === '(') return source.peek(1) === '(' ? (arithmetic(parser) ?? subshell(parser)) : subshell(parser)
  const reserved = parser.reserved()
  if (reserved === '') return null
  switch (reserved) {
    case '{': {
      parser.accept('{')
      const body = parser.body('}')
      parser.expect('}')
      return { kind: 'group', body }
    }
    case 'if':
      return conditional(parser)
    case 'while':
    case 'until': {
      parser.accept(reserved)
      const test = parser.body('do')
      return { kind: reserved, test, body: doGroup(parser) }
    }
    case 'for':
    case 'select':
      return loop(parser, reserved)
    case 'case':
      return choice(parser)
    case '[[':
      parser.accept('[[')
      return { kind: 'condition', expression: parseCondition(parser) }
    case 'function':
      return definition(parser)
    default:
      throw parser.unexpected()
  }
}

function subshell(parser: Parser): Compound {
  parser.source.take()
  const body = parser.list(() => parser.operator() === ')')
  if (body.items.length === 0) throw parser.unexpected()
  parser.source.take()
  return { kind: 'subshell', body }
}

/** `((…))`, or null where it is a subshell in a subshell. */
function arithmetic(parser: Parser): Compound | null {
  const { source } = parser
  let depth = 0
  for (let at = source.at + 2; at < source.text.length; at++) {
    const char = source.text[at]
    if (char === '(') depth++
    else if (char === ')' && depth > 0) depth--
    else if (char === ')') {
      if (source.text[at + 1] !== ')') return null
      source.skip(2)
      const expression = parseRange(source, parser.substitution, at)
      source.skip(2)
      return { kind: 'arithmetic', expression }
    }
  }
  throw new SyntaxProblem("unexpected EOF while looking for matching `)'", source.line, { incomplete: true })
}

function conditional(parser: Parser): Compound {
  parser.accept('if')
  const branches = []
  for (;;) {
    const test = parser.body('then')
    parser.expect('then')
    branches.push({ test, body: parser.body('elif', 'else', 'fi') })
    if (!parser.accept('elif')) break
  }
  const otherwise = parser.accept('else') ? parser.body('fi') : null
  parser.expect('fi')
  return { kind: 'if', branches, otherwise }
}

function doGroup(parser: Parser): Compound extends never ? never : ReturnType<Parser['body']> {
  parser.lineEnds()
  if (parser.accept('{')) {
    const body = parser.body('}')
    parser.expect('}')
    return body
  }
  parser.expect('do')
  const body = parser.body('done')
  parser.expect('done')
  return body
}

function loop(parser: Parser, kind: 'for' | 'select'): Compound {
  parser.accept(kind)
  parser.source.blanks()
  if (kind === 'for' && parser.source.looking('((')) return counting(parser)
  const word = parser.word()
  const name = word === null ? null : bareText(word)
  if (word === null) throw parser.unexpected()
  if (name === null || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
    throw new SyntaxProblem(`\`${name ?? ''}': not a valid identifier`, parser.source.line, { status: 1 })
  let words: Word[] | null = null
  parser.lineEnds()
  const next = /^in(?=[\s;]|$)/.exec(parser.source.text.slice(parser.source.at, parser.source.at + 4))
  if (next !== null) {
    parser.source.skip(2)
    words = []
    for (let one = parser.word(); one !== null; one = parser.word()) words.push(one)
  }
  const operator = parser.operator()
  if (operator === ';') parser.source.skip(1)
  else if (operator !== '\n' && words !== null) throw parser.unexpected()
  return { kind: 'for', name, words, body: doGroup(parser), select: kind === 'select' }
}

function counting(parser: Parser): Compound {
  const { source } = parser
  source.skip(2)
  const part = (end: string): Word => {
    let depth = 0
    for (let at = source.at; at < source.text.length; at++) {
      const char = source.text[at]
      if (char === '(') depth++
      if (char === ')' && depth > 0) depth--
      else if (char === end && depth === 0) {
        const word = parseRange(source, parser.substitution, at)
        source.skip(1)
        return word
      } else if (char === ')' && depth === 0) break
    }
    throw source.text.indexOf('))', source.at) < 0
      ? new SyntaxProblem("unexpected EOF while looking for matching `)'", source.line, { incomplete: true })
      : new SyntaxProblem('syntax error: arithmetic expression required', source.line, { quotesLine: true })
  }
  const start = part(';')
  const test = part(';')
  const step = part(')')
  if (source.peek() !== ')') throw parser.unexpected()
  source.take()
  if (parser.operator() === ';') source.skip(1)
  return { kind: 'count', start, test, step, body: doGroup(parser) }
}

function choice(parser: Parser): Compound {
  parser.accept('case')
  const subject = parser.word()
  if (subject === null) throw parser.unexpected()
  parser.lineEnds()
  const found = /^in(?=\s|$)/.test(parser.source.text.slice(parser.source.at, parser.source.at + 3))
  if (!found) throw parser.unexpected()
  parser.source.skip(2)
  const clauses: CaseClause[] = []
  for (;;) {
    parser.lineEnds()
    if (parser.source.ended) throw parser.unexpected()
    if (parser.accept('esac')) return { kind: 'case', subject, clauses }
    if (parser.source.peek() === '(') parser.source.take()
    const patterns: Word[] = []
    for (;;) {
      const word = parser.word()
      if (word === null) throw parser.unexpected()
      patterns.push(word)
      if (parser.operator() !== '|') break
      parser.source.skip(1)
    }
    if (parser.operator() !== ')') throw parser.unexpected()
    parser.source.skip(1)
    const body = parser.source.deeper(() =>
      parser.list(() => [';;', ';&', ';;&'].includes(parser.operator()) || parser.reserved() === 'esac'),
    )
    const operator = parser.operator()
    const end = operator === ';&' || operator === ';;&' ? operator : ';;'
    if (operator.startsWith(';')) parser.source.skip(operator.length)
    clauses.push({ patterns, body, end })
  }
}

function definition(parser: Parser): FunctionDefinition {
  parser.accept('function')
  const word = parser.word()
  const name = word === null ? null : bareText(word)
  if (name === null) throw parser.unexpected()
  return functionNamed(parser, name) ?? functionBody(parser, name)
}

/** The rest of `name() body`, the cursor before `(`; null when no `()` stands there. */
export function functionNamed(parser: Parser, name: string): FunctionDefinition | null {
  const found = /^\([ \t]*\)/.exec(parser.source.text.slice(parser.source.at, parser.source.at + 32))
  if (found === null) {
    if (parser.operator() === '(') parser.source.skip(1)
    return null
  }
  parser.source.skip(found[0].length)
  return functionBody(parser, name)
}

function functionBody(parser: Parser, name: string): FunctionDefinition {
  parser.lineEnds()
  const line = parser.source.line
  const compound = compoundOf(parser)
  if (compound === null || compound.kind === 'function') throw parser.unexpected()
  const redirects = []
  for (let one = parser.redirect(); one !== null; one = parser.redirect()) redirects.push(one)
  return { kind: 'function', name, body: { kind: 'compound', compound, redirects, line } }
}

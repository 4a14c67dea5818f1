import type { Condition, Word } from './ast.ts'
import type { Parser } from './parse.ts'
import { SyntaxProblem } from './syntax-error.ts'
import { bareText, parseUntilBlank } from './word.ts'

const UNARY = /^-[a-hknoprstuvwxzGLNORS]$/
const BINARY = new Set(['=', '==', '!=', '=~', '-eq', '-ne', '-lt', '-le', '-gt', '-ge', '-nt', '-ot', '-ef'])

/** `[[ … ]]` after its opening word. */
export function parseCondition(parser: Parser): Condition {
  const condition = disjunction(parser)
  parser.lineEnds()
  if (!parser.source.looking(']]')) throw wrong(parser, 'syntax error in conditional expression')
  parser.source.skip(2)
  return condition
}

function wrong(parser: Parser, message: string): SyntaxProblem {
  const { source } = parser
  if (source.ended)
    return new SyntaxProblem("unexpected token `newline', conditional binary operator expected", source.line, { incomplete: true })
  return new SyntaxProblem(message, source.line, { quotesLine: true })
}

function disjunction(parser: Parser): Condition {
  let left = conjunction(parser)
  for (;;) {
    parser.lineEnds()
    if (!parser.source.looking('||')) return left
    parser.source.skip(2)
    left = { kind: 'or', left, right: conjunction(parser) }
  }
}
function conjunction(parser: Parser): Condition {
  let left = primary(parser)
  for (;;) {
    parser.lineEnds()
    if (!parser.source.looking('&&')) return left
    parser.source.skip(2)
    left = { kind: 'and', left, right: primary(parser) }
  }
}

function primary(parser: Parser): Condition {
  return parser.source.deeper((): Condition => {
    parser.lineEnds()
    const { source } = parser
    if (source.peek() === '(') {
      source.take()
      const inner = disjunction(parser)
      parser.lineEnds()
      if (source.peek() !== ')') throw wrong(parser, 'syntax error in conditional expression')
      source.take()
      return inner
    }
    if (source.peek() === '!' && /\s/.test(source.peek(1))) {
      source.take()
      return { kind: 'not', inner: primary(parser) }
    }
    const first = operandAt(parser)
    const text = bareText(first)
    source.blanks()
    if (text !== null && UNARY.test(text) && !source.looking(']]') && !source.looking('&&') && !source.looking('||')) {
      return { kind: 'unary', operator: text, word: operandAt(parser) }
    }
    return comparison(parser, first)
  })
}

function comparison(parser: Parser, left: Word): Condition {
  const { source } = parser
  const found = /^(?:[<>]|[=!~-][=~a-z]*)(?=\s)/.exec(source.text.slice(source.at, source.at + 5))?.[0]
  if (found !== undefined && (BINARY.has(found) || found === '<' || found === '>')) {
    source.skip(found.length)
    source.blanks()
    const right = found === '=~' ? parseUntilBlank(source, parser.substitution) : operandAt(parser)
    return { kind: 'binary', operator: found, left, right }
  }
  if (source.looking(']]') || source.looking('&&') || source.looking('||') || source.peek() === ')') return { kind: 'word', word: left }
  throw wrong(parser, 'conditional binary operator expected')
}

function operandAt(parser: Parser): Word {
  const word = parser.word()
  if (word === null) throw wrong(parser, `unexpected argument \`${parser.operator()}' to conditional unary operator`)
  return word
}

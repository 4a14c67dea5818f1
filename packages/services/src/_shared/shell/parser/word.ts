import type { ParameterOperator, ParameterPart, Part, Script, TextPart, Word } from './ast.ts'
import { decodeAnsiC } from './escapes.ts'
import type { Source } from './source.ts'
import { SyntaxProblem } from './syntax-error.ts'

/** Parses the commands of `$(…)` up to the closing parenthesis, which it takes. */
export type ParseScript = (source: Source) => Script

const META = new Set([' ', '\t', '\n', '|', '&', ';', '(', ')', '<', '>'])
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y
const SPECIAL = '@*#?$!-0123456789'

const eof = (wanted: string, line: number): SyntaxProblem =>
  new SyntaxProblem(`unexpected EOF while looking for matching \`${wanted}'`, line, { incomplete: true })

/** Gathers text until something else comes. */
class Builder {
  readonly parts: Part[] = []
  #text = ''
  #quoted = false
  text(char: string, quoted: boolean): void {
    if (this.#quoted !== quoted) this.flush()
    this.#quoted = quoted
    this.#text += char
  }
  /** Quotes around nothing still make a word. */
  empty(): void {
    this.flush()
    this.parts.push({ kind: 'text', text: '', quoted: true })
  }
  add(part: Part): void {
    this.flush()
    this.parts.push(part)
  }
  flush(): void {
    if (this.#text === '') return
    this.parts.push({ kind: 'text', text: this.#text, quoted: this.#quoted })
    this.#text = ''
  }
  done(): Word {
    this.flush()
    return { parts: this.parts }
  }
}

/** A word up to a blank or an operator; null when there is none. */
export function parseWord(source: Source, script: ParseScript): Word | null {
  const start = source.at
  const into = new Builder()
  while (!source.ended) {
    const char = source.peek()
    if ((char === '<' || char === '>') && source.peek(1) === '(') {
      source.skip(2)
      into.add({ kind: 'process', script: script(source), direction: char })
      continue
    }
    if (META.has(char)) break
    if (char === '\\' && source.peek(1) === '\n') {
      source.skip(2)
      continue
    }
    parsePiece(source, script, into)
  }
  return source.at === start ? null : into.done()
}

/** A regular expression in `[[ … =~ … ]]`: parentheses and bars belong to it. */
export function parseUntilBlank(source: Source, script: ParseScript): Word {
  const into = new Builder()
  let depth = 0
  while (!source.ended) {
    const char = source.peek()
    if (char === '\n' || (depth === 0 && (char === ' ' || char === '\t'))) break
    if (char === '(') depth++
    if (char === ')') depth--
    parsePiece(source, script, into)
  }
  return into.done()
}

/** One unquoted character, quotation or expansion. */
function parsePiece(source: Source, script: ParseScript, into: Builder): void {
  const char = source.peek()
  if (char === '\\') {
    source.take()
    into.text(source.ended ? '\\' : source.take(), true)
  } else if (char === "'") singleQuotes(source, into)
  else if (char === '"') doubleQuotes(source, script, into)
  else if (char === '`') into.add(backquotes(source, false))
  else if (char === '$') dollar(source, script, into, false)
  else into.text(source.take(), false)
}

function singleQuotes(source: Source, into: Builder): void {
  const line = source.line
  source.take()
  const end = source.text.indexOf("'", source.at)
  if (end < 0) throw eof("'", line)
  if (end === source.at) into.empty()
  while (source.at < end) into.text(source.take(), true)
  source.take()
}

function doubleQuotes(source: Source, script: ParseScript, into: Builder): void {
  const line = source.line
  source.take()
  if (source.peek() === '"') into.empty()
  for (;;) {
    if (source.ended) throw eof('"', line)
    const char = source.peek()
    if (char === '"') break
    quotedPiece(source, script, into, '"')
  }
  source.take()
}

/** One character or expansion inside double quotes or a here-document (`end` empty). */
function quotedPiece(source: Source, script: ParseScript, into: Builder, end: string): void {
  const char = source.peek()
  if (char === '\\') {
    const next = source.peek(1)
    if (next === '\n') source.skip(2)
    else if (
      next !== '' &&
      (next === '$' || next === '`' || next === '\\' || (next === '"' && end === '"') || (next === '}' && end === '}'))
    ) {
      source.take()
      into.text(source.take(), true)
    } else into.text(source.take(), true)
  } else if (char === '`') into.add(backquotes(source, true))
  else if (char === '$') dollar(source, script, into, true)
  else into.text(source.take(), true)
}

function backquotes(source: Source, quoted: boolean): Part {
  const line = source.line
  source.take()
  let text = ''
  for (;;) {
    if (source.ended) throw eof('`', line)
    const char = source.take()
    if (char === '`') return { kind: 'backquote', text, quoted }
    if (char === '\\') {
      const next = source.take()
      text += next === '`' || next === '\\' || next === '$' || (quoted && next === '"') ? next : `\\${next}`
    } else text += char
  }
}

function dollar(source: Source, script: ParseScript, into: Builder, quoted: boolean): void {
  const next = source.peek(1)
  if (next === "'" && !quoted) ansiC(source, into)
  else if (next === '"' && !quoted) {
    source.take()
    doubleQuotes(source, script, into)
  } else {
    const part = expansion(source, script, quoted)
    if (part === null) into.text(source.take(), quoted)
    else into.add(part)
  }
}

/** The expansion that the `$` at the cursor begins; null where it is only a dollar. */
function expansion(source: Source, script: ParseScript, quoted: boolean): Part | null {
  const next = source.peek(1)
  if (next === '(') {
    if (source.peek(2) === '(') {
      const expression = source.deeper(() => tryArithmetic(source, script))
      if (expression !== null) return { kind: 'arithmetic', expression, quoted }
    }
    source.skip(2)
    return { kind: 'command', script: source.deeper(() => script(source)), quoted }
  }
  if (next === '[') {
    source.skip(2)
    return { kind: 'arithmetic', expression: parseUntil(source, script, ']', '['), quoted }
  }
  if (next === '{') return source.deeper(() => braced(source, script, quoted))
  NAME.lastIndex = source.at + 1
  const name = NAME.exec(source.text)?.[0] ?? (next !== '' && SPECIAL.includes(next) ? next : '')
  if (name === '') return null
  source.skip(1 + name.length)
  return plain(name, quoted)
}

const plain = (name: string, quoted: boolean): ParameterPart => ({
  kind: 'parameter',
  name,
  operator: '',
  length: false,
  indirect: false,
  index: null,
  first: null,
  second: null,
  quoted,
  source: name,
})

function ansiC(source: Source, into: Builder): void {
  const line = source.line
  source.skip(2)
  const start = source.at
  while (source.peek() !== "'") {
    if (source.ended) throw eof("'", line)
    source.skip(source.peek() === '\\' ? 2 : 1)
  }
  const text = decodeAnsiC(source.text.slice(start, source.at))
  source.take()
  if (text === '') into.empty()
  for (const char of text) into.text(char, true)
}

/** `$((…))`, or null where it is a command substitution that begins with a subshell. */
function tryArithmetic(source: Source, script: ParseScript): Word | null {
  let depth = 0
  for (let at = source.at + 3; at < source.text.length; at++) {
    const char = source.text[at]
    if (char === '(') depth++
    else if (char === ')') {
      if (depth > 0) depth--
      else if (source.text[at + 1] === ')') {
        source.skip(3)
        const inner = parseRange(source, script, at)
        source.skip(2)
        return inner
      } else return null
    }
  }
  throw eof(')', source.line)
}

/** The text up to `end` as inside double quotes. */
export function parseRange(source: Source, script: ParseScript, end: number): Word {
  const into = new Builder()
  while (source.at < end) {
    if (source.peek() === '"') source.take()
    else quotedPiece(source, script, into, '')
  }
  return into.done()
}

function parseUntil(source: Source, script: ParseScript, close: string, open: string): Word {
  const line = source.line
  const into = new Builder()
  let depth = 0
  for (;;) {
    if (source.ended) throw eof(close, line)
    const char = source.peek()
    if (char === close && depth === 0) break
    if (char === close) depth--
    if (char === open) depth++
    parsePiece(source, script, into)
  }
  source.take()
  return into.done()
}

/** A here-document's body. */
export function parseHereText(source: Source, script: ParseScript): Word {
  const into = new Builder()
  while (!source.ended) quotedPiece(source, script, into, '')
  return into.done()
}

const OPERATORS: readonly ParameterOperator[] = [
  ':-',
  ':=',
  ':?',
  ':+',
  '##',
  '%%',
  '//',
  '/#',
  '/%',
  '^^',
  ',,',
  '-',
  '=',
  '?',
  '+',
  '#',
  '%',
  '/',
  '^',
  ',',
  ':',
  '@',
]

/** `${…}` */
function braced(source: Source, script: ParseScript, quoted: boolean): Part {
  const line = source.line
  const start = source.at
  source.skip(2)
  const bad = (): Part => {
    while (!source.ended && source.peek() !== '}') source.take()
    if (source.ended) throw eof('}', line)
    source.take()
    return { ...plain('', quoted), source: source.text.slice(start, source.at) }
  }
  let length = false
  let indirect = false
  if (source.peek() === '#' && source.peek(1) !== '}' && !/^#[-:=?+%#]/.test(source.text.slice(source.at, source.at + 2))) {
    length = true
    source.take()
  } else if (source.peek() === '!' && /[A-Za-z_0-9@*#]/.test(source.peek(1))) {
    indirect = true
    source.take()
  }
  NAME.lastIndex = source.at
  let name = NAME.exec(source.text)?.[0] ?? /^\d+/.exec(source.text.slice(source.at, source.at + 12))?.[0] ?? ''
  if (name === '' && source.peek() !== '' && SPECIAL.includes(source.peek())) name = source.peek()
  if (name === '') return bad()
  source.skip(name.length)
  let index: Word | null = null
  if (source.peek() === '[') {
    source.take()
    index = parseUntil(source, script, ']', '[')
  }
  const shape = { kind: 'parameter', name, length, indirect, index, quoted } as const
  const finish = (operator: ParameterOperator, first: Word | null, second: Word | null): Part => {
    if (source.ended) throw eof('}', line)
    if (source.peek() !== '}') return bad()
    source.take()
    return { ...shape, operator, first, second, source: source.text.slice(start, source.at) }
  }
  if (source.peek() === '}') return finish('', null, null)
  if (source.ended) throw eof('}', line)
  if (indirect && (source.peek() === '*' || source.peek() === '@') && source.peek(1) === '}') {
    const operator = source.take() === '*' ? '!*' : '!@'
    return finish(operator, null, null)
  }
  const operator = OPERATORS.find((one) => source.looking(one))
  if (operator === undefined || length) return bad()
  source.skip(operator.length)
  const stop = operator.startsWith('/') ? '/' : operator === ':' ? ':' : ''
  // Patterns keep their own quoting even inside double quotes; words inside double quotes are quoted text.
  const literal = quoted && !/^[#%/^,]/.test(operator)
  const first = operand(source, script, literal, stop, line)
  let second: Word | null = null
  if (stop !== '' && source.peek() === stop) {
    source.take()
    second = operand(source, script, quoted && operator === ':', '', line)
  }
  return finish(operator, first, second)
}

function operand(source: Source, script: ParseScript, quoted: boolean, stop: string, line: number): Word {
  const into = new Builder()
  let ternary = 0
  for (;;) {
    if (source.ended) throw eof('}', line)
    const char = source.peek()
    if (char === '}') break
    if (char === stop && !(stop === ':' && ternary > 0)) break
    if (stop === ':' && char === '?') ternary++
    if (stop === ':' && char === ':' && ternary > 0) ternary--
    if (quoted && char === '"') doubleQuotes(source, script, into)
    else if (quoted) quotedPiece(source, script, into, '}')
    else parsePiece(source, script, into)
  }
  return into.done()
}

/** The word's text when it has no expansions and no quotes: names, reserved words. */
export function bareText(word: Word): string | null {
  const only = word.parts[0]
  return word.parts.length === 1 && only?.kind === 'text' && !only.quoted ? only.text : null
}
/** The word's text with its quotes removed, for here-document ends and function names. */
export function unquoted(word: Word): { readonly text: string; readonly quoted: boolean } {
  const texts = word.parts.filter((part): part is TextPart => part.kind === 'text')
  return { text: texts.map((part) => part.text).join(''), quoted: texts.some((part) => part.quoted) }
}

export interface Token {
  readonly kind: 'name' | 'keyword' | 'number' | 'string' | 'symbol' | 'end'
  /** Of strings their content, else as it stands. */
  readonly text: string
  /** As errors quote it. */
  readonly shown: string
  readonly line: number
}

/** A script that does not compile. */
export class SyntaxFault extends Error {
  override readonly name = 'SyntaxFault'
  readonly text: string
  constructor(message: string, line: number) {
    super('script does not compile')
    this.text = `user_script:${line}: ${message}`
  }
}

const KEYWORDS = new Set(
  'and break do else elseif end false for function if in local nil not or repeat return then true until while'.split(' '),
)
const SPACE = /[ \t\r\n\v\f]+/uy
const LONG = /\[(=*)\[\r?\n?([\s\S]*?)\]\1\]/uy
const NAME = /[A-Za-z_][A-Za-z0-9_]*/uy
const NUMBER = /0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/uy
const SYMBOL = /\.\.\.|\.\.|[=~<>]=|[-+*/%^#<>=(){}[\];:,.]/uy
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', a: '\x07', b: '\b', f: '\f', v: '\v' }

/** Tokens of Lua 5.1 (reference manual 2.1). @throws {SyntaxFault} */
export function lex(source: string): readonly Token[] {
  const tokens: Token[] = []
  let at = 0
  let line = 1
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at
    const found = pattern.exec(source)
    if (found) at += found[0].length
    return found
  }
  const count = (text: string): void => {
    for (const char of text) if (char === '\n') line += 1
  }
  const push = (kind: Token['kind'], text: string, shown = text): void => void tokens.push({ kind, text, shown, line })

  function quoted(quote: string): void {
    const from = at
    let text = ''
    at += 1
    for (;;) {
      const char = source.charAt(at)
      if (char === '') throw new SyntaxFault("unfinished string near '<eof>'", line)
      if (char === '\n') throw new SyntaxFault(`unfinished string near '${source.slice(from, at)}'`, line)
      at += 1
      if (char === quote) break
      if (char !== '\\') {
        text += char
        continue
      }
      const code = /^\d{1,3}/u.exec(source.slice(at, at + 3))?.[0]
      const escaped = code ?? source.charAt(at)
      at += escaped.length
      if (code !== undefined) {
        if (Number(code) > 255) throw new SyntaxFault(`escape sequence too large near '${source.slice(from, at)}'`, line)
        text += String.fromCharCode(Number(code))
      } else {
        if (escaped === '\n') line += 1
        text += Object.hasOwn(ESCAPES, escaped) ? (ESCAPES[escaped] ?? '') : escaped
      }
    }
    push('string', text, source.slice(from, at))
  }

  while (at < source.length) {
    const space = match(SPACE)
    if (space) {
      count(space[0])
      continue
    }
    if (source.startsWith('--', at)) {
      at += 2
      const long = match(LONG)
      if (long) count(long[0])
      else at = (source.indexOf('\n', at) + source.length + 1) % (source.length + 1)
      continue
    }
    const char = source.charAt(at)
    if (char === '"' || char === "'") {
      quoted(char)
      continue
    }
    const long = char === '[' ? match(LONG) : null
    if (long) {
      push('string', long[2] ?? '', long[0])
      count(long[0])
      continue
    }
    const word = match(NAME)?.[0]
    if (word !== undefined) {
      push(KEYWORDS.has(word) ? 'keyword' : 'name', word)
      continue
    }
    const number = match(NUMBER)?.[0]
    if (number !== undefined) {
      if (/[A-Za-z_.]/u.test(source.charAt(at)))
        throw new SyntaxFault(`malformed number near '${number}${/^[\w.]+/u.exec(source.slice(at, at + 64))?.[0] ?? ''}'`, line)
      push('number', number)
      continue
    }
    const symbol = match(SYMBOL)?.[0]
    if (symbol === undefined) throw new SyntaxFault(`unexpected symbol near '${char}'`, line)
    push('symbol', symbol)
  }
  push('end', '', '<eof>')
  return tokens
}

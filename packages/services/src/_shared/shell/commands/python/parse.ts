/** A small part of Python: what fits on the command line of somebody in a hurry. */
export type Expression =
  | { readonly kind: 'value'; readonly value: string | bigint | number | boolean | null; readonly bytes?: boolean }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'attribute'; readonly of: Expression; readonly name: string }
  | {
      readonly kind: 'index'
      readonly of: Expression
      readonly from: Expression | null
      readonly to: Expression | null
      readonly slice: boolean
    }
  | {
      readonly kind: 'call'
      readonly of: Expression
      readonly args: readonly Expression[]
      readonly named: ReadonlyMap<string, Expression>
    }
  | { readonly kind: 'list'; readonly items: readonly Expression[]; readonly tuple: boolean }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'unary'; readonly operator: string; readonly of: Expression }
export type Statement =
  | { readonly kind: 'import'; readonly module: string; readonly as: string; readonly line: number }
  | { readonly kind: 'from'; readonly module: string; readonly names: readonly string[]; readonly line: number }
  | { readonly kind: 'assign'; readonly names: readonly string[]; readonly value: Expression; readonly line: number }
  | { readonly kind: 'for'; readonly name: string; readonly over: Expression; readonly body: readonly Statement[]; readonly line: number }
  | { readonly kind: 'if'; readonly test: Expression; readonly body: readonly Statement[]; readonly line: number }
  | { readonly kind: 'expression'; readonly value: Expression; readonly line: number }

/** What Python would call a mistake of spelling. */
export class PythonSyntaxError extends Error {
  override readonly name = 'PythonSyntaxError'
  readonly line: number
  readonly column: number
  constructor(message: string, line: number, column: number) {
    super(message)
    this.line = line
    this.column = column
  }
}
/** Python that this does not speak. */
export class Unspoken extends Error {
  override readonly name = 'Unspoken'
}

interface Token {
  readonly kind: 'name' | 'number' | 'string' | 'bytes' | 'sign' | 'end'
  readonly text: string
  readonly column: number
}
const WORDS =
  /^(?:def|class|while|try|except|finally|with|lambda|async|await|yield|global|nonlocal|del|raise|assert|return|elif|else|match)$/
const TOKEN =
  /\s+|#.*$|([rRbBuUfF]{0,2})("""[\s\S]*?"""|'''[\s\S]*?'''|"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*')|(0[xX][0-9a-fA-F]+|\d+\.\d*|\.\d+|\d+)|([A-Za-z_]\w*)|(\*\*|\/\/|==|!=|<=|>=|<<|>>|[-+*/%()[\]{},.:;=<>&|^~@])/gy
const TOKENS_MAX = 20_000
const DEPTH_MAX = 60

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  "'": "'",
  '"': '"',
  0: '\0',
  a: '\x07',
  b: '\b',
  '\n': '',
}
const unescaped = (text: string): string =>
  text.replace(/\\(x[0-9a-fA-F]{2}|[0-7]{1,3}|[\s\S])/g, (whole, what: string) =>
    /^x../.test(what)
      ? String.fromCharCode(Number.parseInt(what.slice(1), 16))
      : /^[0-7]+$/.test(what)
        ? String.fromCharCode(Number.parseInt(what, 8) & 255)
        : (Object.entries(ESCAPES).find(([key]) => key === what)?.[1] ?? whole),
  )

function tokensOf(line: string, number: number): Token[] {
  const tokens: Token[] = []
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < line.length) {
    const column = TOKEN.lastIndex
    const found = TOKEN.exec(line)
    if (found === null) {
      const rest = line.slice(column)
      if (/^[rRbBuU]{0,2}["']/.test(rest))
        throw new PythonSyntaxError(`unterminated string literal (detected at line ${number})`, number, column)
      throw new PythonSyntaxError('invalid syntax', number, column)
    }
    if (tokens.length > TOKENS_MAX) throw new Unspoken()
    const [, prefix = '', quoted, digits, name, sign] = found
    if (quoted !== undefined) {
      const inner = /^("""|''')/.test(quoted) ? quoted.slice(3, -3) : quoted.slice(1, -1)
      if (/f/i.test(prefix) && inner.includes('{')) throw new Unspoken()
      tokens.push({ kind: /b/i.test(prefix) ? 'bytes' : 'string', text: /r/i.test(prefix) ? inner : unescaped(inner), column })
    } else if (digits !== undefined) tokens.push({ kind: 'number', text: digits, column })
    else if (name !== undefined) tokens.push({ kind: 'name', text: name, column })
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign, column })
  }
  tokens.push({ kind: 'end', text: '', column: line.length })
  return tokens
}

const LEVELS: readonly (readonly string[])[] = [
  ['or'],
  ['and'],
  ['==', '!=', '<', '>', '<=', '>=', 'in', 'is'],
  ['|'],
  ['^'],
  ['&'],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '//', '%'],
]

/** Reads one logical line. */
class LineParser {
  readonly #tokens: readonly Token[]
  readonly #line: number
  #at = 0
  #depth = 0

  constructor(text: string, line: number) {
    this.#line = line
    this.#tokens = tokensOf(text, line)
  }
  get #token(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', text: '', column: 0 }
  }
  #ended(): boolean {
    return this.#token.kind === 'end'
  }
  #is(text: string): boolean {
    return this.#token.text === text && (this.#token.kind === 'sign' || this.#token.kind === 'name')
  }
  #take(text: string): boolean {
    if (!this.#is(text)) return false
    this.#at++
    return true
  }
  #fail(message = 'invalid syntax'): never {
    throw new PythonSyntaxError(message, this.#line, this.#token.column)
  }
  #expect(text: string, opened?: Token): void {
    if (this.#take(text)) return
    if (this.#token.kind === 'end' && opened !== undefined)
      throw new PythonSyntaxError(`'${opened.text}' was never closed`, this.#line, opened.column)
    this.#fail()
  }
  #name(): string {
    const { kind, text } = this.#token
    if (kind !== 'name') this.#fail()
    this.#at++
    return text
  }

  statements(): Statement[] {
    const made: Statement[] = []
    while (!this.#ended()) {
      if (this.#take(';')) continue
      made.push(...this.#statement())
      if (!this.#ended() && !this.#is(';')) this.#fail()
    }
    return made
  }
  #statement(): Statement[] {
    const line = this.#line
    if (this.#token.kind === 'name' && WORDS.test(this.#token.text)) throw new Unspoken()
    if (this.#take('pass')) return []
    if (this.#take('import')) {
      const made: Statement[] = []
      do {
        let module = this.#name()
        while (this.#take('.')) module += `.${this.#name()}`
        made.push({ kind: 'import', module, as: this.#take('as') ? this.#name() : '', line })
      } while (this.#take(','))
      return made
    }
    if (this.#take('from')) {
      let module = this.#name()
      while (this.#take('.')) module += `.${this.#name()}`
      this.#expect('import')
      const names: string[] = []
      do names.push(this.#take('*') ? '*' : this.#name())
      while (this.#take(','))
      return [{ kind: 'from', module, names, line }]
    }
    if (this.#take('for')) {
      const name = this.#name()
      this.#expect('in')
      const over = this.#expression()
      this.#expect(':')
      return [{ kind: 'for', name, over, body: this.statements(), line }]
    }
    if (this.#take('if')) {
      const test = this.#expression()
      this.#expect(':')
      return [{ kind: 'if', test, body: this.statements(), line }]
    }
    if (this.#is('print') && this.#tokens[this.#at + 1]?.kind === 'string')
      this.#fail("Missing parentheses in call to 'print'. Did you mean print(...)?")
    const value = this.#many()
    if (!this.#take('=')) return [{ kind: 'expression', value, line }]
    const names = value.kind === 'list' && value.tuple ? value.items : [value]
    if (names.some((one) => one.kind !== 'name')) throw new Unspoken()
    return [{ kind: 'assign', names: names.map((one) => (one.kind === 'name' ? one.name : '')), value: this.#many(), line }]
  }

  #many(): Expression {
    const first = this.#expression()
    if (!this.#is(',')) return first
    const items = [first]
    while (this.#take(',') && this.#token.kind !== 'end' && !this.#is('=') && !this.#is(';')) items.push(this.#expression())
    return { kind: 'list', items, tuple: true }
  }
  #expression(): Expression {
    if (++this.#depth > DEPTH_MAX) throw new Unspoken()
    const made = this.#binary(0)
    this.#depth--
    if (this.#is('if') || this.#is('for')) throw new Unspoken()
    return made
  }
  #binary(level: number): Expression {
    const operators = LEVELS[level]
    if (operators === undefined) return this.#unary()
    let left = this.#binary(level + 1)
    for (;;) {
      const { kind, text } = this.#token
      if ((kind !== 'sign' && kind !== 'name') || !operators.includes(text)) return left
      this.#at++
      left = { kind: 'binary', operator: text, left, right: this.#binary(level + 1) }
    }
  }
  #unary(): Expression {
    for (const operator of ['-', '+', 'not', '~'])
      if (this.#take(operator)) {
        if (++this.#depth > DEPTH_MAX) throw new Unspoken()
        return { kind: 'unary', operator, of: this.#unary() }
      }
    const left = this.#trailers(this.#atom())
    return this.#take('**') ? { kind: 'binary', operator: '**', left, right: this.#unary() } : left
  }
  #trailers(first: Expression): Expression {
    let made = first
    for (;;) {
      const opened = this.#token
      if (this.#take('.')) made = { kind: 'attribute', of: made, name: this.#name() }
      else if (this.#take('(')) {
        const args: Expression[] = []
        const named = new Map<string, Expression>()
        while (!this.#is(')')) {
          if (this.#token.kind === 'name' && this.#tokens[this.#at + 1]?.text === '=' && this.#tokens[this.#at + 1]?.kind === 'sign') {
            const name = this.#name()
            this.#expect('=')
            named.set(name, this.#expression())
          } else if (this.#is('*') || this.#is('**')) throw new Unspoken()
          else {
            if (this.#token.kind === 'end') this.#expect(')', opened)
            args.push(this.#expression())
          }
          if (!this.#take(',')) break
        }
        this.#expect(')', opened)
        made = { kind: 'call', of: made, args, named }
      } else if (this.#take('[')) {
        const from = this.#is(':') ? null : this.#expression()
        const slice = this.#take(':')
        const to = slice && !this.#is(']') ? this.#expression() : null
        this.#expect(']', opened)
        made = { kind: 'index', of: made, from, to, slice }
      } else return made
    }
  }
  #atom(): Expression {
    const token = this.#token
    if (token.kind === 'number') {
      this.#at++
      return { kind: 'value', value: /^\d+$|^0[xX]/.test(token.text) ? BigInt(token.text) : Number(token.text) }
    }
    if (token.kind === 'string' || token.kind === 'bytes') {
      let text = ''
      for (; this.#token.kind === token.kind; this.#at++) text += this.#token.text
      return { kind: 'value', value: text, bytes: token.kind === 'bytes' }
    }
    if (token.kind === 'name') {
      if (WORDS.test(token.text)) throw new Unspoken()
      this.#at++
      if (token.text === 'None') return { kind: 'value', value: null }
      if (token.text === 'True' || token.text === 'False') return { kind: 'value', value: token.text === 'True' }
      return { kind: 'name', name: token.text }
    }
    if (token.text === '{') throw new Unspoken()
    if (this.#take('(') || this.#take('[')) {
      const close = token.text === '(' ? ')' : ']'
      const items: Expression[] = []
      let comma = false
      while (!this.#is(close)) {
        if (this.#token.kind === 'end') this.#expect(close, token)
        items.push(this.#expression())
        if (!this.#take(',')) break
        comma = true
      }
      this.#expect(close, token)
      const [only] = items
      return close === ')' && items.length === 1 && !comma && only !== undefined ? only : { kind: 'list', items, tuple: close === ')' }
    }
    return this.#fail()
  }
}

/** Statements of a source; blocks only where they stand on one line. @throws {PythonSyntaxError} @throws {Unspoken} */
export function parse(source: string): readonly Statement[] {
  const made: Statement[] = []
  const lines = source.split('\n')
  for (let i = 0; i < lines.length; i++) {
    let text = lines[i] ?? ''
    const first = i
    // Brackets hold a line open.
    for (let tries = 0; i + 1 < lines.length && tries < 200 && open(text); tries++) text += `\n${lines[++i]}`
    if (text.trim() === '' || text.trim().startsWith('#')) continue
    if (/^\s/.test(text)) {
      if (made.length === 0 || first === 0) throw new PythonSyntaxError('unexpected indent', first + 1, 0)
      throw new Unspoken()
    }
    if (/:\s*$/.test(text)) throw new Unspoken()
    made.push(...new LineParser(text, first + 1).statements())
  }
  return made
}
const open = (text: string): boolean => {
  const bare = text.replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g, '')
  return (bare.match(/[([{]/g)?.length ?? 0) > (bare.match(/[)\]}]/g)?.length ?? 0)
}

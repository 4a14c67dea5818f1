import { lex, SyntaxFault, type Token } from './lexer.ts'

export type Expression =
  | { readonly kind: 'constant'; readonly value: undefined | boolean | number | string }
  | { readonly kind: 'varargs' }
  | { readonly kind: 'name'; readonly name: string; readonly local: boolean; readonly line: number }
  | { readonly kind: 'index'; readonly of: Expression; readonly key: Expression; readonly line: number }
  | {
      readonly kind: 'call'
      readonly callee: Expression
      readonly method: string | null
      readonly args: readonly Expression[]
      readonly line: number
    }
  | { readonly kind: 'function'; readonly parameters: readonly string[]; readonly varargs: boolean; readonly body: Block }
  | { readonly kind: 'unary'; readonly operator: string; readonly of: Expression; readonly line: number }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression; readonly line: number }
  | { readonly kind: 'table'; readonly fields: readonly (readonly [key: Expression | null, value: Expression])[]; readonly line: number }
  | { readonly kind: 'one'; readonly of: Expression }
export type Statement =
  | { readonly kind: 'local'; readonly names: readonly string[]; readonly values: readonly Expression[] }
  | { readonly kind: 'assign'; readonly targets: readonly Expression[]; readonly values: readonly Expression[]; readonly line: number }
  | { readonly kind: 'call'; readonly call: Expression }
  | { readonly kind: 'block'; readonly body: Block }
  | { readonly kind: 'while'; readonly test: Expression; readonly body: Block; readonly after: boolean }
  | { readonly kind: 'if'; readonly branches: readonly (readonly [test: Expression, body: Block])[]; readonly otherwise: Block | null }
  | { readonly kind: 'count'; readonly name: string; readonly bounds: readonly Expression[]; readonly body: Block; readonly line: number }
  | {
      readonly kind: 'each'
      readonly names: readonly string[]
      readonly values: readonly Expression[]
      readonly body: Block
      readonly line: number
    }
  | { readonly kind: 'local function'; readonly name: string; readonly made: Expression }
  | { readonly kind: 'return'; readonly values: readonly Expression[] }
  | { readonly kind: 'break' }
export type Block = readonly Statement[]

/** Levels of nesting, as LUAI_MAXCCALLS. */
const DEPTH = 200
/** Binding power to the left and to the right (reference manual 2.5.6). */
const POWER: ReadonlyMap<string, readonly [number, number]> = new Map<string, readonly [number, number]>([
  ['or', [1, 1]],
  ['and', [2, 2]],
  ...['<', '>', '<=', '>=', '~=', '=='].map((operator) => [operator, [3, 3]] as const),
  ['..', [5, 4]],
  ['+', [6, 6]],
  ['-', [6, 6]],
  ['*', [7, 7]],
  ['/', [7, 7]],
  ['%', [7, 7]],
  ['^', [10, 9]],
])
const UNARY = 8

/** The chunk that a script is (Lua 5.1). @throws {SyntaxFault} with the compiler's own words. */
export function parse(source: string): Block {
  return new Parser(lex(source)).chunk()
}

class Parser {
  readonly #tokens: readonly Token[]
  #at = 0
  #depth = 0
  /** Local names in sight, inner scopes last. */
  #scopes: Set<string>[] = [new Set()]

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }
  get #token(): Token {
    return this.#tokens[Math.min(this.#at, this.#tokens.length - 1)] ?? { kind: 'end', text: '', shown: '<eof>', line: 1 }
  }
  #fail(message: string): never {
    throw new SyntaxFault(`${message} near '${this.#token.shown.slice(0, 80)}'`, this.#token.line)
  }
  #is(text: string): boolean {
    return (this.#token.kind === 'symbol' || this.#token.kind === 'keyword') && this.#token.text === text
  }
  #take(text: string): boolean {
    if (!this.#is(text)) return false
    this.#at += 1
    return true
  }
  #expect(text: string, opened?: { readonly text: string; readonly line: number }): void {
    if (this.#take(text)) return
    const where = opened !== undefined && opened.line !== this.#token.line ? ` (to close '${opened.text}' at line ${opened.line})` : ''
    this.#fail(`'${text}' expected${where}`)
  }
  #name(): string {
    const { kind, text } = this.#token
    if (kind !== 'name') this.#fail("'<name>' expected")
    this.#at += 1
    return text
  }
  #deeper<T>(read: () => T): T {
    this.#depth += 1
    if (this.#depth > DEPTH) throw new SyntaxFault('chunk has too many syntax levels', this.#token.line)
    const made = read()
    this.#depth -= 1
    return made
  }
  #declare(names: readonly string[]): void {
    for (const name of names) this.#scopes.at(-1)?.add(name)
  }

  chunk(): Block {
    const body = this.#block()
    if (this.#token.kind !== 'end') this.#fail("'<eof>' expected")
    return body
  }

  #block(names: readonly string[] = []): Block {
    return this.#deeper(() => {
      this.#scopes.push(new Set(names))
      const statements: Statement[] = []
      while (!this.#ends()) {
        const statement = this.#statement()
        statements.push(statement)
        this.#take(';')
        if (statement.kind === 'return' || statement.kind === 'break') break
      }
      this.#scopes.pop()
      return statements
    })
  }
  #ends(): boolean {
    return this.#token.kind === 'end' || ['end', 'else', 'elseif', 'until'].some((word) => this.#is(word))
  }

  #statement(): Statement {
    const opened = { text: this.#token.text, line: this.#token.line }
    if (this.#take('if')) return this.#if(opened)
    if (this.#take('while')) {
      const test = this.#expression()
      this.#expect('do')
      const body = this.#block()
      this.#expect('end', opened)
      return { kind: 'while', test, body, after: false }
    }
    if (this.#take('do')) {
      const body = this.#block()
      this.#expect('end', opened)
      return { kind: 'block', body }
    }
    if (this.#take('for')) return this.#for(opened)
    if (this.#take('repeat')) {
      const body = this.#block()
      this.#expect('until', opened)
      return { kind: 'while', test: this.#expression(), body, after: true }
    }
    if (this.#take('function')) {
      const { line } = opened
      let target: Expression = this.#named(this.#name(), line)
      while (this.#take('.')) target = { kind: 'index', of: target, key: { kind: 'constant', value: this.#name() }, line }
      return { kind: 'assign', targets: [target], values: [this.#function(opened)], line }
    }
    if (this.#take('local')) return this.#local(opened)
    if (this.#take('return')) return { kind: 'return', values: this.#ends() || this.#is(';') ? [] : this.#list() }
    if (this.#take('break')) return { kind: 'break' }
    return this.#assignment()
  }

  #if(opened: { readonly text: string; readonly line: number }): Statement {
    const branches: [Expression, Block][] = []
    let otherwise: Block | null = null
    do {
      const test = this.#expression()
      this.#expect('then')
      branches.push([test, this.#block()])
    } while (this.#take('elseif'))
    if (this.#take('else')) otherwise = this.#block()
    this.#expect('end', opened)
    return { kind: 'if', branches, otherwise }
  }

  #for(opened: { readonly text: string; readonly line: number }): Statement {
    const names = [this.#name()]
    const counts = this.#take('=')
    if (!counts) {
      while (this.#take(',')) names.push(this.#name())
      if (!this.#take('in')) this.#fail("'=' or 'in' expected")
    }
    const values = this.#list()
    if (counts && values.length < 2) this.#fail("',' expected")
    this.#expect('do')
    const body = this.#block(names)
    this.#expect('end', opened)
    const { line } = opened
    return counts ? { kind: 'count', name: names[0] ?? '', bounds: values, body, line } : { kind: 'each', names, values, body, line }
  }

  #local(opened: { readonly text: string; readonly line: number }): Statement {
    if (this.#take('function')) {
      const name = this.#name()
      this.#declare([name])
      return { kind: 'local function', name, made: this.#function({ ...opened, text: 'function' }) }
    }
    const names = [this.#name()]
    while (this.#take(',')) names.push(this.#name())
    const values = this.#take('=') ? this.#list() : []
    this.#declare(names)
    return { kind: 'local', names, values }
  }

  #assignment(): Statement {
    const { line } = this.#token
    const first = this.#suffixed()
    if (first.kind === 'call') return { kind: 'call', call: first }
    const targets: Expression[] = [first]
    while (this.#take(',')) targets.push(this.#suffixed())
    if (targets.some(({ kind }) => kind !== 'name' && kind !== 'index')) this.#fail('syntax error')
    this.#expect('=')
    return { kind: 'assign', targets, values: this.#list(), line }
  }

  #list(): Expression[] {
    const list = [this.#expression()]
    while (this.#take(',')) list.push(this.#expression())
    return list
  }

  #expression(limit = 0): Expression {
    return this.#deeper(() => {
      const { text, line } = this.#token
      let left: Expression =
        this.#take('not') || this.#take('-') || this.#take('#')
          ? { kind: 'unary', operator: text, of: this.#expression(UNARY), line }
          : this.#simple()
      for (;;) {
        const operator = this.#token
        const power = operator.kind === 'symbol' || operator.kind === 'keyword' ? POWER.get(operator.text) : undefined
        if (power === undefined || power[0] <= limit) return left
        this.#at += 1
        left = { kind: 'binary', operator: operator.text, left, right: this.#expression(power[1]), line: operator.line }
      }
    })
  }

  #simple(): Expression {
    const token = this.#token
    if (token.kind === 'number' || token.kind === 'string') {
      this.#at += 1
      return { kind: 'constant', value: token.kind === 'number' ? Number(token.text) : token.text }
    }
    if (this.#take('nil')) return { kind: 'constant', value: undefined }
    if (this.#take('true')) return { kind: 'constant', value: true }
    if (this.#take('false')) return { kind: 'constant', value: false }
    if (this.#take('...')) return { kind: 'varargs' }
    if (this.#is('{')) return this.#table()
    if (this.#take('function')) return this.#function(token)
    return this.#suffixed()
  }

  #named(name: string, line: number): Expression {
    return { kind: 'name', name, local: this.#scopes.some((scope) => scope.has(name)), line }
  }

  #suffixed(): Expression {
    const opened = { text: '(', line: this.#token.line }
    let made: Expression
    if (this.#take('(')) {
      made = { kind: 'one', of: this.#expression() }
      this.#expect(')', opened)
    } else if (this.#token.kind === 'name') made = this.#named(this.#name(), opened.line)
    else return this.#fail('unexpected symbol')
    for (;;) {
      const { line, kind } = this.#token
      if (this.#take('.')) made = { kind: 'index', of: made, key: { kind: 'constant', value: this.#name() }, line }
      else if (this.#take('[')) {
        made = { kind: 'index', of: made, key: this.#expression(), line }
        this.#expect(']')
      } else if (this.#take(':')) made = { kind: 'call', callee: made, method: this.#name(), args: this.#arguments(), line }
      else if (this.#is('(') || this.#is('{') || kind === 'string')
        made = { kind: 'call', callee: made, method: null, args: this.#arguments(), line }
      else return made
    }
  }

  #arguments(): readonly Expression[] {
    const { kind, text, line } = this.#token
    if (kind === 'string') {
      this.#at += 1
      return [{ kind: 'constant', value: text }]
    }
    if (this.#is('{')) return [this.#table()]
    if (!this.#take('(')) this.#fail('function arguments expected')
    if (this.#take(')')) return []
    const list = this.#list()
    this.#expect(')', { text: '(', line })
    return list
  }

  #table(): Expression {
    return this.#deeper(() => {
      const { line } = this.#token
      this.#expect('{')
      const fields: [Expression | null, Expression][] = []
      while (!this.#is('}')) {
        const next = this.#tokens[this.#at + 1]
        if (this.#token.kind === 'name' && next?.kind === 'symbol' && next.text === '=') {
          const key: Expression = { kind: 'constant', value: this.#name() }
          this.#at += 1
          fields.push([key, this.#expression()])
        } else if (this.#take('[')) {
          const key = this.#expression()
          this.#expect(']')
          this.#expect('=')
          fields.push([key, this.#expression()])
        } else fields.push([null, this.#expression()])
        if (!this.#take(',') && !this.#take(';')) break
      }
      this.#expect('}', { text: '{', line })
      return { kind: 'table', fields, line }
    })
  }

  #function(opened: { readonly text: string; readonly line: number }): Expression {
    const parameters: string[] = []
    let varargs = false
    this.#expect('(')
    while (!this.#is(')') && !varargs) {
      if (this.#take('...')) varargs = true
      else parameters.push(this.#name())
      if (!this.#take(',')) break
    }
    this.#expect(')')
    const body = this.#block(parameters)
    this.#expect('end', opened)
    return { kind: 'function', parameters, varargs, body }
  }
}

import type { AwkProgram, Definition, Expression, Rule, Statement } from './ast.ts'
import { AwkProblem, type Token, tokens } from './tokens.ts'

/** Parses a program of POSIX awk. @throws {AwkProblem} */
export const parseAwk = (source: string): AwkProgram => new AwkParser(tokens(source)).program()

const DEPTH_MAX = 100

class AwkParser {
  readonly #tokens: readonly Token[]
  #at = 0
  #depth = 0
  /** `>` is redirection inside print without parentheses; `in` is the loop's inside for. */
  #plainGreater = true
  #plainIn = true
  constructor(list: readonly Token[]) {
    this.#tokens = list
  }
  get #token(): Token {
    return this.#tokens[Math.min(this.#at, this.#tokens.length - 1)] ?? { kind: 'end', text: '', line: 1 }
  }
  #problem(): AwkProblem {
    const { text, line, kind } = this.#token
    return new AwkProblem(
      `line ${line}: syntax error at or near ${kind === 'end' ? 'end of file' : kind === 'line' ? 'end of line' : text}`,
    )
  }
  #is(text: string): boolean {
    return this.#token.text === text && (this.#token.kind === 'operator' || this.#token.kind === 'word')
  }
  #accept(...texts: readonly string[]): string {
    const found = texts.find((text) => this.#is(text))
    if (found === undefined) return ''
    this.#at++
    return found
  }
  #expect(text: string): void {
    if (this.#accept(text) === '') throw this.#problem()
  }
  #lines(): void {
    while (this.#token.kind === 'line') this.#at++
  }
  #ends(): void {
    while (this.#token.kind === 'line' || this.#is(';')) this.#at++
  }
  #deeper<T>(make: () => T): T {
    if (++this.#depth > DEPTH_MAX) throw new AwkProblem(`line ${this.#token.line}: out of memory`)
    try {
      return make()
    } finally {
      this.#depth--
    }
  }

  program(): AwkProgram {
    const rules: Rule[] = []
    const functions = new Map<string, Definition>()
    for (this.#ends(); this.#token.kind !== 'end'; this.#ends()) {
      if (this.#accept('function', 'func') !== '') {
        const name = this.#token.text
        this.#at++
        this.#expect('(')
        const parameters: string[] = []
        while (this.#accept(')') === '') {
          parameters.push(this.#token.text)
          this.#at++
          this.#accept(',')
          if (this.#at >= this.#tokens.length) throw this.#problem()
        }
        this.#lines()
        functions.set(name, { parameters, body: this.#block() })
      } else rules.push(this.#rule())
    }
    return { rules, functions }
  }
  #rule(): Rule {
    const special = this.#accept('BEGIN', 'END')
    if (special !== '') return { kind: special === 'BEGIN' ? 'BEGIN' : 'END', test: null, end: null, body: this.#block(), active: false }
    if (this.#is('{')) return { kind: 'always', test: null, end: null, body: this.#block(), active: false }
    const test = this.#expression()
    let end: Expression | null = null
    if (this.#accept(',') !== '') {
      this.#lines()
      end = this.#expression()
    }
    return { kind: end === null ? 'pattern' : 'range', test, end, body: this.#is('{') ? this.#block() : null, active: false }
  }
  #block(): Statement {
    return this.#deeper(() => {
      this.#expect('{')
      const body: Statement[] = []
      for (this.#ends(); this.#accept('}') === ''; this.#ends()) {
        if (this.#token.kind === 'end') throw this.#problem()
        body.push(this.#statement())
      }
      return { kind: 'block', body }
    })
  }
  #finish(): void {
    if (this.#is('}')) return
    if (this.#token.kind !== 'line' && this.#token.kind !== 'end' && !this.#is(';')) throw this.#problem()
    if (this.#token.kind !== 'end') this.#at++
  }
  #body(): Statement {
    this.#lines()
    if (this.#accept(';') !== '') return { kind: 'block', body: [] }
    return this.#deeper(() => this.#statement())
  }
  #statement(): Statement {
    if (this.#is('{')) return this.#block()
    if (this.#accept('if') !== '') {
      this.#expect('(')
      const test = this.#expression()
      this.#expect(')')
      const yes = this.#body()
      const mark = this.#at
      this.#ends()
      if (this.#accept('else') !== '') return { kind: 'if', test, yes, no: this.#body() }
      this.#at = mark
      return { kind: 'if', test, yes, no: null }
    }
    if (this.#accept('while') !== '') {
      this.#expect('(')
      const test = this.#expression()
      this.#expect(')')
      return { kind: 'while', test, body: this.#body(), after: false }
    }
    if (this.#accept('do') !== '') {
      const body = this.#body()
      this.#ends()
      this.#expect('while')
      this.#expect('(')
      const test = this.#expression()
      this.#expect(')')
      this.#finish()
      return { kind: 'while', test, body, after: true }
    }
    if (this.#accept('for') !== '') return this.#for()
    const made = this.#simple()
    this.#finish()
    return made
  }
  #for(): Statement {
    this.#expect('(')
    const [name, word, array, close] = this.#tokens.slice(this.#at, this.#at + 4)
    if (name?.kind === 'name' && word?.text === 'in' && array !== undefined && close?.text === ')') {
      this.#at += 4
      return { kind: 'each', name: name.text, array: array.text, body: this.#body() }
    }
    const start = this.#is(';') ? null : this.#simple()
    this.#expect(';')
    this.#lines()
    const test = this.#is(';') ? null : this.#expression()
    this.#expect(';')
    this.#lines()
    const step = this.#is(')') ? null : this.#simple()
    this.#expect(')')
    return { kind: 'for', start, test, step, body: this.#body() }
  }
  #simple(): Statement {
    const output = this.#accept('print', 'printf')
    if (output !== '') return this.#print(output === 'printf')
    const jump = this.#accept('next', 'nextfile', 'exit', 'break', 'continue', 'return')
    if (jump !== '')
      return {
        kind: 'jump',
        name: jump,
        value: this.#is(';') || this.#is('}') || ['line', 'end'].includes(this.#token.kind) ? null : this.#expression(),
      }
    if (this.#accept('delete') !== '') {
      const name = this.#token.text
      this.#at++
      if (this.#accept('[') === '') return { kind: 'delete', name, keys: null }
      const keys = this.#list(']')
      return { kind: 'delete', name, keys }
    }
    return { kind: 'expression', value: this.#expression() }
  }
  #print(format: boolean): Statement {
    let args: Expression[] = []
    const saved = this.#plainGreater
    this.#plainGreater = false
    const stop = (): boolean =>
      this.#is(';') || this.#is('}') || this.#is('>') || this.#is('>>') || this.#is('|') || ['line', 'end'].includes(this.#token.kind)
    if (!stop()) {
      const mark = this.#at
      if (this.#accept('(') !== '') {
        this.#plainGreater = true
        args = this.#list(')')
        this.#plainGreater = false
        if (!stop()) {
          this.#at = mark
          args = []
        }
      }
      if (args.length === 0)
        do {
          this.#lines()
          args.push(this.#expression())
        } while (this.#accept(',') !== '')
    }
    const operator = this.#accept('>', '>>', '|')
    const into = operator === '' ? null : { operator, target: this.#concatenation() }
    this.#plainGreater = saved
    return { kind: 'print', args, format, into }
  }
  #list(close: string): Expression[] {
    const list: Expression[] = []
    this.#lines()
    while (this.#accept(close) === '') {
      list.push(this.#expression())
      this.#lines()
      if (this.#accept(',') !== '') this.#lines()
      else if (!this.#is(close)) throw this.#problem()
    }
    return list
  }
  #expression(): Expression {
    return this.#deeper(() => {
      const left = this.#ternary()
      const operator = this.#accept('=', '+=', '-=', '*=', '/=', '%=', '^=', '**=')
      if (operator === '') return left
      if (!['name', 'field', 'item'].includes(left.kind)) throw this.#problem()
      this.#lines()
      return { kind: 'assign', target: left, operator: operator.slice(0, -1), value: this.#expression() }
    })
  }
  #ternary(): Expression {
    const test = this.#or()
    if (this.#accept('?') === '') return test
    this.#lines()
    const yes = this.#expression()
    this.#lines()
    this.#expect(':')
    this.#lines()
    return { kind: 'choice', test, yes, no: this.#expression() }
  }
  #or(): Expression {
    let left = this.#and()
    while (this.#accept('||') !== '') {
      this.#lines()
      left = { kind: 'binary', operator: '||', left, right: this.#and() }
    }
    return left
  }
  #and(): Expression {
    let left = this.#member()
    while (this.#accept('&&') !== '') {
      this.#lines()
      left = { kind: 'binary', operator: '&&', left, right: this.#member() }
    }
    return left
  }
  #member(): Expression {
    let left = this.#match()
    while (this.#plainIn && this.#accept('in') !== '') {
      left = { kind: 'in', keys: [left], name: this.#token.text }
      this.#at++
    }
    return left
  }
  #match(): Expression {
    let left = this.#comparison()
    for (let operator = this.#accept('~', '!~'); operator !== ''; operator = this.#accept('~', '!~'))
      left = { kind: 'binary', operator, left, right: this.#comparison() }
    return left
  }
  #comparison(): Expression {
    const left = this.#concatenation()
    const operator = this.#accept('<', '<=', '==', '!=', '>=', ...(this.#plainGreater ? ['>'] : []))
    if (operator !== '') return { kind: 'binary', operator, left, right: this.#concatenation() }
    if (this.#plainGreater && this.#is('|') && this.#tokens[this.#at + 1]?.text === 'getline') {
      this.#at += 2
      return { kind: 'getline', target: this.#lvalue(), source: left, command: true }
    }
    return left
  }
  #lvalue(): Expression | null {
    return this.#token.kind === 'name' || this.#is('$') ? this.#primary() : null
  }
  #concatenation(): Expression {
    let left = this.#sum()
    while (
      (['number', 'string', 'regex', 'name', 'call'].includes(this.#token.kind) ||
        ['$', '!', '(', '-', '+', '++', '--'].some((one) => this.#is(one))) &&
      !this.#is('in')
    )
      left = { kind: 'binary', operator: ' ', left, right: this.#sum() }
    return left
  }
  #sum(): Expression {
    let left = this.#product()
    for (let operator = this.#accept('+', '-'); operator !== ''; operator = this.#accept('+', '-'))
      left = { kind: 'binary', operator, left, right: this.#product() }
    return left
  }
  #product(): Expression {
    let left = this.#unary()
    for (let operator = this.#accept('*', '/', '%'); operator !== ''; operator = this.#accept('*', '/', '%'))
      left = { kind: 'binary', operator, left, right: this.#unary() }
    return left
  }
  #unary(): Expression {
    const operator = this.#accept('!', '-', '+')
    if (operator !== '') return { kind: 'unary', operator, inner: this.#deeper(() => this.#unary()) }
    const base = this.#postfix()
    if (this.#accept('^', '**') === '') return base
    return { kind: 'binary', operator: '^', left: base, right: this.#deeper(() => this.#unary()) }
  }
  #postfix(): Expression {
    const prefix = this.#accept('++', '--')
    if (prefix !== '') return { kind: 'step', target: this.#primary(), by: prefix === '++' ? 1 : -1, prefix: true }
    const target = this.#primary()
    if (!['name', 'field', 'item'].includes(target.kind)) return target
    const operator = this.#accept('++', '--')
    return operator === '' ? target : { kind: 'step', target, by: operator === '++' ? 1 : -1, prefix: false }
  }
  #primary(): Expression {
    const token = this.#token
    this.#at++
    switch (token.kind) {
      case 'number':
        return { kind: 'number', value: Number(token.text) }
      case 'string':
        return { kind: 'string', value: token.text }
      case 'regex':
        return { kind: 'regex', source: token.text }
      case 'call':
        this.#expect('(')
        return { kind: 'call', name: token.text, args: this.#inside(() => this.#list(')')) }
      case 'name':
        if (this.#accept('[') === '')
          return token.text === 'length' ? { kind: 'call', name: 'length', args: [] } : { kind: 'name', name: token.text }
        return { kind: 'item', name: token.text, keys: this.#inside(() => this.#list(']')) }
      default:
    }
    if (token.text === '$')
      return {
        kind: 'field',
        index: this.#deeper(() => (this.#is('++') || this.#is('--') ? this.#postfix() : this.#is('-') ? this.#unary() : this.#primary())),
      }
    if (token.text === 'getline') {
      const target = this.#lvalue()
      return { kind: 'getline', target, source: this.#accept('<') === '' ? null : this.#primary(), command: false }
    }
    if (token.text === '(') {
      const list = this.#inside(() => this.#list(')'))
      if (this.#accept('in') !== '') {
        const name = this.#token.text
        this.#at++
        return { kind: 'in', keys: list, name }
      }
      const only = list[0]
      if (list.length === 1 && only !== undefined) return { kind: 'choice', test: { kind: 'number', value: 1 }, yes: only, no: only }
    }
    this.#at--
    throw this.#problem()
  }
  #inside<T>(make: () => T): T {
    const saved = this.#plainGreater
    this.#plainGreater = true
    try {
      return this.#deeper(make)
    } finally {
      this.#plainGreater = saved
    }
  }
}

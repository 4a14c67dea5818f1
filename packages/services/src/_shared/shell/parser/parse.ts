import type { AndOr, Assignment, Command, Pipeline, Redirect, RedirectOperator, Script, Word } from './ast.ts'
import { compoundOf, functionNamed } from './compound.ts'
import { Source } from './source.ts'
import { SyntaxProblem } from './syntax-error.ts'
import { ASSIGNMENT, OPERATORS, REDIRECTS, RESERVED } from './tokens.ts'
import { bareText, parseHereText, parseWord, unquoted } from './word.ts'

interface PendingHere {
  readonly redirect: Redirect
  readonly end: string
  readonly quoted: boolean
  readonly strip: boolean
  readonly line: number
}

/** Parses a script one complete command at a time, as bash reads it: what stands before a mistake still runs. */
export class Parser {
  readonly source: Source
  readonly #alias: (name: string) => string | undefined
  #pending: PendingHere[] = []
  /** Warnings about here-documents that the end of input cut short. */
  readonly warnings: { readonly line: number; readonly text: string }[] = []
  /** A here-document still wants lines. */
  cutShort = false
  /** The line that ends the here-document which wants lines. */
  wanted: { readonly end: string; readonly strip: boolean } | null = null

  constructor(text: string, options: { readonly line?: number; readonly alias?: (name: string) => string | undefined } = {}) {
    this.source = new Source(text, options.line ?? 1)
    this.#alias = options.alias ?? (() => undefined)
  }

  /** The next complete command, up to its line end; null at the end of the text. */
  next(): { readonly script: Script; readonly source: string } | null {
    for (;;) {
      this.source.blanks()
      if (this.source.peek() !== '\n') break
      this.#newline()
    }
    if (this.source.ended) return null
    const start = this.source.at
    const items: AndOr[] = []
    for (;;) {
      items.push(this.andOr())
      this.source.blanks()
      if (this.source.ended) break
      if (this.source.peek() === '\n') {
        this.#newline()
        break
      }
    }
    if (this.source.ended) this.#bodies()
    return { script: { items }, source: this.source.text.slice(start, this.source.at).replace(/\n$/, '') }
  }

  /** Operator at the cursor, or ''. */
  operator(): string {
    this.source.blanks()
    return OPERATORS.find((one) => this.source.looking(one)) ?? ''
  }
  /** Reserved word at the cursor, or ''. */
  reserved(): string {
    this.source.blanks()
    const text = /^[a-z{}![\]]+/.exec(this.source.text.slice(this.source.at, this.source.at + 10))?.[0] ?? ''
    const after = this.source.text[this.source.at + text.length] ?? ''
    return RESERVED.has(text) && (after === '' || ' \t\n;&|()<>'.includes(after)) ? text : ''
  }
  accept(word: string): boolean {
    if (this.reserved() !== word) return false
    this.source.skip(word.length)
    return true
  }
  expect(word: string): void {
    if (!this.accept(word)) throw this.unexpected()
  }
  lineEnds(): void {
    for (;;) {
      this.source.blanks()
      if (this.source.peek() !== '\n') return
      this.#newline()
    }
  }
  word(): Word | null {
    this.source.blanks()
    return parseWord(this.source, (source) => this.substitution(source))
  }
  readonly substitution = (source: Source): Script => source.deeper(() => this.#substitution(source))
  #substitution(source: Source): Script {
    const line = source.line
    try {
      const script = this.list(() => this.operator() === ')')
      source.blanks()
      if (source.peek() !== ')') throw this.unexpected()
      source.take()
      return script
    } catch (error) {
      if (error instanceof SyntaxProblem && error.incomplete && error.message.startsWith('syntax error')) {
        throw new SyntaxProblem("unexpected EOF while looking for matching `)'", line, { incomplete: true })
      }
      throw error
    }
  }

  /** `syntax error near unexpected token`, about what stands at the cursor. */
  unexpected(): SyntaxProblem {
    const { source } = this
    const line = source.line
    const operator = this.operator()
    if (source.ended)
      return new SyntaxProblem('syntax error: unexpected end of file', line + (source.text.endsWith('\n') ? 0 : 1), { incomplete: true })
    const token =
      operator === '\n' ? 'newline' : operator !== '' ? operator : /^[^\s;&|()<>]+/.exec(source.text.slice(source.at, source.at + 400))?.[0]
    return new SyntaxProblem(`syntax error near unexpected token \`${token ?? ''}'`, line, { quotesLine: true })
  }

  #endOfLine(): SyntaxProblem {
    return new SyntaxProblem("syntax error near unexpected token `newline'", this.source.line, { quotesLine: true })
  }

  /** Commands until `ends` holds; at least one. */
  list(ends: () => boolean): Script {
    const items: AndOr[] = []
    this.lineEnds()
    while (!ends()) {
      if (this.source.ended) throw this.unexpected()
      items.push(this.andOr())
      this.lineEnds()
    }
    return { items }
  }
  /** A list that one of the reserved words ends; an empty one is a mistake. */
  body(...words: readonly string[]): Script {
    const script = this.list(() => words.includes(this.reserved()))
    if (script.items.length === 0) throw this.unexpected()
    return script
  }

  andOr(): AndOr {
    const start = this.source.at
    const first = this.#pipeline()
    const rest: { operator: '&&' | '||'; pipeline: Pipeline }[] = []
    for (;;) {
      const operator = this.operator()
      if (operator !== '&&' && operator !== '||') break
      this.source.skip(2)
      this.lineEnds()
      rest.push({ operator, pipeline: this.#pipeline() })
    }
    const source = this.source.text.slice(start, this.source.at).trimEnd()
    const operator = this.operator()
    if (operator === '&' || operator === ';') this.source.skip(1)
    else if (operator !== '' && operator !== '\n' && operator !== ')' && !operator.startsWith(';;') && operator !== ';&')
      throw this.unexpected()
    if (this.source.depth === 0 && (operator === ')' || operator.startsWith(';;') || operator === ';&')) throw this.unexpected()
    return { first, rest, background: operator === '&', source }
  }

  #pipeline(): Pipeline {
    let negated = false
    let timed = false
    let posix = false
    for (;;) {
      if (this.accept('!')) negated = !negated
      else if (this.accept('time')) {
        timed = true
        this.source.blanks()
        if (/^-p(?=\s)/.test(this.source.text.slice(this.source.at, this.source.at + 3))) {
          this.source.skip(2)
          posix = true
        }
      } else break
    }
    const commands: Command[] = []
    for (;;) {
      commands.push(this.source.deeper(() => this.#command()))
      const operator = this.operator()
      if (operator !== '|' && operator !== '|&') break
      this.source.skip(operator.length)
      if (operator === '|&') this.#mergeError(commands)
      this.lineEnds()
    }
    return { negated, timed, posix, commands }
  }
  #mergeError(commands: Command[]): void {
    const last = commands.pop()
    if (last === undefined) return
    const merge: Redirect = { fd: 2, operator: '>&', word: { parts: [{ kind: 'text', text: '1', quoted: false }] } }
    commands.push(last.kind === 'function' ? last : { ...last, redirects: [...last.redirects, merge] })
  }

  #command(): Command {
    this.source.blanks()
    const line = this.source.line
    const compound = compoundOf(this)
    if (compound !== null) {
      if (compound.kind === 'function') return compound
      const redirects: Redirect[] = []
      for (let one = this.redirect(); one !== null; one = this.redirect()) redirects.push(one)
      return { kind: 'compound', compound, redirects, line }
    }
    return this.#simple(line)
  }

  #simple(line: number): Command {
    const assignments: Assignment[] = []
    const words: Word[] = []
    const redirects: Redirect[] = []
    const expanded = new Set<string>()
    for (;;) {
      const redirect = this.redirect()
      if (redirect !== null) {
        redirects.push(redirect)
        continue
      }
      if (words.length === 0) {
        if (this.#expandAlias(expanded)) continue
        const assignment = this.#assignment()
        if (assignment !== null) {
          assignments.push(assignment)
          continue
        }
      }
      const start = this.source.at
      const array = words.length > 0 && this.#declaring(words) ? this.#declaredArray() : null
      const word = array ?? this.word()
      if (word === null) break
      if (words.length === 0 && assignments.length === 0) {
        const name = bareText(word)
        if (this.operator() === '(' && name !== null) {
          const definition = functionNamed(this, name)
          if (definition !== null) return definition
          throw this.source.ended ? this.#endOfLine() : this.unexpected()
        }
      }
      if (this.source.at === start) break
      words.push(word)
    }
    if (words.length === 0 && assignments.length === 0 && redirects.length === 0) throw this.unexpected()
    return { kind: 'simple', assignments, words, redirects, line }
  }

  #declaring(words: readonly Word[]): boolean {
    const name = words[0] === undefined ? null : bareText(words[0])
    return name !== null && ['declare', 'local', 'typeset', 'readonly', 'export'].includes(name)
  }
  /** `declare a=(1 2)`: kept as a word that the builtin parses again. */
  #declaredArray(): Word | null {
    this.source.blanks()
    const found = /^[A-Za-z_][A-Za-z0-9_]*=\(/.exec(this.source.text.slice(this.source.at, this.source.at + 128))?.[0]
    if (found === undefined) return null
    const start = this.source.at
    this.#assignment()
    return { parts: [{ kind: 'text', text: this.source.text.slice(start, this.source.at), quoted: true }] }
  }

  #expandAlias(expanded: Set<string>): boolean {
    this.source.blanks()
    const name = /^[A-Za-z0-9_.+-]+(?=$|[\s;&|<>()])/.exec(this.source.text.slice(this.source.at, this.source.at + 80))?.[0]
    if (name === undefined || expanded.has(name)) return false
    const text = this.#alias(name)
    if (text === undefined) return false
    expanded.add(name)
    const { source } = this
    source.text = source.text.slice(0, source.at) + text + source.text.slice(source.at + name.length)
    return true
  }

  #assignment(): Assignment | null {
    this.source.blanks()
    const found = ASSIGNMENT.exec(this.source.text.slice(this.source.at, this.source.at + 256))
    if (found === null) return null
    const [whole, name = '', subscript, plus] = found
    this.source.skip(whole.length)
    const index = subscript === undefined ? null : new Parser(subscript.slice(1, -1)).word()
    const append = plus === '+'
    if (this.source.peek() !== '(') {
      const next = this.source.peek()
      const value = next === '' || ' \t\n;|&<>()'.includes(next) ? { parts: [] } : (this.word() ?? { parts: [] })
      return { name, index, append, value }
    }
    const line = this.source.line
    this.source.take()
    const values: Word[] = []
    for (;;) {
      this.lineEnds()
      if (this.source.ended) throw new SyntaxProblem("unexpected EOF while looking for matching `)'", line, { incomplete: true })
      if (this.source.peek() === ')') break
      const word = this.word()
      if (word === null) throw this.unexpected()
      values.push(word)
    }
    this.source.take()
    return { name, index, append, value: values }
  }

  /** A redirection at the cursor, or null. */
  redirect(): Redirect | null {
    this.source.blanks()
    const ahead = this.source.text.slice(this.source.at, this.source.at + 12)
    const digits = /^\d{1,8}(?=[<>])/.exec(ahead)?.[0] ?? ''
    if (digits === '' && !/^(&>|[<>](?!\())/.test(ahead)) return null
    this.source.skip(digits.length)
    const operator = OPERATORS.find((one) => this.source.looking(one)) ?? ''
    if (!REDIRECTS.has(operator)) throw this.unexpected()
    this.source.skip(operator.length)
    const word = this.word()
    if (word === null)
      throw this.source.ended
        ? new SyntaxProblem("syntax error near unexpected token `newline'", this.source.line, { quotesLine: true })
        : this.unexpected()
    const redirect: Redirect = { fd: digits === '' ? null : Number(digits), operator: operator as RedirectOperator, word }
    if (operator === '<<' || operator === '<<-') {
      const end = unquoted(word)
      this.#pending.push({ redirect, end: end.text, quoted: end.quoted, strip: operator === '<<-', line: this.source.line })
    }
    return redirect
  }

  #newline(): void {
    this.source.take()
    this.#bodies()
  }
  #bodies(): void {
    const pending = this.#pending
    this.#pending = []
    for (const here of pending) this.#body(here)
  }
  #body(here: PendingHere): void {
    const lines: string[] = []
    let ended = false
    while (!this.source.ended) {
      const stop = this.source.text.indexOf('\n', this.source.at)
      const raw = this.source.text.slice(this.source.at, stop < 0 ? this.source.text.length : stop)
      this.source.skip(raw.length + (stop < 0 ? 0 : 1))
      const line = here.strip ? raw.replace(/^\t+/, '') : raw
      if (line === here.end) {
        ended = true
        break
      }
      lines.push(stop < 0 ? line : `${line}\n`)
    }
    if (!ended) {
      this.cutShort = true
      this.wanted ??= { end: here.end, strip: here.strip }
      this.warnings.push({
        line: this.source.line + (this.source.text.endsWith('\n') ? 0 : 1),
        text: `here-document at line ${here.line} delimited by end-of-file (wanted \`${here.end}')`,
      })
    }
    const text = lines.join('')
    here.redirect.word = here.quoted
      ? { parts: [{ kind: 'text', text, quoted: true }] }
      : parseHereText(new Source(text), (source) => new Parser('', {}).#within(source))
  }
  #within(source: Source): Script {
    const parser = new Parser(source.text)
    parser.source.at = source.at
    parser.source.depth = source.depth + 1
    const script = parser.#substitution(parser.source)
    source.at = parser.source.at
    return script
  }
}

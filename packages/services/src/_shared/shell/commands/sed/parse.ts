import { compileRegex, type Regex } from '../../interpreter/regex.ts'

export type Address =
  | { readonly kind: 'line'; readonly line: number }
  | { readonly kind: 'last' }
  | { readonly kind: 'match'; readonly regex: Regex }
  | { readonly kind: 'step'; readonly first: number; readonly step: number }
  | { readonly kind: 'plus'; readonly count: number }
export interface Instruction {
  readonly from: Address | null
  readonly to: Address | null
  readonly negated: boolean
  readonly name: string
  readonly text: string
  readonly regex: Regex | null
  readonly flags: string
  readonly block: readonly Instruction[]
  active: boolean
  endsAt: number
}
/** What is wrong with a script, in sed's words. */
export class SedProblem extends Error {
  override readonly name = 'SedProblem'
}

/** Parses a script of GNU sed. */
export class SedParser {
  readonly #source: string
  readonly #extended: boolean
  #at = 0
  #last: Regex | null = null
  constructor(source: string, extended: boolean) {
    this.#source = source
    this.#extended = extended
  }
  #problem(message: string): SedProblem {
    return new SedProblem(`-e expression #1, char ${Math.min(this.#at, this.#source.length)}: ${message}`)
  }
  program(nested = 0): Instruction[] {
    const list: Instruction[] = []
    for (;;) {
      while (/[\s;]/.test(this.#source[this.#at] ?? '')) this.#at++
      if (this.#at >= this.#source.length) {
        if (nested > 0) throw this.#problem("unmatched `{'")
        return list
      }
      if (this.#source[this.#at] === '}') {
        this.#at++
        if (nested === 0) throw this.#problem("unexpected `}'")
        return list
      }
      if (this.#source[this.#at] === '#') {
        while (this.#at < this.#source.length && this.#source[this.#at] !== '\n') this.#at++
        continue
      }
      if (nested > 40 || list.length > 2000) throw this.#problem('unknown command')
      list.push(this.#instruction(nested))
    }
  }
  #spaces(): void {
    while (/[ \t]/.test(this.#source[this.#at] ?? '')) this.#at++
  }
  #address(): Address | null {
    const rest = this.#source.slice(this.#at)
    const step = /^(\d+)~(\d+)/.exec(rest)
    if (step !== null) {
      this.#at += step[0].length
      return { kind: 'step', first: Number(step[1]), step: Number(step[2]) }
    }
    const number = /^\d+/.exec(rest)?.[0]
    if (number !== undefined) {
      this.#at += number.length
      return { kind: 'line', line: Number(number) }
    }
    const plus = /^\+(\d+)/.exec(rest)
    if (plus !== null) {
      this.#at += plus[0].length
      return { kind: 'plus', count: Number(plus[1]) }
    }
    if (rest.startsWith('$')) {
      this.#at++
      return { kind: 'last' }
    }
    if (rest.startsWith('/') || rest.startsWith('\\')) {
      if (rest.startsWith('\\')) this.#at++
      const text = this.#delimited(this.#source[this.#at] ?? '/', 'unterminated address regex')
      const fold = this.#source[this.#at] === 'I'
      if (fold) this.#at++
      return { kind: 'match', regex: this.#regex(text, fold) }
    }
    return null
  }
  /** Text between delimiters; the cursor stands on the first and ends behind the last. */
  #delimited(delimiter: string, message: string): string {
    this.#at++
    let text = ''
    let inside = false
    for (;;) {
      const char = this.#source[this.#at]
      if (char === undefined) throw this.#problem(message)
      this.#at++
      if (char === '\\') {
        const next = this.#source[this.#at++]
        if (next === undefined) throw this.#problem(message)
        text += next === delimiter && delimiter !== '\\' ? (/[.*[\]^$+?(){}|]/.test(delimiter) ? `\\${next}` : next) : `\\${next}`
      } else if (char === delimiter && !inside) return text
      else {
        if (char === '[' && !inside) inside = /^\^?\]?[^\]]*\]/.test(this.#source.slice(this.#at)) && delimiter !== '['
        else if (char === ']') inside = false
        text += char
      }
    }
  }
  #regex(text: string, fold: boolean): Regex {
    if (text === '') {
      if (this.#last === null) throw this.#problem('no previous regular expression')
      return this.#last
    }
    const regex = compileRegex(text, { extended: this.#extended, ignoreCase: fold })
    if ('problem' in regex) throw this.#problem(regex.problem)
    this.#last = regex
    return regex
  }
  #instruction(nested: number): Instruction {
    const from = this.#address()
    let to: Address | null = null
    this.#spaces()
    if (from !== null && this.#source[this.#at] === ',') {
      this.#at++
      this.#spaces()
      to = this.#address()
      if (to === null) throw this.#problem("unexpected `,'")
    }
    this.#spaces()
    let negated = false
    while (this.#source[this.#at] === '!') {
      negated = true
      this.#at++
      this.#spaces()
    }
    const name = this.#source[this.#at++]
    if (name === undefined) throw this.#problem('missing command')
    const shape = { from, to, negated, name, active: false, endsAt: 0, text: '', regex: null, flags: '', block: [] }
    if (name === '{') return { ...shape, block: this.program(nested + 1) }
    if (name === 's') {
      const delimiter = this.#source[this.#at] ?? ''
      const pattern = this.#delimited(delimiter, "unterminated `s' command")
      this.#at--
      const replacement = this.#delimited(delimiter, "unterminated `s' command")
      const flags = /^[gpiIme0-9]*(?:w\s*\S+)?/.exec(this.#source.slice(this.#at))?.[0] ?? ''
      this.#at += flags.length
      this.#end("unknown option to `s'")
      return { ...shape, regex: this.#regex(pattern, /i/i.test(flags)), text: replacement, flags }
    }
    if (name === 'y') {
      const delimiter = this.#source[this.#at] ?? ''
      const first = this.#delimited(delimiter, "unterminated `y' command")
      this.#at--
      const second = this.#delimited(delimiter, "unterminated `y' command")
      if (first.length !== second.length) throw this.#problem("strings for `y' command are different lengths")
      return { ...shape, text: first, flags: second }
    }
    if ('aic'.includes(name)) {
      const rest = this.#source.slice(this.#at)
      const found = /^[ \t]*(?:\\\n?)?[ \t]*((?:\\\n|[^\n])*)/.exec(rest)
      this.#at += found?.[0].length ?? 0
      if ((found?.[1] ?? '') === '') throw this.#problem(`expected \\ after \`a', \`c' or \`i'`)
      return { ...shape, text: (found?.[1] ?? '').replace(/\\(\n|.)/g, '$1') }
    }
    if ('bt:rwT'.includes(name)) {
      const found = /^[ \t]*([^\n;}]*)/.exec(this.#source.slice(this.#at))
      this.#at += found?.[0].length ?? 0
      return { ...shape, text: (found?.[1] ?? '').trim() }
    }
    if ('qQl'.includes(name)) {
      const code = /^[ \t]*\d*/.exec(this.#source.slice(this.#at))?.[0] ?? ''
      this.#at += code.length
      this.#end('extra characters after command')
      return { ...shape, text: code.trim() }
    }
    if (!'dDpPnNgGhHx='.includes(name)) throw this.#problem(`unknown command: \`${name}'`)
    this.#end('extra characters after command')
    return shape
  }
  #end(message: string): void {
    this.#spaces()
    const char = this.#source[this.#at]
    if (char !== undefined && !';\n}#'.includes(char)) {
      this.#at++
      throw this.#problem(message)
    }
  }
}

import type { Call, Programs } from '../interpreter/call.ts'
import { openOutput } from '../interpreter/files.ts'
import { compileRegex, type Regex } from '../interpreter/regex.ts'
import { readAll, toBytes, toText } from '../interpreter/streams.ts'
import { operand } from './reading.ts'

type Address = { readonly kind: 'line'; readonly line: number } | { readonly kind: 'last' } | { readonly kind: 'match'; readonly regex: Regex } | { readonly kind: 'step'; readonly first: number; readonly step: number } | { readonly kind: 'plus'; readonly count: number }
interface Instruction {
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
class SedProblem extends Error {
  override readonly name = 'SedProblem'
}

class SedParser {
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

type After = 'next' | 'delete' | 'quit' | 'restart' | 'silent'

class Editor {
  readonly #call: Call
  readonly #program: readonly Instruction[]
  readonly #quiet: boolean
  readonly #write: (text: string) => Promise<void>
  readonly #lines: readonly string[]
  #at = 0
  #space = ''
  #hold = ''
  #queue: string[] = []
  #substituted = false
  status = 0
  constructor(call: Call, program: readonly Instruction[], lines: readonly string[], quiet: boolean, write: (text: string) => Promise<void>) {
    this.#call = call
    this.#program = program
    this.#lines = lines
    this.#quiet = quiet
    this.#write = write
  }
  async #step(): Promise<void> {
    const step = this.#call.session.step(this.#call.state.signal)
    if (step !== undefined) await step
  }
  async run(): Promise<void> {
    let again = false
    while (again || this.#at < this.#lines.length) {
      if (!again) this.#space = this.#lines[this.#at++] ?? ''
      again = false
      this.#substituted = false
      const after = await this.#block(this.#program)
      if (after === 'restart') again = true
      else if (after !== 'delete' && after !== 'silent' && !this.#quiet) await this.#write(`${this.#space}\n`)
      for (const text of this.#queue.splice(0)) await this.#write(text)
      if (after === 'quit' || after === 'silent') return
    }
  }
  #matches(address: Address): boolean {
    if (address.kind === 'line') return this.#at === address.line
    if (address.kind === 'last') return this.#at === this.#lines.length
    if (address.kind === 'match') return address.regex.exec(this.#space, 0) !== null
    if (address.kind === 'step') return address.step === 0 ? this.#at === address.first : this.#at >= address.first && (this.#at - address.first) % address.step === 0
    return false
  }
  #selected(one: Instruction): boolean {
    if (one.from === null) return true
    if (one.to === null) return this.#matches(one.from)
    if (!one.active) {
      if (!this.#matches(one.from)) return false
      one.active = true
      one.endsAt = one.to.kind === 'plus' ? this.#at + one.to.count : one.to.kind === 'line' ? one.to.line : Number.POSITIVE_INFINITY
      if (one.endsAt <= this.#at) one.active = false
      return true
    }
    if (one.to.kind === 'line' || one.to.kind === 'plus' ? this.#at >= one.endsAt : this.#matches(one.to)) one.active = false
    return true
  }
  async #block(list: readonly Instruction[]): Promise<After> {
    for (let i = 0; i < list.length; i++) {
      const one = list[i]
      if (one === undefined) return 'next'
      await this.#step()
      if (this.#selected(one) === one.negated) continue
      if (one.name === 'b' || ((one.name === 't' || one.name === 'T') && this.#substituted === (one.name === 't'))) {
        if (one.name !== 'b') this.#substituted = false
        if (one.text === '') return 'next'
        const label = list.findIndex((other) => other.name === ':' && other.text === one.text)
        if (label < 0) return 'next'
        i = label
        continue
      }
      const after = await this.#do(one)
      if (after !== null) return after
    }
    return 'next'
  }
  async #do(one: Instruction): Promise<After | null> {
    switch (one.name) {
      case '{': {
        const after = await this.#block(one.block)
        return after === 'next' ? null : after
      }
      case 'd':
        return 'delete'
      case 'D': {
        const end = this.#space.indexOf('\n')
        if (end < 0) return 'delete'
        this.#space = this.#space.slice(end + 1)
        return 'restart'
      }
      case 'p':
        await this.#write(`${this.#space}\n`)
        return null
      case 'P':
        await this.#write(`${this.#space.split('\n')[0]}\n`)
        return null
      case '=':
        await this.#write(`${this.#at}\n`)
        return null
      case 'n':
        if (!this.#quiet) await this.#write(`${this.#space}\n`)
        if (this.#at >= this.#lines.length) return 'silent'
        this.#space = this.#lines[this.#at++] ?? ''
        return null
      case 'N':
        if (this.#at >= this.#lines.length) return 'quit'
        this.#space += `\n${this.#lines[this.#at++] ?? ''}`
        return null
      case 'g':
        this.#space = this.#hold
        return null
      case 'G':
        this.#space += `\n${this.#hold}`
        return null
      case 'h':
        this.#hold = this.#space
        return null
      case 'H':
        this.#hold += `\n${this.#space}`
        return null
      case 'x':
        ;[this.#space, this.#hold] = [this.#hold, this.#space]
        return null
      case 'a':
        this.#queue.push(`${one.text}\n`)
        return null
      case 'i':
        await this.#write(`${one.text}\n`)
        return null
      case 'c':
        if (one.to === null || !one.active) await this.#write(`${one.text}\n`)
        return 'delete'
      case 'q':
        this.status = Number(one.text || 0)
        return 'quit'
      case 'Q':
        this.status = Number(one.text || 0)
        return 'silent'
      case 'y':
        this.#space = [...this.#space].map((char) => (one.text.includes(char) ? (one.flags[one.text.indexOf(char)] ?? char) : char)).join('')
        return null
      case 's':
        return await this.#substitute(one)
      default:
        return null
    }
  }
  async #substitute(one: Instruction): Promise<null> {
    const { regex } = one
    if (regex === null) return null
    const nth = Number(/\d+/.exec(one.flags)?.[0] ?? 1)
    const all = one.flags.includes('g')
    let out = ''
    let at = 0
    let count = 0
    let done = false
    while (at <= this.#space.length) {
      await this.#step()
      const found = regex.exec(this.#space, at)
      if (found === null || (found.start > 0 && at > 0 && this.#space.length > 0 && at > this.#space.length)) break
      count++
      const take = count === nth || (all && count >= nth)
      out += this.#space.slice(at, found.start) + (take ? replaced(one.text, found.groups) : (found.groups[0] ?? ''))
      done ||= take
      if (found.end === found.start) {
        out += this.#space.slice(found.end, found.end + 1)
        at = found.end + 1
      } else at = found.end
      if (out.length > 4_194_304 || (take && !all)) break
      // `^` matches once only.
      if (at >= this.#space.length && found.end !== found.start) break
    }
    this.#space = out + this.#space.slice(at)
    if (done) this.#substituted = true
    if (done && one.flags.includes('p')) await this.#write(`${this.#space}\n`)
    return null
  }
}
function replaced(template: string, groups: readonly (string | undefined)[]): string {
  let change: '' | 'U' | 'L' = ''
  const cased = (text: string): string => (change === 'U' ? text.toUpperCase() : change === 'L' ? text.toLowerCase() : text)
  return template.replace(/\\([\s\S])|&|[^\\&]+/g, (whole, escaped: string | undefined) => {
    if (whole === '&') return cased(groups[0] ?? '')
    if (escaped === undefined) return cased(whole)
    if (/\d/.test(escaped)) return cased(groups[Number(escaped)] ?? '')
    if (escaped === 'U' || escaped === 'L') change = escaped
    else if (escaped === 'E') change = ''
    else return escaped === 'n' ? '\n' : escaped === 't' ? '\t' : escaped
    return ''
  })
}

async function sed(call: Call): Promise<number> {
  const scripts: string[] = []
  const paths: string[] = []
  let quiet = false
  let extended = false
  let inPlace: string | null = null
  const args = [...call.args]
  for (let arg = args.shift(); arg !== undefined; arg = args.shift()) {
    if (arg === '--') {
      paths.push(...args)
      break
    }
    if (arg === '--version') return await call.out('sed (GNU sed) 4.9\n').then(() => 0)
    if (arg.startsWith('--')) {
      if (arg === '--quiet' || arg === '--silent') quiet = true
      else if (arg === '--regexp-extended') extended = true
      else if (arg.startsWith('--in-place')) inPlace = arg.slice(11)
      else if (arg.startsWith('--expression=')) scripts.push(arg.slice(13))
      continue
    }
    if (!arg.startsWith('-') || arg === '-') {
      paths.push(arg)
      continue
    }
    for (let i = 1; i < arg.length; i++) {
      const letter = arg[i]
      if (letter === 'n') quiet = true
      else if (letter === 'r' || letter === 'E') extended = true
      else if (letter === 'i') {
        inPlace = arg.slice(i + 1)
        break
      } else if (letter === 'e') {
        scripts.push(arg.slice(i + 1) || (args.shift() ?? ''))
        break
      } else if (letter !== 's' && letter !== 'z' && letter !== 'u') return await call.fail(`invalid option -- '${letter}'`)
    }
  }
  if (scripts.length === 0) {
    const script = paths.shift()
    if (script === undefined) {
      await call.err('Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...\n\n  -n, --quiet, --silent\n                 suppress automatic printing of pattern space\n')
      return 1
    }
    scripts.push(script)
  }
  try {
    return await edit(call, new SedParser(scripts.join('\n'), extended).program(), paths, { quiet, inPlace })
  } catch (error) {
    if (error instanceof SedProblem) return await call.fail(error.message)
    throw error
  }
}

async function edit(call: Call, program: readonly Instruction[], paths: readonly string[], options: { readonly quiet: boolean; readonly inPlace: string | null }): Promise<number> {
  let status = 0
  const texts: { readonly path: string; readonly text: string }[] = []
  for (const path of paths.length === 0 ? ['-'] : paths) {
    const input = await operand(call, path, (reason) => (reason === 'Is a directory' ? (options.inPlace === null ? `couldn't read ${path}: ${reason}` : `couldn't edit ${path}: not a regular file`) : `can't read ${path}: ${reason}`))
    if (input === null) status = 2
    else texts.push({ path, text: toText(await readAll(input)) })
  }
  const split = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'))
  if (options.inPlace === null) {
    const whole = texts.map(({ text }) => text).join('')
    const editor = new Editor(call, program, split(whole), options.quiet, buffered(call, whole))
    await editor.run()
    return status === 0 ? editor.status : status
  }
  for (const { path, text } of texts) {
    let out = ''
    const editor = new Editor(call, program, split(text), options.quiet, (made) => {
      if (out.length < 67_108_864) out += made
      return Promise.resolve()
    })
    await editor.run()
    const failed = await call.attempt(
      async () => {
        const { output } = openOutput(call.state, path)
        await output?.write(toBytes(text.endsWith('\n') ? out : out.replace(/\n$/, '')))
        output?.close()
        return null
      },
      (reason) => reason,
    )
    if (failed !== null) status = await call.fail(`couldn't open temporary file ./sed${path}: ${failed}`, 4)
  }
  return status
}
/** Holds the last line end back where the input had none. */
function buffered(call: Call, whole: string): (text: string) => Promise<void> {
  if (whole.endsWith('\n') || whole === '') return (text) => call.out(text)
  let held = ''
  return async (text) => {
    await call.out(held)
    held = text.endsWith('\n') ? '\n' : ''
    await call.out(text.replace(/\n$/, ''))
  }
}
export const sedProgram: Programs = { sed }

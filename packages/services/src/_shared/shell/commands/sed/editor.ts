import type { Call } from '../../interpreter/call.ts'
import type { Address, Instruction } from './parse.ts'

type After = 'next' | 'delete' | 'quit' | 'restart' | 'silent'

/** Runs a script over lines. */
export class Editor {
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
  constructor(
    call: Call,
    program: readonly Instruction[],
    lines: readonly string[],
    quiet: boolean,
    write: (text: string) => Promise<void>,
  ) {
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
    if (address.kind === 'step')
      return address.step === 0 ? this.#at === address.first : this.#at >= address.first && (this.#at - address.first) % address.step === 0
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
        this.#space = [...this.#space]
          .map((char) => (one.text.includes(char) ? (one.flags[one.text.indexOf(char)] ?? char) : char))
          .join('')
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

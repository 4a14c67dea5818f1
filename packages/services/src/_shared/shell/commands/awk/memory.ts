import { compileRegex, LINE_BUDGET, type Regex } from '../../interpreter/regex.ts'
import { AwkProblem } from './tokens.ts'
import { numberOf, textOf, type Value } from './values.ts'

/** Variables, arrays, the record and its fields. */
export class Memory {
  readonly globals = new Map<string, Value>([
    ['FS', ' '],
    ['OFS', ' '],
    ['ORS', '\n'],
    ['RS', '\n'],
    ['NR', 0],
    ['FNR', 0],
    ['SUBSEP', '\x1c'],
    ['OFMT', '%.6g'],
    ['CONVFMT', '%.6g'],
    ['FILENAME', ''],
    ['RSTART', 0],
    ['RLENGTH', -1],
  ])
  readonly arrays = new Map<string, Map<string, Value>>()
  readonly #regexes = new Map<string, Regex>()
  locals: Map<string, Value | Map<string, Value>> | null = null
  record = ''
  #fields: string[] | null = null
  /** `-v name=value`: looks like a number where it does. */
  set(name: string, value: string): void {
    this.globals.set(name, { text: value })
  }

  count(): void {
    this.globals.set('NR', numberOf(this.globals.get('NR') ?? 0) + 1)
    this.globals.set('FNR', numberOf(this.globals.get('FNR') ?? 0) + 1)
  }
  setRecord(text: string): void {
    this.record = text
    this.#fields = null
  }
  split(text: string, separator: string): string[] {
    if (separator === ' ') return text.trim() === '' ? [] : text.trim().split(/[ \t\n]+/)
    if (text === '') return []
    if (separator.length === 1 && separator !== '\\') return separator === '|' || separator !== ' ' ? text.split(separator) : []
    const regex = this.regex(separator)
    const budget = { left: LINE_BUDGET }
    const parts: string[] = []
    let at = 0
    for (let found = regex.exec(text, 0, budget); found !== null; found = regex.exec(text, at, budget)) {
      if (found.end === found.start) break
      parts.push(text.slice(at, found.start))
      at = found.end
    }
    return [...parts, text.slice(at)]
  }
  list(): string[] {
    this.#fields ??= this.split(this.record, textOf(this.globals.get('FS') ?? ' '))
    return this.#fields
  }
  setField(index: number, text: string): void {
    if (index === 0) {
      this.setRecord(text)
      return
    }
    const fields = this.list()
    while (fields.length < Math.min(index, 10_000)) fields.push('')
    fields[index - 1] = text
    this.record = fields.join(textOf(this.globals.get('OFS') ?? ' '))
  }
  regex(source: string): Regex {
    const known = this.#regexes.get(source)
    if (known !== undefined) return known
    const made = compileRegex(source, { extended: true })
    if ('problem' in made) throw new AwkProblem(`regular expression compile failed (${made.problem})\n${source}`)
    if (this.#regexes.size < 500) this.#regexes.set(source, made)
    return made
  }
  array(name: string): Map<string, Value> {
    const local = this.locals?.get(name)
    if (local instanceof Map) return local
    if (this.locals?.has(name) === true) {
      const made = new Map<string, Value>()
      this.locals.set(name, made)
      return made
    }
    const known = this.arrays.get(name)
    if (known !== undefined) return known
    const made = new Map<string, Value>()
    this.arrays.set(name, made)
    return made
  }
  get(name: string): Value {
    if (name === 'NF') return this.list().length
    const local = this.locals?.get(name)
    if (local !== undefined) return local instanceof Map ? '' : local
    return this.globals.get(name) ?? { text: '' }
  }
  assign(name: string, value: Value): void {
    if (name === 'NF') {
      const fields = this.list()
      const count = Math.min(10_000, Math.max(0, numberOf(value)))
      while (fields.length < count) fields.push('')
      this.#fields = fields.slice(0, count)
      this.record = this.#fields.join(textOf(this.globals.get('OFS') ?? ' '))
    } else if (this.locals?.has(name) === true) this.locals.set(name, value)
    else this.globals.set(name, value)
  }
}

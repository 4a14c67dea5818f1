import type { Call, Programs } from '../../interpreter/call.ts'
import { openOutput } from '../../interpreter/files.ts'
import { compileRegex, LINE_BUDGET, type Regex } from '../../interpreter/regex.ts'
import { Bytes, type Input, type Output, readLine, toBytes } from '../../interpreter/streams.ts'
import { decodeEscapes } from '../../parser/escapes.ts'
import { float, formatPrintf } from '../printf.ts'
import { operand } from '../reading.ts'
import { type AwkProgram, AwkProblem, type Expression, parseAwk, type Rule, type Statement } from './parse.ts'

/** A number, a string, or a string from input that looks like a number. */
type Value = number | string | { readonly text: string }
class Jump {
  readonly name: string
  readonly value: Value
  constructor(name: string, value: Value) {
    this.name = name
    this.value = value
  }
}
const NUMERIC = /^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*$/
const TEXT_MAX = 16_777_216
const ITEMS_MAX = 200_000

const textOf = (value: Value): string => {
  if (typeof value === 'string') return value
  if (typeof value === 'object') return value.text
  return Number.isInteger(value) && Math.abs(value) < 1e16 ? String(value) : float(value, 'g', 6)
}
const numberOf = (value: Value): number => {
  if (typeof value === 'number') return value
  const found = /^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?/.exec(typeof value === 'string' ? value : value.text)
  return found === null ? 0 : Number(found[0])
}
const truth = (value: Value): boolean => (typeof value === 'number' ? value !== 0 : typeof value === 'string' ? value !== '' : NUMERIC.test(value.text) ? numberOf(value) !== 0 : value.text !== '')
const isNumber = (value: Value): boolean => typeof value === 'number' || (typeof value === 'object' && NUMERIC.test(value.text))

class Awk {
  readonly #call: Call
  readonly #program: AwkProgram
  readonly #globals = new Map<string, Value>([['FS', ' '], ['OFS', ' '], ['ORS', '\n'], ['RS', '\n'], ['NR', 0], ['FNR', 0], ['SUBSEP', '\x1c'], ['OFMT', '%.6g'], ['CONVFMT', '%.6g'], ['FILENAME', ''], ['RSTART', 0], ['RLENGTH', -1]])
  readonly #arrays = new Map<string, Map<string, Value>>()
  readonly #outputs = new Map<string, Output>()
  readonly #inputs = new Map<string, Input>()
  readonly #regexes = new Map<string, Regex>()
  #locals: Map<string, Value | Map<string, Value>> | null = null
  #record = ''
  #fields: string[] | null = null
  #depth = 0
  status = 0
  constructor(call: Call, program: AwkProgram) {
    this.#call = call
    this.#program = program
  }
  set(name: string, value: string): void {
    this.#globals.set(name, { text: value })
  }

  async run(paths: readonly string[]): Promise<void> {
    const environment = new Map<string, Value>([...this.#call.state.environment()].map(([name, value]) => [name, { text: value }]))
    this.#arrays.set('ENVIRON', environment)
    try {
      await this.#rules('BEGIN')
      if (this.#program.rules.some((rule) => rule.kind !== 'BEGIN')) await this.#files(paths)
      await this.#rules('END')
    } catch (error) {
      if (!(error instanceof Jump) || error.name !== 'exit') throw error
      this.status = numberOf(error.value) & 0xff
      if (!this.#ending) await this.#atEnd()
    } finally {
      for (const output of this.#outputs.values()) output.close()
    }
  }
  #ending = false
  async #atEnd(): Promise<void> {
    try {
      await this.#rules('END')
    } catch (error) {
      if (!(error instanceof Jump)) throw error
    }
  }
  async #rules(kind: 'BEGIN' | 'END'): Promise<void> {
    this.#ending = kind === 'END'
    for (const rule of this.#program.rules) if (rule.kind === kind && rule.body !== null) await this.#statement(rule.body)
  }
  async #files(paths: readonly string[]): Promise<void> {
    const files = paths.filter((path) => !/^[A-Za-z_]\w*=/.test(path))
    for (const path of files.length === 0 ? [...paths, '-'] : paths) {
      const assigned = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(path)
      if (assigned !== null) {
        this.set(assigned[1] ?? '', assigned[2] ?? '')
        continue
      }
      const input = await operand(this.#call, path, (reason) => `cannot open ${path} (${reason})`)
      if (input === null) {
        this.status = 2
        continue
      }
      this.#globals.set('FILENAME', path === '-' ? '' : path)
      this.#globals.set('FNR', 0)
      this.#main = input
      for (let record = await this.#read(input); record !== null; record = await this.#read(input)) {
        this.#count()
        this.#setRecord(record)
        if (!(await this.#each())) break
      }
    }
  }
  #main: Input | null = null
  #count(): void {
    this.#globals.set('NR', numberOf(this.#globals.get('NR') ?? 0) + 1)
    this.#globals.set('FNR', numberOf(this.#globals.get('FNR') ?? 0) + 1)
  }
  async #read(input: Input): Promise<string | null> {
    const step = this.#call.session.step(this.#call.state.signal)
    if (step !== undefined) await step
    const separator = textOf(this.#globals.get('RS') ?? '\n')
    if (separator === '\n') {
      const line = await readLine(input)
      return line === '' ? null : line.replace(/\n$/, '')
    }
    let record = ''
    for (;;) {
      const line = await readLine(input)
      if (line === '') return record === '' ? null : record.replace(/\n$/, '')
      if (separator === '' ? line === '\n' : line.includes(separator)) {
        if (separator === '') {
          if (record !== '') return record.replace(/\n$/, '')
          continue
        }
        const at = line.indexOf(separator)
        input.unread(toBytes(line.slice(at + separator.length)))
        return record + line.slice(0, at)
      }
      record += line
      if (record.length > TEXT_MAX) return record
    }
  }
  async #each(): Promise<boolean> {
    try {
      for (const rule of this.#program.rules) if (await this.#selects(rule)) rule.body === null ? await this.#call.out(`${this.#record}${textOf(this.#globals.get('ORS') ?? '\n')}`) : await this.#statement(rule.body)
    } catch (error) {
      if (!(error instanceof Jump) || !error.name.startsWith('next')) throw error
      return error.name === 'next'
    }
    return true
  }
  async #selects(rule: Rule): Promise<boolean> {
    if (rule.kind === 'always') return true
    if (rule.test === null) return false
    if (rule.kind === 'pattern') return truth(await this.#value(rule.test))
    if (!rule.active && !truth(await this.#value(rule.test))) return false
    rule.active = rule.end === null || !truth(await this.#value(rule.end))
    return true
  }

  #setRecord(text: string): void {
    this.#record = text
    this.#fields = null
  }
  #split(text: string, separator: string): string[] {
    if (separator === ' ') return text.trim() === '' ? [] : text.trim().split(/[ \t\n]+/)
    if (text === '') return []
    if (separator.length === 1 && separator !== '\\') return separator === '|' || separator !== ' ' ? text.split(separator) : []
    const regex = this.#regex(separator)
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
  #list(): string[] {
    this.#fields ??= this.#split(this.#record, textOf(this.#globals.get('FS') ?? ' '))
    return this.#fields
  }
  #setField(index: number, text: string): void {
    if (index === 0) return this.#setRecord(text)
    const fields = this.#list()
    while (fields.length < Math.min(index, 10_000)) fields.push('')
    fields[index - 1] = text
    this.#record = fields.join(textOf(this.#globals.get('OFS') ?? ' '))
  }
  #regex(source: string): Regex {
    const known = this.#regexes.get(source)
    if (known !== undefined) return known
    const made = compileRegex(source, { extended: true })
    if ('problem' in made) throw new AwkProblem(`regular expression compile failed (${made.problem})\n${source}`)
    if (this.#regexes.size < 500) this.#regexes.set(source, made)
    return made
  }
  #array(name: string): Map<string, Value> {
    const local = this.#locals?.get(name)
    if (local instanceof Map) return local
    if (this.#locals?.has(name) === true) {
      const made = new Map<string, Value>()
      this.#locals.set(name, made)
      return made
    }
    const known = this.#arrays.get(name)
    if (known !== undefined) return known
    const made = new Map<string, Value>()
    this.#arrays.set(name, made)
    return made
  }
  async #key(keys: readonly Expression[]): Promise<string> {
    const parts: string[] = []
    for (const key of keys) parts.push(textOf(await this.#value(key)))
    return parts.join('\x1c')
  }

  async #statement(statement: Statement): Promise<void> {
    const step = this.#call.session.step(this.#call.state.signal)
    if (step !== undefined) await step
    switch (statement.kind) {
      case 'expression':
        await this.#value(statement.value)
        return
      case 'block':
        for (const one of statement.body) await this.#statement(one)
        return
      case 'if':
        if (truth(await this.#value(statement.test))) await this.#statement(statement.yes)
        else if (statement.no !== null) await this.#statement(statement.no)
        return
      case 'while':
        return await this.#loop(statement.after, async () => truth(await this.#value(statement.test)), statement.body)
      case 'for': {
        if (statement.start !== null) await this.#statement(statement.start)
        const { test } = statement
        return await this.#loop(false, async () => test === null || truth(await this.#value(test)), statement.body, statement.step)
      }
      case 'each': {
        const keys = [...this.#array(statement.array).keys()]
        let i = 0
        return await this.#loop(
          false,
          () => {
            const key = keys[i++]
            if (key !== undefined) this.#assign(statement.name, { text: key })
            return Promise.resolve(key !== undefined)
          },
          statement.body,
        )
      }
      case 'jump':
        throw new Jump(statement.name, statement.value === null ? (statement.name === 'exit' ? this.status : '') : await this.#value(statement.value))
      case 'delete':
        if (statement.keys === null) this.#array(statement.name).clear()
        else this.#array(statement.name).delete(await this.#key(statement.keys))
        return
      case 'print':
        return await this.#print(statement)
    }
  }
  async #loop(first: boolean, test: () => Promise<boolean>, body: Statement, step: Statement | null = null): Promise<void> {
    let skip = first
    while (skip || (await test())) {
      skip = false
      try {
        await this.#statement(body)
      } catch (error) {
        if (error instanceof Jump && error.name === 'break') return
        if (!(error instanceof Jump) || error.name !== 'continue') throw error
      }
      if (step !== null) await this.#statement(step)
    }
  }
  async #print(statement: Extract<Statement, { kind: 'print' }>): Promise<void> {
    const values: Value[] = []
    for (const arg of statement.args) values.push(await this.#value(arg))
    const { machine } = this.#call
    const texts = values.map(textOf)
    const text = statement.format ? formatPrintf((texts[0] ?? '').replaceAll('\\', '\\\\'), texts.slice(1), machine.now(), machine.wall, true).text : (values.length === 0 ? this.#record : texts.join(textOf(this.#globals.get('OFS') ?? ' '))) + textOf(this.#globals.get('ORS') ?? '\n')
    if (statement.into === null) return await this.#call.out(text)
    const target = textOf(await this.#value(statement.into.target))
    const output = await this.#output(statement.into.operator, target)
    if (output === null) await this.#call.out(text)
    else await output.write(toBytes(text))
  }
  async #output(operator: string, target: string): Promise<Output | null> {
    const known = this.#outputs.get(target)
    if (known !== undefined) return known
    if (operator === '|') {
      const chunks: Buffer[] = []
      const output: Output = { tty: false, write: (data) => Promise.resolve(void chunks.push(data)), close: () => undefined }
      this.#pipes.push({ command: target, chunks })
      this.#outputs.set(target, output)
      return output
    }
    return await this.#call.attempt<Output | null>(
      () => {
        const output = openOutput(this.#call.state, target, { append: operator === '>>' }).output ?? null
        if (output !== null && this.#outputs.size < 64) this.#outputs.set(target, output)
        return output
      },
      (reason) => {
        throw new AwkProblem(`cannot open "${target}" for output (${reason})`)
      },
    )
  }
  readonly #pipes: { readonly command: string; readonly chunks: readonly Buffer[] }[] = []
  /** What was printed into commands runs when the program ends. */
  async drain(): Promise<void> {
    for (const { command, chunks } of this.#pipes) await this.#shell(command, Buffer.concat(chunks), false)
  }
  async #shell(command: string, stdin: Buffer | null, collect: boolean): Promise<{ readonly status: number; readonly text: string }> {
    const child = this.#call.state.fork()
    const kept: Buffer[] = []
    if (stdin !== null) child.descriptors.set(0, { input: new Bytes(stdin) })
    if (collect) child.descriptors.set(1, { output: { tty: false, write: (data) => Promise.resolve(void (kept.length < 4096 && kept.push(Buffer.from(data)))), close: () => undefined } })
    child.flavour = 'dash'
    child.zero = 'sh'
    const status = await this.#call.runner.process(child, () => this.#call.runner.source(command, child))
    return { status, text: Buffer.concat(kept).toString('latin1') }
  }

  #get(name: string): Value {
    if (name === 'NF') return this.#list().length
    const local = this.#locals?.get(name)
    if (local !== undefined) return local instanceof Map ? '' : local
    return this.#globals.get(name) ?? { text: '' }
  }
  #assign(name: string, value: Value): void {
    if (name === 'NF') {
      const fields = this.#list()
      const count = Math.min(10_000, Math.max(0, numberOf(value)))
      while (fields.length < count) fields.push('')
      this.#fields = fields.slice(0, count)
      this.#record = this.#fields.join(textOf(this.#globals.get('OFS') ?? ' '))
    } else if (this.#locals?.has(name) === true) this.#locals.set(name, value)
    else this.#globals.set(name, value)
  }
  async #store(target: Expression, value: Value): Promise<void> {
    if (textOf(value).length > TEXT_MAX) throw new AwkProblem('out of memory')
    if (target.kind === 'name') this.#assign(target.name, value)
    else if (target.kind === 'field') this.#setField(numberOf(await this.#value(target.index)), textOf(value))
    else if (target.kind === 'item') {
      const array = this.#array(target.name)
      if (array.size < ITEMS_MAX) array.set(await this.#key(target.keys), value)
    }
  }

  async #value(expression: Expression): Promise<Value> {
    switch (expression.kind) {
      case 'number':
      case 'string':
        return expression.value
      case 'regex':
        return this.#regex(expression.source).exec(this.#record, 0) === null ? 0 : 1
      case 'name':
        return this.#get(expression.name)
      case 'field': {
        const index = numberOf(await this.#value(expression.index))
        return { text: index === 0 ? this.#record : (this.#list()[index - 1] ?? '') }
      }
      case 'item': {
        const array = this.#array(expression.name)
        const key = await this.#key(expression.keys)
        if (!array.has(key) && array.size < ITEMS_MAX) array.set(key, { text: '' })
        return array.get(key) ?? { text: '' }
      }
      case 'in':
        return this.#array(expression.name).has(await this.#key(expression.keys)) ? 1 : 0
      case 'assign': {
        const right = await this.#value(expression.value)
        const value = expression.operator === '' ? right : arithmetic(expression.operator, numberOf(await this.#value(expression.target)), numberOf(right))
        await this.#store(expression.target, value)
        return value
      }
      case 'step': {
        const before = numberOf(await this.#value(expression.target))
        await this.#store(expression.target, before + expression.by)
        return expression.prefix ? before + expression.by : before
      }
      case 'unary': {
        const inner = await this.#value(expression.inner)
        return expression.operator === '!' ? (truth(inner) ? 0 : 1) : expression.operator === '-' ? -numberOf(inner) : numberOf(inner)
      }
      case 'choice':
        return truth(await this.#value(expression.test)) ? await this.#value(expression.yes) : await this.#value(expression.no)
      case 'binary':
        return await this.#binary(expression)
      case 'call':
        return await this.#function(expression.name, expression.args)
      case 'getline':
        return await this.#getline(expression)
    }
  }
  async #binary(expression: Extract<Expression, { kind: 'binary' }>): Promise<Value> {
    const { operator } = expression
    const left = await this.#value(expression.left)
    if (operator === '&&') return truth(left) && truth(await this.#value(expression.right)) ? 1 : 0
    if (operator === '||') return truth(left) || truth(await this.#value(expression.right)) ? 1 : 0
    if (operator === '~' || operator === '!~') {
      const source = expression.right.kind === 'regex' ? expression.right.source : textOf(await this.#value(expression.right))
      return (this.#regex(source).exec(textOf(left), 0) !== null) === (operator === '~') ? 1 : 0
    }
    const right = await this.#value(expression.right)
    if (operator === ' ') {
      const made = textOf(left) + textOf(right)
      if (made.length > TEXT_MAX) throw new AwkProblem('out of memory')
      return made
    }
    if (!'< <= == != >= >'.split(' ').includes(operator)) return arithmetic(operator, numberOf(left), numberOf(right))
    const numeric = isNumber(left) && isNumber(right)
    const [a, b] = numeric ? [numberOf(left), numberOf(right)] : [textOf(left), textOf(right)]
    return { '<': a < b, '<=': a <= b, '==': a === b, '!=': a !== b, '>=': a >= b, '>': a > b }[operator] === true ? 1 : 0
  }
  async #getline(expression: Extract<Expression, { kind: 'getline' }>): Promise<Value> {
    let input = this.#main
    if (expression.source !== null) {
      const name = textOf(await this.#value(expression.source))
      let known = this.#inputs.get(name)
      if (known === undefined) {
            const made = expression.command ? new Bytes(toBytes((await this.#shell(name, null, true)).text)) : await this.#call.attempt<Input | null>(() => new Bytes(this.#call.fs.read(this.#call.path(name), this.#call.as)), () => null)
        if (made === null) return -1
        known = made
        if (this.#inputs.size < 64) this.#inputs.set(name, known)
      }
      input = known
    }
    if (input === null) return 0
    const record = await this.#read(input)
    if (record === null) return 0
    if (expression.source === null) this.#count()
    if (expression.target === null) this.#setRecord(record)
    else await this.#store(expression.target, { text: record })
    return 1
  }

  async #function(name: string, args: readonly Expression[]): Promise<Value> {
    const own = this.#program.functions.get(name)
    if (own !== undefined) return await this.#user(own, args)
    const first = args[0]
    if (name === 'length' && first?.kind === 'name' && (this.#arrays.has(first.name) || this.#locals?.get(first.name) instanceof Map)) return this.#array(first.name).size
    if (name === 'split') return await this.#splitInto(args)
    if (name === 'sub' || name === 'gsub') return await this.#replace(args, name === 'gsub')
    const values: Value[] = []
    for (const arg of args) values.push(arg.kind === 'regex' ? arg.source : await this.#value(arg))
    const text = textOf(values[0] ?? '')
    const number = numberOf(values[0] ?? 0)
    switch (name) {
      case 'length':
        return args.length === 0 ? this.#record.length : text.length
      case 'substr': {
        const from = Math.round(numberOf(values[1] ?? 1))
        const end = values[2] === undefined ? Number.POSITIVE_INFINITY : from + Math.round(numberOf(values[2]))
        return text.slice(Math.max(0, from - 1), Math.max(0, end - 1))
      }
      case 'index':
        return text.indexOf(textOf(values[1] ?? '')) + 1
      case 'match': {
        const found = this.#regex(textOf(values[1] ?? '')).exec(text, 0)
        this.#globals.set('RSTART', found === null ? 0 : found.start + 1)
        this.#globals.set('RLENGTH', found === null ? -1 : found.end - found.start)
        return found === null ? 0 : found.start + 1
      }
      case 'toupper':
        return text.replace(/[a-z]/g, (char) => char.toUpperCase())
      case 'tolower':
        return text.replace(/[A-Z]/g, (char) => char.toLowerCase())
      case 'sprintf':
        return formatPrintf(text.replaceAll('\\', '\\\\'), values.slice(1).map(textOf), 0, this.#call.machine.wall, true).text
      case 'int':
        return Math.trunc(number)
      case 'sqrt':
        return Math.sqrt(number)
      case 'exp':
        return Math.exp(number)
      case 'log':
        return Math.log(number)
      case 'sin':
        return Math.sin(number)
      case 'cos':
        return Math.cos(number)
      case 'atan2':
        return Math.atan2(number, numberOf(values[1] ?? 0))
      case 'rand':
        return this.#call.session.options.random()
      case 'srand':
        return 0
      case 'systime':
        return Math.floor(this.#call.machine.now() / 1000)
      case 'system':
        return (await this.#shell(text, null, false)).status
      case 'close':
        this.#outputs.get(text)?.close()
        this.#outputs.delete(text)
        this.#inputs.delete(text)
        return 0
      case 'fflush':
        return 0
      default:
        throw new AwkProblem(`line 1: function ${name} never defined`)
    }
  }
  async #user(own: { readonly parameters: readonly string[]; readonly body: Statement }, args: readonly Expression[]): Promise<Value> {
    if (this.#depth > 150) throw new AwkProblem('function call nesting too deep')
    const locals = new Map<string, Value | Map<string, Value>>()
    for (const [i, parameter] of own.parameters.entries()) {
      const arg = args[i]
      const isArray = arg?.kind === 'name' && (this.#arrays.has(arg.name) || this.#locals?.get(arg.name) instanceof Map)
      locals.set(parameter, arg === undefined ? { text: '' } : isArray && arg.kind === 'name' ? this.#array(arg.name) : await this.#value(arg))
    }
    const saved = this.#locals
    this.#locals = locals
    this.#depth++
    try {
      await this.#statement(own.body)
      return ''
    } catch (error) {
      if (error instanceof Jump && error.name === 'return') return error.value
      throw error
    } finally {
      this.#locals = saved
      this.#depth--
    }
  }
  async #splitInto(args: readonly Expression[]): Promise<Value> {
    const [source, target, separator] = args
    if (source === undefined || target?.kind !== 'name') return 0
    const by = separator === undefined ? textOf(this.#globals.get('FS') ?? ' ') : separator.kind === 'regex' ? separator.source : textOf(await this.#value(separator))
    const text = textOf(await this.#value(source))
    const parts = by === '' ? [...text] : this.#split(text, by)
    const array = this.#array(target.name)
    array.clear()
    parts.slice(0, ITEMS_MAX).forEach((part, i) => array.set(String(i + 1), { text: part }))
    return parts.length
  }
  async #replace(args: readonly Expression[], all: boolean): Promise<Value> {
    const [pattern, replacement, target = { kind: 'field', index: { kind: 'number', value: 0 } } as const] = args
    if (pattern === undefined || replacement === undefined) return 0
    const regex = this.#regex(pattern.kind === 'regex' ? pattern.source : textOf(await this.#value(pattern)))
    const template = textOf(await this.#value(replacement))
    const text = textOf(await this.#value(target))
    let out = ''
    let at = 0
    let count = 0
    while (at <= text.length) {
      const step = this.#call.session.step(this.#call.state.signal)
      if (step !== undefined) await step
      const found = regex.exec(text, at)
      if (found === null) break
      count++
      out += text.slice(at, found.start) + template.replace(/\\&|&/g, (mark) => (mark === '&' ? (found.groups[0] ?? '') : '&'))
      if (found.end === found.start) {
        out += text.slice(found.end, found.end + 1)
        at = found.end + 1
      } else at = found.end
      if (!all || out.length > TEXT_MAX) break
    }
    if (count > 0) await this.#store(target, out + text.slice(at))
    return count
  }
}

function arithmetic(operator: string, a: number, b: number): number {
  switch (operator) {
    case '+':
      return a + b
    case '-':
      return a - b
    case '*':
      return a * b
    case '/':
    case '%':
      if (b === 0) throw new AwkProblem(`division by zero${operator === '%' ? ' in %' : ''}`)
      return operator === '/' ? a / b : a % b
    default:
      return a ** b
  }
}

async function awk(call: Call): Promise<number> {
  const args = [...call.args]
  const sets: [string, string][] = []
  let source: string | null = null
  while (args[0]?.startsWith('-') === true && args[0] !== '-') {
    const arg = args.shift() ?? ''
    if (arg === '--') break
    const value = (): string => arg.slice(2) || (args.shift() ?? '')
    if (arg.startsWith('-F')) sets.push(['FS', decodeEscapes(value(), { octal: 'plain', quotes: false, control: false, stop: false }).text.replace(/^t$/, '\t')])
    else if (arg.startsWith('-v')) {
      const [name = '', ...rest] = value().split('=')
      sets.push([name, decodeEscapes(rest.join('='), { octal: 'plain', quotes: false, control: false, stop: false }).text])
    } else if (arg.startsWith('-f')) {
      const path = value()
      source = await call.attempt<string | null>(() => call.fs.read(call.path(path), call.as).toString('latin1'), () => null)
      if (source === null) return await call.fail(`cannot open ${path} (No such file or directory)`, 2)
    } else if (arg === '-W' || arg === '--version') return await call.out('mawk 1.3.4 20200120\nCopyright 2008-2019,2020, Thomas E. Dickey\nCopyright 1991-1996,2014, Michael D. Brennan\n').then(() => 0)
  }
  source ??= args.shift() ?? null
  if (source === null) {
    await call.err('usage: mawk [Options] [Program] [file ...]\n\nProgram:\n    The -f option value is the name of a file containing program text.\n')
    return 2
  }
  try {
    const machine = new Awk(call, parseAwk(source))
    for (const [name, value] of sets) machine.set(name, value)
    await machine.run(args)
    await machine.drain()
    return machine.status
  } catch (error) {
    if (!(error instanceof AwkProblem)) throw error
    await call.err(`awk: ${error.message}\n`)
    return 2
  }
}
export const awkProgram: Programs = { awk, mawk: awk, gawk: awk, nawk: awk }

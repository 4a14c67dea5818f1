import type { Call } from '../../interpreter/call.ts'
import { type Input, readLine, toBytes } from '../../interpreter/streams.ts'
import { formatPrintf } from '../printf.ts'
import { operand } from '../reading.ts'
import type { AwkProgram, Expression, Rule, Statement } from './ast.ts'
import { Channels } from './channels.ts'
import { mathFunction, replaceIn, stringFunction } from './functions.ts'
import { Memory } from './memory.ts'
import { AwkProblem } from './tokens.ts'
import { arithmetic, ITEMS_MAX, isNumber, Jump, numberOf, TEXT_MAX, textOf, truth, type Value } from './values.ts'

/** Runs a program of awk. */
export class Awk {
  readonly #memory = new Memory()

  readonly #call: Call
  readonly #program: AwkProgram
  readonly #channels: Channels
  #depth = 0
  status = 0
  constructor(call: Call, program: AwkProgram) {
    this.#call = call
    this.#channels = new Channels(call)
    this.#program = program
  }
  async run(paths: readonly string[]): Promise<void> {
    const environment = new Map<string, Value>([...this.#call.state.environment()].map(([name, value]) => [name, { text: value }]))
    this.#memory.arrays.set('ENVIRON', environment)
    try {
      await this.#rules('BEGIN')
      if (this.#program.rules.some((rule) => rule.kind !== 'BEGIN')) await this.#files(paths)
      await this.#rules('END')
    } catch (error) {
      if (!(error instanceof Jump) || error.name !== 'exit') throw error
      this.status = numberOf(error.value) & 0xff
      if (!this.#ending) await this.#atEnd()
    } finally {
      this.#channels.closeAll()
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
      this.#memory.globals.set('FILENAME', path === '-' ? '' : path)
      this.#memory.globals.set('FNR', 0)
      this.#main = input
      for (let record = await this.#read(input); record !== null; record = await this.#read(input)) {
        this.#memory.count()
        this.#memory.setRecord(record)
        if (!(await this.#each())) break
      }
    }
  }
  #main: Input | null = null
  async #read(input: Input): Promise<string | null> {
    const step = this.#call.session.step(this.#call.state.signal)
    if (step !== undefined) await step
    const separator = textOf(this.#memory.globals.get('RS') ?? '\n')
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
      for (const rule of this.#program.rules)
        if (await this.#selects(rule))
          rule.body === null
            ? await this.#call.out(`${this.#memory.record}${textOf(this.#memory.globals.get('ORS') ?? '\n')}`)
            : await this.#statement(rule.body)
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
        const keys = [...this.#memory.array(statement.array).keys()]
        let i = 0
        return await this.#loop(
          false,
          () => {
            const key = keys[i++]
            if (key !== undefined) this.#memory.assign(statement.name, { text: key })
            return Promise.resolve(key !== undefined)
          },
          statement.body,
        )
      }
      case 'jump':
        throw new Jump(
          statement.name,
          statement.value === null ? (statement.name === 'exit' ? this.status : '') : await this.#value(statement.value),
        )
      case 'delete':
        if (statement.keys === null) this.#memory.array(statement.name).clear()
        else this.#memory.array(statement.name).delete(await this.#key(statement.keys))
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
    const text = statement.format
      ? formatPrintf((texts[0] ?? '').replaceAll('\\', '\\\\'), texts.slice(1), machine.now(), machine.wall, true).text
      : (values.length === 0 ? this.#memory.record : texts.join(textOf(this.#memory.globals.get('OFS') ?? ' '))) +
        textOf(this.#memory.globals.get('ORS') ?? '\n')
    if (statement.into === null) return await this.#call.out(text)
    const target = textOf(await this.#value(statement.into.target))
    const output = await this.#channels.output(statement.into.operator, target)
    if (output === null) await this.#call.out(text)
    else await output.write(toBytes(text))
  }
  async #store(target: Expression, value: Value): Promise<void> {
    if (textOf(value).length > TEXT_MAX) throw new AwkProblem('out of memory')
    if (target.kind === 'name') this.#memory.assign(target.name, value)
    else if (target.kind === 'field') this.#memory.setField(numberOf(await this.#value(target.index)), textOf(value))
    else if (target.kind === 'item') {
      const array = this.#memory.array(target.name)
      if (array.size < ITEMS_MAX) array.set(await this.#key(target.keys), value)
    }
  }

  async #value(expression: Expression): Promise<Value> {
    switch (expression.kind) {
      case 'number':
      case 'string':
        return expression.value
      case 'regex':
        return this.#memory.regex(expression.source).exec(this.#memory.record, 0) === null ? 0 : 1
      case 'name':
        return this.#memory.get(expression.name)
      case 'field': {
        const index = numberOf(await this.#value(expression.index))
        return { text: index === 0 ? this.#memory.record : (this.#memory.list()[index - 1] ?? '') }
      }
      case 'item': {
        const array = this.#memory.array(expression.name)
        const key = await this.#key(expression.keys)
        if (!array.has(key) && array.size < ITEMS_MAX) array.set(key, { text: '' })
        return array.get(key) ?? { text: '' }
      }
      case 'in':
        return this.#memory.array(expression.name).has(await this.#key(expression.keys)) ? 1 : 0
      case 'assign': {
        const right = await this.#value(expression.value)
        const value =
          expression.operator === ''
            ? right
            : arithmetic(expression.operator, numberOf(await this.#value(expression.target)), numberOf(right))
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
      return (this.#memory.regex(source).exec(textOf(left), 0) !== null) === (operator === '~') ? 1 : 0
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
      const known = await this.#channels.input(name, expression.command)
      if (known === null) return -1
      input = known
    }
    if (input === null) return 0
    const record = await this.#read(input)
    if (record === null) return 0
    if (expression.source === null) this.#memory.count()
    if (expression.target === null) this.#memory.setRecord(record)
    else await this.#store(expression.target, { text: record })
    return 1
  }

  async #function(name: string, args: readonly Expression[]): Promise<Value> {
    const own = this.#program.functions.get(name)
    if (own !== undefined) return await this.#user(own, args)
    const first = args[0]
    if (
      name === 'length' &&
      first?.kind === 'name' &&
      (this.#memory.arrays.has(first.name) || this.#memory.locals?.get(first.name) instanceof Map)
    )
      return this.#memory.array(first.name).size
    if (name === 'split') return await this.#splitInto(args)
    if (name === 'sub' || name === 'gsub') return await this.#replace(args, name === 'gsub')
    const values: Value[] = []
    for (const arg of args) values.push(arg.kind === 'regex' ? arg.source : await this.#value(arg))
    const text = textOf(values[0] ?? '')
    const number = numberOf(values[0] ?? 0)
    const made = stringFunction(name, values, this.#memory) ?? mathFunction(name, number)
    if (made !== undefined) return made
    const { session, machine } = this.#call
    switch (name) {
      case 'sprintf':
        return formatPrintf(text.replaceAll('\\', '\\\\'), values.slice(1).map(textOf), 0, machine.wall, true).text
      case 'atan2':
        return Math.atan2(number, numberOf(values[1] ?? 0))
      case 'rand':
        return session.options.random()
      case 'systime':
        return Math.floor(machine.now() / 1000)
      case 'system':
        return (await this.#channels.shell(text, null, null)).status
      case 'close':
        this.#channels.close(text)
        return 0
      case 'srand':
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
      const isArray = arg?.kind === 'name' && (this.#memory.arrays.has(arg.name) || this.#memory.locals?.get(arg.name) instanceof Map)
      locals.set(
        parameter,
        arg === undefined ? { text: '' } : isArray && arg.kind === 'name' ? this.#memory.array(arg.name) : await this.#value(arg),
      )
    }
    const saved = this.#memory.locals
    this.#memory.locals = locals
    this.#depth++
    try {
      await this.#statement(own.body)
      return ''
    } catch (error) {
      if (error instanceof Jump && error.name === 'return') return error.value
      throw error
    } finally {
      this.#memory.locals = saved
      this.#depth--
    }
  }
  async #splitInto(args: readonly Expression[]): Promise<Value> {
    const [source, target, separator] = args
    if (source === undefined || target?.kind !== 'name') return 0
    const by =
      separator === undefined
        ? textOf(this.#memory.globals.get('FS') ?? ' ')
        : separator.kind === 'regex'
          ? separator.source
          : textOf(await this.#value(separator))
    const text = textOf(await this.#value(source))
    const parts = by === '' ? [...text] : this.#memory.split(text, by)
    const array = this.#memory.array(target.name)
    array.clear()
    for (const [i, part] of parts.slice(0, ITEMS_MAX).entries()) array.set(String(i + 1), { text: part })
    return parts.length
  }
  async #replace(args: readonly Expression[], all: boolean): Promise<Value> {
    const [pattern, replacement, target = { kind: 'field', index: { kind: 'number', value: 0 } } as const] = args
    if (pattern === undefined || replacement === undefined) return 0
    const regex = this.#memory.regex(pattern.kind === 'regex' ? pattern.source : textOf(await this.#value(pattern)))
    const template = textOf(await this.#value(replacement))
    const text = textOf(await this.#value(target))
    const { made, count } = await replaceIn(regex, template, text, all, () => this.#call.session.step(this.#call.state.signal))
    if (count > 0) await this.#store(target, made)
    return count
  }

  /** What was printed into commands runs when the program ends. */
  async drain(): Promise<void> {
    await this.#channels.drain()
  }
  set(name: string, value: string): void {
    this.#memory.set(name, value)
  }
}

import type { Call } from '../../interpreter/call.ts'
import { builtinNamed, methodOf } from './builtins.ts'
import { moduleMember, modules } from './library.ts'
import type { Expression, Statement } from './parse.ts'
import { list, Raised, repr, shown, truth, typeOf, type Value } from './values.ts'

const SIZE_MAX = 1_000_000
const STEPS_MAX = 200_000

/** One interpreter: its names, and what it has done so far. */
export class Interpreter {
  readonly #call: Call
  readonly #names = new Map<string, Value>()
  #steps = 0
  /** Line of the statement that runs, for tracebacks. */
  line = 1

  constructor(call: Call) {
    this.#call = call
  }

  /** Runs statements; the value of the last one where it is an expression. */
  async run(statements: readonly Statement[]): Promise<Value | undefined> {
    let last: Value | undefined
    for (const statement of statements) last = await this.#statement(statement)
    return last
  }
  async #step(): Promise<void> {
    if (++this.#steps > STEPS_MAX) throw new Raised('MemoryError', '')
    const rest = this.#call.session.step(this.#call.state.signal)
    if (rest !== undefined) await rest
  }
  async #statement(statement: Statement): Promise<Value | undefined> {
    await this.#step()
    this.line = statement.line
    switch (statement.kind) {
      case 'import': {
        this.#demand(statement.module)
        const name = statement.as === '' ? (statement.module.split('.')[0] ?? '') : statement.as
        this.#names.set(name, { kind: 'module', name: statement.as === '' ? name : statement.module })
        return undefined
      }
      case 'from':
        this.#demand(statement.module)
        for (const name of statement.names) {
          if (name === '*') this.#names.set('*', { kind: 'module', name: statement.module })
          else {
            const member = moduleMember(this.#call, statement.module, name)
            if (member === undefined) throw new Raised('ImportError', `cannot import name '${name}' from '${statement.module}'`)
            this.#names.set(name, member)
          }
        }
        return undefined
      case 'assign': {
        const value = await this.value(statement.value)
        const [only, ...others] = statement.names
        if (others.length === 0) this.#names.set(only ?? '', value)
        else {
          const items = this.#items(value)
          if (items.length !== statement.names.length)
            throw new Raised(
              'ValueError',
              items.length < statement.names.length
                ? `not enough values to unpack (expected ${statement.names.length}, got ${items.length})`
                : `too many values to unpack (expected ${statement.names.length})`,
            )
          for (const [i, name] of statement.names.entries()) this.#names.set(name, items[i] ?? null)
        }
        return undefined
      }
      case 'for':
        for (const item of this.#items(await this.value(statement.over))) {
          this.#names.set(statement.name, item)
          await this.run(statement.body)
        }
        return undefined
      case 'if':
        if (truth(await this.value(statement.test))) await this.run(statement.body)
        return undefined
      case 'expression':
        return await this.value(statement.value)
    }
  }
  #demand(module: string): void {
    const [root = ''] = module.split('.')
    if (!modules.has(root)) throw new Raised('ModuleNotFoundError', `No module named '${root}'`)
    if (module !== root && !modules.has(module))
      throw new Raised('ModuleNotFoundError', `No module named '${module}'; '${root}' is not a package`)
  }
  #items(value: Value): readonly Value[] {
    if (typeof value === 'string') return [...value]
    if (value !== null && typeof value === 'object') {
      if (value.kind === 'list') return value.items
      if (value.kind === 'bytes') return [...value.text].map((char) => BigInt(char.charCodeAt(0)))
    }
    throw new Raised('TypeError', `'${typeOf(value)}' object is not iterable`)
  }

  async value(expression: Expression): Promise<Value> {
    await this.#step()
    switch (expression.kind) {
      case 'value':
        return expression.bytes === true && typeof expression.value === 'string'
          ? { kind: 'bytes', text: expression.value }
          : expression.value
      case 'name':
        return this.#lookup(expression.name)
      case 'list': {
        const items: Value[] = []
        for (const item of expression.items) items.push(await this.value(item))
        return list(items, expression.tuple)
      }
      case 'attribute':
        return this.#attribute(await this.value(expression.of), expression.name)
      case 'call': {
        const of = await this.value(expression.of)
        const args: Value[] = []
        for (const arg of expression.args) args.push(await this.value(arg))
        const named = new Map<string, Value>()
        for (const [name, arg] of expression.named) named.set(name, await this.value(arg))
        if (of === null || typeof of !== 'object' || of.kind !== 'function')
          throw new Raised('TypeError', `'${typeOf(of)}' object is not callable`)
        return await of.call(args, named)
      }
      case 'index':
        return await this.#index(expression)
      case 'unary': {
        const of = await this.value(expression.of)
        if (expression.operator === 'not') return !truth(of)
        if (typeof of === 'bigint') return expression.operator === '-' ? -of : expression.operator === '~' ? ~of : of
        if (typeof of === 'number') return expression.operator === '-' ? -of : of
        throw new Raised('TypeError', `bad operand type for unary ${expression.operator}: '${typeOf(of)}'`)
      }
      case 'binary': {
        const left = await this.value(expression.left)
        if (expression.operator === 'and' && !truth(left)) return left
        if (expression.operator === 'or' && truth(left)) return left
        const right = await this.value(expression.right)
        return expression.operator === 'and' || expression.operator === 'or' ? right : binary(expression.operator, left, right)
      }
    }
  }
  #lookup(name: string): Value {
    const kept = this.#names.get(name)
    if (kept !== undefined && name !== '*') return kept
    if (name === '__name__') return '__main__'
    const star = this.#names.get('*')
    const starred =
      star !== undefined && star !== null && typeof star === 'object' && star.kind === 'module'
        ? moduleMember(this.#call, star.name, name)
        : undefined
    const found = starred ?? builtinNamed(this.#call, name)
    if (found !== undefined) return found
    throw new Raised(
      'NameError',
      `name '${name}' is not defined${modules.has(name) && this.#call.machine.persona.os.distro === 'ubuntu24' ? `. Did you forget to import '${name}'?` : ''}`,
    )
  }
  #attribute(of: Value, name: string): Value {
    const found =
      of !== null && typeof of === 'object' && of.kind === 'module'
        ? (moduleMember(this.#call, of.name, name) ??
          (modules.has(`${of.name}.${name}`) ? ({ kind: 'module', name: `${of.name}.${name}` } as const) : undefined))
        : of !== null && typeof of === 'object' && of.kind === 'object' && of.fields.has(name)
          ? of.fields.get(name)
          : methodOf(of, name)
    if (found !== undefined) return found
    if (of !== null && typeof of === 'object' && of.kind === 'module')
      throw new Raised('AttributeError', `module '${of.name}' has no attribute '${name}'`)
    throw new Raised('AttributeError', `'${typeOf(of)}' object has no attribute '${name}'`)
  }
  async #index(expression: Expression & { readonly kind: 'index' }): Promise<Value> {
    const of = await this.value(expression.of)
    const from = expression.from === null ? null : await this.value(expression.from)
    const to = expression.to === null ? null : await this.value(expression.to)
    if (of !== null && typeof of === 'object' && of.kind === 'object') {
      const at = [...of.fields.entries()].find(([name], i) => from === name || from === BigInt(i))
      if (at !== undefined) return at[1]
      throw new Raised(
        typeof from === 'string' ? 'KeyError' : 'IndexError',
        typeof from === 'string' ? repr(from) : 'tuple index out of range',
      )
    }
    const number = (value: Value): number | undefined => (typeof value === 'bigint' ? Number(value) : undefined)
    if (expression.slice) {
      if (typeof of === 'string') return of.slice(number(from), number(to))
      if (of !== null && typeof of === 'object' && of.kind === 'list') return list(of.items.slice(number(from), number(to)), of.tuple)
      if (of !== null && typeof of === 'object' && of.kind === 'bytes')
        return { kind: 'bytes', text: of.text.slice(number(from), number(to)) }
    }
    const at = number(from)
    const item =
      at === undefined
        ? undefined
        : typeof of === 'string'
          ? of.at(at)
          : of !== null && typeof of === 'object' && of.kind === 'list'
            ? of.items.at(at)
            : undefined
    if (item !== undefined) return item
    if (at !== undefined && (typeof of === 'string' || typeOf(of) === 'list' || typeOf(of) === 'tuple'))
      throw new Raised('IndexError', `${typeOf(of) === 'str' ? 'string' : typeOf(of)} index out of range`)
    throw new Raised('TypeError', `'${typeOf(of)}' object is not subscriptable`)
  }
}

function binary(operator: string, left: Value, right: Value): Value {
  const wrong = (): never => {
    if (operator === '+' && typeof left === 'string')
      throw new Raised('TypeError', `can only concatenate str (not "${typeOf(right)}") to str`)
    const name = operator === '**' ? '** or pow()' : operator
    if (/^[<>]=?$/.test(operator))
      throw new Raised('TypeError', `'${operator}' not supported between instances of '${typeOf(left)}' and '${typeOf(right)}'`)
    throw new Raised('TypeError', `unsupported operand type(s) for ${name}: '${typeOf(left)}' and '${typeOf(right)}'`)
  }
  if (operator === '==' || operator === 'is') return repr(left) === repr(right)
  if (operator === '!=') return repr(left) !== repr(right)
  if (operator === 'in') return typeof right === 'string' ? right.includes(shown(left)) : repr(right).includes(repr(left))
  if (typeof left === 'string' && operator === '%') {
    const args = right !== null && typeof right === 'object' && right.kind === 'list' && right.tuple ? right.items : [right]
    let at = 0
    return left.replace(/%(0?\d*)([sdrx%])/g, (_, width: string, kind: string) => {
      if (kind === '%') return '%'
      const value = args[at++] ?? null
      const text = kind === 'r' ? repr(value) : kind === 'x' && typeof value === 'bigint' ? value.toString(16) : shown(value)
      return text.padStart(Math.min(Number(width) || 0, 1000), width.startsWith('0') ? '0' : ' ')
    })
  }
  if (operator === '*') {
    const [text, count] = typeof left === 'bigint' ? [right, left] : [left, right]
    if (typeof count === 'bigint' && (typeof text === 'string' || (text !== null && typeof text === 'object'))) {
      const times = Math.max(0, Number(count))
      const size =
        typeof text === 'string' ? text.length : text.kind === 'list' ? text.items.length : text.kind === 'bytes' ? text.text.length : 0
      if (size * times > SIZE_MAX) throw new Raised('MemoryError', '')
      if (typeof text === 'string') return text.repeat(times)
      if (text.kind === 'bytes') return { kind: 'bytes', text: text.text.repeat(times) }
      if (text.kind === 'list') return list(Array.from({ length: times }, () => text.items).flat(), text.tuple)
    }
  }
  if (operator === '+') {
    if (typeof left === 'string' && typeof right === 'string') {
      if (left.length + right.length > SIZE_MAX) throw new Raised('MemoryError', '')
      return left + right
    }
    if (left !== null && right !== null && typeof left === 'object' && typeof right === 'object') {
      if (left.kind === 'list' && right.kind === 'list') return list([...left.items, ...right.items], left.tuple)
      if (left.kind === 'bytes' && right.kind === 'bytes') return { kind: 'bytes', text: left.text + right.text }
    }
  }
  if (typeof left === 'string' && typeof right === 'string' && /^[<>]=?$/.test(operator))
    return compared(operator, left < right ? -1 : left > right ? 1 : 0)
  const whole = (value: Value): Value => (typeof value === 'boolean' ? (value ? 1n : 0n) : value)
  const [a, b] = [whole(left), whole(right)]
  if (typeof a === 'bigint' && typeof b === 'bigint') return integers(operator, a, b) ?? wrong()
  if ((typeof a !== 'bigint' && typeof a !== 'number') || (typeof b !== 'bigint' && typeof b !== 'number')) return wrong()
  return floats(operator, Number(a), Number(b)) ?? wrong()
}
const compared = (operator: string, sign: number): boolean =>
  operator === '<' ? sign < 0 : operator === '>' ? sign > 0 : operator === '<=' ? sign <= 0 : sign >= 0

function integers(operator: string, a: bigint, b: bigint): Value | undefined {
  const divided = (): void => {
    if (b === 0n) throw new Raised('ZeroDivisionError', operator === '/' ? 'division by zero' : 'integer division or modulo by zero')
  }
  switch (operator) {
    case '+':
      return a + b
    case '-':
      return a - b
    case '*':
      if (a.toString(16).length + b.toString(16).length > 20_000) throw new Raised('MemoryError', '')
      return a * b
    case '/':
      divided()
      return Number(a) / Number(b)
    case '//':
      divided()
      return (a - (((a % b) + b) % b)) / b
    case '%':
      divided()
      return ((a % b) + b) % b
    case '**':
      if (b < 0n) return Number(a) ** Number(b)
      if (b > 20_000n || BigInt(a.toString(16).length) * b > 80_000n) throw new Raised('MemoryError', '')
      return a ** b
    case '<<':
    case '>>':
      if (b < 0n) throw new Raised('ValueError', 'negative shift count')
      if (b > 80_000n) throw new Raised('MemoryError', '')
      return operator === '<<' ? a << b : a >> b
    case '&':
      return a & b
    case '|':
      return a | b
    case '^':
      return a ^ b
    default:
      return /^[<>]=?$/.test(operator) ? compared(operator, a < b ? -1 : a > b ? 1 : 0) : undefined
  }
}
function floats(operator: string, a: number, b: number): Value | undefined {
  if (/^(\/\/?|%)$/.test(operator) && b === 0)
    throw new Raised(
      'ZeroDivisionError',
      operator === '/' ? 'float division by zero' : operator === '%' ? 'float modulo' : 'float floor division by zero',
    )
  switch (operator) {
    case '+':
      return a + b
    case '-':
      return a - b
    case '*':
      return a * b
    case '/':
      return a / b
    case '//':
      return Math.floor(a / b)
    case '%':
      return ((a % b) + b) % b
    case '**':
      return a ** b
    default:
      return /^[<>]=?$/.test(operator) ? compared(operator, a < b ? -1 : a > b ? 1 : 0) : undefined
  }
}

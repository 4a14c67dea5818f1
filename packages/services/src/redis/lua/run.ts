import type { Block, Expression, Statement } from './parse.ts'
import { Callable, fault, isTrue, LuaError, numberOf, stringOf, Table, typeOf, type Value } from './value.ts'

/** Steps of one script and bytes of the strings that it makes; beyond them it is killed. */
const STEPS = 300_000
const BYTES = 8 * 1024 * 1024
/** Bytes that library functions may look at. */
const WORK = 128 * 1024 * 1024
const CALLS = 150
const KILLED = 'Script killed by user with SCRIPT KILL'

class Scope {
  readonly names = new Map<string, Value>()
  readonly #outer: Scope | null
  readonly varargs: readonly Value[]
  constructor(outer: Scope | null, varargs: readonly Value[] = outer?.varargs ?? []) {
    this.#outer = outer
    this.varargs = varargs
  }
  holder(name: string): Scope | null {
    return this.names.has(name) ? this : (this.#outer?.holder(name) ?? null)
  }
}

type Outcome = { readonly returned: readonly Value[] } | 'break' | null

const ARITHMETIC: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a - Math.floor(a / b) * b,
  '^': (a, b) => a ** b,
}

/** Runs one script: Lua 5.1 without metatables and coroutines, in bounded steps and memory. */
export class Interpreter {
  readonly #globals: Table
  /** Where `("x"):rep(3)` finds its methods. */
  readonly #strings: Table
  #steps = STEPS
  #bytes = BYTES
  #work = WORK
  #depth = 0

  constructor(globals: Table, strings: Table) {
    this.#globals = globals
    this.#strings = strings
  }

  /** @throws {LuaError} */
  run(chunk: Block): readonly Value[] {
    const outcome = this.#block(chunk, new Scope(null))
    return outcome !== null && outcome !== 'break' ? outcome.returned : []
  }

  /** Counts what a library makes. @throws {LuaError} */
  spend(bytes: number, line: number): void {
    this.#bytes -= bytes
    if (this.#bytes < 0) throw fault('not enough memory', line)
    this.#step(line)
  }
  #step(line: number): void {
    this.#steps -= 1
    if (this.#steps < 0) throw fault(KILLED, line)
  }

  #toil(bytes: number, line: number): void {
    this.#work -= bytes
    if (this.#work < 0) throw fault(KILLED, line)
  }
  #made(result: Value, line: number): void {
    if (typeof result === 'string') this.spend(result.length, line)
    else if (result instanceof Table && !result.sealed && !this.#counted.has(result)) {
      this.#counted.add(result)
      let bytes = 0
      for (const item of result.entries.values()) bytes += 32 + (typeof item === 'string' ? item.length : 0)
      this.spend(bytes, line)
    }
  }
  /** Tables whose making was paid for. */
  readonly #counted = new WeakSet<Table>()

  /** @throws {LuaError} */
  call(callee: Value, args: readonly Value[], line: number, what = ''): readonly Value[] {
    this.#step(line)
    if (!(callee instanceof Callable))
      throw fault(`attempt to call ${what === '' ? '' : `${what} (`}a ${typeOf(callee)} value${what === '' ? '' : ')'}`, line)
    this.#depth += 1
    if (this.#depth > CALLS) throw fault('stack overflow', line)
    for (const arg of args) {
      if (typeof arg === 'string') this.#toil(arg.length, line)
      else if (arg instanceof Table && callee.walks) this.#toil(arg.entries.size * 16, line)
    }
    try {
      const results = callee.call(args, line)
      for (const result of results) this.#made(result, line)
      return results
    } finally {
      this.#depth -= 1
    }
  }

  #block(block: Block, scope: Scope): Outcome {
    for (const statement of block) {
      const outcome = this.#statement(statement, scope)
      if (outcome !== null) return outcome
    }
    return null
  }

  #statement(statement: Statement, scope: Scope): Outcome {
    this.#step(1)
    switch (statement.kind) {
      case 'local': {
        const values = this.#values(statement.values, scope)
        for (const [index, name] of statement.names.entries()) scope.names.set(name, values[index])
        return null
      }
      case 'assign': {
        const values = this.#values(statement.values, scope)
        for (const [index, target] of statement.targets.entries()) this.#assign(target, values[index], scope, statement.line)
        return null
      }
      case 'call':
        this.#all(statement.call, scope)
        return null
      case 'block':
        return this.#block(statement.body, new Scope(scope))
      case 'while':
        for (;;) {
          if (!statement.after && !isTrue(this.#one(statement.test, scope))) return null
          this.#step(1)
          const inner = new Scope(scope)
          const outcome = this.#block(statement.body, inner)
          if (outcome === 'break') return null
          if (outcome !== null) return outcome
          if (statement.after && isTrue(this.#one(statement.test, inner))) return null
        }
      case 'if': {
        for (const [test, body] of statement.branches) if (isTrue(this.#one(test, scope))) return this.#block(body, new Scope(scope))
        return statement.otherwise === null ? null : this.#block(statement.otherwise, new Scope(scope))
      }
      case 'count':
        return this.#count(statement, scope)
      case 'each':
        return this.#each(statement, scope)
      case 'local function':
        scope.names.set(statement.name, undefined)
        scope.names.set(statement.name, this.#one(statement.made, scope))
        return null
      case 'return':
        return { returned: this.#values(statement.values, scope) }
      case 'break':
        return 'break'
    }
  }

  #count({ bounds, name, body, line }: Extract<Statement, { kind: 'count' }>, scope: Scope): Outcome {
    const [first, last, step = 1] = this.#values(bounds, scope).map(numberOf)
    if (first === undefined) throw fault("'for' initial value must be a number", line)
    if (last === undefined) throw fault("'for' limit must be a number", line)
    for (let at = first; step > 0 ? at <= last : at >= last; at += step) {
      this.#step(line)
      const inner = new Scope(scope)
      inner.names.set(name, at)
      const outcome = this.#block(body, inner)
      if (outcome === 'break') return null
      if (outcome !== null) return outcome
    }
    return null
  }

  #each({ values, names, body, line }: Extract<Statement, { kind: 'each' }>, scope: Scope): Outcome {
    const [next, state, first] = this.#values(values, scope)
    for (let control = first; ; ) {
      const items = this.call(next, [state, control], line)
      control = items[0]
      if (control === undefined) return null
      const inner = new Scope(scope)
      for (const [index, name] of names.entries()) inner.names.set(name, items[index])
      const outcome = this.#block(body, inner)
      if (outcome === 'break') return null
      if (outcome !== null) return outcome
    }
  }

  #assign(target: Expression, value: Value, scope: Scope, line: number): void {
    if (target.kind === 'name') {
      const holder = scope.holder(target.name)
      if (holder === null) throw fault('Attempt to modify a readonly table', line)
      holder.names.set(target.name, value)
      return
    }
    if (target.kind !== 'index') return
    const of = this.#one(target.of, scope)
    if (!(of instanceof Table))
      throw fault(`attempt to index ${this.#described(target.of)}a ${typeOf(of)} value${this.#closing(target.of)}`, line)
    const key = this.#one(target.key, scope)
    if (of.sealed) throw fault('Attempt to modify a readonly table', line)
    if (key === undefined) throw fault('table index is nil', line)
    this.spend(32, line)
    of.set(key, value)
  }

  /** `local 'x' (` and the like, before what a value is. */
  #described(expression: Expression): string {
    const name = this.#naming(expression)
    return name === '' ? '' : `${name} (`
  }
  #closing(expression: Expression): string {
    return this.#naming(expression) === '' ? '' : ')'
  }
  #naming(expression: Expression): string {
    if (expression.kind === 'name') return `${expression.local ? 'local' : 'global'} '${expression.name}'`
    if (expression.kind === 'index' && expression.key.kind === 'constant' && typeof expression.key.value === 'string')
      return `field '${expression.key.value}'`
    return expression.kind === 'call' && expression.method !== null ? `method '${expression.method}'` : ''
  }

  #values(expressions: readonly Expression[], scope: Scope): readonly Value[] {
    const last = expressions.at(-1)
    if (last === undefined) return []
    const values = expressions.slice(0, -1).map((expression) => this.#one(expression, scope))
    return [...values, ...this.#all(last, scope)]
  }

  #one(expression: Expression, scope: Scope): Value {
    return this.#all(expression, scope)[0]
  }

  #all(expression: Expression, scope: Scope): readonly Value[] {
    switch (expression.kind) {
      case 'constant':
        return [expression.value]
      case 'varargs':
        return scope.varargs
      case 'one':
        return [this.#one(expression.of, scope)]
      case 'name': {
        const holder = scope.holder(expression.name)
        if (holder !== null) return [holder.names.get(expression.name)]
        const value = this.#globals.get(expression.name)
        if (value === undefined) throw fault(`Script attempted to access nonexistent global variable '${expression.name}'`, expression.line)
        return [value]
      }
      case 'index':
        return [this.#index(expression, scope)]
      case 'call':
        return this.#calling(expression, scope)
      case 'function':
        return [this.#closure(expression, scope)]
      case 'unary':
        return [this.#unary(expression, scope)]
      case 'binary':
        return [this.#binary(expression, scope)]
      case 'table':
        return [this.#table(expression, scope)]
    }
  }

  #index({ of, key, line }: Extract<Expression, { kind: 'index' }>, scope: Scope): Value {
    const holder = this.#one(of, scope)
    if (holder instanceof Table) return holder.get(this.#one(key, scope))
    if (typeof holder === 'string') return this.#strings.get(this.#one(key, scope))
    throw fault(`attempt to index ${this.#described(of)}a ${typeOf(holder)} value${this.#closing(of)}`, line)
  }

  #calling(expression: Extract<Expression, { kind: 'call' }>, scope: Scope): readonly Value[] {
    const { callee, method, args, line } = expression
    if (method === null) return this.call(this.#one(callee, scope), this.#values(args, scope), line, this.#naming(callee))
    const self = this.#one(callee, scope)
    const holder = typeof self === 'string' ? this.#strings : self
    if (!(holder instanceof Table))
      throw fault(`attempt to index ${this.#described(callee)}a ${typeOf(self)} value${this.#closing(callee)}`, line)
    return this.call(holder.get(method), [self, ...this.#values(args, scope)], line, this.#naming(expression))
  }

  #closure({ parameters, varargs, body }: Extract<Expression, { kind: 'function' }>, scope: Scope): Callable {
    return new Callable((args) => {
      const inner = new Scope(scope, varargs ? args.slice(parameters.length) : [])
      for (const [index, name] of parameters.entries()) inner.names.set(name, args[index])
      const outcome = this.#block(body, inner)
      return outcome !== null && outcome !== 'break' ? outcome.returned : []
    })
  }

  #unary({ operator, of, line }: Extract<Expression, { kind: 'unary' }>, scope: Scope): Value {
    const value = this.#one(of, scope)
    if (operator === 'not') return !isTrue(value)
    if (operator === '#') {
      if (typeof value === 'string' || value instanceof Table) return value.length
      throw fault(`attempt to get length of ${this.#described(of)}a ${typeOf(value)} value${this.#closing(of)}`, line)
    }
    const number = numberOf(value)
    if (number === undefined)
      throw fault(`attempt to perform arithmetic on ${this.#described(of)}a ${typeOf(value)} value${this.#closing(of)}`, line)
    return -number
  }

  #binary({ operator, left, right, line }: Extract<Expression, { kind: 'binary' }>, scope: Scope): Value {
    this.#step(line)
    const first = this.#one(left, scope)
    if (operator === 'and') return isTrue(first) ? this.#one(right, scope) : first
    if (operator === 'or') return isTrue(first) ? first : this.#one(right, scope)
    const second = this.#one(right, scope)
    if (typeof first === 'string') this.#toil(first.length, line)
    if (operator === '==') return first === second
    if (operator === '~=') return first !== second
    if (operator === '..') {
      const [a, b] = [stringOf(first), stringOf(second)]
      const wrong = a === undefined ? left : right
      if (a === undefined || b === undefined)
        throw fault(
          `attempt to concatenate ${this.#described(wrong)}a ${typeOf(a === undefined ? first : second)} value${this.#closing(wrong)}`,
          line,
        )
      this.spend(a.length + b.length, line)
      return a + b
    }
    const calculate = ARITHMETIC[operator]
    if (calculate !== undefined) {
      const [a, b] = [numberOf(first), numberOf(second)]
      if (a !== undefined && b !== undefined) return calculate(a, b)
      const wrong = a === undefined ? left : right
      throw fault(
        `attempt to perform arithmetic on ${this.#described(wrong)}a ${typeOf(a === undefined ? first : second)} value${this.#closing(wrong)}`,
        line,
      )
    }
    return this.#compare(operator, first, second, line)
  }

  #compare(operator: string, first: Value, second: Value, line: number): boolean {
    const [a, b] = operator.startsWith('>') ? [second, first] : [first, second]
    if (typeof a === 'string') this.#toil(a.length, line)
    const comparable = (typeof a === 'number' && typeof b === 'number') || (typeof a === 'string' && typeof b === 'string')
    if (!comparable) {
      const [one, other] = [typeOf(a), typeOf(b)]
      throw fault(one === other ? `attempt to compare two ${one} values` : `attempt to compare ${one} with ${other}`, line)
    }
    return operator.endsWith('=') ? a <= b : a < b
  }

  #table({ fields, line }: Extract<Expression, { kind: 'table' }>, scope: Scope): Table {
    const table = new Table()
    this.#counted.add(table)
    let position = 1
    for (const [index, [key, value]] of fields.entries()) {
      this.spend(32, line)
      if (key !== null) table.set(this.#one(key, scope) ?? false, this.#one(value, scope))
      else
        for (const item of index === fields.length - 1 ? this.#all(value, scope) : [this.#one(value, scope)]) {
          table.set(position, item)
          position += 1
        }
    }
    return table
  }
}

/** Runs `act` as pcall does: its values, or what it threw. */
export function guarded(act: () => readonly Value[]): readonly Value[] {
  try {
    return [true, ...act()]
  } catch (error) {
    if (!(error instanceof LuaError) || (typeof error.value === 'string' && error.value.includes(KILLED))) throw error
    return [false, error.value]
  }
}

import { SyntaxFault } from './lexer.ts'
import { parse } from './parse.ts'
import { guarded, type Interpreter } from './run.ts'
import { Callable, fault, formatNumber, isTrue, LuaError, numberOf, show, stringOf, Table, typeOf, type Value } from './value.ts'

type Body = (args: Arguments, line: number) => Value | readonly Value[]

/** Arguments of a library function, taken as that function wants them. */
class Arguments {
  readonly all: readonly Value[]
  readonly #name: string
  readonly #line: number
  constructor(name: string, all: readonly Value[], line: number) {
    this.#name = name
    this.all = all
    this.#line = line
  }
  #bad(index: number, wanted: string): never {
    const got = index < this.all.length ? typeOf(this.all[index]) : 'no value'
    throw fault(`bad argument #${index + 1} to '${this.#name}' (${wanted} expected, got ${got})`, this.#line)
  }
  number(index: number, otherwise?: number): number {
    const value = this.all[index]
    if (value === undefined && otherwise !== undefined) return otherwise
    return numberOf(value) ?? this.#bad(index, 'number')
  }
  text(index: number, otherwise?: string): string {
    const value = this.all[index]
    if (value === undefined && otherwise !== undefined) return otherwise
    return stringOf(value) ?? this.#bad(index, 'string')
  }
  table(index: number): Table {
    const value = this.all[index]
    return value instanceof Table ? value : this.#bad(index, 'table')
  }
}

/** A sealed table of functions. */
export function library(functions: Readonly<Record<string, Body>>, values: Readonly<Record<string, Value>> = {}): Table {
  const table = new Table()
  for (const [name, body] of Object.entries(functions)) table.set(name, callable(name, body))
  for (const [name, value] of Object.entries(values)) table.set(name, value)
  table.sealed = true
  return table
}
const isList = (value: Value | readonly Value[]): value is readonly Value[] => Array.isArray(value)
export function callable(name: string, body: Body): Callable {
  return new Callable((args, line) => {
    const answer = body(new Arguments(name, args, line), line)
    return isList(answer) ? answer : [answer]
  }, WALKS.has(name))
}
const WALKS: ReadonlySet<string> = new Set(['concat', 'insert', 'remove', 'sort', 'next', 'unpack', 'encode'])

/** From Lua's positions, which may count from the end, to a slice. */
function span(length: number, from: number, to: number): readonly [number, number] {
  const start = from < 0 ? Math.max(0, length + from) : Math.max(0, from - 1)
  return [start, to < 0 ? length + to + 1 : Math.min(length, to)]
}

function format(args: Arguments): string {
  let next = 0
  return args.text(0).replace(/%(%|[-+ #0]*\d{0,2}(?:\.\d{0,2})?[a-zA-Z])/gu, (_, directive: string) => {
    if (directive === '%') return '%'
    next += 1
    const [, flags = '', width = '', precision, kind = ''] = /^([-+ #0]*)(\d*)(?:\.(\d*))?(.)$/u.exec(directive) ?? []
    const text = directive.endsWith('s')
      ? show(args.all[next]).slice(0, precision === undefined ? undefined : Number(precision))
      : converted(kind, args, next, precision)
    const pad = flags.includes('0') && kind !== 's' ? '0' : ' '
    return flags.includes('-') ? text.padEnd(Number(width)) : text.padStart(Number(width), pad)
  })
}
function converted(kind: string, args: Arguments, index: number, precision: string | undefined): string {
  if (kind === 'q') return `"${args.text(index).replace(/["\\]/gu, '\\$&')}"`
  if (kind === 'c') return String.fromCharCode(args.number(index) & 255)
  const value = args.number(index)
  if (kind === 'f') return value.toFixed(Number(precision ?? 6))
  if (kind === 'x' || kind === 'X') return kind === 'x' ? Math.trunc(value).toString(16) : Math.trunc(value).toString(16).toUpperCase()
  return kind === 'g' ? formatNumber(value, Number(precision ?? 6)) : String(Math.trunc(value))
}

const strings = (machine: () => Interpreter): Table =>
  library({
    len: (args) => args.text(0).length,
    upper: (args) => args.text(0).replace(/[a-z]/gu, (letter) => letter.toUpperCase()),
    lower: (args) => args.text(0).replace(/[A-Z]/gu, (letter) => letter.toLowerCase()),
    reverse: (args) => args.text(0).split('').reverse().join(''),
    rep(args, line) {
      const count = Math.max(0, Math.trunc(args.number(1)))
      machine().spend(args.text(0).length * count, line)
      return args.text(0).repeat(count)
    },
    sub: (args) => args.text(0).slice(...span(args.text(0).length, args.number(1), args.number(2, -1))),
    byte(args) {
      const from = args.number(1, 1)
      return [...args.text(0).slice(...span(args.text(0).length, from, args.number(2, from)))].map((char) => char.charCodeAt(0))
    },
    char: (args) => args.all.map((_, index) => String.fromCharCode(args.number(index) & 255)).join(''),
    format: (args) => format(args),
    find(args) {
      const at = args.text(0).indexOf(args.text(1), Math.max(0, args.number(2, 1) - 1))
      return at < 0 ? undefined : [at + 1, at + args.text(1).length]
    },
  })

const tables = library({
  concat(args, line) {
    const items = args
      .table(0)
      .items()
      .slice(args.number(2, 1) - 1, args.number(3, args.table(0).length))
    const parts = items.map((item, index) => {
      const text = stringOf(item)
      if (text === undefined) throw fault(`invalid value (${typeOf(item)}) at index ${index + 1} in table for 'concat'`, line)
      return text
    })
    return parts.join(args.text(1, ''))
  },
  insert(args, line) {
    const table = args.table(0)
    if (table.sealed) throw fault('Attempt to modify a readonly table', line)
    if (args.all.length < 3) table.set(table.length + 1, args.all[1])
    else {
      const items = table.items()
      items.splice(args.number(1) - 1, 0, args.all[2])
      for (const [index, item] of items.entries()) table.set(index + 1, item)
    }
    return []
  },
  remove(args) {
    const table = args.table(0)
    const items = table.items()
    const [removed] = items.splice(args.number(1, items.length) - 1, 1)
    for (let index = 1; index <= items.length + 1; index += 1) table.set(index, items[index - 1])
    return removed
  },
  sort(args, line) {
    const table = args.table(0)
    const items = table.items()
    const less = args.all[1]
    if (less === undefined && new Set(items.map(typeOf)).size > 1) throw fault('attempt to compare two values', line)
    const before = (a: Value, b: Value): boolean =>
      less instanceof Callable
        ? isTrue(less.call([a, b], line)[0])
        : typeof a === 'number' && typeof b === 'number'
          ? a < b
          : show(a) < show(b)
    items.sort((a, b) => (before(a, b) ? -1 : before(b, a) ? 1 : 0))
    for (const [index, item] of items.entries()) table.set(index + 1, item)
    return []
  },
  getn: (args) => args.table(0).length,
})

const one = (act: (value: number) => number) => (args: Arguments) => act(args.number(0))
const mathematics = (random: () => number): Table =>
  library(
    {
      floor: one(Math.floor),
      ceil: one(Math.ceil),
      abs: one(Math.abs),
      sqrt: one(Math.sqrt),
      exp: one(Math.exp),
      log: one(Math.log),
      log10: one(Math.log10),
      sin: one(Math.sin),
      cos: one(Math.cos),
      pow: (args) => args.number(0) ** args.number(1),
      fmod: (args) => args.number(0) % args.number(1),
      max: (args) => Math.max(...args.all.map((_, index) => args.number(index)), args.number(0)),
      min: (args) => Math.min(...args.all.map((_, index) => args.number(index)), args.number(0)),
      randomseed: () => [],
      random(args) {
        if (args.all.length === 0) return random()
        const low = args.all.length > 1 ? args.number(0) : 1
        return low + Math.floor(random() * (args.number(args.all.length - 1) - low + 1))
      },
    },
    { pi: Math.PI, huge: Number.POSITIVE_INFINITY },
  )

const bits = library({
  band: (args) => args.all.reduce<number>((sum, _, index) => sum & args.number(index), -1),
  bor: (args) => args.all.reduce<number>((sum, _, index) => sum | args.number(index), 0),
  bxor: (args) => args.all.reduce<number>((sum, _, index) => sum ^ args.number(index), 0),
  bnot: (args) => ~args.number(0),
  lshift: (args) => args.number(0) << args.number(1),
  rshift: (args) => args.number(0) >>> args.number(1),
  tohex: (args) => (args.number(0) >>> 0).toString(16).padStart(8, '0'),
})

/** What one text may hold: tables may hold themselves. */
const JSON_ITEMS = 20_000
const JSON_DEPTH = 200

function toJson(value: Value, left: { items: number }, depth = 0): string {
  left.items -= 1
  if (left.items < 0 || depth > JSON_DEPTH) return 'null'
  if (typeof value === 'number') return formatNumber(value)
  if (typeof value === 'string') return JSON.stringify(value).replaceAll('/', '\\/')
  if (!(value instanceof Table)) return value === undefined || value instanceof Callable ? 'null' : String(value)
  const items = value.items()
  if (items.length > 0) return `[${items.map((item) => toJson(item, left, depth + 1)).join(',')}]`
  return `{${[...value.entries].map(([key, item]) => `${JSON.stringify(show(key))}:${toJson(item, left, depth + 1)}`).join(',')}}`
}
function fromJson(value: unknown): Value {
  if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean') return value
  if (Array.isArray(value)) return Table.of(value.map(fromJson))
  const table = new Table()
  if (typeof value === 'object' && value !== null) for (const [key, item] of Object.entries(value)) table.set(key, fromJson(item))
  return table
}
const json = library({
  encode: (args) => toJson(args.all[0], { items: JSON_ITEMS }),
  decode(args, line) {
    try {
      return fromJson(JSON.parse(args.text(0)))
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
      throw fault(`Expected value but found invalid token at character 1`, line)
    }
  },
})

function basics(machine: () => Interpreter): Readonly<Record<string, Body>> {
  const next = callable('next', (args) => {
    const keys = [...args.table(0).entries.keys()]
    const key = keys[args.all[1] === undefined ? 0 : keys.indexOf(args.all[1]) + 1]
    return key === undefined ? undefined : [key, args.table(0).get(key)]
  })
  const compile: Body = (args) => {
    try {
      const chunk = parse(args.text(0))
      return callable('chunk', () => machine().run(chunk))
    } catch (error) {
      if (error instanceof SyntaxFault) return [undefined, error.text]
      throw error
    }
  }
  return {
    tostring: (args) => show(args.all[0]),
    tonumber: (args) => (args.all[1] === undefined ? numberOf(args.all[0]) : Number.parseInt(args.text(0), args.number(1)) || 0),
    type: (args) => typeOf(args.all[0]),
    next: (args, line) => next.call(args.all, line),
    // Walks a copy of the keys, which stays linear.
    pairs(args) {
      const walk = args.table(0).entries.keys()
      const table = args.table(0)
      return [
        callable('next', () => {
          for (const key of walk) return [key, table.get(key)]
          return undefined
        }),
        table,
      ]
    },
    ipairs(args) {
      const step = callable('ipairs', (inner) => {
        const index = inner.number(1) + 1
        const item = inner.table(0).get(index)
        return item === undefined ? undefined : [index, item]
      })
      return [step, args.table(0), 0]
    },
    select: (args) => (args.all[0] === '#' ? args.all.length - 1 : args.all.slice(args.number(0))),
    unpack: (args) => args.table(0).items().slice(0, 7_000),
    pcall: (args, line) => guarded(() => machine().call(args.all[0], args.all.slice(1), line)),
    error(args, line) {
      const [value] = args.all
      throw new LuaError(typeof value === 'string' && args.all[1] !== 0 ? `user_script:${line}: ${value}` : value, line)
    },
    assert(args, line) {
      if (isTrue(args.all[0])) return args.all
      throw new LuaError(`user_script:${line}: ${args.all[1] === undefined ? 'assertion failed!' : show(args.all[1])}`, line)
    },
    rawget: (args) => args.table(0).get(args.all[1]),
    rawequal: (args) => args.all[0] === args.all[1],
    setmetatable: (args) => args.table(0),
    rawset(args, line) {
      if (args.table(0).sealed) throw fault('Attempt to modify a readonly table', line)
      args.table(0).set(args.all[1], args.all[2])
      return args.all[0]
    },
    getmetatable: () => undefined,
    loadstring: compile,
    load: compile,
    gcinfo: () => 73,
    collectgarbage: () => 0,
  }
}

/** What Redis lets a script see besides `redis`, `KEYS` and `ARGV`, and the methods of strings. */
export function globalsOf(machine: () => Interpreter, random: () => number): { readonly globals: Table; readonly strings: Table } {
  const text = strings(machine)
  const globals = library(basics(machine), {
    string: text,
    table: tables,
    math: mathematics(random),
    bit: bits,
    cjson: json,
    struct: library({}),
    cmsgpack: library({}),
    coroutine: library({}),
    _VERSION: 'Lua 5.1',
  })
  globals.set('_G', globals)
  return { globals, strings: text }
}

import type { ParameterPart, Word } from '../parser/ast.ts'
import { ExpansionFailure } from './control.ts'
import type { Expander, Piece } from './expand.ts'
import { compilePattern, strip, substitute } from './pattern.ts'
import type { State } from './state.ts'

interface Value {
  /** Undefined = not set. */
  readonly single: string | undefined
  /** `$@`, `$*`, `a[@]`, `a[*]` */
  readonly many: readonly string[] | null
  readonly star: boolean
}

const one = (single: string | undefined): Value => ({ single, many: null, star: false })

function special(state: State, name: string): string | undefined {
  switch (name) {
    case '?':
      return String(state.status)
    case '$':
      return String(state.shellPid)
    case '!':
      return state.background === 0 ? undefined : String(state.background)
    case '#':
      return String(state.positional.length)
    case '0':
      return state.zero
    case '-':
      return `${[...state.options].filter((option) => option.length === 1).join('')}hB${state.interactive ? 'i' : ''}`
    case '_':
      return state.lastArgument
    default:
      return /^\d+$/.test(name) ? state.positional[Number(name) - 1] : state.get(name)
  }
}

async function valueNamed(expander: Expander, part: ParameterPart, name: string): Promise<Value> {
  const { state } = expander
  if (name === '@' || name === '*') return { single: undefined, many: state.positional, star: name === '*' }
  if (part.index === null) return one(special(state, name))
  const index = await expander.text(part.index)
  const variable = state.variables.get(name)
  if (index === '@' || index === '*') {
    const items =
      variable === undefined || variable.unset === true
        ? []
        : variable.items === undefined
          ? [variable.value]
          : ordered(variable.items, variable.associative === true).map(([, value]) => value)
    return { single: undefined, many: items, star: index === '*' }
  }
  if (variable === undefined) return one(undefined)
  if (variable.items === undefined) return one(Number(expander.evaluate(index)) === 0 ? variable.value : undefined)
  if (variable.associative === true) return one(variable.items.get(index))
  const number = Number(expander.evaluate(index))
  const keys = [...variable.items.keys()].map(Number)
  return one(variable.items.get(String(number < 0 ? Math.max(...keys) + 1 + number : number)))
}

export const ordered = (items: ReadonlyMap<string, string>, associative: boolean): [string, string][] =>
  associative ? [...items] : [...items].sort(([a], [b]) => Number(a) - Number(b))

/** What a `$name` or `${…}` stands for. */
export async function parameterPieces(expander: Expander, part: ParameterPart): Promise<readonly Piece[]> {
  const { state } = expander
  let { name } = part
  if (name === '') throw new ExpansionFailure(`${part.source}: bad substitution`)
  if (part.operator === '!*' || part.operator === '!@') {
    const names = [...state.variables.keys()].filter((one) => one.startsWith(name)).sort()
    return joinMany(names, part, state, part.operator === '!*')
  }
  if (part.indirect) {
    const variable = state.variables.get(name)
    if (part.index !== null && ['@', '*'].includes(await expander.text(part.index))) {
      const keys =
        variable?.items === undefined
          ? variable === undefined
            ? []
            : ['0']
          : ordered(variable.items, variable.associative === true).map(([key]) => key)
      return joinMany(keys, part, state, false)
    }
    const target = special(state, name)
    if (target === undefined || target === '') throw new ExpansionFailure(`${name}: invalid indirect expansion`)
    if (!/^([A-Za-z_][A-Za-z0-9_]*|[0-9]+|[@*#?$!-])$/.test(target)) throw new ExpansionFailure(`${target}: invalid variable name`)
    name = target
  }
  const value = await valueNamed(expander, part, name)
  if (part.length) return [plain(String(lengthOf(value, part)), part)]
  if (value.many !== null) return await many(expander, part, value, name)
  return await single(expander, part, value.single, name)
}

const lengthOf = (value: Value, _part: ParameterPart): number => value.many?.length ?? characters(value.single ?? '').length
const plain = (text: string, part: ParameterPart): Piece => ({ text, quoted: part.quoted, split: !part.quoted })

/** Characters as a UTF-8 locale counts them. */
const characters = (text: string): readonly string[] =>
  /^[\x00-\x7f]*$/.test(text) ? [...text] : [...Buffer.from(text, 'latin1').toString()].map((char) => Buffer.from(char).toString('latin1'))

async function single(expander: Expander, part: ParameterPart, value: string | undefined, name: string): Promise<readonly Piece[]> {
  const { state } = expander
  const { operator } = part
  const missing = value === undefined || (operator.startsWith(':') && operator !== ':' && value === '')
  switch (operator) {
    case '-':
    case ':-':
      return missing ? await wordPieces(expander, part.first, part) : [plain(value, part)]
    case '+':
    case ':+':
      return missing ? nothing(part) : await wordPieces(expander, part.first, part)
    case '=':
    case ':=': {
      if (!missing) return [plain(value, part)]
      const text = part.first === null ? '' : await expander.text(part.first)
      if (!/^[A-Za-z_]/.test(name)) throw new ExpansionFailure(`$${name}: cannot assign in this way`)
      state.set(name, text)
      return [plain(text, part)]
    }
    case '?':
    case ':?': {
      if (!missing) return [plain(value, part)]
      const text = part.first === null ? '' : await expander.text(part.first)
      throw new ExpansionFailure(
        `${name}: ${text === '' ? (operator === '?' ? 'parameter not set' : 'parameter null or not set') : text}`,
        { status: 127 },
      )
    }
  }
  if (value === undefined) {
    if (state.options.has('u') && name !== '!') throw new ExpansionFailure(`${name}: unbound variable`, { status: 127 })
    return nothing(part)
  }
  return [plain(await transformed(expander, part, value), part)]
}

const nothing = (part: ParameterPart): readonly Piece[] => [{ text: '', quoted: part.quoted, split: !part.quoted }]

/** The word of `${x:-word}`: its own quotes hold, the rest is split as the parameter would be. */
async function wordPieces(expander: Expander, word: Word | null, part: ParameterPart): Promise<readonly Piece[]> {
  if (word === null) return nothing(part)
  const pieces = await expander.pieces(word, !part.quoted)
  if (part.quoted) return [{ text: '', quoted: true, split: false }, ...pieces]
  return pieces.map((piece) => (piece.quoted || piece.break === true ? piece : { ...piece, split: true }))
}

async function transformed(expander: Expander, part: ParameterPart, value: string): Promise<string> {
  const { operator } = part
  switch (operator) {
    case '':
      return value
    case '#':
    case '##':
    case '%':
    case '%%':
      return strip(value, part.first === null ? '' : await expander.pattern(part.first), operator)
    case '/':
    case '//':
    case '/#':
    case '/%': {
      const pattern = part.first === null ? '' : await expander.pattern(part.first)
      return substitute(value, pattern, part.second === null ? '' : await expander.text(part.second), operator)
    }
    case ':':
      return await slice(expander, part, characters(value), '')
    case '^':
    case '^^':
    case ',':
    case ',,':
      return recase(value, part.first === null ? '' : await expander.pattern(part.first), operator)
    case '@':
      return quoteForm(value, part.first === null ? '' : await expander.text(part.first))
    default:
      throw new ExpansionFailure(`${part.source}: bad substitution`)
  }
}

function recase(value: string, pattern: string, operator: '^' | '^^' | ',' | ',,'): string {
  const compiled = compilePattern(pattern === '' ? '?' : pattern)
  const change = (char: string): string =>
    compiled.matches(char) ? (operator.startsWith('^') ? char.toUpperCase() : char.toLowerCase()) : char
  // Bytes of UTF-8 letters stay as they are.
  const ascii = (char: string): string => (char < '\x80' ? change(char) : char)
  return operator.length === 2 ? [...value].map(ascii).join('') : ascii(value.slice(0, 1)) + value.slice(1)
}

function quoteForm(value: string, form: string): string {
  if (form === 'Q') return `'${value.replaceAll("'", "'\\''")}'`
  if (form === 'U') return value.toUpperCase()
  if (form === 'L') return value.toLowerCase()
  if (form === 'u') return value.slice(0, 1).toUpperCase() + value.slice(1)
  return form === 'a' ? '' : value
}

async function slice<T extends string>(expander: Expander, part: ParameterPart, items: readonly T[], separator: string): Promise<string> {
  return (await slices(expander, part, items)).join(separator)
}
async function slices<T>(expander: Expander, part: ParameterPart, items: readonly T[]): Promise<readonly T[]> {
  const offset = part.first === null ? 0 : Number(await expander.arithmetic(part.first))
  const start = offset < 0 ? items.length + offset : offset
  if (start < 0 || start > items.length) return []
  if (part.second === null) return items.slice(start)
  const length = Number(await expander.arithmetic(part.second))
  const end = length < 0 ? items.length + length : start + length
  if (end < start) throw new ExpansionFailure(`${length}: substring expression < 0`)
  return items.slice(start, end)
}

async function many(expander: Expander, part: ParameterPart, value: Value, name: string): Promise<readonly Piece[]> {
  let items = value.many ?? []
  const { operator } = part
  if (operator === '-' || operator === ':-' || operator === '+' || operator === ':+') {
    const missing = items.length === 0 || (operator.startsWith(':') && items.join('') === '')
    if (operator.endsWith('-') ? missing : !missing) return await wordPieces(expander, part.first, part)
    if (operator.endsWith('+')) return nothing(part)
  } else if (operator === ':') {
    const all = name === '@' || name === '*' ? [expander.state.zero, ...items] : items
    items = await slices(expander, part, all)
    if (
      (name === '@' || name === '*') &&
      part.first !== null &&
      Number(await expander.arithmetic(part.first)) === 0 &&
      part.second === null
    )
      items = all
  } else if (operator !== '') {
    const changed: string[] = []
    for (const item of items) changed.push(await transformed(expander, part, item))
    items = changed
  }
  return joinMany(items, part, expander.state, value.star)
}

function joinMany(items: readonly string[], part: ParameterPart, state: State, star: boolean): readonly Piece[] {
  if (part.quoted && star) return [{ text: items.join((state.get('IFS') ?? ' ').slice(0, 1)), quoted: true, split: false }]
  const pieces: Piece[] = []
  items.forEach((item, i) => {
    if (i > 0) pieces.push({ text: '', quoted: false, split: false, break: true })
    pieces.push({ text: item, quoted: part.quoted, split: !part.quoted })
  })
  return pieces
}

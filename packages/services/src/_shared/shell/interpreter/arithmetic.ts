import { ExpansionFailure } from './control.ts'

/** Variables as arithmetic sees them. */
export interface Names {
  get(name: string, index: string | null): string
  set(name: string, index: string | null, value: string): void
}

type Token = { readonly kind: 'number' | 'name' | 'operator'; readonly text: string; readonly at: number }
const TOKEN =
  /\s*(?:(\d+#[0-9A-Za-z@_]+|0[xX][0-9A-Fa-f]+|\d[0-9A-Za-z_]*)|([A-Za-z_][A-Za-z0-9_]*)|(<<=|>>=|\*\*|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|[-+*/%<>=!~&|^?:,()[\]]))/y
const DEPTH_MAX = 60
const wrap = (value: bigint): bigint => BigInt.asIntN(64, value)

/** Evaluates `$((…))` in 64-bit integers as bash does. @throws {ExpansionFailure} in bash's words. */
export function evaluate(text: string, names: Names, depth = 0): bigint {
  if (depth > DEPTH_MAX) throw new ExpansionFailure(`${text}: expression recursion level exceeded (error token is "${text}")`)
  return new Evaluator(text, names, depth).run()
}

class Evaluator {
  readonly #text: string
  readonly #names: Names
  readonly #depth: number
  readonly #tokens: Token[] = []
  #at = 0
  #nesting = 0
  /** Inside a branch that is not taken: nothing is assigned. */
  #skip = 0

  constructor(text: string, names: Names, depth: number) {
    this.#text = text.trimStart()
    this.#names = names
    this.#depth = depth
    TOKEN.lastIndex = 0
    while (TOKEN.lastIndex < this.#text.length) {
      const before = TOKEN.lastIndex
      const found = TOKEN.exec(this.#text)
      if (found === null) {
        if (this.#text.slice(before).trim() === '') break
        throw this.#error('syntax error: invalid arithmetic operator', before)
      }
      const at = before + (found[0].length - found[0].trimStart().length)
      if (found[1] !== undefined) this.#tokens.push({ kind: 'number', text: found[1], at })
      else if (found[2] !== undefined) this.#tokens.push({ kind: 'name', text: found[2], at })
      else this.#tokens.push({ kind: 'operator', text: found[3] ?? '', at })
    }
  }

  run(): bigint {
    if (this.#tokens.length === 0) return 0n
    const value = this.#comma()
    const rest = this.#tokens[this.#at]
    if (rest !== undefined) throw this.#error('syntax error in expression', rest.at)
    return value
  }

  #error(message: string, at: number | undefined): ExpansionFailure {
    const token = this.#text.slice(at ?? Math.max(0, this.#tokens.at(-1)?.at ?? 0)).trimStart()
    return new ExpansionFailure(`${this.#text}: ${message} (error token is "${token}")`)
  }
  #peek(): string {
    const token = this.#tokens[this.#at]
    return token?.kind === 'operator' ? token.text : ''
  }
  #accept(...operators: readonly string[]): string {
    const text = this.#peek()
    if (text === '' || !operators.includes(text)) return ''
    this.#at++
    return text
  }
  #comma(): bigint {
    let value = this.#assignment()
    while (this.#accept(',') !== '') value = this.#assignment()
    return value
  }
  #assignment(): bigint {
    if (++this.#nesting > 500) throw this.#error('expression recursion level exceeded', this.#tokens[this.#at]?.at)
    try {
      const token = this.#tokens[this.#at]
      if (token?.kind === 'name') {
        const start = this.#at++
        const index = this.#subscript()
        const operator = this.#peek()
        if (operator === '=' || (operator.length > 1 && operator.endsWith('=') && !['==', '!=', '<=', '>='].includes(operator))) {
          this.#at++
          const right = this.#assignment()
          const value =
            operator === '='
              ? right
              : this.#binary(operator.slice(0, -1), this.#read(token.text, index), right, this.#tokens[this.#at - 1]?.at)
          this.#write(token.text, index, value)
          return value
        }
        this.#at = start
      }
      return this.#ternary()
    } finally {
      this.#nesting--
    }
  }
  #ternary(): bigint {
    const test = this.#level(0)
    if (this.#accept('?') === '') return test
    const yes = this.#maybe(test !== 0n, () => this.#comma())
    if (this.#accept(':') === '') throw this.#error("`:' expected for conditional expression", this.#tokens[this.#at]?.at)
    const no = this.#maybe(test === 0n, () => this.#assignment())
    return test !== 0n ? yes : no
  }
  #maybe(taken: boolean, make: () => bigint): bigint {
    if (!taken) this.#skip++
    try {
      return make()
    } finally {
      if (!taken) this.#skip--
    }
  }
  #level(level: number): bigint {
    const operators = LEVELS[level]
    if (operators === undefined) return this.#power()
    let left = this.#level(level + 1)
    for (;;) {
      const operator = this.#accept(...operators)
      if (operator === '') return left
      if (operator === '&&' || operator === '||') {
        const needed = operator === '&&' ? left !== 0n : left === 0n
        const right = this.#maybe(needed, () => this.#level(level + 1))
        left = operator === '&&' ? BigInt(left !== 0n && right !== 0n) : BigInt(left !== 0n || right !== 0n)
      } else {
        const at = this.#tokens[this.#at]?.at
        left = this.#binary(operator, left, this.#level(level + 1), at)
      }
    }
  }
  #power(): bigint {
    const base = this.#unary()
    if (this.#accept('**') === '') return base
    const exponent = this.#power()
    if (exponent < 0n) throw this.#error('exponent less than 0', this.#tokens[this.#at - 1]?.at)
    let value = 1n
    for (let i = 0n, square = base, left = exponent; left > 0n && i < 64n; i++, left >>= 1n, square = wrap(square * square)) {
      if ((left & 1n) === 1n) value = wrap(value * square)
    }
    return value
  }
  #unary(): bigint {
    if (++this.#nesting > 500) throw this.#error('expression recursion level exceeded', this.#tokens[this.#at]?.at)
    try {
      const operator = this.#accept('!', '~', '-', '+', '++', '--')
      if (operator === '!') return BigInt(this.#unary() === 0n)
      if (operator === '~') return ~this.#unary()
      if (operator === '-') return wrap(-this.#unary())
      if (operator === '+') return this.#unary()
      if (operator !== '') {
        const token = this.#tokens[this.#at]
        if (token?.kind !== 'name') return this.#unary()
        this.#at++
        const index = this.#subscript()
        const value = wrap(this.#read(token.text, index) + (operator === '++' ? 1n : -1n))
        this.#write(token.text, index, value)
        return value
      }
      return this.#primary()
    } finally {
      this.#nesting--
    }
  }
  #primary(): bigint {
    const token = this.#tokens[this.#at]
    if (token === undefined) throw this.#error('syntax error: operand expected', undefined)
    if (token.kind === 'number') {
      this.#at++
      return this.#number(token)
    }
    if (token.kind === 'name') {
      this.#at++
      const index = this.#subscript()
      const value = this.#read(token.text, index)
      const operator = this.#accept('++', '--')
      if (operator !== '') this.#write(token.text, index, wrap(value + (operator === '++' ? 1n : -1n)))
      return value
    }
    if (token.text === '(') {
      this.#at++
      const value = this.#comma()
      if (this.#accept(')') === '') throw this.#error("missing `)'", this.#tokens[this.#at]?.at)
      return value
    }
    throw this.#error('syntax error: operand expected', token.at)
  }
  #subscript(): string | null {
    if (this.#accept('[') === '') return null
    const start = this.#tokens[this.#at]?.at ?? 0
    let depth = 1
    while (this.#at < this.#tokens.length) {
      const text = this.#peek()
      if (text === '[') depth++
      if (text === ']' && --depth === 0) break
      this.#at++
    }
    const end = this.#tokens[this.#at]?.at ?? this.#text.length
    this.#at++
    return this.#text.slice(start, end)
  }
  #read(name: string, index: string | null): bigint {
    if (this.#skip > 0) return 0n
    const value = this.#names.get(name, index)
    return value === '' ? 0n : evaluate(value, this.#names, this.#depth + 1)
  }
  #write(name: string, index: string | null, value: bigint): void {
    if (this.#skip === 0) this.#names.set(name, index, String(value))
  }
  #number(token: Token): bigint {
    const { text } = token
    const based = /^(\d+)#(.*)$/.exec(text)
    if (based !== null) {
      const base = Number(based[1])
      if (base < 2 || base > 64) throw this.#error('invalid arithmetic base', token.at)
      return this.#digits(based[2] ?? '', base, token)
    }
    if (/^0[xX]/.test(text)) return wrap(BigInt(text))
    if (/^0\d/.test(text)) return this.#digits(text.slice(1), 8, token)
    return this.#digits(text, 10, token)
  }
  #digits(text: string, base: number, token: Token): bigint {
    let value = 0n
    for (const char of text) {
      const lower = base <= 36 ? char.toLowerCase() : char
      const digit = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ@_'.indexOf(lower)
      if (digit < 0 || digit >= base) throw this.#error('value too great for base', token.at)
      value = wrap(value * BigInt(base) + BigInt(digit))
    }
    return value
  }
  #binary(operator: string, a: bigint, b: bigint, at: number | undefined): bigint {
    switch (operator) {
      case '+':
        return wrap(a + b)
      case '-':
        return wrap(a - b)
      case '*':
        return wrap(a * b)
      case '/':
      case '%':
        if (b === 0n) {
          if (this.#skip > 0) return 0n
          throw this.#error('division by 0', at)
        }
        return wrap(operator === '/' ? a / b : a % b)
      case '<<':
        return wrap(a << (b & 63n))
      case '>>':
        return a >> (b & 63n)
      case '&':
        return a & b
      case '|':
        return a | b
      case '^':
        return a ^ b
      default:
        return BigInt(COMPARE[operator]?.(a, b) ?? false)
    }
  }
}
const LEVELS: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['|'],
  ['^'],
  ['&'],
  ['==', '!='],
  ['<', '>', '<=', '>='],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '%'],
]
const COMPARE: Readonly<Record<string, (a: bigint, b: bigint) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
  '<=': (a, b) => a <= b,
  '>=': (a, b) => a >= b,
}

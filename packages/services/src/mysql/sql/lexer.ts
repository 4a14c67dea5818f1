import { own } from '@decnet/kernel'

/** One token of a statement. Text is bytes: one character, one byte. */
export interface Token {
  readonly kind: 'word' | 'quoted' | 'string' | 'number' | 'hex' | 'symbol' | 'parameter' | 'end' | 'bad'
  /** As written; for `quoted` and `string` what it stands for. */
  readonly text: string
  /** Upper case of a word, the symbol itself, else empty: what grammar looks at. */
  readonly key: string
  readonly from: number
  readonly to: number
}

const SPACE = /[ \t\n\v\f\r]/u
const WORD_START = /[A-Za-z_$\x80-\xff]/u
const WORD = /[A-Za-z0-9_$\x80-\xff]+/uy
const NUMBER = /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/uy
const SYMBOLS = ['<=>', '->>', '<<', '>>', '<=', '>=', '<>', '!=', '||', '&&', ':=', '->', '@@']
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', '0': '\0', Z: '\x1a', '%': '\\%', _: '\\_' }

/** Where an unquoted comment or blank ends; null when there is none at `at`. */
function skipBlank(sql: string, at: number): number | null {
  const char = sql.charAt(at)
  if (char !== '' && SPACE.test(char)) return at + 1
  const line = char === '#' || (sql.startsWith('--', at) && (at + 2 >= sql.length || SPACE.test(sql.charAt(at + 2))))
  if (line) {
    const end = sql.indexOf('\n', at)
    return end < 0 ? sql.length : end + 1
  }
  if (sql.startsWith('/*', at) && !/^\/\*M?!/u.test(sql.slice(at, at + 4))) {
    const end = sql.indexOf('*/', at + 2)
    return end < 0 ? null : end + 2
  }
  return null
}

function quotedEnd(sql: string, from: number, escapes: boolean): { readonly text: string; readonly to: number } | null {
  const quote = sql.charAt(from)
  const parts: string[] = []
  let begin = from + 1
  for (let at = begin; at < sql.length; at += 1) {
    const char = sql.charAt(at)
    if (char === '\\' && escapes) {
      const next = sql.charAt(at + 1)
      parts.push(sql.slice(begin, at), own(ESCAPES, next) ?? next)
      at += 1
      begin = at + 1
    } else if (char === quote) {
      parts.push(sql.slice(begin, at))
      if (sql.charAt(at + 1) !== quote) return { text: parts.join(''), to: at + 1 }
      parts.push(quote)
      at += 1
      begin = at + 1
    }
  }
  return null
}

/** How a server reads SQL. */
export interface Reading {
  /** `101119`: comments for it or older ones are run. */
  readonly version: number
  /** Runs `/*M! … *​/` too. */
  readonly mariadb: boolean
  /** Of `sql_mode`. */
  readonly noBackslashEscapes?: boolean
  readonly ansiQuotes?: boolean
}

/** The tokens of `sql` with an `end` at the end; what cannot be read becomes one `bad` token that reaches to the end. Linear, never throws. */
export function tokensOf(sql: string, reading: Reading): readonly Token[] {
  const tokens: Token[] = []
  let at = 0
  let versioned = false
  const push = (kind: Token['kind'], text: string, from: number, to: number): void => {
    const key = kind === 'word' ? text.toUpperCase() : kind === 'symbol' ? text : ''
    tokens.push({ kind, text, key, from, to })
    at = to
  }
  const match = (pattern: RegExp): string | null => {
    pattern.lastIndex = at
    return pattern.exec(sql)?.[0] ?? null
  }
  while (at < sql.length) {
    const blank = skipBlank(sql, at)
    if (blank !== null) {
      at = blank
      continue
    }
    const comment = /^\/\*(M?)!(\d{5,6})?/u.exec(sql.slice(at, at + 10))
    if (comment) {
      const wanted = Number(comment[2] ?? 0)
      // MariaDB leaves out what only MySQL from 5.7 on understands.
      const foreign = reading.mariadb ? comment[1] === '' && wanted >= 50700 && wanted <= 99999 : comment[1] === 'M'
      const end = sql.indexOf('*/', at)
      if (wanted <= reading.version && !foreign) {
        versioned = true
        at += comment[0].length
      } else at = end < 0 ? sql.length : end + 2
      continue
    }
    if (versioned && sql.startsWith('*/', at)) {
      versioned = false
      at += 2
      continue
    }
    const char = sql.charAt(at)
    const next = sql.charAt(at + 1)
    if (char === "'" || char === '"' || char === '`') {
      const found = quotedEnd(sql, at, char !== '`' && reading.noBackslashEscapes !== true)
      if (found === null) push('bad', sql.slice(at), at, sql.length)
      else push(char === '`' || (char === '"' && reading.ansiQuotes === true) ? 'quoted' : 'string', found.text, at, found.to)
    } else if (/[xXbBnN]/u.test(char) && next === "'") {
      const found = quotedEnd(sql, at + 1, false)
      const digits = /[xX]/u.test(char) ? /^(?:[0-9a-fA-F]{2})*$/u : /[bB]/u.test(char) ? /^[01]*$/u : /^/u
      if (found === null || !digits.test(found.text)) push('bad', sql.slice(at), at, sql.length)
      else if (/[nN]/u.test(char)) push('string', found.text, at, found.to)
      else push('hex', sql.slice(at, found.to), at, found.to)
    } else if (
      /\d/u.test(char) ||
      (char === '.' && /\d/u.test(next) && tokens.at(-1)?.kind !== 'word' && tokens.at(-1)?.kind !== 'quoted')
    ) {
      const hex = match(/0[xX][0-9a-fA-F]+(?![A-Za-z0-9_$])|0b[01]+(?![A-Za-z0-9_$])/uy)
      if (hex !== null) push('hex', hex, at, at + hex.length)
      else {
        const number = match(NUMBER) ?? char
        const word = /^\d+$/u.test(number) ? match(WORD) : null
        // `1abc` is a name; `1e5` was read above.
        if (word !== null && word.length > number.length) push('word', word, at, at + word.length)
        else push('number', number, at, at + number.length)
      }
    } else if (WORD_START.test(char)) {
      const word = match(WORD) ?? char
      push('word', word, at, at + word.length)
    } else if (char === '?') push('parameter', char, at, at + 1)
    else {
      const symbol = SYMBOLS.find((candidate) => sql.startsWith(candidate, at)) ?? char
      push(/^[-+*/%=<>!|&^~().,;:@{}]+$/u.test(symbol) ? 'symbol' : 'bad', symbol, at, at + symbol.length)
    }
  }
  tokens.push({ kind: 'end', text: '', key: '', from: sql.length, to: sql.length })
  return tokens
}

/** A command as it came. Words are exact bytes. */
export interface Command {
  readonly words: readonly Buffer[]
  /** The line, for commands given inline. */
  readonly line: Buffer | null
}
export type Parsed =
  | { readonly kind: 'command'; readonly command: Command }
  | { readonly kind: 'more' }
  /** The server says this and closes. */
  | { readonly kind: 'error'; readonly text: string }
  /** More than this process will hold for one command: the connection ends. */
  | { readonly kind: 'too-much' }

export interface ParserLimits {
  /** Most bytes held for one command. */
  readonly memory: number
  /** Before authentication: at most 10 words of 16 KiB. */
  readonly unauthenticated: boolean
}

const INLINE_LIMIT = 64 * 1024
const BULK_LIMIT = 512 * 1024 * 1024

/** Redis' `string2ll`: an optional minus, digits without leading zeros. */
function integer(text: string): number | null {
  return /^(?:0|-?[1-9]\d{0,18})$/u.test(text) ? Number(text) : null
}

/** `sdssplitargs`: words of an inline command with its quotes and escapes; null when quotes do not balance. */
export function splitInline(line: Buffer): Buffer[] | null {
  const text = line.toString('latin1')
  const words: Buffer[] = []
  const space = /[\s\0]/u
  let at = 0
  for (;;) {
    while (at < text.length && space.test(text.charAt(at))) at++
    if (at >= text.length || text.charAt(at) === '\0') return words
    let word = ''
    let quote = ''
    for (;;) {
      const char = text.charAt(at)
      if (quote === '') {
        if (at >= text.length || space.test(char)) break
        if (char === '"' || char === "'") quote = char
        else word += char
      } else if (at >= text.length) return null
      else if (char === quote) {
        const next = text.charAt(at + 1)
        if (next !== '' && !space.test(next)) return null
        at++
        break
      } else if (quote === '"' && char === '\\') {
        const hex = /^\\x([0-9a-f]{2})/iu.exec(text.slice(at, at + 4))?.[1]
        if (hex !== undefined) {
          word += String.fromCharCode(Number.parseInt(hex, 16))
          at += 3
        } else if (at + 1 < text.length) {
          at++
          const escaped = text.charAt(at)
          word += { n: '\n', r: '\r', t: '\t', b: '\b', a: '\x07' }[escaped] ?? escaped
        } else return null
      } else if (quote === "'" && char === '\\' && text.charAt(at + 1) === "'") {
        at++
        word += "'"
      } else word += char
      at++
    }
    words.push(Buffer.from(word, 'latin1'))
  }
}

/** RESP requests and inline commands from bytes as they come (Redis protocol specification); memory is bounded. */
export class CommandParser {
  #held: Buffer[] = []
  #length = 0
  #scanned = 0
  #words: Buffer[] = []
  #wordsLeft = 0
  #bulk = -1
  #memory = 0

  push(chunk: Buffer): void {
    this.#held.push(chunk)
    this.#length += chunk.length
  }

  /** What was read and not yet answered: words of an unfinished command, then bytes as they came. */
  pieces(): readonly Buffer[] {
    return [...this.#words, ...this.#held]
  }

  /** The next command; call until it says `more`. */
  next(limits: ParserLimits): Parsed {
    for (;;) {
      if (this.#bulk >= 0) {
        if (this.#memory > limits.memory) return { kind: 'too-much' }
        if (this.#length < this.#bulk + 2) return this.#length > limits.memory ? { kind: 'too-much' } : { kind: 'more' }
        const all = this.#all()
        this.#words.push(Buffer.from(all.subarray(0, this.#bulk)))
        this.#drop(this.#bulk + 2)
        this.#bulk = -1
        this.#wordsLeft--
        if (this.#wordsLeft === 0) return this.#done(null)
        continue
      }
      const line = this.#line()
      if (line === null) {
        if (this.#length <= INLINE_LIMIT) return { kind: 'more' }
        if (this.#wordsLeft > 0) return error('too big bulk count string')
        return error(this.#all()[0] === 0x2a ? 'too big mbulk count string' : 'too big inline request')
      }
      const answer = this.#wordsLeft > 0 ? this.#bulkLength(line, limits) : this.#start(line, limits)
      if (answer) return answer
    }
  }

  #start(line: Buffer, limits: ParserLimits): Parsed | null {
    if (line[0] !== 0x2a) {
      const bare = line.at(-1) === 0x0d ? line.subarray(0, -1) : line
      const words = splitInline(bare)
      if (words === null) return error('unbalanced quotes in request')
      if (words.length === 0) return null
      this.#words = words
      return this.#done(Buffer.from(bare))
    }
    const count = integer(line.toString('latin1', 1, Math.max(1, line.length - 1)))
    if (count === null || count > 2_147_483_647) return error('invalid multibulk length')
    if (count > 10 && limits.unauthenticated) return error('unauthenticated multibulk length')
    if (count <= 0) return null
    this.#wordsLeft = count
    return null
  }

  #bulkLength(line: Buffer, limits: ParserLimits): Parsed | null {
    if (line[0] !== 0x24) return error(`expected '$', got '${String.fromCharCode(line[0] ?? 0)}'`)
    const length = integer(line.toString('latin1', 1, Math.max(1, line.length - 1)))
    if (length === null || length < 0 || length > BULK_LIMIT) return error('invalid bulk length')
    if (length > 16_384 && limits.unauthenticated) return error('unauthenticated bulk length')
    this.#bulk = length
    this.#memory += length + 64
    return null
  }

  #done(line: Buffer | null): Parsed {
    const words = this.#words
    this.#words = []
    this.#memory = 0
    return { kind: 'command', command: { words, line } }
  }

  /** Up to the line feed, which goes; null when there is none yet. For RESP lines the byte before it is the carriage return. */
  #line(): Buffer | null {
    if (this.#length === this.#scanned) return null
    const all = this.#all()
    const end = all.indexOf(0x0a, this.#scanned)
    // The server looks for the end as in a C string: behind a NUL there is none.
    const nul = this.#wordsLeft > 0 || all[0] === 0x2a ? -1 : all.indexOf(0)
    if (end < 0 || (nul >= 0 && nul < end)) {
      this.#scanned = nul >= 0 ? Math.min(nul, all.length) : all.length
      return null
    }
    const line = all.subarray(0, end)
    this.#drop(end + 1)
    return line
  }

  #all(): Buffer {
    if (this.#held.length > 1) this.#held = [Buffer.concat(this.#held)]
    return this.#held[0] ?? Buffer.alloc(0)
  }

  #drop(count: number): void {
    const rest = this.#all().subarray(count)
    this.#held = rest.length > 0 ? [rest] : []
    this.#length = rest.length
    this.#scanned = 0
  }
}

const error = (text: string): Parsed => ({ kind: 'error', text: `ERR Protocol error: ${text}` })

/** A word as redis-cli and MONITOR show it; plain words stay as they are when `bare` is set. */
export function quoted(word: Buffer, bare = false): string {
  const text = word.toString('latin1')
  if (bare && /^[!#-&(-[\]-~]+$/u.test(text)) return text
  const escapes: Readonly<Record<string, string>> = {
    '\\': '\\\\',
    '"': '\\"',
    '\n': '\\n',
    '\r': '\\r',
    '\t': '\\t',
    '\x07': '\\a',
    '\b': '\\b',
  }
  const body = text.replace(
    /[\\"\x00-\x1f\x7f-\xff]/gu,
    (char) => escapes[char] ?? `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )
  return `"${body}"`
}

import { expandBraces } from './expand-braces.ts'
import { knownFile } from './glob.ts'
import type { Pipeline, SimpleCommand } from './pipeline.ts'
import { printedBy } from './printed.ts'
import { unescaped } from './unescaped.ts'

/** More of one line is not looked at. */
const COMMANDS = 200
const WORDS = 2_000
const DEPTH = 32
const VARIABLES = 32
/** Commands of a block whose output goes on. */
const HEADS = 16

interface Frame {
  word: string | null
  /** Nothing of the word was quoted: it may be a keyword. */
  bare: boolean
  /** Wildcards or braces of the word were quoted: they mean themselves. */
  literal: boolean
  words: string[]
  settings: string[]
  redirections: string[]
  /** The operator that the next word belongs to. */
  redirect: string | null
  pipeline: SimpleCommand[]
  quote: '' | '"'
  /** Commands of this frame so far, where the blocks in it that are open begin, and those whose output the next command reads. */
  done: SimpleCommand[]
  openings: number[]
  heads: readonly SimpleCommand[]
  /** Its pipelines so far, and the last of them. */
  ended: number
  last: Pipeline
  /** What ends this frame. */
  readonly end: '' | ')' | '`'
  /** Of parentheses whose output goes on: `( … ) |`, `<( … )`. */
  readonly group: boolean
}
const frame = (end: Frame['end'], group = false): Frame => ({
  word: null,
  bare: true,
  literal: false,
  words: [],
  settings: [],
  redirections: [],
  redirect: null,
  pipeline: [],
  quote: '',
  done: [],
  openings: [],
  heads: [],
  ended: 0,
  last: [],
  end,
  group,
})

const SIMPLE = /^[\w ./:=,@%+-]*$/u
const SETTING = /^([A-Za-z_]\w{0,63})=(.*)$/su
/** What means something where it is not quoted. */
const PATTERN = /[*?[{},]/u
/** A word is not made longer than this. */
const WORD_CHARACTERS = 16_384
const OPERATOR = /^(?:&>>|<<<|>>|<<|>\||<>|&>|>&|<&|>|<)/u
const VARIABLE = /^\$(?:\{([A-Za-z_]\w{0,63}|[@*\d#])\}|([A-Za-z_]\w{0,63}|[@*\d]))/u
/** `${NAME:-default}`, `${NAME:0:1}`. */
const EXPANSION = /^\$\{([A-Za-z_]\w{0,63})(?::?[-=]([^{}$`"'\\]{0,200})|:(\d{1,3}):(\d{1,3}))\}/u
/** What is set in every shell, for those who cut letters out of it. */
const SET: Readonly<Record<string, string>> = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: '/root', PWD: '/root', SHELL: '/bin/bash' }
/** A line of Windows: a backslash is a letter of a path, not an escape. */
const WINDOWS =
  /(?:^|[\s"'=(,;|&@])(?:[a-z]:\\|\\\\[\w.$-]{1,64}\\)|%(?:comspec|systemroot|windir|temp|tmp|(?:local)?appdata|programdata|userprofile|public)%|\b(?:cmd|powershell|pwsh)(?:\.exe)?["']?\s+[-/]|^\s{0,8}"?[\w.-]{1,64}\.exe\b/iu
const BACKSLASH = 92
/** By code of an ASCII character: ends a run of letters, between quotes and outside. */
const ending = (characters: string) => Uint8Array.from({ length: 128 }, (_, code) => Number(characters.includes(String.fromCharCode(code))))
const QUOTED_END = ending('"\\$`')
const WORD_END = ending(' \t\r\n;|&<>()"\'\\$`')
/** Words that begin and end a block. */
const OPENS = new Set(['{', 'do', 'then'])
const CLOSES = new Set(['}', 'done', 'fi'])
/** Words behind which a command begins. */
const KEYWORDS = new Set(['if', 'then', 'elif', 'else', 'fi', 'while', 'until', 'do', 'done', '{', '}', '!', 'time'])

/**
 * The pipelines of a shell line: quotes, backslashes, braces, `${IFS}` and variables that the line itself sets are resolved; what stands in `$( )`,
 * backticks and parentheses are pipelines of their own, and what they write stands in their place where that is known; what reads the output of a block stands behind each of its commands. Nothing is run.
 * Never throws, one pass, bounded.
 */
export function readShell(text: string): readonly Pipeline[] {
  if (SIMPLE.test(text)) {
    const words = text.split(' ').filter((word) => word !== '')
    if (words.length > 0 && !words[0]?.includes('=') && !KEYWORDS.has(words[0] ?? ''))
      return [[{ words: words.slice(0, WORDS), settings: [], redirections: [] }]]
  }
  return new Reader(text).read()
}

class Reader {
  readonly #text: string
  readonly #pipelines: Pipeline[] = []
  readonly #stack: Frame[] = []
  readonly #variables = new Map<string, string>()
  readonly #names = new Map<string, string>()
  #frame = frame('')
  #commands = 0
  #words = 0
  readonly #windows: boolean

  constructor(text: string) {
    // `p^ower^shell`
    const plain = text.includes('^') ? text.replace(/(?<=\w)\^(?=\w)/gu, '') : text
    this.#windows = (plain !== text || text.includes('\\')) && WINDOWS.test(plain)
    this.#text = this.#windows ? plain : text
  }

  read(): readonly Pipeline[] {
    for (let at = 0; at < this.#text.length; ) {
      if (this.#commands >= COMMANDS || this.#words >= WORDS) break
      at = this.#step(at)
    }
    for (;;) {
      this.#endPipeline()
      const outer = this.#stack.pop()
      if (!outer) return this.#pipelines
      this.#frame = outer
    }
  }

  /** Takes what stands at `at`; answers where to go on. */
  #step(at: number): number {
    const now = this.#frame
    const character = this.#text.charAt(at)
    if (character === now.end && now.quote === '') return this.#close(at)
    if (character === '\\' && this.#escapes(at)) return this.#backslash(at)
    if (character === '$') return this.#dollar(at)
    if (character === '`') return this.#open('`', at + 1)
    if (character === '"') {
      now.quote = now.quote === '' ? '"' : ''
      this.#add('', false)
      return at + 1
    }
    if (now.quote === '"') return this.#run(at, QUOTED_END, false)
    if (character === "'") {
      const end = this.#text.indexOf("'", at + 1)
      const to = end < 0 ? this.#text.length : end
      this.#add(this.#text.slice(at + 1, to), false)
      return to + 1
    }
    return this.#unquoted(character, at)
  }

  #unquoted(character: string, at: number): number {
    switch (character) {
      case ' ':
      case '\t':
      case '\r':
        this.#endWord()
        return at + 1
      case '\n':
      case ';':
        this.#endPipeline()
        return at + 1
      case '(': {
        this.#endWord()
        const outwards = this.#frame.redirect?.includes('>') ?? false
        this.#frame.redirect = null
        return this.#open(')', at + 1, !outwards)
      }
      case ')':
        this.#endPipeline()
        return at + 1
      case '|': {
        const next = this.#text.charAt(at + 1)
        if (next === '|') this.#endPipeline()
        else this.#endCommand()
        return at + (next === '|' || next === '&' ? 2 : 1)
      }
      case '#':
        if (this.#frame.word === null) {
          const end = this.#text.indexOf('\n', at)
          return end < 0 ? this.#text.length : end
        }
        break
      case '&':
      case '<':
      case '>':
        return this.#operator(at)
    }
    return this.#run(at, WORD_END, true)
  }

  #operator(at: number): number {
    const operator = OPERATOR.exec(this.#text.slice(at, at + 3))?.[0]
    if (operator === undefined) {
      // A single or double `&`.
      this.#endPipeline()
      return at + (this.#text.charAt(at + 1) === '&' ? 2 : 1)
    }
    const now = this.#frame
    // `2>` names a file descriptor, not a word.
    if (now.word !== null && now.bare && /^\d{1,3}$/u.test(now.word)) now.word = null
    this.#endWord()
    now.redirect = operator
    return at + operator.length
  }

  #backslash(at: number): number {
    const next = this.#text.charAt(at + 1)
    if (next === '\n') return at + 2
    const kept = this.#frame.quote === '"' && !/["\\$`]/u.test(next)
    this.#add(kept ? `\\${next}` : next, false)
    return at + 2
  }

  #dollar(at: number): number {
    const now = this.#frame
    const next = this.#text.charAt(at + 1)
    if (next === '(') return this.#open(')', at + 2)
    if (next === "'" && now.quote === '') {
      let end = at + 2
      while (end < this.#text.length && this.#text.charAt(end) !== "'") end += this.#text.charAt(end) === '\\' ? 2 : 1
      this.#add(unescaped(this.#text.slice(at + 2, end)), false)
      return end + 1
    }
    const expanded = this.#expanded(at)
    if (expanded) {
      this.#add(expanded.value, true)
      return expanded.after
    }
    const found = VARIABLE.exec(this.#text.slice(at, at + 68))
    if (!found) {
      // The number of the process, or a dollar that means nothing.
      const itself = next === '$' ? '$$' : '$'
      this.#add(itself, now.quote === '')
      return at + itself.length
    }
    const name = found[1] ?? found[2] ?? ''
    const value = this.#variables.get(name)
    const after = at + found[0].length
    if (name === 'IFS' && now.quote === '') this.#endWord()
    else if (value !== undefined) this.#add(value, true)
    // What nobody set is nothing; it is written in the middle of a word to break the word up.
    else if (/^[@*\d]$/u.test(name) || (found[1] !== undefined && now.word && /\w/u.test(this.#text.charAt(after)))) this.#add('', true)
    else this.#add(name === 'IFS' ? ' ' : found[0], true)
    return after
  }

  /** What a default or a part of a variable comes to; null for anything else. */
  #expanded(at: number): { readonly value: string; readonly after: number } | null {
    const found = this.#text.charAt(at + 1) === '{' ? EXPANSION.exec(this.#text.slice(at, at + 280)) : null
    const [whole = '', name = '', otherwise, from, length] = found ?? []
    const known = this.#variables.get(name)
    const after = at + whole.length
    if (found && otherwise !== undefined) return { value: known ?? otherwise, after }
    const value = known ?? (Object.hasOwn(SET, name) ? SET[name] : undefined)
    return found && value !== undefined ? { value: value.slice(Number(from), Number(from) + Number(length)), after } : null
  }

  /** Adds what stands before the next character of `ends`, at least one. */
  #run(at: number, ends: Uint8Array, bare: boolean): number {
    let to = at + 1
    for (; to < this.#text.length; to++) {
      const code = this.#text.charCodeAt(to)
      if (ends[code] === 1 && (code !== BACKSLASH || this.#escapes(to))) break
    }
    this.#add(this.#text.slice(at, to), bare)
    return to
  }

  /** A backslash that stands there is no letter of a path. */
  #escapes(at: number): boolean {
    return !this.#windows || this.#text.charAt(at + 1) === '"'
  }

  #add(text: string, bare: boolean): void {
    const now = this.#frame
    const word = now.word ?? ''
    now.word = word.length < WORD_CHARACTERS ? word + text : word
    if (bare) return
    now.bare = false
    now.literal ||= PATTERN.test(text)
  }

  #open(end: ')' | '`', at: number, group = false): number {
    if (this.#stack.length >= DEPTH) return at
    this.#stack.push(this.#frame)
    this.#frame = frame(end, group)
    return at
  }

  #close(at: number): number {
    this.#endPipeline()
    const { done, group, ended, last } = this.#frame
    this.#frame = this.#stack.pop() ?? frame('')
    if (group) {
      this.#frame.done.push(...done)
      this.#frame.heads = done.slice(-HEADS)
    } else if (ended === 1) this.#substitute(printedBy(last))
    return at + 1
  }

  /** What a command in `$( )` or backticks wrote stands in its place; outside quotes it is words of its own. */
  #substitute(printed: string | null): void {
    const text = printed?.slice(0, WORD_CHARACTERS).trim() ?? ''
    if (text === '') return
    const now = this.#frame
    const whole = now.quote === '"' || now.redirect !== null || (now.words.length === 0 && SETTING.test(now.word ?? ''))
    if (whole) this.#add(text, false)
    else
      for (const [at, word] of text.split(/\s+/u, WORDS).entries()) {
        if (at > 0) this.#endWord()
        this.#add(word, true)
      }
  }

  #endWord(): void {
    const now = this.#frame
    const { word } = now
    if (word === null) return
    const { bare, literal, redirect } = now
    now.word = null
    now.bare = true
    now.literal = false
    if (redirect !== null) {
      now.redirect = null
      // `2>&1`, `>&-`: no file; `/dev/null`: nothing.
      if (word !== '/dev/null' && (!/^[<>]&$/u.test(redirect) || !/^(?:\d+-?|-)$/u.test(word)))
        now.redirections.push(`${redirect} ${literal ? word : this.#named(word)}`)
      return
    }
    this.#words++
    const setting = now.words.length === 0 ? SETTING.exec(word) : null
    if (setting) {
      const [, name = '', value = ''] = setting
      if (this.#variables.size < VARIABLES && value.length <= 1_024) this.#variables.set(name, value)
      now.settings.push(word)
      return
    }
    if (now.words.length === 0 && bare && KEYWORDS.has(word)) {
      if (OPENS.has(word)) now.openings.push(now.done.length)
      else if (CLOSES.has(word) && now.openings.length > 0) now.heads = now.done.slice(now.openings.pop()).slice(-HEADS)
      return
    }
    const meant = literal || this.#windows || !word.includes('{') ? [word] : expandBraces(word)
    this.#words += meant.length - 1
    now.words.push(...(literal || this.#windows ? meant : meant.map((each) => this.#named(each))))
  }

  /** A path, by its name where wildcards hide a known one. */
  #named(word: string): string {
    if (!word.startsWith('/') && !word.startsWith('~/')) return word
    const name = this.#names.get(word) ?? knownFile(word) ?? word
    if (this.#names.size < VARIABLES) this.#names.set(word, name)
    return name
  }

  #endCommand(): void {
    this.#endWord()
    const now = this.#frame
    if (now.words.length > 0 || now.redirections.length > 0 || now.settings.length > 0) {
      const command = { words: now.words, settings: now.settings, redirections: now.redirections }
      now.pipeline.push(command)
      now.done.push(command)
      this.#commands++
    }
    now.words = []
    now.settings = []
    now.redirections = []
    now.redirect = null
  }

  #endPipeline(): void {
    this.#endCommand()
    const now = this.#frame
    const { pipeline, heads } = now
    now.pipeline = []
    now.heads = []
    if (pipeline.length === 0) return
    now.ended += 1
    now.last = pipeline
    const fed = pipeline[0]?.words.length ? heads : []
    if (fed.length === 0) this.#pipelines.push(pipeline)
    else for (const head of fed) this.#pipelines.push([head, ...pipeline])
  }
}

/** Splits bytes (one character each) into what a person sees as characters: UTF-8 sequences stay together. */
export function charactersOf(text: string): string[] {
  const found = text.match(/[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}|[\s\S]/g)
  return found ?? []
}

/** What a change of the line makes the terminal show. */
export type Shown = string
const back = (count: number): Shown => '\b'.repeat(count)

const isWord = (char: string | undefined): boolean => char !== undefined && /[A-Za-z0-9\x80-\xff]/.test(char)
const isBlank = (char: string | undefined): boolean => char === ' ' || char === '\t'

/** The line under the cursor and its editing, as readline shows it on a terminal that can insert and delete. Pure. */
export class LineBuffer {
  #characters: string[] = []
  #cursor = 0
  #killed = ''

  get text(): string {
    return this.#characters.join('')
  }
  get before(): string {
    return this.#characters.slice(0, this.#cursor).join('')
  }
  get empty(): boolean {
    return this.#characters.length === 0
  }

  insert(text: string): Shown {
    const added = charactersOf(text)
    const tail = this.#characters.length - this.#cursor
    this.#characters.splice(this.#cursor, 0, ...added)
    this.#cursor += added.length
    return tail === 0 ? text : `\x1b[${added.length}@${text}`
  }
  #remove(from: number, to: number, keep: boolean): Shown {
    if (to <= from) return ''
    const removed = this.#characters.splice(from, to - from)
    if (keep) this.#killed = removed.join('')
    const shown = back(Math.max(0, this.#cursor - from))
    this.#cursor = from
    return shown + (from === this.#characters.length ? '\x1b[K' : `\x1b[${removed.length}P`)
  }
  backspace(): Shown {
    if (this.#cursor === 0) return '\x07'
    return this.#remove(this.#cursor - 1, this.#cursor, false)
  }
  delete(): Shown {
    return this.#cursor === this.#characters.length ? '\x07' : this.#remove(this.#cursor, this.#cursor + 1, false)
  }
  killToStart(): Shown {
    return this.#remove(0, this.#cursor, true)
  }
  killToEnd(): Shown {
    return this.#remove(this.#cursor, this.#characters.length, true)
  }
  /** ^W: back over blanks, then to the blank before. */
  killWord(): Shown {
    let from = this.#cursor
    while (from > 0 && isBlank(this.#characters[from - 1])) from--
    while (from > 0 && !isBlank(this.#characters[from - 1])) from--
    return this.#remove(from, this.#cursor, true)
  }
  yank(): Shown {
    return this.#killed === '' ? '' : this.insert(this.#killed)
  }
  left(): Shown {
    if (this.#cursor === 0) return '\x07'
    this.#cursor--
    return '\b'
  }
  right(): Shown {
    const char = this.#characters[this.#cursor]
    if (char === undefined) return '\x07'
    this.#cursor++
    return char
  }
  home(): Shown {
    const shown = back(this.#cursor)
    this.#cursor = 0
    return shown
  }
  end(): Shown {
    const shown = this.#characters.slice(this.#cursor).join('')
    this.#cursor = this.#characters.length
    return shown
  }
  wordLeft(): Shown {
    const start = this.#cursor
    while (this.#cursor > 0 && !isWord(this.#characters[this.#cursor - 1])) this.#cursor--
    while (this.#cursor > 0 && isWord(this.#characters[this.#cursor - 1])) this.#cursor--
    return back(start - this.#cursor)
  }
  wordRight(): Shown {
    const start = this.#cursor
    while (this.#cursor < this.#characters.length && !isWord(this.#characters[this.#cursor])) this.#cursor++
    while (this.#cursor < this.#characters.length && isWord(this.#characters[this.#cursor])) this.#cursor++
    return this.#characters.slice(start, this.#cursor).join('')
  }
  transpose(): Shown {
    if (this.#cursor === 0 || this.#characters.length < 2) return '\x07'
    if (this.#cursor === this.#characters.length) this.#cursor--
    const a = this.#characters[this.#cursor - 1] ?? ''
    const b = this.#characters[this.#cursor] ?? ''
    this.#characters.splice(this.#cursor - 1, 2, b, a)
    this.#cursor++
    return `\b${b}${a}`
  }
  /** Another line in its place: history. */
  replace(text: string): Shown {
    const shown = `${back(this.#cursor)}${text}\x1b[K`
    this.#characters = charactersOf(text)
    this.#cursor = this.#characters.length
    return shown
  }
}

import { type KeyName, nextKey } from './keys.ts'
import { LineBuffer } from './line-buffer.ts'
import type { Terminal } from './terminal.ts'

export type Edited = { readonly line: string } | 'interrupt' | 'end' | 'gone'
export interface Completion {
  /** Text to add at the cursor. */
  readonly add: string
  /** Candidates to list when Tab is pressed again. */
  readonly names: readonly string[]
}
export interface EditorOptions {
  readonly history: () => readonly string[]
  readonly complete: (before: string) => Completion
  /** Terminals that are `dumb` get no paste brackets. */
  readonly brackets: boolean
}
const LINE_MAX = 1_048_576

/** Reads one line from a person, as readline in bash does. */
export function editLine(terminal: Terminal, prompt: string, options: EditorOptions): Promise<Edited> {
  return new Promise((resolve) => {
    new Editor(terminal, prompt, options, resolve).begin()
  })
}

class Editor {
  readonly #terminal: Terminal
  readonly #prompt: string
  readonly #options: EditorOptions
  readonly #resolve: (edited: Edited) => void
  readonly #line = new LineBuffer()
  #pending = ''
  #place: number
  #draft = ''
  #tabs = 0
  #pasting = false

  constructor(terminal: Terminal, prompt: string, options: EditorOptions, resolve: (edited: Edited) => void) {
    this.#terminal = terminal
    this.#prompt = prompt
    this.#options = options
    this.#resolve = resolve
    this.#place = options.history().length
  }

  begin(): void {
    this.#terminal.show(`${this.#options.brackets ? '\x1b[?2004h' : ''}${this.#prompt}`)
    const typed = this.#terminal.takeTyped()
    this.#terminal.editor = (bytes) => this.#keys(bytes)
    if (typed !== '') this.#keys(typed)
    if (this.#terminal.ended && this.#terminal.editor !== null) this.#finish('gone')
  }

  #finish(edited: Edited, rest = ''): void {
    this.#terminal.editor = null
    this.#resolve(edited)
    if (rest !== '') this.#terminal.keep(rest)
  }
  #closing(): string {
    return this.#options.brackets ? '\x1b[?2004l\r' : ''
  }

  #keys(bytes: string): void {
    let rest = this.#pending + bytes
    this.#pending = ''
    while (rest !== '') {
      const next = nextKey(rest)
      if (next === null) {
        this.#pending = rest
        return
      }
      rest = rest.slice(next.length)
      if ('text' in next.key) {
        if (this.#line.text.length < LINE_MAX) this.#terminal.show(this.#line.insert(next.key.text))
        this.#tabs = 0
        continue
      }
      const edited = this.#press(next.key.name)
      if (next.key.name !== 'tab') this.#tabs = 0
      if (edited !== null) {
        this.#finish(edited, rest)
        return
      }
    }
  }

  #press(name: KeyName): Edited | null {
    const show = (text: string): null => {
      this.#terminal.show(text)
      return null
    }
    switch (name) {
      case 'enter':
        if (this.#pasting) return show(this.#line.insert('\n'))
        show(`\r\n${this.#closing()}`)
        return { line: this.#line.text }
      case 'interrupt':
        show(this.#options.brackets ? '^C\x1b[?2004l\r\x1b[?2004h\x1b[?2004l\r\r\n' : '^C\r\n')
        return 'interrupt'
      case 'endOfInput':
        if (!this.#line.empty) return show(this.#line.delete())
        show(this.#closing())
        return 'end'
      case 'backspace':
        return show(this.#line.backspace())
      case 'delete':
        return show(this.#line.delete())
      case 'left':
        return show(this.#line.left())
      case 'right':
        return show(this.#line.right())
      case 'home':
        return show(this.#line.home())
      case 'end':
        return show(this.#line.end())
      case 'wordLeft':
        return show(this.#line.wordLeft())
      case 'wordRight':
        return show(this.#line.wordRight())
      case 'killLine':
        return show(this.#line.killToStart())
      case 'killEnd':
        return show(this.#line.killToEnd())
      case 'killWord':
        return show(this.#line.killWord())
      case 'yank':
        return show(this.#line.yank())
      case 'transpose':
        return show(this.#line.transpose())
      case 'clear':
        return show(`\x1b[H\x1b[2J\x1b[3J${this.#prompt}${this.#line.text}${this.#line.end()}`)
      case 'up':
      case 'down':
        return show(this.#historyStep(name === 'up' ? -1 : 1))
      case 'tab':
        return show(this.#pasting ? this.#line.insert('\t') : this.#complete())
      case 'pasteStart':
      case 'pasteEnd':
        this.#pasting = name === 'pasteStart'
        return null
      case 'search':
      case 'ignored':
        return null
    }
  }

  #historyStep(step: number): string {
    const history = this.#options.history()
    const place = this.#place + step
    if (place < 0 || place > history.length) return '\x07'
    if (this.#place === history.length) this.#draft = this.#line.text
    this.#place = place
    return this.#line.replace(history[place] ?? this.#draft)
  }

  #complete(): string {
    const { add, names } = this.#options.complete(this.#line.before)
    if (add !== '') return this.#line.insert(add)
    if (++this.#tabs < 2 || names.length === 0) return '\x07'
    if (names.length > 100) return '\x07'
    const width = Math.max(...names.map((name) => name.length)) + 2
    const columns = Math.max(1, Math.floor(this.#terminal.columns / width))
    const rows = Math.ceil(names.length / columns)
    let listing = '\r\n'
    for (let row = 0; row < rows; row++) {
      const cells = Array.from({ length: columns }, (_, column) => names[column * rows + row]).filter((name) => name !== undefined)
      listing += `${cells.map((name, i) => (i === cells.length - 1 ? name : name.padEnd(width))).join('')}\r\n`
    }
    return `${listing}${this.#prompt}${this.#line.text}`
  }
}

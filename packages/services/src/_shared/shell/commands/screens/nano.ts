import type { Call, Programs } from '../../interpreter/call.ts'
import { opened, saved, steps, TextDocument, visible } from './document.ts'
import { Keyboard } from './keyboard.ts'

const VERSIONS = { debian12: '7.2', ubuntu22: '6.2', ubuntu24: '7.2' }
const BEGIN =
  '\x1b[?2004h\x1b[?1049h\x1b[22;0;0t\x1b[1;%rr\x1b(B\x1b[m\x1b[4l\x1b[?7h\x1b[39;49m\x1b[?1h\x1b=\x1b[?1h\x1b=\x1b[?25l\x1b[39;49m\x1b(B\x1b[m\x1b[H\x1b[2J'
const END = '\x1b[?12l\x1b[?25h\x1b[%r;1H\x1b[?1049l\x1b[23;0;0t\r\x1b[?1l\x1b>\x1b[?2004l'
const inverse = (text: string): string => `\x1b(B\x1b[0;7m${text}\x1b(B\x1b[m`
const MAIN: readonly (readonly (readonly [string, string])[])[] = [
  [
    ['^G', 'Help'],
    ['^O', 'Write Out'],
    ['^W', 'Where Is'],
    ['^K', 'Cut'],
    ['^T', 'Execute'],
    ['^C', 'Location'],
  ],
  [
    ['^X', 'Exit'],
    ['^R', 'Read File'],
    ['^\\', 'Replace'],
    ['^U', 'Paste'],
    ['^J', 'Justify'],
    ['^/', 'Go To Line'],
  ],
]

class Nano {
  readonly #call: Call
  readonly #keys: Keyboard
  readonly #document: TextDocument
  readonly #version: string
  #path: string
  #message: string
  #cut: string[] = []

  constructor(call: Call, keys: Keyboard, path: string, text: string, message: string) {
    this.#call = call
    this.#keys = keys
    this.#path = path
    this.#document = new TextDocument(text)
    this.#message = message
    this.#version = VERSIONS[call.machine.persona.os.distro]
  }

  async run(): Promise<void> {
    await this.#call.out(BEGIN.replace('%r', String(this.#keys.rows)))
    await this.#draw()
    for (let key = await this.#keys.next(); key !== null; key = await this.#keys.next()) {
      this.#message = ''
      if (key === '\x18' && (await this.#leave())) break
      if (key === '\x0f') await this.#write()
      else if (key === '\x03') this.#locate()
      else if (key === '\x0b') this.#cut.push(this.#document.cut())
      else if (key === '\x15') this.#paste()
      else if (key === '\x17') await this.#search()
      else this.#edit(key)
      await this.#draw()
    }
    await this.#call.out(END.replace('%r', String(this.#keys.rows)))
  }

  #edit(key: string): void {
    const document = this.#document
    const step = steps(key, this.#keys.rows - 5)
    if (step !== undefined) document.move(...step)
    else if (key === '\r' || key === '\n') document.split()
    else if (key === '\x7f' || key === '\b') document.backspace()
    else if (key === '\x1b[3~' || key === '\x04') document.delete()
    else if (key === '\x01') document.column = 0
    else if (key === '\x05') document.column = document.line.length
    else if (key === '\t' || (key.length === 1 && key >= ' ')) document.insert(key)
  }
  #locate(): void {
    const { row, column, lines, line, text } = this.#document
    const before = lines.slice(0, row).reduce((sum, one) => sum + one.length + 1, column)
    const percent = (part: number, of: number): number => (of === 0 ? 100 : Math.floor((part * 100) / of))
    this.#message = `line ${row + 1}/${lines.length} (${percent(row + 1, lines.length)}%), col ${column + 1}/${line.length + 1} (${percent(column + 1, line.length + 1)}%), char ${before}/${text.length} (${percent(before, text.length)}%)`
  }
  #paste(): void {
    for (const line of this.#cut.splice(0)) {
      this.#document.column = 0
      this.#document.insert(line)
      this.#document.split()
    }
  }
  async #search(): Promise<void> {
    const wanted = await this.#ask('Search: ', '')
    if (wanted === null || wanted === '') {
      this.#message = 'Cancelled'
      return
    }
    const { lines, row } = this.#document
    const at = [...lines.keys()].map((i) => (row + 1 + i) % lines.length).find((i) => lines[i]?.includes(wanted))
    if (at === undefined) this.#message = `"${wanted}" not found`
    else {
      this.#document.row = at
      this.#document.column = lines[at]?.indexOf(wanted) ?? 0
    }
  }

  /** A line at the foot; null when it was cancelled. */
  async #ask(question: string, given: string): Promise<string | null> {
    let answer = given
    const row = this.#keys.rows - 2
    for (;;) {
      const text = `${question}${answer}`
      await this.#call.out(
        `\x1b[${row};1H${inverse(text.padEnd(this.#keys.columns))}\x1b[${row + 1};1H${inverse('^G')} Help\x1b[K\x1b[${row + 2};1H${inverse('^C')} Cancel\x1b[K\x1b[${row};${text.length + 1}H\x1b[?25h`,
      )
      const key = await this.#keys.next()
      if (key === null || key === '\x03') return null
      if (key === '\r' || key === '\n') return answer
      if (key === '\x7f' || key === '\b') answer = answer.slice(0, -1)
      else if (key.length === 1 && key >= ' ' && answer.length < 4096) answer += key
    }
  }
  /** False when nothing was written. */
  async #write(): Promise<boolean> {
    const path = await this.#ask('File Name to Write: ', this.#path)
    if (path === null || path === '') {
      this.#message = 'Cancelled'
      return false
    }
    const problem = await saved(this.#call, path, this.#document.text)
    const count = this.#document.text === '' ? 0 : this.#document.lines.length
    this.#message = problem === null ? `Wrote ${count} line${count === 1 ? '' : 's'}` : `Error writing ${path}: ${problem}`
    if (problem !== null) return false
    this.#path = path
    this.#document.changed = false
    return true
  }
  /** Whether to leave. */
  async #leave(): Promise<boolean> {
    if (!this.#document.changed) return true
    const row = this.#keys.rows - 2
    await this.#call.out(
      `\x1b[?25l\r\x1b[${row}d${inverse('Save modified buffer?'.padEnd(this.#keys.columns))}\x1b[${row + 1};1H${inverse(' Y')} Yes\x1b[K\r\x1b[${row + 2}d${inverse(' N')} No  \x1b[14G   ${inverse('^C')} Cancel\x1b[K\x1b[${row};23H\x1b[?12l\x1b[?25h`,
    )
    for (;;) {
      const key = await this.#keys.next()
      if (key === null || /^[nN]$/.test(key)) return true
      if (/^[yY]$/.test(key)) return await this.#write()
      if (key === '\x03') {
        this.#message = 'Cancelled'
        return false
      }
    }
  }

  async #draw(): Promise<void> {
    const { columns, rows } = this.#keys
    const height = Math.max(1, rows - 4)
    const name = this.#path === '' ? 'New Buffer' : this.#path
    const left = `  GNU nano ${this.#version}`
    const title = `${left}${' '.repeat(Math.max(1, Math.floor((columns - name.length) / 2) - left.length + 1))}${name}${this.#document.changed ? ' *' : ''}`
    const body = this.#document.window(height)
    const lines = Array.from({ length: height }, (_, i) => `\x1b[${i + 2};1H\x1b[K${visible(body[i] ?? '', columns)}`)
    const width = Math.max(8, Math.floor(columns / 6))
    const bar = (row: readonly (readonly [string, string])[]): string =>
      row
        .map(
          ([key, text], i) =>
            `\x1b[${i * width + 1}G${inverse(key)} ${text.padEnd(Math.max(0, width - 4)).slice(0, Math.max(4, width - 3))}`,
        )
        .join('')
    const message =
      this.#message === ''
        ? ''
        : `\x1b[${rows - 2};${Math.max(1, Math.floor((columns - this.#message.length - 4) / 2) + 1)}H${inverse(`[ ${this.#message} ]`)}`
    await this.#call.out(
      `\x1b[?25l\x1b[H${inverse(title.slice(0, columns).padEnd(columns))}${lines.join('')}\x1b[${rows - 2};1H\x1b[K${message}\x1b[${rows - 1};1H\x1b[K${bar(MAIN[0] ?? [])}\x1b[${rows};1H\x1b[K${bar(MAIN[1] ?? [])}\x1b[${this.#document.row - this.#document.top + 2};${Math.min(columns, this.#document.column + 1)}H\x1b[?12l\x1b[?25h`,
    )
  }
}

async function nano(call: Call): Promise<number> {
  const version = VERSIONS[call.machine.persona.os.distro]
  if (call.args.includes('--version') || call.args.includes('-V'))
    return await call
      .out(
        ` GNU nano, version ${version}\n (C) 2022 the Free Software Foundation and various contributors\n Compiled options: --disable-libmagic --enable-utf8\n`,
      )
      .then(() => 0)
  const path = call.args.find((arg) => !arg.startsWith('-') && !arg.startsWith('+')) ?? ''
  const keys = Keyboard.take(call)
  if (keys === null)
    return await call.err(call.toTty ? 'Standard input is not a terminal\n' : 'Standard output is not a terminal\n').then(() => 1)
  try {
    const { text, problem } = path === '' ? { text: '', problem: null } : await opened(call, path)
    const count = (text ?? '').replace(/\n$/, '').split('\n').length
    const message =
      path === ''
        ? 'Welcome to nano.  For basic help, type Ctrl+G.'
        : problem !== null
          ? problem === 'Is a directory'
            ? `"${path}" is a directory`
            : `Error reading ${path}: ${problem}`
          : text === null
            ? 'New File'
            : text === ''
              ? 'Read 0 lines'
              : `Read ${count} line${count === 1 ? '' : 's'}`
    await new Nano(call, keys, path, text ?? '', message).run()
  } finally {
    keys.release()
  }
  return 0
}
export const nanoProgram: Programs = { nano, editor: nano, 'sensible-editor': nano, pico: nano, rnano: nano }

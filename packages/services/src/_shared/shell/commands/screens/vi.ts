import type { Call, Programs } from '../../interpreter/call.ts'
import { toBytes } from '../../interpreter/streams.ts'
import { opened, saved, steps, TextDocument, visible } from './document.ts'
import { Keyboard } from './keyboard.ts'

const VERSIONS = {
  debian12: ['9.0', '1378', '1-1378, 1499'],
  ubuntu22: ['8.2', '4919', '1-579, 1969, 580-1848, 4975, 5016, 5023, 5072, 2068, 1849-1854, 1856-1857, 1855, 1858-4919'],
  ubuntu24: ['9.1', '16', '1-16'],
} as const
const BEGIN =
  '\x1b[?1049h\x1b[22;0;0t\x1b[>4;2m\x1b[?1h\x1b=\x1b[?2004h\x1b[?1004h\x1b[1;%rr\x1b[?12h\x1b[?12l\x1b[22;2t\x1b[22;1t\x1b[27m\x1b[23m\x1b[29m\x1b[m\x1b[H\x1b[2J'
const END = '\x1b[23;2t\x1b[23;1t\x1b[%r;1H\x1b[K\x1b[%r;1H\x1b[?1004l\x1b[?2004l\x1b[?1l\x1b>\x1b[?1049l\x1b[23;0;0t\x1b[?25h\x1b[>4;m'

type Mode = 'normal' | 'insert' | 'command'

class Vi {
  readonly #call: Call
  readonly #keys: Keyboard
  readonly #document: TextDocument
  #path: string
  #mode: Mode = 'normal'
  #typed = ''
  /** Keys of an unfinished command: `d` of `dd`. */
  #pending = ''
  #message: string
  #register: string[] = []
  #undo: string | null = null
  #done = false
  #splash: boolean

  constructor(call: Call, keys: Keyboard, path: string, text: string, message: string) {
    this.#call = call
    this.#keys = keys
    this.#path = path
    this.#document = new TextDocument(text)
    this.#message = message
    this.#splash = path === ''
  }

  async run(): Promise<void> {
    const rows = String(this.#keys.rows)
    await this.#call.out(BEGIN.replace('%r', rows))
    await this.#draw()
    for (let key = await this.#keys.next(); key !== null && !this.#done; key = await this.#keys.next()) {
      if (this.#mode === 'command') await this.#command(key)
      else if (this.#mode === 'insert') this.#insert(key)
      else await this.#normal(key)
      if (this.#done) break
      await this.#draw()
    }
    await this.#call.out(END.replaceAll('%r', rows))
  }

  #insert(key: string): void {
    const document = this.#document
    const step = steps(key, this.#keys.rows - 2)
    if (key === '\x1b' || key === '\x03') {
      this.#mode = 'normal'
      this.#message = ''
      document.move(0, -1)
    } else if (step !== undefined) document.move(...step)
    else if (key === '\r' || key === '\n') document.split()
    else if (key === '\x7f' || key === '\b') document.backspace()
    else if (key === '\t' || (key.length === 1 && key >= ' ')) document.insert(key)
  }

  async #normal(key: string): Promise<void> {
    const document = this.#document
    const keys = this.#pending + key
    this.#pending = ''
    this.#splash = false
    this.#message = ''
    const step =
      steps(key, this.#keys.rows - 2) ??
      (
        { h: [0, -1], j: [1, 0], k: [-1, 0], l: [0, 1], ' ': [0, 1], '\r': [1, 0], '\x7f': [0, -1] } as Readonly<
          Record<string, readonly [number, number]>
        >
      )[keys]
    if (/^[iaoOIAsS]$/.test(keys)) this.#open(keys)
    else if (keys === ':' || keys === '/') {
      this.#mode = 'command'
      this.#typed = keys
    } else if (/^([dycgZ]|\d+)$/.test(keys) && keys.length < 8) this.#pending = keys
    else if (keys === 'ZZ') await this.#execute('x')
    else if (keys === 'ZQ') this.#done = true
    else if (/^\d*dd$/.test(keys)) {
      this.#undo = document.text
      this.#register = Array.from({ length: Math.min(document.lines.length, Number(keys.slice(0, -2)) || 1) }, () => document.cut())
    } else if (keys === 'yy') this.#register = [document.line]
    else if (keys === 'p') {
      this.#undo = document.text
      for (const line of this.#register) document.lines.splice(++document.row, 0, line)
      document.changed = true
    } else if (keys === 'x') {
      this.#undo = document.text
      document.delete()
    } else if (keys === 'u' && this.#undo !== null) {
      const row = document.row
      document.lines = this.#undo.replace(/\n$/, '').split('\n')
      document.row = 0
      document.move(row, 0)
      this.#undo = null
    } else if (keys === 'G') document.move(document.lines.length, 0)
    else if (keys === 'gg') document.move(-document.lines.length, 0)
    else if (keys === '0' || keys === '^') document.column = 0
    else if (keys === '$') document.column = document.line.length
    else if (keys === 'w') document.column += /^\s*\S*\s*/.exec(document.line.slice(document.column))?.[0].length ?? 0
    else if (keys === '\x03') this.#message = 'Type  :qa  and press <Enter> to exit Vim'
    else if (step !== undefined) document.move(...step)
    document.move(0, 0)
  }
  #open(key: string): void {
    const document = this.#document
    this.#undo = document.text
    this.#mode = 'insert'
    if (key === 'a') document.move(0, 1)
    else if (key === 'A') document.column = document.line.length
    else if (key === 'I') document.column = 0
    else if (key === 'o' || key === 'O') {
      document.column = 0
      document.lines.splice(key === 'o' ? ++document.row : document.row, 0, '')
      document.changed = true
    } else if (key === 's') document.delete()
    else if (key === 'S') {
      document.line = ''
      document.column = 0
    }
  }

  async #command(key: string): Promise<void> {
    if (key === '\x1b' || key === '\x03') this.#mode = 'normal'
    else if (key === '\x7f' || key === '\b') {
      this.#typed = this.#typed.slice(0, -1)
      if (this.#typed === '') this.#mode = 'normal'
    } else if (key === '\r' || key === '\n') {
      this.#mode = 'normal'
      this.#message = ''
      if (this.#typed.startsWith('/')) this.#search(this.#typed.slice(1))
      else await this.#execute(this.#typed.slice(1).trim())
    } else if (key.length === 1 && key >= ' ' && this.#typed.length < 4096) this.#typed += key
  }
  #search(wanted: string): void {
    const { lines, row } = this.#document
    const at = [...lines.keys()].map((i) => (row + 1 + i) % lines.length).find((i) => lines[i]?.includes(wanted))
    if (at === undefined || wanted === '') this.#message = `\x1b[37m\x1b[41mE486: Pattern not found: ${wanted}\x1b[m`
    else {
      this.#document.row = at
      this.#document.column = lines[at]?.indexOf(wanted) ?? 0
    }
  }

  async #execute(command: string): Promise<void> {
    const error = (text: string): void => {
      this.#message = `\x1b[37m\x1b[41m${text}\x1b[m`
    }
    const shell = /^!(.*)$/s.exec(command)?.[1]
    if (shell !== undefined) return await this.#shell(shell)
    if (command === 'sh' || command === 'shell') return await this.#shell('')
    const line = /^\d+$/.exec(command)?.[0]
    const [, verb = '', bang = '', name = ''] = /^([a-z]+)(!?)\s*(.*)$/i.exec(command) ?? []
    if (line !== undefined) {
      this.#document.row = 0
      this.#document.move(Number(line) - 1, 0)
    } else if (/^(w|wq|x|write|wqa|xa|up|sav)$/.test(verb)) {
      const path = name === '' ? this.#path : name
      if (path === '') return error('E32: No file name')
      const existed = this.#call.fs.has(this.#call.path(path), this.#call.as)
      const { text } = this.#document
      const problem = await saved(this.#call, path, text)
      if (problem !== null) return error(`"${path}" E212: Can't open file for writing`)
      this.#path ||= path
      this.#document.changed = false
      this.#message = `"${path}" ${existed ? '' : '[New] '}${text === '' ? 0 : this.#document.lines.length}L, ${text.length}B written`
      if (/^(wq|x|wqa|xa)$/.test(verb)) {
        await this.#call.out(`\x1b[${this.#keys.rows};1H\x1b[K${this.#message}`)
        this.#done = true
      }
    } else if (/^(q|qa|quit|cq)$/.test(verb)) {
      if (this.#document.changed && bang === '') error('E37: No write since last change (add ! to override)')
      else this.#done = true
    } else if (verb === 'set' || verb === 'noh' || command === '') this.#message = ''
    else if (/^(help|h)$/.test(verb)) error('E319: Sorry, the command is not available in this version')
    else error(`E492: Not an editor command: ${command}`)
  }
  async #shell(command: string): Promise<void> {
    this.#call.session.observer.command(toBytes(command === '' ? ':sh' : `:!${command}`), {
      cwd: toBytes(this.#call.state.cwd),
      user: this.#call.state.user.name,
    })
    await this.#call.out(`\x1b[${this.#keys.rows};1H\x1b[?1049l\n`)
    this.#keys.pause()
    try {
      const child = this.#call.state.fork()
      await this.#call.runner.process(child, () => this.#call.runner.source(command === '' ? 'bash' : command, child))
    } finally {
      this.#keys.resume()
    }
    if (command !== '') {
      await this.#call.out('\nPress ENTER or type command to continue')
      await this.#keys.next()
    }
    await this.#call.out('\x1b[?1049h')
  }

  #welcome(lines: string[]): void {
    const [version, patch] = VERSIONS[this.#call.machine.persona.os.distro]
    const words = [
      'VIM - Vi IMproved',
      '',
      `version ${version}.${patch}`,
      'by Bram Moolenaar et al.',
      'Modified by team+vim@tracker.debian.org',
      'Vim is open source and freely distributable',
      '',
      'Help poor children in Uganda!',
      'type  :help iccf<Enter>       for information ',
      '',
      'type  :q<Enter>               to exit         ',
      'type  :help<Enter>  or  <F1>  for on-line help',
      `type  :help version${version.split('.')[0]}<Enter>   for version info`,
    ]
    const start = Math.max(1, Math.floor((this.#keys.rows - words.length - 1) / 2))
    for (const [i, word] of words.entries())
      if (start + i < lines.length && word !== '')
        lines[start + i] = `\x1b[1m\x1b[34m~\x1b[m${' '.repeat(Math.max(0, Math.floor((this.#keys.columns - word.length) / 2) - 1))}${word}`
  }

  async #draw(): Promise<void> {
    const { columns, rows } = this.#keys
    const height = Math.max(1, rows - 1)
    const document = this.#document
    const body = document.window(height)
    const lines = Array.from({ length: height }, (_, i) => {
      const text = body[i]
      return text === undefined ? '\x1b[1m\x1b[34m~\x1b[m' : visible(text, columns)
    })
    if (this.#splash && this.#mode === 'normal') this.#welcome(lines)
    const empty = document.line.length === 0
    const position = `${document.lines.length === 1 && empty ? 0 : document.row + 1},${empty ? '0-1' : document.column + 1}`
    const all =
      document.lines.length <= height
        ? 'All'
        : document.top === 0
          ? 'Top'
          : document.top + height >= document.lines.length
            ? 'Bot'
            : `${Math.floor((document.top * 100) / (document.lines.length - height))}%`
    const foot =
      this.#mode === 'command'
        ? this.#typed
        : `${this.#mode === 'insert' ? '\x1b[1m-- INSERT --\x1b[m' : this.#message}\x1b[${rows};${Math.max(1, columns - 17)}H${position.padEnd(14)}${all}`
    const cursor =
      this.#mode === 'command'
        ? `\x1b[${rows};${this.#typed.length + 1}H`
        : `\x1b[${document.row - document.top + 1};${Math.min(columns, document.column + 1)}H`
    await this.#call.out(
      `\x1b[?25l${lines.map((line, i) => `\x1b[${i + 1};1H${line}\x1b[K`).join('')}\x1b[${rows};1H\x1b[K${foot}${cursor}\x1b[?25h`,
    )
  }
}

async function vi(call: Call): Promise<number> {
  const [version, , patches] = VERSIONS[call.machine.persona.os.distro]
  if (call.args.includes('--version'))
    return await call
      .out(
        `VIM - Vi IMproved ${version} (${version === '8.2' ? '2019 Dec 12' : version === '9.0' ? '2022 Jun 28' : '2024 Jan 02'}, compiled ${version === '9.0' ? 'Jan 21 2024 19:00:00' : 'Apr 01 2024 08:05:20'})\nIncluded patches: ${patches}\nModified by team+vim@tracker.debian.org\nCompiled by team+vim@tracker.debian.org\nSmall version without GUI.  Features included (+) or not (-):\n`,
      )
      .then(() => 0)
  const path = call.args.find((arg) => !arg.startsWith('-') && !arg.startsWith('+')) ?? ''
  const keys = Keyboard.take(call)
  if (keys === null) {
    await call.err(
      `${call.toTty ? '' : 'Vim: Warning: Output is not to a terminal\n'}${call.stdin.tty ? '' : 'Vim: Warning: Input is not from a terminal\n'}`,
    )
    return await call.err('Vim: Error reading input, exiting...\nVim: Finished.\n').then(() => 1)
  }
  try {
    const { text, problem } = path === '' ? { text: '', problem: null } : await opened(call, path)
    const count = text === null || text === '' ? 0 : text.replace(/\n$/, '').split('\n').length
    const message =
      path === ''
        ? ''
        : problem !== null
          ? `"${path}" ${problem === 'Permission denied' ? '[Permission Denied]' : problem === 'Is a directory' ? 'is a directory' : problem}`
          : text === null
            ? `"${path}" [New]`
            : `"${path}" ${call.fs.allows(call.path(path), 2, call.as) ? '' : '[readonly] '}${count}L, ${text.length}B`
    await new Vi(call, keys, path, text ?? '', message).run()
  } finally {
    keys.release()
  }
  return 0
}
export const viProgram: Programs = { vi, vim: vi, view: vi, ex: vi, 'vim.tiny': vi, rview: vi }

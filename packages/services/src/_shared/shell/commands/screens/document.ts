import type { Call } from '../../interpreter/call.ts'

const SIZE_MAX = 1_048_576

/** A text under a cursor, with the window through which it is seen. */
export class TextDocument {
  lines: string[]
  row = 0
  column = 0
  top = 0
  changed = false
  #size: number

  constructor(text: string) {
    this.lines = text.slice(0, SIZE_MAX).replace(/\n$/, '').split('\n')
    this.#size = text.length
  }
  get text(): string {
    const whole = this.lines.join('\n')
    return whole === '' ? '' : `${whole}\n`
  }
  get line(): string {
    return this.lines[this.row] ?? ''
  }
  set line(text: string) {
    this.lines[this.row] = text
    this.changed = true
  }
  insert(text: string): void {
    if (this.#size + text.length > SIZE_MAX) return
    this.#size += text.length
    this.line = this.line.slice(0, this.column) + text + this.line.slice(this.column)
    this.column += text.length
  }
  split(): void {
    if (this.#size >= SIZE_MAX) return
    this.#size++
    const rest = this.line.slice(this.column)
    this.line = this.line.slice(0, this.column)
    this.lines.splice(++this.row, 0, rest)
    this.column = 0
  }
  backspace(): void {
    if (this.column > 0) {
      this.line = this.line.slice(0, this.column - 1) + this.line.slice(this.column)
      this.column--
    } else if (this.row > 0) {
      const [rest = ''] = this.lines.splice(this.row--, 1)
      this.column = this.line.length
      this.line += rest
    }
  }
  delete(): void {
    if (this.column < this.line.length) this.line = this.line.slice(0, this.column) + this.line.slice(this.column + 1)
    else if (this.row + 1 < this.lines.length) {
      const [rest = ''] = this.lines.splice(this.row + 1, 1)
      this.line += rest
    }
  }
  /** Takes the line out. */
  cut(): string {
    const [line = ''] = this.lines.splice(this.row, 1)
    if (this.lines.length === 0) this.lines = ['']
    this.changed = true
    this.move(0, 0)
    return line
  }
  move(rows: number, columns: number): void {
    this.row = Math.max(0, Math.min(this.lines.length - 1, this.row + rows))
    this.column = Math.max(0, Math.min(this.line.length, this.column + columns))
  }
  /** The lines that are seen in a window of that height, which follows the cursor. */
  window(height: number): readonly string[] {
    if (this.row < this.top) this.top = this.row
    if (this.row >= this.top + height) this.top = this.row - height + 1
    return this.lines.slice(this.top, this.top + height)
  }
}

/** Rows and columns that a key moves by; undefined when it is no such key. */
export const steps = (key: string, page: number): readonly [number, number] | undefined =>
  ({
    '\x1b[A': [-1, 0] as const,
    '\x1bOA': [-1, 0] as const,
    '\x1b[B': [1, 0] as const,
    '\x1bOB': [1, 0] as const,
    '\x1b[C': [0, 1] as const,
    '\x1bOC': [0, 1] as const,
    '\x1b[D': [0, -1] as const,
    '\x1bOD': [0, -1] as const,
    '\x1b[5~': [-page, 0] as const,
    '\x1b[6~': [page, 0] as const,
    '\x1b[H': [0, -1_048_576] as const,
    '\x1b[1~': [0, -1_048_576] as const,
    '\x1b[F': [0, 1_048_576] as const,
    '\x1b[4~': [0, 1_048_576] as const,
  })[key]

/** Control characters and bytes as editors show them, cut to the width. */
export const visible = (line: string, width: number): string =>
  line
    .replace(/\t/g, '        ')
    .replace(/[\x00-\x1f\x7f]/g, (char) => `^${String.fromCharCode((char.charCodeAt(0) + 64) & 127)}`)
    .slice(0, width)

/** Content of the file to edit; null when there is none yet, the reason when it cannot be read. */
export async function opened(call: Call, path: string): Promise<{ readonly text: string | null; readonly problem: string | null }> {
  return await call.attempt<{ readonly text: string | null; readonly problem: string | null }>(
    () => ({ text: call.fs.read(call.path(path), call.as).toString('latin1'), problem: null }),
    (reason, error) => ({ text: null, problem: error.code === 'ENOENT' ? null : reason }),
  )
}
/** Writes it; the observer hears of it. The reason when the disk refuses. */
export async function saved(call: Call, path: string, text: string): Promise<string | null> {
  return await call.attempt<string | null>(
    () => {
      const data = Buffer.from(text, 'latin1')
      call.fs.write(call.path(path), data, call.as, { mode: 0o666 & ~call.state.umask })
      call.session.observer.file(call.path(path), data)
      return null
    },
    (reason) => reason,
  )
}

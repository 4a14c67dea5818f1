import type { Session } from '../interpreter/session.ts'
import { type Input, type Output, Pipe, toBytes, toText } from '../interpreter/streams.ts'
import { charactersOf } from './line-buffer.ts'

const TYPED_MAX = 1_048_576

/** The line discipline between a client and what runs on its terminal: echo, erase, signals, `\n` ↔ `\r\n`. */
export class Terminal {
  echo = true
  canonical = true
  columns: number
  rows: number
  /** Set while a line editor takes the keys itself. */
  editor: ((bytes: string) => void) | null = null
  /** Called for ^C; ^\ likewise. */
  interrupt: ((signal: number) => void) | null = null
  /** A signal that came while nobody was there to take it: the next command's. */
  missed = 0
  readonly #session: Session
  readonly #pipe = new Pipe({ tty: true, capacity: TYPED_MAX })
  #line = ''
  #typed = ''
  #ended = false

  constructor(session: Session, size: { readonly columns: number; readonly rows: number }) {
    this.#session = session
    this.columns = size.columns
    this.rows = size.rows
    session.terminal = this
  }

  readonly input: Input = {
    tty: true,
    read: async (max) => {
      this.#flushTyped()
      return await this.#pipe.read(max)
    },
    unread: (data) => this.#pipe.unread(data),
    close: () => undefined,
  }
  readonly output: Output = {
    tty: true,
    write: async (data) => {
      this.#session.options.stdout(toBytes(toText(data).replace(/\n/g, '\r\n')))
      await this.#session.paceOutput(data.length, this.#session.hangup.signal)
    },
    close: () => undefined,
  }
  /** Bytes as they are. */
  show(text: string): void {
    if (text !== '') this.#session.options.stdout(toBytes(text))
  }

  receive(data: Uint8Array): void {
    const text = toText(data)
    if (this.editor === null) this.#cooked(text)
    else this.editor(text)
  }
  end(): void {
    this.#ended = true
    this.#pipe.end()
  }
  get ended(): boolean {
    return this.#ended
  }

  /** Bytes that came behind a finished line while an editor had the echo off: the next reader's. */
  keep(text: string): void {
    if (this.#typed.length < TYPED_MAX) this.#typed += text
    if (this.#pipe.waiting) this.#flushTyped()
  }

  /** What was typed while nobody edited: the editor's to begin with. */
  takeTyped(): string {
    this.missed = 0
    const typed = this.#typed + this.#line
    this.#typed = ''
    this.#line = ''
    return typed
  }
  #flushTyped(): void {
    if (this.#typed === '') return
    this.#pipe.push(toBytes(this.#typed.replaceAll('\r', '\n')))
    this.#typed = ''
  }

  #cooked(text: string): void {
    for (let i = 0; i < text.length; i++) {
      const char = text[i] ?? ''
      if (char === '\x03' || char === '\x1c') {
        this.show(char === '\x03' ? '^C' : '^\\')
        this.#line = ''
        this.#typed = ''
        const signal = char === '\x03' ? 2 : 3
        if (this.interrupt === null) this.missed = signal
        else this.interrupt(signal)
        if (this.editor !== null) {
          this.editor(text.slice(i + 1))
          return
        }
      } else if (!this.canonical) {
        if (this.echo) this.show(char === '\r' ? '\r\n' : char)
        this.#give(char === '\r' ? '\n' : char)
      } else if (char === '\x1a') this.show('^Z')
      else this.#canonical(char)
    }
  }
  #canonical(char: string): void {
    if (char === '\r' || char === '\n') {
      if (this.echo) this.show('\r\n')
      this.#give(`${this.#line}\n`)
      this.#line = ''
    } else if (char === '\x04') {
      if (this.#line === '') this.#pipe.pushEnd()
      else this.#give(this.#line)
      this.#line = ''
    } else if (char === '\x7f' || char === '\b') {
      const characters = charactersOf(this.#line)
      if (characters.pop() !== undefined && this.echo) this.show('\b \b')
      this.#line = characters.join('')
    } else if (char === '\x15' || char === '\x17') {
      const kept = char === '\x15' ? '' : this.#line.replace(/\S+\s*$/, '')
      if (this.echo) this.show('\b \b'.repeat(charactersOf(this.#line).length - charactersOf(kept).length))
      this.#line = kept
    } else if (this.#line.length < 4095) {
      this.#line += char
      if (this.echo) this.show(char < ' ' && char !== '\t' ? `^${String.fromCharCode(char.charCodeAt(0) + 64)}` : char)
    }
  }
  #give(text: string): void {
    if (this.#typed.length + this.#pipe.size > TYPED_MAX) return
    if (this.#pipe.waiting) this.#pipe.push(toBytes(text))
    else this.#typed += text
  }
}

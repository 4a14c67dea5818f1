import type { Call } from '../../interpreter/call.ts'
import { Terminal } from '../../terminal/terminal.ts'

const PENDING_MAX = 65_536
const SEQUENCE = /^\x1b(?:\[[0-9;?]*[ -/]*[@-~]|O[A-Za-z])/

/** The keys of a terminal in raw mode, ^C among them, until `release`; null where no person sits. */
export class Keyboard {
  readonly #terminal: Terminal
  readonly #gone: AbortSignal
  #pending: string
  #wake: () => void = () => undefined

  static take(call: Call): Keyboard | null {
    const { terminal } = call.session
    return terminal instanceof Terminal && call.stdin.tty ? new Keyboard(call, terminal) : null
  }
  private constructor(call: Call, terminal: Terminal) {
    this.#terminal = terminal
    this.#gone = AbortSignal.any([call.state.signal, call.session.hangup.signal])
    this.#gone.addEventListener('abort', () => this.#wake(), { once: true })
    this.#pending = ''
    this.resume()
  }
  /** Takes the keys again after `pause`. */
  resume(): void {
    this.#pending += this.#terminal.takeTyped()
    this.#terminal.editor = (bytes) => {
      if (this.#pending.length < PENDING_MAX) this.#pending += bytes
      this.#wake()
    }
  }
  /** Lets another program have the terminal. */
  pause(): void {
    this.#terminal.editor = null
  }
  get columns(): number {
    return this.#terminal.columns
  }
  get rows(): number {
    return this.#terminal.rows
  }

  /** The next key, an escape sequence as a whole; '' when `ms` have passed; null when the connection or the process is gone. */
  async next(ms?: number): Promise<string | null> {
    const end = ms === undefined ? undefined : performance.now() + ms
    while (this.#pending === '') {
      if (this.#gone.aborted || this.#terminal.ended) return null
      const left = end === undefined ? 2_147_483_647 : end - performance.now()
      if (left <= 0) return ''
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.min(left, 600_000))
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
    const key = SEQUENCE.exec(this.#pending)?.[0] ?? this.#pending.charAt(0)
    this.#pending = this.#pending.slice(key.length)
    return key
  }
  /** Gives the terminal back, with what was typed ahead. */
  release(): void {
    this.#terminal.editor = null
    if (this.#pending !== '') this.#terminal.keep(this.#pending)
  }
}

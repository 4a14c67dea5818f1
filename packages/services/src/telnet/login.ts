/** What the dialogue of login(1) asks of the one who runs it. */
export interface LoginOutput {
  write(text: string): void
  /** Resolves to whether they may come in; takes the daemon's own delay when not. */
  check(user: Buffer, password: Buffer): Promise<boolean>
  /** In, with what was typed ahead. */
  welcome(user: Buffer, ahead: Buffer): void
  leave(): void
  /** Something of ours broke. */
  failed(error: unknown): void
}

/** shadow's LOGIN_RETRIES. */
const TRIES = 5
/** A terminal's line, as N_TTY bounds it. */
const LONGEST_LINE = 4096
const AHEAD = 64 * 1024

/** login(1) on a terminal in canonical mode: prompts, echo, line editing, five tries. Input may come in any pieces, also ahead. */
export class Login {
  readonly #out: LoginOutput
  readonly #prompt: string
  #line: number[] = []
  #ahead: Buffer = Buffer.alloc(0)
  #user: Buffer | null = null
  #state: 'name' | 'password' | 'checking' | 'over' = 'name'
  #failures = 0

  /** `hostname`: stands before `login:`. */
  constructor(hostname: string, out: LoginOutput) {
    this.#prompt = `${hostname} login: `
    this.#out = out
  }

  start(): void {
    this.#out.write(this.#prompt)
  }

  input(data: Buffer): void {
    if (this.#state === 'over') return
    this.#ahead = this.#ahead.length === 0 ? data : Buffer.concat([this.#ahead, data])
    this.#work()
    if (this.#ahead.length > AHEAD) this.#ahead = this.#ahead.subarray(0, AHEAD)
  }

  stop(): void {
    this.#state = 'over'
    this.#ahead = Buffer.alloc(0)
  }

  #work(): void {
    while (this.#ahead.length > 0 && (this.#state === 'name' || this.#state === 'password')) {
      const byte = this.#ahead[0] ?? 0
      this.#ahead = this.#ahead.subarray(1)
      this.#key(byte)
    }
  }

  #key(byte: number): void {
    const echo = this.#state === 'name'
    if (byte === 13 || byte === 10) {
      this.#out.write('\r\n')
      this.#enter()
    } else if (byte === 127 || byte === 8) {
      if (this.#line.pop() !== undefined && echo) this.#out.write('\b \b')
    } else if (byte === 21) {
      if (echo) this.#out.write('\b \b'.repeat(this.#line.length))
      this.#line = []
    } else if (byte === 3 || byte === 28 || (byte === 4 && this.#line.length === 0)) {
      this.stop()
      this.#out.leave()
    } else if (this.#line.length < LONGEST_LINE) {
      this.#line.push(byte)
      if (echo) this.#out.write(byte < 32 ? `^${String.fromCharCode(byte + 64)}` : String.fromCharCode(byte))
    }
  }

  #enter(): void {
    const line = Buffer.from(this.#line)
    this.#line = []
    if (this.#state === 'name') {
      if (line.length === 0) this.#out.write(this.#prompt)
      else {
        this.#user = line
        this.#state = 'password'
        this.#out.write('Password: ')
      }
    } else if (this.#user) {
      this.#state = 'checking'
      this.#check(this.#user, line).catch(this.#out.failed)
    }
  }

  async #check(user: Buffer, password: Buffer): Promise<void> {
    const allowed = await this.#out.check(user, password)
    if (this.#state !== 'checking') return
    if (allowed) {
      const ahead = this.#ahead
      this.stop()
      this.#out.welcome(user, ahead)
      return
    }
    this.#out.write('\r\nLogin incorrect\r\n')
    this.#failures++
    if (this.#failures >= TRIES) {
      this.#out.write(`Maximum number of tries exceeded (${TRIES})\r\n`)
      this.stop()
      this.#out.leave()
      return
    }
    this.#user = null
    this.#state = 'name'
    this.#out.write(this.#prompt)
    this.#work()
  }
}

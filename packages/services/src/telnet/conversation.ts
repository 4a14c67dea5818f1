import type { Socket } from 'node:net'
import { events } from '@decnet/contracts/events'
import type { ServiceContext } from '@decnet/kernel/service'
import type { Host } from '../_shared/shell/port.ts'
import { type RecordedShell, startRecordedShell } from '../_shared/visit/recorded-shell.ts'
import { settle, type VISIT_EMITS, type Visit } from '../_shared/visit/visit.ts'
import { encodeOutput, NewlineFolder, TelnetDecoder, type TelnetInput } from './codec.ts'
import type { TelnetConfig } from './config.ts'
import { daemonOf } from './daemons.ts'
import { Login } from './login.ts'
import { Negotiation } from './negotiation.ts'

type Emits = (typeof VISIT_EMITS)[number] | typeof events.authAttempt
export type TelnetContext = ServiceContext<TelnetConfig, Emits> & { readonly authenticated: () => void }

const AYT = 246
/** Keys that telnetd turns commands into: EOF, IP, BREAK, EC, EL. */
const KEYS: Readonly<Record<number, number>> = { 236: 4, 244: 3, 243: 3, 247: 127, 248: 21 }
/** Output nobody reads: past this the connection is cut. */
const STUCK = 8 * 1024 * 1024

/** One telnet connection: opening, login, shell. */
export class Conversation {
  readonly #socket: Socket
  readonly #context: TelnetContext
  readonly #host: Host
  readonly #done: (fault?: unknown) => void
  #fault: unknown
  readonly #decoder = new TelnetDecoder()
  readonly #newlines = new NewlineFolder()
  readonly #negotiation: Negotiation
  readonly #login: Login
  #prompted = false
  #patience: NodeJS.Timeout | null = null
  #timeout: NodeJS.Timeout | null = null
  #delay: NodeJS.Timeout | null = null
  #tty: string | null = null
  #shell: RecordedShell | null = null
  #visit: Visit | null = null
  #over = false

  constructor(socket: Socket, context: TelnetContext, host: Host, done: (fault?: unknown) => void) {
    this.#socket = socket
    this.#context = context
    this.#host = host
    this.#done = done
    this.#negotiation = new Negotiation(daemonOf(context.persona))
    this.#login = new Login(context.persona.hostname, {
      write: (text) => this.#print(Buffer.from(text, 'latin1')),
      check: (user, password) => this.#check(user, password),
      welcome: (user, ahead) => this.#welcome(user, ahead),
      leave: () => this.#finish(),
      failed: (error) => {
        this.#fault = error
        this.#finish()
      },
    })
  }

  start(): void {
    const { config, signal } = this.#context
    if (config.login_timeout > 0) this.#timeout = setTimeout(() => this.#expire(), config.login_timeout * 1000)
    this.#patience = setTimeout(() => this.#prompt(), config.negotiation_wait_ms)
    signal.addEventListener('abort', () => this.#finish(), { once: true })
    this.#socket.on('data', (chunk) => this.#read(chunk))
    this.#socket.once('end', () => this.#inputEnd())
    this.#socket.once('close', () => this.#finish())
    this.#send(this.#negotiation.start())
    if (this.#negotiation.complete) this.#prompt()
    this.#socket.resume()
  }

  #read(chunk: Buffer): void {
    if (this.#over) return
    const { columns, rows } = this.#negotiation
    this.#socket.cork()
    for (const input of this.#decoder.push(chunk)) this.#take(input)
    process.nextTick(() => this.#socket.uncork())
    if (columns !== this.#negotiation.columns || rows !== this.#negotiation.rows)
      this.#shell?.resize(this.#negotiation.columns, this.#negotiation.rows)
  }

  #take(input: TelnetInput): void {
    if (this.#over) return
    if (input.kind === 'data') {
      this.#data(this.#newlines.push(input.data, this.#negotiation.binary))
    } else if (input.kind === 'command') {
      const key = KEYS[input.command]
      if (key !== undefined) this.#data(Buffer.of(key))
      else if (input.command === AYT) this.#send(Buffer.from('\r\n[Yes]\r\n'))
    } else {
      this.#send(this.#negotiation.take(input))
      if (this.#negotiation.complete) this.#prompt()
    }
  }

  /** A bot that types without negotiating gets its prompt at once. */
  #data(data: Buffer): void {
    if (data.length === 0) return
    this.#prompt()
    if (this.#shell) this.#shell.input(data)
    else this.#login.input(data)
  }

  #prompt(): void {
    if (this.#prompted || this.#over) return
    this.#prompted = true
    if (this.#patience) clearTimeout(this.#patience)
    this.#send(this.#negotiation.skip())
    this.#tty = this.#host.allocateTty()
    this.#send(Buffer.from(daemonOf(this.#context.persona).banner(this.#context.persona, this.#tty.replace(/^\/dev\//u, ''))))
    this.#login.start()
  }

  async #check(user: Buffer, password: Buffer): Promise<boolean> {
    const { session, config, random } = this.#context
    const found = this.#host.userNamed(user.toString('latin1'))
    const allowed = found !== undefined && this.#host.opens(found, password)
    session.emit(events.authAttempt, {
      principal: user,
      secret: password,
      outcome: allowed ? 'success' : 'failure',
      method: 'login',
    })
    if (allowed) return true
    await new Promise<void>((resolve) => {
      this.#delay = setTimeout(resolve, config.fail_delay_ms * (0.75 + random() / 2))
    })
    return false
  }

  #welcome(name: Buffer, ahead: Buffer): void {
    const { session, now, random } = this.#context
    const user = this.#host.userNamed(name.toString('latin1'))
    if (!user) {
      this.#finish()
      return
    }
    if (this.#timeout) clearTimeout(this.#timeout)
    this.#context.authenticated()
    const host = this.#host
    const visit: Visit = { host, user, as: host.credentialsOf(user), session, now, random, pending: new Set() }
    this.#visit = visit
    const { term, columns, rows } = this.#negotiation
    this.#shell = startRecordedShell(visit, {
      terminal: { term, columns, rows, tty: this.#tty ?? host.allocateTty() },
      env: {},
      via: 'telnet',
      stdout: (data) => this.#print(data),
      stderr: (data) => this.#print(data),
      exit: () => this.#finish(),
    })
    if (ahead.length > 0) this.#shell.input(ahead)
  }

  #expire(): void {
    this.#print(Buffer.from(`\r\nLogin timed out after ${this.#context.config.login_timeout} seconds.\r\n`))
    this.#finish()
  }

  /** A terminal's output. */
  #print(data: Uint8Array): void {
    this.#send(encodeOutput(data))
  }

  #send(data: Uint8Array): void {
    if (this.#over || data.length === 0) return
    if (this.#socket.writableLength > STUCK) this.#finish()
    else this.#socket.write(data)
  }

  /** A client that has said everything still gets its answers. */
  #inputEnd(): void {
    this.#prompt()
    // What was typed ahead is being looked at; a shell that opens for it is heard out.
    setImmediate(() => {
      if (this.#shell) this.#shell.inputEnd()
      else this.#finish()
    })
  }

  #finish(): void {
    if (this.#over) return
    this.#over = true
    for (const timer of [this.#patience, this.#timeout, this.#delay]) if (timer) clearTimeout(timer)
    this.#login.stop()
    this.#shell?.hangup()
    void this.#settle()
  }

  async #settle(): Promise<void> {
    if (this.#visit) await settle(this.#visit)
    this.#done(this.#fault)
  }
}

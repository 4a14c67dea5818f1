import { negotiate, OPTION, type TelnetInput, type Verb } from './codec.ts'
import type { ClientOptions, Daemon } from './daemons.ts'

const OPPOSITE: Readonly<Record<Verb, Verb>> = { DO: 'WONT', WILL: 'DONT', DONT: 'WONT', WONT: 'DONT' }

/** Where a daemon's opening stands and what the client has agreed to. Pure: gives the bytes to send. */
export class Negotiation implements ClientOptions {
  readonly #daemon: Daemon
  /** WILL or WONT of the client. */
  readonly #client = new Map<number, boolean>()
  /** DO or DONT of the client, for options of ours. */
  readonly #ours = new Map<number, boolean>()
  readonly #detailed = new Set<number>()
  /** What we have asked or offered and not yet heard about: its answer is not answered again. */
  readonly #asked = new Set<string>()
  #step = -1
  columns = 80
  rows = 24
  term = 'network'

  constructor(daemon: Daemon) {
    this.#daemon = daemon
  }
  will(option: number): boolean {
    return this.#client.get(option) === true
  }
  /** The client sends eight bits, carriage returns unescaped. */
  get binary(): boolean {
    return this.will(OPTION.BINARY)
  }
  /** The opening is through: `login:` may come. */
  get complete(): boolean {
    return this.#step >= this.#daemon.steps.length
  }
  start(): Buffer {
    return this.#advance()
  }
  /** Gives up waiting: everything still to be said. */
  skip(): Buffer {
    const out: Buffer[] = []
    while (!this.complete) out.push(this.#next())
    return Buffer.concat(out)
  }
  take(input: TelnetInput): Buffer {
    let reply = Buffer.alloc(0)
    if (input.kind === 'negotiation') reply = this.#negotiate(input.verb, input.option)
    else if (input.kind === 'subnegotiation') this.#detail(input.option, input.data)
    return Buffer.concat([reply, this.#advance()])
  }

  #negotiate(verb: Verb, option: number): Buffer<ArrayBuffer> {
    const theirs = verb === 'WILL' || verb === 'WONT'
    const yes = verb === 'WILL' || verb === 'DO'
    const states = theirs ? this.#client : this.#ours
    const before = states.get(option)
    states.set(option, yes)
    const question = `${theirs ? 'DO' : 'WILL'} ${option}`
    if (this.#asked.delete(question)) return Buffer.alloc(0)
    if (!yes && this.#asked.delete(`${theirs ? 'DONT' : 'WONT'} ${option}`)) return Buffer.alloc(0)
    if (before === yes) return Buffer.alloc(0)
    const known = theirs ? this.#daemon.takes : this.#daemon.offers
    if (yes && !known.includes(option)) {
      states.set(option, false)
      return Buffer.from(negotiate(OPPOSITE[verb], option))
    }
    if (!yes && before === undefined) return Buffer.alloc(0)
    const agreement: Verb = theirs ? (yes ? 'DO' : 'DONT') : yes ? 'WILL' : 'WONT'
    return Buffer.from(negotiate(agreement, option))
  }

  #detail(option: number, data: Buffer): void {
    // Of line mode it is the acknowledged MODE that counts, not the special characters.
    if (option !== OPTION.LINEMODE || data[0] === 1) this.#detailed.add(option)
    if (option === OPTION.NAWS && data.length >= 4) {
      this.columns = Math.min(data.readUInt16BE(0) || 80, 1000)
      this.rows = Math.min(data.readUInt16BE(2) || 24, 1000)
    } else if (option === OPTION.TERMINAL_TYPE && data[0] === 0) {
      const term = data.subarray(1, 65).toString('latin1').toLowerCase()
      if (/^[\w.+-]+$/u.test(term)) this.term = term
    }
  }

  #advance(): Buffer {
    const out: Buffer[] = []
    while (!this.complete && this.#answered()) out.push(this.#next())
    return Buffer.concat(out)
  }

  #next(): Buffer {
    this.#step++
    const bytes = this.#daemon.steps[this.#step]?.bytes(this) ?? Buffer.alloc(0)
    for (let at = 0; at + 2 < bytes.length; at++) {
      if (bytes[at] !== 255) continue
      if (bytes[at + 1] === 253) this.#asked.add(`DO ${bytes[at + 2]}`)
      if (bytes[at + 1] === 251) this.#asked.add(`WILL ${bytes[at + 2]}`)
      if (bytes[at + 1] === 254) this.#asked.add(`DONT ${bytes[at + 2]}`)
    }
    return bytes
  }

  #answered(): boolean {
    const step = this.#daemon.steps[this.#step]
    if (!step) return true
    const heard = (option: number) => this.#client.has(option) || this.#ours.has(option)
    return step.answers.every(heard) && step.details.every((option) => !this.will(option) || this.#detailed.has(option))
  }
}

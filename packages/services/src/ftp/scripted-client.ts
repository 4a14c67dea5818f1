import net from 'node:net'
import { type DeckyPlan, makePersona, type Persona, type PersonaPackages } from '@decnet/persona'

/** A persona of that server's, in UTC; the same on each call. */
export function personaWith(server: PersonaPackages['ftp']['server']): Persona {
  for (let attempt = 0; ; attempt += 1) {
    const plan: DeckyPlan = {
      name: 'file-01',
      seed: `ftp test ${attempt}`,
      archetype: 'file-server',
      ip: '127.0.0.1',
      createdAt: Date.UTC(2026, 10, 21),
      services: [{ name: 'ftp', port: 21, config: {} }],
    }
    const persona = makePersona(plan)
    if (persona.packages.ftp.server === server) return { ...persona, timezone: 'Etc/UTC' }
  }
}
export const login = (persona: Persona) => {
  const user = persona.users.find(({ uid, password }) => uid >= 1000 && password !== null)
  if (user?.password === undefined || user.password === null) throw new Error('a persona lets nobody in')
  return { name: user.name, password: user.password, home: user.home }
}

/** An FTP client for tests: speaks line by line and fetches what comes over passive data connections. */
export class Client {
  #heard = ''
  readonly #socket: net.Socket
  #wake: () => void = () => undefined
  ended = false
  static async open(port: number): Promise<Client> {
    const socket = net.connect(port, '127.0.0.1')
    const client = new Client(socket)
    return client
  }
  constructor(socket: net.Socket) {
    this.#socket = socket
    socket.on('data', (data) => {
      this.#heard += data.toString('latin1')
      this.#wake()
    })
    for (const end of ['end', 'close', 'error'] as const)
      socket.on(end, () => {
        this.ended = true
        this.#wake()
      })
  }
  /** The next whole reply, or '' at the end. */
  async reply(): Promise<string> {
    for (;;) {
      const whole = /^(?:\d{3}-[\s\S]*?\r\n)?\d{3} [^\r\n]*\r\n/u.exec(this.#heard)
      if (whole) {
        this.#heard = this.#heard.slice(whole[0].length)
        return whole[0]
      }
      if (this.ended) return ''
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }
  /** What was heard and not yet taken. */
  get heard(): string {
    return this.#heard
  }
  say(line: string): Promise<string> {
    this.#socket.write(`${line}\r\n`, 'latin1')
    return this.reply()
  }
  raw(data: string | Buffer): void {
    this.#socket.write(data)
  }
  /** Ends our side with these last bytes. */
  finish(data: string): void {
    this.#socket.end(data, 'latin1')
  }
  async data(): Promise<net.Socket> {
    const [, , , , , high, low] = /\((\d+),(\d+),(\d+),(\d+),(\d+),(\d+)\)/u.exec(await this.say('PASV')) ?? []
    const socket = net.connect(Number(high) * 256 + Number(low), '127.0.0.1')
    await new Promise((resolve) => socket.once('connect', resolve))
    return socket
  }
  async fetch(command: string): Promise<{ first: string; data: string; last: string }> {
    const socket = await this.data()
    const chunks: Buffer[] = []
    const done = new Promise((resolve) => {
      socket.on('close', resolve)
    })
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.on('error', () => undefined)
    const first = await this.say(command)
    const last = first.startsWith('1') ? await this.reply() : ''
    if (first.startsWith('1')) await done
    socket.destroy()
    return { first, data: Buffer.concat(chunks).toString('latin1'), last }
  }
  async put(command: string, data: string | Buffer): Promise<string> {
    const socket = await this.data()
    socket.on('error', () => undefined)
    const first = await this.say(command)
    if (!first.startsWith('150')) {
      socket.destroy()
      return first
    }
    socket.end(data)
    return first + (await this.reply())
  }
  close(): void {
    this.#socket.destroy()
  }
}

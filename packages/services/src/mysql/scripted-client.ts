import { createHash } from 'node:crypto'
import net from 'node:net'
import { frame, PacketReader } from './packet.ts'

const sha1 = (...parts: Uint8Array[]) => parts.reduce((hash, part) => hash.update(part), createHash('sha1')).digest()
const sha256 = (...parts: Uint8Array[]) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest()
const xor = (a: Buffer, b: Buffer) => Buffer.from(a.map((byte, index) => byte ^ (b[index] ?? 0)))

/** What a client sends for a password, written apart from the server's own check. */
export const nativeProof = (password: string, salt: Buffer): Buffer =>
  password === '' ? Buffer.alloc(0) : xor(sha1(Buffer.from(password)), sha1(salt, sha1(sha1(Buffer.from(password)))))
export const sha2Proof = (password: string, salt: Buffer): Buffer =>
  password === '' ? Buffer.alloc(0) : xor(sha256(Buffer.from(password)), sha256(sha256(sha256(Buffer.from(password))), salt))

/** LONG_PASSWORD, FOUND_ROWS… as the C client sends them, without CONNECT_WITH_DB, SSL and session tracking. */
export const CLIENT_CAPABILITIES = 0x00_2a_a2_05

export interface Login {
  readonly user: string
  readonly password?: string
  readonly database?: string
  readonly capabilities?: number
  readonly plugin?: 'mysql_native_password' | 'caching_sha2_password'
}

/** For tests: speaks the protocol by packets, says nothing on its own, keeps what it hears. */
export class ScriptedClient {
  readonly socket: net.Socket
  readonly #reader = new PacketReader(1 << 26)
  readonly #queue: Buffer[] = []
  #wake: (() => void) | null = null
  #over = false
  /** Of the last packet heard. */
  sequence = 0
  greeting: Buffer = Buffer.alloc(0)

  private constructor(socket: net.Socket) {
    this.socket = socket
    const stir = () => {
      this.#wake?.()
      this.#wake = null
    }
    socket.on('data', (chunk) => {
      this.#reader.push(chunk)
      for (;;) {
        const length = this.#reader.pending
        const packet = this.#reader.next()
        if (packet === 'out-of-order') {
          // Every answer begins anew; the order within it is the tests' to look at.
          this.#reader.expected = (this.#reader.expected + 1) & 0xff
          if (length === this.#reader.pending && this.#reader.expected === 0xff) this.#reader.expected = 0
          continue
        }
        if (packet === null || packet === 'too-large') break
        this.sequence = packet.sequence
        this.#queue.push(packet.payload)
      }
      stir()
    })
    const end = () => {
      this.#over = true
      stir()
    }
    socket.on('close', end)
    socket.on('end', end)
    socket.on('error', end)
  }

  static async open(port: number, host = '127.0.0.1'): Promise<ScriptedClient> {
    const socket = net.connect({ port, host, noDelay: true })
    const client = new ScriptedClient(socket)
    client.greeting = (await client.packet()) ?? Buffer.alloc(0)
    return client
  }

  get salt(): Buffer {
    const from = this.greeting.indexOf(0, 1) + 5
    return Buffer.concat([this.greeting.subarray(from, from + 8), this.greeting.subarray(from + 27, from + 39)])
  }

  get threadId(): number {
    return this.greeting.readUInt32LE(this.greeting.indexOf(0, 1) + 1)
  }

  /** The next payload; null when the server has ended or says nothing for `ms`. */
  async packet(ms = 3_000): Promise<Buffer | null> {
    const until = Date.now() + ms
    for (;;) {
      const held = this.#queue.shift()
      if (held) return held
      const left = until - Date.now()
      if (this.#over || left <= 0) return null
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left)
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }

  send(sequence: number, payload: Uint8Array): void {
    this.socket.write(frame(sequence, payload))
  }

  /** Payloads of one command's answer, to its end: OK, ERR, or the EOF that ends the rows; an endless one ends at silence. */
  async answer(payloads: Buffer[] = []): Promise<Buffer[]> {
    let eofs = 0
    for (;;) {
      const packet = await this.packet()
      if (packet === null) return payloads
      payloads.push(packet)
      if (packet[0] === 0xff) return payloads
      if (payloads.length === 1 && packet[0] === 0) return payloads
      if (packet[0] === 0xfe && packet.length < 9 && ++eofs === 2) return payloads
    }
  }

  async command(code: number, body: Uint8Array | string = ''): Promise<Buffer[]> {
    this.send(0, Buffer.concat([Buffer.from([code]), typeof body === 'string' ? Buffer.from(body, 'utf8') : body]))
    return this.answer()
  }

  query(sql: string): Promise<Buffer[]> {
    return this.command(3, sql)
  }

  /** Answers the greeting; the payloads up to OK, ERR, or the wish for the whole password. */
  async login({
    user,
    password = '',
    database,
    capabilities = CLIENT_CAPABILITIES,
    plugin = 'mysql_native_password',
  }: Login): Promise<Buffer[]> {
    const proof = (name: string, salt: Buffer) =>
      name === 'caching_sha2_password' ? sha2Proof(password, salt) : nativeProof(password, salt)
    const mine = proof(plugin, this.salt)
    const flags = (capabilities | (database === undefined ? 0 : 8)) >>> 0
    const head = Buffer.alloc(32)
    head.writeUInt32LE(flags, 0)
    head.writeUInt32LE(1 << 24, 4)
    head.writeUInt8(45, 8)
    this.send(
      1,
      Buffer.concat([
        head,
        Buffer.from(`${user}\0`, 'utf8'),
        Buffer.from([mine.length]),
        mine,
        database === undefined ? Buffer.alloc(0) : Buffer.from(`${database}\0`, 'utf8'),
        flags & 0x80000 ? Buffer.from(`${plugin}\0`) : Buffer.alloc(0),
      ]),
    )
    const heard: Buffer[] = []
    for (;;) {
      const packet = await this.packet()
      if (packet === null) return heard
      heard.push(packet)
      if (packet[0] === 0xff || packet[0] === 0 || (packet[0] === 1 && packet[1] === 4)) return heard
      if (packet[0] === 0xfe && packet.length > 1) {
        const name = packet.subarray(1, packet.indexOf(0, 1)).toString()
        this.send(this.sequence + 1, proof(name, packet.subarray(packet.indexOf(0, 1) + 1, packet.indexOf(0, 1) + 21)))
      }
    }
  }

  close(): void {
    this.socket.destroy()
  }
}

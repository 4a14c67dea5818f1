import { MSG, WireWriter } from './wire.ts'

/** What a channel writes to. */
export interface Wire {
  send(payload: Uint8Array): void
  /** Bytes that wait for the network. */
  readonly backlog: number
}

/** sshd's receive window and largest packet for a session. */
export const WINDOW = 2 * 1024 * 1024
export const PACKET = 32 * 1024
/** Output that waits for the client; what a program writes beyond it is lost. */
const QUEUE = 8 * 1024 * 1024
/** While more than this waits in the socket, channels hold still. */
const CONGESTED = 1024 * 1024
const STDERR = 1

/** The server's end of one channel (RFC 4254 §5): windows, order of the end, bounded queue. */
export class Channel {
  readonly id: number
  readonly #remote: number
  readonly #wire: Wire
  readonly #packet: number
  #window: number
  #receiving = 0
  #queue: { data: Uint8Array; stderr: boolean }[] = []
  #queued = 0
  #finish: (() => void) | null = null
  #closed = false
  /** Called when the queue has run empty. */
  onDrained: (() => void) | null = null

  constructor(wire: Wire, id: number, remote: { id: number; window: number; packet: number }) {
    this.#wire = wire
    this.id = id
    this.#remote = remote.id
    this.#window = remote.window
    this.#packet = Math.max(1, Math.min(remote.packet, PACKET))
  }

  get queued(): number {
    return this.#queued
  }

  confirm(): void {
    this.#wire.send(new WireWriter(MSG.CHANNEL_OPEN_CONFIRMATION).uint32(this.#remote).uint32(this.id).uint32(0).uint32(PACKET).done())
  }

  reply(success: boolean): void {
    this.#wire.send(new WireWriter(success ? MSG.CHANNEL_SUCCESS : MSG.CHANNEL_FAILURE).uint32(this.#remote).done())
  }

  /** Lets the client send; sshd does so when a program starts. */
  openWindow(): void {
    this.#receiving = WINDOW
    this.#adjust(WINDOW)
  }

  /** Takes data off the client's account; false when it sends more than it may. */
  received(length: number): boolean {
    if (length > this.#receiving) return false
    this.#receiving -= length
    if (this.#receiving < WINDOW / 2 && !this.#closed) {
      this.#adjust(WINDOW - this.#receiving)
      this.#receiving = WINDOW
    }
    return true
  }

  write(data: Uint8Array, stderr = false): void {
    if (this.#closed || this.#finish || data.length === 0 || this.#queued > QUEUE) return
    this.#queue.push({ data, stderr })
    this.#queued += data.length
    this.flush()
  }

  grow(window: number): void {
    this.#window = Math.min(this.#window + window, 0xffff_ffff)
    this.flush()
  }

  /** Sends what window and network take. */
  flush(): void {
    const before = this.#queued
    while (this.#queue.length > 0 && this.#window > 0 && this.#wire.backlog < CONGESTED) {
      const [head] = this.#queue
      if (!head) break
      const length = Math.min(head.data.length, this.#window, this.#packet)
      const writer = new WireWriter(head.stderr ? MSG.CHANNEL_EXTENDED_DATA : MSG.CHANNEL_DATA).uint32(this.#remote)
      if (head.stderr) writer.uint32(STDERR)
      this.#wire.send(writer.string(head.data.subarray(0, length)).done())
      this.#window -= length
      this.#queued -= length
      if (length < head.data.length) head.data = head.data.subarray(length)
      else this.#queue.shift()
    }
    if (this.#queued > 0) return
    if (before > 0) this.onDrained?.()
    this.#finish?.()
  }

  /** A channel request of the server's that wants no reply: `exit-status`, `exit-signal`, `eow@openssh.com`. */
  request(type: string, data: Uint8Array = Buffer.alloc(0)): void {
    this.#wire.send(new WireWriter(MSG.CHANNEL_REQUEST).uint32(this.#remote).string(type).boolean(false).raw(data).done())
  }

  /** After the last byte: `before` (exit status and the like), EOF, CLOSE. */
  finish(before: () => void): void {
    if (this.#closed || this.#finish) return
    this.#finish = () => {
      this.#finish = null
      if (this.#closed) return
      this.#closed = true
      before()
      this.#wire.send(new WireWriter(MSG.CHANNEL_EOF).uint32(this.#remote).done())
      this.#wire.send(new WireWriter(MSG.CHANNEL_CLOSE).uint32(this.#remote).done())
    }
    if (this.#queued === 0) this.#finish()
  }

  /** The client closed it; true when ours was still open and is now answered. */
  closedByClient(): void {
    if (!this.#closed) this.#wire.send(new WireWriter(MSG.CHANNEL_CLOSE).uint32(this.#remote).done())
    this.#closed = true
    this.#queue = []
    this.#queued = 0
  }

  #adjust(bytes: number): void {
    this.#wire.send(new WireWriter(MSG.CHANNEL_WINDOW_ADJUST).uint32(this.#remote).uint32(bytes).done())
  }
}

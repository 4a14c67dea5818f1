import type { Socket } from 'node:net'
import { encodeFrame, type Verb } from './framing.ts'

export interface OutboxLimits {
  /** Bytes handed to the socket and not yet taken by the peer's side, above which frames wait here. */
  readonly highWater: number
  /** Frames that wait at most; the oldest goes first. */
  readonly maxFrames: number
  /** Bytes of waiting frames at most. */
  readonly maxBytes: number
}
export interface OutboxHooks {
  dropped(count: number): void
  /** The peer reads again after frames were dropped: what to tell it, if anything, before the frames that were kept. */
  recovered(lost: number): Buffer | null
}

const SLAB = 65_536
/** Flushed at once from here on, so that a long burst in one turn is already on its way. */
const BATCH = 65_536
const COPY_BELOW = 4_096
const CONTROL_FRAMES = 4_096

/**
 * What is on its way to one peer. Frames of one turn of the event loop leave in one write; a peer that does not read costs bounded
 * memory and the oldest frames, nobody's time.
 */
export class Outbox {
  readonly #socket: Socket
  readonly #limits: OutboxLimits
  readonly #hooks: OutboxHooks
  #slab = Buffer.alloc(0)
  #used = 0
  #parts: Buffer[] = []
  #bytes = 0
  // the last part while it still grows: bytes of `run` from `runStart` to `runEnd`
  #run: Buffer | undefined
  #runStart = 0
  #runEnd = 0
  #scheduled = false
  #blocked = false
  #waiting: Buffer[] = []
  #waitingBytes = 0
  #urgent: Buffer[] = []
  #lost = 0

  constructor(socket: Socket, limits: OutboxLimits, hooks: OutboxHooks) {
    this.#socket = socket
    this.#limits = limits
    this.#hooks = hooks
    socket.on('drain', () => this.#resume())
  }

  /** Encodes a frame into the batch. */
  encode(verb: Verb, args: string, body: string): void {
    if (this.#blocked) {
      this.#wait(encodeFrame(verb, args, body))
      return
    }
    const head = `${verb} ${args}\n`
    const room = head.length + 4 + body.length * 3
    if (this.#slab.length - this.#used < room) this.#newSlab(room)
    const slab = this.#slab
    const start = this.#used
    let at = start + head.length
    slab.write(head, start, 'latin1')
    const size = slab.write(body, at + 4, 'utf8')
    slab[at++] = size >>> 24
    slab[at++] = size >>> 16
    slab[at++] = size >>> 8
    slab[at++] = size
    this.#used = at + size
    this.#append(slab, start, this.#used)
  }

  /** Passes a frame on as it stands in `bytes`, which nobody changes any more. */
  forward(bytes: Buffer, start: number, end: number): void {
    if (this.#blocked) this.#wait(bytes.subarray(start, end))
    else this.#append(bytes, start, end)
  }

  /** A frame of our own making; small ones are copied together. */
  raw(frame: Buffer): void {
    if (this.#blocked || frame.length > COPY_BELOW) {
      this.forward(frame, 0, frame.length)
      return
    }
    if (this.#slab.length - this.#used < frame.length) this.#newSlab(frame.length)
    const start = this.#used
    this.#slab.set(frame, start)
    this.#used = start + frame.length
    this.#append(this.#slab, start, this.#used)
  }

  /** A frame that is never dropped. `false`: the peer let too many of them wait. */
  control(frame: Buffer): boolean {
    if (!this.#blocked) this.raw(frame)
    else this.#urgent.push(frame)
    return this.#urgent.length <= CONTROL_FRAMES
  }

  /** Writes what this turn gathered. */
  flush(): void {
    this.#scheduled = false
    this.#closeRun()
    if (this.#parts.length === 0) return
    const parts = this.#parts
    this.#parts = []
    this.#bytes = 0
    const socket = this.#socket
    if (socket.destroyed || socket.writableEnded) return
    if (parts.length > 1) socket.cork()
    for (const part of parts) socket.write(part)
    if (parts.length > 1) socket.uncork()
    if (socket.writableLength > this.#limits.highWater) this.#blocked = true
  }

  #append(bytes: Buffer, start: number, end: number): void {
    if (bytes === this.#run && start === this.#runEnd) this.#runEnd = end
    else {
      this.#closeRun()
      this.#run = bytes
      this.#runStart = start
      this.#runEnd = end
    }
    this.#bytes += end - start
    if (this.#bytes >= BATCH) this.flush()
    else if (!this.#scheduled) {
      this.#scheduled = true
      setImmediate(() => this.flush())
    }
  }

  #closeRun(): void {
    if (this.#run) this.#parts.push(this.#run.subarray(this.#runStart, this.#runEnd))
    this.#run = undefined
  }

  #newSlab(room: number): void {
    this.#slab = Buffer.allocUnsafeSlow(Math.max(SLAB, room))
    this.#used = 0
  }

  #wait(frame: Buffer): void {
    this.#waiting.push(frame)
    this.#waitingBytes += frame.length
    let surplus = 0
    while (
      this.#waiting.length - surplus > this.#limits.maxFrames ||
      (this.#waitingBytes > this.#limits.maxBytes && this.#waiting.length - surplus > 1)
    ) {
      this.#waitingBytes -= this.#waiting[surplus++]?.length ?? 0
    }
    if (surplus === 0) return
    this.#waiting.splice(0, surplus)
    this.#lost += surplus
    this.#hooks.dropped(surplus)
  }

  #resume(): void {
    if (!this.#blocked) return
    this.#blocked = false
    const told = this.#lost > 0 ? this.#hooks.recovered(this.#lost) : null
    const frames = [...(told ? [told] : []), ...this.#urgent, ...this.#waiting]
    this.#urgent = []
    this.#waiting = []
    this.#waitingBytes = 0
    this.#lost = 0
    for (const frame of frames) this.forward(frame, 0, frame.length)
  }
}

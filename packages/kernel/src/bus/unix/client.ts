import { connect, type Socket } from 'node:net'
import { decodeMessage } from '../envelope.ts'
import { Hub } from '../hub.ts'
import type { BusLogger } from '../logger.ts'
import type { Bus } from '../port.ts'
import type { LocalSubscription } from '../subscription.ts'
import { encodeFrame, FrameReader, type FrameSink } from './framing.ts'
import { Outbox } from './outbox.ts'
import { checkSocketPath } from './socket-file.ts'

/** A publisher may run ahead of its broker by this much before the oldest go. */
const LIMITS = { highWater: 8_388_608, maxFrames: 1_024, maxBytes: 4_194_304 }
const READ_BUFFER = 131_072
const STABLE_MS = 1_000
const GOODBYE_MS = 200
const CONNECTED_MS = 2_000

export interface ClientOptions {
  readonly path: string
  /** Who this process is, for the broker's log. */
  readonly name: string
  readonly logger?: BusLogger
  /** Pauses between attempts grow from `min` to `max` milliseconds, each shortened by up to half at random; 50 and 2,000. */
  readonly retry?: { readonly min: number; readonly max: number }
}

/**
 * A bus that another process serves: one connection, made at once and again whenever it is lost; subscriptions are renewed and told of the
 * gap. What is published while it is away is gone for other processes; handles of this one still hear each other.
 * @throws {AppError} `bus_socket_path_too_long`
 */
export function connectUnixBus(options: ClientOptions): Bus {
  checkSocketPath(options.path)
  const client = new Client(options)
  client.connect()
  return {
    as: (name) => client.hub.as(name),
    get status() {
      return { adapter: 'unix' as const, connected: client.up, reconnects: client.reconnects, dropped: client.dropped + client.hub.dropped }
    },
    connected: (timeoutMs = CONNECTED_MS) => client.whenConnected(timeoutMs),
    close: () => client.close(),
    [Symbol.asyncDispose]: () => client.close(),
  }
}

class Client {
  readonly hub: Hub
  up = false
  reconnects = 0
  /** Messages that did not get away, those aside that wait for the first attempt. */
  get dropped(): number {
    return this.#lostMessages + (this.#outbox ? 0 : this.#unsent)
  }
  readonly #options: ClientOptions
  #socket: Socket | undefined
  /** Absent while there is nobody to write to. */
  #outbox: Outbox | undefined
  /** SUBs under way by pattern: it is in force when the last of them is acknowledged. */
  readonly #unacknowledged = new Map<string, number>()
  /** Published while there was no connection. */
  #unsent = 0
  #lostMessages = 0
  #failures = 0
  #everConnected = false
  #retry: NodeJS.Timeout | undefined
  #waiting = new Set<(connected: boolean) => void>()
  #closing: Promise<void> | undefined

  constructor(options: ClientOptions) {
    this.#options = options
    this.hub = new Hub({
      publish: (topic, body) => {
        this.#outbox?.encode('PUB', topic, body)
        if (!this.up) this.#unsent++
      },
      subscribe: (subscription, first) => this.#subscribe(subscription, first),
      unsubscribe: (pattern) => void this.#outbox?.control(encodeFrame('UNSUB', pattern)),
    })
  }

  connect(): void {
    const buffer = Buffer.allocUnsafeSlow(READ_BUFFER)
    const reader = new FrameReader((...frame) => this.#frame(...frame))
    const socket = connect({
      path: this.#options.path,
      onread: {
        buffer,
        callback: (length) => {
          if (reader.push(buffer.subarray(0, length))) socket.destroy()
          return true
        },
      },
    })
    this.#socket = socket
    // nothing was missed before the first attempt: what is published meanwhile goes with it
    if (!this.#everConnected && this.#failures === 0) this.#outbox = this.#open(socket)
    socket.once('connect', () => this.#connected(socket))
    // the 'close' that follows says all there is to do
    socket.on('error', () => socket.destroy())
    socket.once('close', () => this.#lost())
  }

  whenConnected(timeoutMs: number): Promise<boolean> {
    if (this.up || this.hub.closed) return Promise.resolve(this.up)
    return new Promise((resolve) => {
      const done = (connected: boolean) => {
        clearTimeout(timer)
        this.#waiting.delete(done)
        resolve(connected)
      }
      const timer = setTimeout(() => done(this.up), timeoutMs)
      this.#waiting.add(done)
    })
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    clearTimeout(this.#retry)
    this.hub.close()
    for (const done of this.#waiting) done(false)
    const socket = this.#socket
    if (!socket || socket.destroyed) return
    const gone = new Promise((resolve) => socket.once('close', resolve))
    this.#outbox?.control(encodeFrame('BYE'))
    this.#outbox?.flush()
    socket.end()
    const timer = setTimeout(() => socket.destroy(), GOODBYE_MS)
    await gone
    clearTimeout(timer)
  }

  #open(socket: Socket): Outbox {
    const outbox = new Outbox(socket, LIMITS, {
      dropped: (count) => {
        this.#lostMessages += count
      },
      recovered: () => null,
    })
    outbox.raw(encodeFrame('HELLO', this.#options.name.replace(/[^!-~]/g, '_').slice(0, 64)))
    for (const pattern of this.hub.patterns()) this.#request(outbox, pattern)
    return outbox
  }

  #connected(socket: Socket): void {
    const { logger, path } = this.#options
    if (this.hub.closed) return
    this.up = true
    if (!this.#outbox) this.#lostMessages += this.#unsent
    this.#unsent = 0
    this.#outbox ??= this.#open(socket)
    if (this.#everConnected) this.reconnects++
    if (this.#everConnected || this.#failures > 0) logger?.info({ path, reconnects: this.reconnects }, 'bus connected')
    this.#everConnected = true
    const stable = setTimeout(() => {
      if (this.#socket === socket && this.up) this.#failures = 0
    }, STABLE_MS)
    stable.unref()
    for (const done of [...this.#waiting]) done(true)
  }

  #lost(): void {
    const { logger, path, retry = { min: 50, max: 2_000 } } = this.#options
    this.up = false
    this.#outbox = undefined
    this.#unacknowledged.clear()
    if (this.hub.closed) return
    if (this.#failures === 0) logger?.warn({ path }, 'bus is away')
    for (const subscription of this.hub.allSubscriptions()) subscription.interrupted = true
    const pause = Math.min(retry.max, retry.min * 2 ** Math.min(this.#failures, 20))
    this.#failures++
    this.#retry = setTimeout(() => this.connect(), pause * (0.5 + Math.random() / 2))
  }

  #subscribe(subscription: LocalSubscription, first: boolean): void {
    // nobody to ask: others may publish before somebody is there
    if (!this.#outbox) subscription.interrupted = true
    else if (first) this.#request(this.#outbox, subscription.pattern)
    else if (!this.#unacknowledged.has(subscription.pattern)) subscription.acknowledge()
  }

  #request(outbox: Outbox, pattern: string): void {
    this.#unacknowledged.set(pattern, (this.#unacknowledged.get(pattern) ?? 0) + 1)
    outbox.control(encodeFrame('SUB', pattern))
  }

  readonly #frame: FrameSink = ({ verb, args }, bytes, _start, bodyStart, end) => {
    if (verb === 'EVT') this.#deliver(args, bytes, bodyStart, end)
    else if (verb === 'ACK') this.#acknowledged(args)
    else if (verb === 'GAP') {
      this.#lostMessages += Math.max(0, Math.trunc(Number(args)) || 0)
      for (const subscription of this.hub.allSubscriptions()) subscription.gap('overflow')
    } else if (verb === 'BYE') {
      this.#socket?.end()
      return false
    }
    return true
  }

  #deliver(topic: string, bytes: Buffer, bodyStart: number, end: number): void {
    if (this.hub.route(topic).length === 0) return
    const decoded = decodeMessage(topic, bytes, bodyStart, end)
    if (decoded.ok) this.hub.deliver(decoded.message)
    else this.#lostMessages++
  }

  #acknowledged(pattern: string): void {
    const left = (this.#unacknowledged.get(pattern) ?? 0) - 1
    if (left > 0) {
      this.#unacknowledged.set(pattern, left)
      return
    }
    this.#unacknowledged.delete(pattern)
    for (const subscription of this.hub.subscriptions(pattern)) subscription.acknowledge()
  }
}

import type { Wire } from '../_shared/wire/wire.ts'
import { CLIENT } from './capabilities.ts'
import { Decompressor, wrapped } from './compression.ts'
import { frame, type Packet, PacketReader } from './packet.ts'
import { errorPacket } from './replies.ts'
import type { SqlError } from './sql-error.ts'

/** Bytes that all connections of one decky may hold of unfinished packets. */
const BUFFERED_LIMIT = 96 * 1024 * 1024
const FLUSH_BYTES = 64 * 1024

/** What the connections of one decky hold together. */
export interface Buffered {
  bytes: number
}

/** A wire in packets: numbers them, keeps their order, ends on what breaks it. */
export class Connection {
  readonly wire: Wire
  readonly reader: PacketReader
  /** What the client can; before it has said so, what every client since 4.1 can. */
  capabilities: number = CLIENT.protocol41
  #next = 0
  #held = 0
  readonly #buffered: Buffered
  #out: Buffer[] = []
  #outLength = 0
  #decompressor: Decompressor | null = null

  constructor(wire: Wire, buffered: Buffered, limit: number) {
    this.wire = wire
    this.reader = new PacketReader(limit, limit)
    this.#buffered = buffered
  }

  /** The next packet; null when the conversation is over, whatever the reason: what there is to say was said. */
  async packet(timeoutMs?: number): Promise<Packet | null> {
    const until = timeoutMs === undefined ? undefined : performance.now() + timeoutMs
    for (;;) {
      const packet = this.reader.next()
      this.#account()
      if (packet === 'out-of-order') return this.#refuse('order')
      if (packet === 'too-large') return this.#refuse('size')
      if (packet !== null) {
        this.#next = (packet.sequence + 1) & 0xff
        return packet
      }
      const left = until === undefined ? undefined : until - performance.now()
      if (left !== undefined && left <= 0) return null
      const chunk = await this.wire.next(left)
      if (typeof chunk === 'string') return null
      const plain = this.#decompressor === null ? chunk : this.#decompressor.push(chunk)
      if (plain === null) return this.#refuse('order')
      this.reader.push(plain)
      if (this.#buffered.bytes + this.reader.pending - this.#held > BUFFERED_LIMIT) return this.#refuse('size')
    }
  }

  problem: 'order' | 'size' | null = null
  /** What had come of the packet that broke it. */
  refused: readonly Buffer[] = []
  #refuse(problem: 'order' | 'size'): null {
    this.problem = problem
    this.refused = this.reader.pieces()
    // The answer takes the number after the one that was awaited.
    this.#next = (this.reader.expected + (problem === 'order' ? 0 : 1)) & 0xff
    return null
  }

  #account(): void {
    const pending = this.reader.pending + (this.#decompressor?.pending ?? 0)
    this.#buffered.bytes += pending - this.#held
    this.#held = pending
  }

  /** From here on both sides speak the compressed protocol. */
  compress(): void {
    this.#decompressor = new Decompressor()
  }

  /** A command begins: numbers begin anew. */
  begin(): void {
    this.reader.expected = 0
    this.#next = 0
  }

  /** The client's next packet answers ours. */
  expectAnswer(): void {
    this.reader.expected = this.#next
  }

  /** Queues a payload; it goes out when there is much, or at {@link flush}. */
  async put(payload: Uint8Array): Promise<boolean> {
    const packet = frame(this.#next, payload)
    this.#next = (this.#next + 1 + Math.floor(payload.length / 0xff_ff_ff)) & 0xff
    this.#out.push(packet)
    this.#outLength += packet.length
    return this.#outLength < FLUSH_BYTES || this.flush()
  }

  async flush(): Promise<boolean> {
    const all = Buffer.concat(this.#out)
    this.#out = []
    this.#outLength = 0
    if (all.length === 0) return !this.wire.gone
    if (this.#decompressor === null) return this.wire.send(all)
    const { packets, count } = wrapped(this.#decompressor.sequence + 1, all)
    this.#decompressor.sequence += count
    return this.wire.send(packets)
  }

  async send(payload: Uint8Array): Promise<boolean> {
    return (await this.put(payload)) && this.flush()
  }

  fail(error: SqlError): Promise<boolean> {
    return this.send(errorPacket(error, this.capabilities))
  }

  close(): void {
    this.#buffered.bytes -= this.#held
    this.#held = 0
  }
}

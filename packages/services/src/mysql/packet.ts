/** Longest payload of one packet; a longer one goes on in the next. */
export const PACKET_LIMIT = 0xff_ff_ff

/** One logical packet, its parts joined. */
export interface Packet {
  readonly payload: Buffer
  /** Sequence number of its last part. */
  readonly sequence: number
}

export type PacketProblem = 'out-of-order' | 'too-large'

/**
 * Reassembles packets (3 bytes of length, little-endian, 1 of sequence) from a stream. Holds at most one packet of `limit` bytes;
 * after a problem it reads nothing more.
 */
export class PacketReader {
  /** The number that the next part must carry. */
  expected = 0
  /** Longest logical packet. */
  limit: number
  /** What is taken of a packet that is too large before it is refused: 0 = its header is enough. */
  patience: number
  #chunks: Buffer[] = []
  #length = 0
  #parts: Buffer[] = []
  #partsLength = 0

  constructor(limit: number, patience = 0) {
    this.limit = limit
    this.patience = patience
  }

  push(chunk: Buffer): void {
    if (chunk.length === 0) return
    this.#chunks.push(chunk)
    this.#length += chunk.length
  }

  /** Bytes that wait for the rest of their packet. */
  get pending(): number {
    return this.#length + this.#partsLength
  }

  /** What was read of an unfinished packet, its header too. */
  pieces(): readonly Buffer[] {
    return [...this.#parts, ...this.#chunks]
  }

  #peek(count: number): Buffer | null {
    if (this.#length < count) return null
    const [first] = this.#chunks
    if (first !== undefined && first.length >= count) return first
    const joined = Buffer.concat(this.#chunks)
    this.#chunks = [joined]
    return joined
  }

  #take(count: number): Buffer {
    const joined = this.#peek(count) ?? Buffer.alloc(0)
    this.#chunks[0] = joined.subarray(count)
    if (joined.length === count) this.#chunks.shift()
    this.#length -= count
    return joined.subarray(0, count)
  }

  /** The next packet, null while it is incomplete. */
  next(): Packet | PacketProblem | null {
    for (;;) {
      const header = this.#peek(4)
      if (header === null) return null
      const length = header.readUIntLE(0, 3)
      if (header.readUInt8(3) !== (this.expected & 0xff)) return 'out-of-order'
      if (this.#partsLength + length > this.limit) return this.#length >= this.patience ? 'too-large' : null
      if (this.#length < 4 + length) return null
      const sequence = this.#take(4).readUInt8(3)
      this.#parts.push(this.#take(length))
      this.#partsLength += length
      this.expected = (sequence + 1) & 0xff
      if (length === PACKET_LIMIT) continue
      const payload = this.#parts.length === 1 ? (this.#parts[0] ?? Buffer.alloc(0)) : Buffer.concat(this.#parts)
      this.#parts = []
      this.#partsLength = 0
      return { payload, sequence }
    }
  }
}

/** A payload as packets, numbered from `sequence` on. */
export function frame(sequence: number, payload: Uint8Array): Buffer {
  const parts: Uint8Array[] = []
  let number = sequence
  for (let from = 0; ; from += PACKET_LIMIT) {
    const part = payload.subarray(from, from + PACKET_LIMIT)
    const header = Buffer.alloc(4)
    header.writeUIntLE(part.length, 0, 3)
    header.writeUInt8(number & 0xff, 3)
    number += 1
    parts.push(header, part)
    if (part.length < PACKET_LIMIT) return Buffer.concat(parts)
  }
}

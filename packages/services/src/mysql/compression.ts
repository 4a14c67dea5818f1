import { inflateSync } from 'node:zlib'
import { uint } from './fields.ts'

const HEADER = 7
const BODY_LIMIT = 0xff_ff_ff

/** Takes the compressed protocol apart: 3 bytes of length, 1 of sequence, 3 of length before compression (0 = it was not), zlib. */
export class Decompressor {
  #chunks: Buffer[] = []
  #length = 0
  /** Bytes without which nothing can be read. */
  #needed = HEADER
  /** Of the last packet read. */
  sequence = 0

  get pending(): number {
    return this.#length
  }

  /** Bytes of the protocol within; null when they are none. Holds at most one packet and inflates to what it declares at most. */
  push(chunk: Buffer): Buffer | null {
    this.#chunks.push(chunk)
    this.#length += chunk.length
    if (this.#length < this.#needed) return Buffer.alloc(0)
    let held = Buffer.concat(this.#chunks)
    const parts: Buffer[] = []
    for (this.#needed = HEADER; held.length >= this.#needed; this.#needed = HEADER) {
      const length = held.readUIntLE(0, 3)
      this.#needed = HEADER + length
      if (held.length < this.#needed) break
      const size = held.readUIntLE(4, 3)
      this.sequence = held.readUInt8(3)
      const body = held.subarray(HEADER, HEADER + length)
      held = held.subarray(HEADER + length)
      const plain = size === 0 ? body : inflated(body, size)
      if (plain === null) return null
      parts.push(plain)
    }
    this.#chunks = [held]
    this.#length = held.length
    return Buffer.concat(parts)
  }
}

function inflated(body: Buffer, size: number): Buffer | null {
  try {
    const plain = inflateSync(body, { maxOutputLength: size })
    return plain.length === size ? plain : null
  } catch {
    // Not zlib, or more than it declares.
    return null
  }
}

/** Bytes of the protocol in packets that are not compressed, numbered from `sequence` on; the count of packets. */
export function wrapped(sequence: number, bytes: Buffer): { readonly packets: Buffer; readonly count: number } {
  const parts: Buffer[] = []
  let count = 0
  for (let from = 0; from < bytes.length; from += BODY_LIMIT) {
    const body = bytes.subarray(from, from + BODY_LIMIT)
    parts.push(uint(3, body.length), uint(1, (sequence + count) & 0xff), uint(3, 0), body)
    count += 1
  }
  return { packets: Buffer.concat(parts), count }
}

/** Reads the protocol's primitive types from a payload. Every read answers null past the end; nothing throws. */
export class FieldReader {
  #at = 0
  readonly #payload: Buffer
  constructor(payload: Buffer) {
    this.#payload = payload
  }

  get left(): number {
    return this.#payload.length - this.#at
  }

  bytes(count: number): Buffer | null {
    if (count < 0 || count > this.left) return null
    this.#at += count
    return this.#payload.subarray(this.#at - count, this.#at)
  }

  rest(): Buffer {
    return this.bytes(this.left) ?? Buffer.alloc(0)
  }

  /** Unsigned, little-endian, up to 6 bytes. */
  uint(size: 1 | 2 | 3 | 4 | 6): number | null {
    return this.bytes(size)?.readUIntLE(0, size) ?? null
  }

  /** Up to and without the next NUL. */
  untilNul(): Buffer | null {
    const end = this.#payload.indexOf(0, this.#at)
    if (end < 0) return null
    const text = this.bytes(end - this.#at)
    this.#at += 1
    return text
  }

  /** Length-encoded integer; null also for 0xfb and 0xff and for what no memory holds. */
  lengthEncoded(): number | null {
    const first = this.uint(1)
    if (first === null || first < 0xfb) return first
    if (first === 0xfc) return this.uint(2)
    if (first === 0xfd) return this.uint(3)
    if (first !== 0xfe) return null
    const value = this.bytes(8)?.readBigUInt64LE() ?? null
    return value === null || value > 0xff_ff_ff_ffn ? null : Number(value)
  }

  lengthEncodedBytes(): Buffer | null {
    const length = this.lengthEncoded()
    return length === null ? null : this.bytes(length)
  }
}

export const uint = (size: 1 | 2 | 3 | 4 | 6, value: number): Buffer => {
  const buffer = Buffer.alloc(size)
  buffer.writeUIntLE(value, 0, size)
  return buffer
}

export function lengthEncoded(value: number | bigint): Buffer {
  const size = Number(value)
  if (size < 0xfb) return uint(1, size)
  if (size <= 0xff_ff) return Buffer.concat([uint(1, 0xfc), uint(2, size)])
  if (size <= 0xff_ff_ff) return Buffer.concat([uint(1, 0xfd), uint(3, size)])
  const wide = Buffer.alloc(9)
  wide.writeUInt8(0xfe)
  wide.writeBigUInt64LE(BigInt(value), 1)
  return wide
}

/** Strings are bytes: one character, one byte. */
export function lengthEncodedBytes(value: Uint8Array | string): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'latin1') : value
  return Buffer.concat([lengthEncoded(bytes.length), bytes])
}

export const terminated = (value: string): Buffer => Buffer.from(`${value}\0`, 'latin1')

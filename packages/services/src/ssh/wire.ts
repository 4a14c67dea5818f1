/** Reads the data types of RFC 4251 §5. A read past the end throws `RangeError`: the message is malformed. */
export class WireReader {
  readonly #data: Buffer
  #at: number
  constructor(data: Uint8Array, at = 0) {
    this.#data = Buffer.isBuffer(data) ? data : Buffer.from(data.buffer, data.byteOffset, data.byteLength)
    this.#at = at
  }
  get left(): number {
    return this.#data.length - this.#at
  }
  byte(): number {
    return this.#data.readUInt8(this.#move(1))
  }
  boolean(): boolean {
    return this.byte() !== 0
  }
  uint32(): number {
    return this.#data.readUInt32BE(this.#move(4))
  }
  uint64(): bigint {
    return this.#data.readBigUInt64BE(this.#move(8))
  }
  /** A view on the message, not a copy. */
  string(): Buffer {
    const length = this.uint32()
    const start = this.#move(length)
    return this.#data.subarray(start, start + length)
  }
  /** One character per byte. */
  ascii(): string {
    return this.string().toString('latin1')
  }
  rest(): Buffer {
    return this.#data.subarray(this.#at)
  }
  #move(length: number): number {
    const start = this.#at
    if (length > this.left) throw new RangeError('message is too short')
    this.#at += length
    return start
  }
}

const uint32 = (value: number): Buffer => {
  const out = Buffer.allocUnsafe(4)
  out.writeUInt32BE(value >>> 0)
  return out
}

/** Builds a message of RFC 4251 data types. */
export class WireWriter {
  readonly #parts: Uint8Array[] = []
  constructor(type?: number) {
    if (type !== undefined) this.byte(type)
  }
  byte(value: number): this {
    this.#parts.push(Buffer.of(value))
    return this
  }
  boolean(value: boolean): this {
    return this.byte(value ? 1 : 0)
  }
  uint32(value: number): this {
    this.#parts.push(uint32(value))
    return this
  }
  uint64(value: bigint | number): this {
    const out = Buffer.allocUnsafe(8)
    out.writeBigUInt64BE(BigInt.asUintN(64, BigInt(value)))
    this.#parts.push(out)
    return this
  }
  /** Text goes out as UTF-8. */
  string(value: string | Uint8Array): this {
    const data = typeof value === 'string' ? Buffer.from(value) : value
    this.#parts.push(uint32(data.length), data)
    return this
  }
  raw(value: Uint8Array): this {
    this.#parts.push(value)
    return this
  }
  done(): Buffer {
    return Buffer.concat(this.#parts)
  }
}

/** Message numbers of RFC 4250 §4.1.2. */
export const MSG = {
  DISCONNECT: 1,
  IGNORE: 2,
  UNIMPLEMENTED: 3,
  DEBUG: 4,
  SERVICE_REQUEST: 5,
  SERVICE_ACCEPT: 6,
  EXT_INFO: 7,
  KEXINIT: 20,
  NEWKEYS: 21,
  USERAUTH_REQUEST: 50,
  USERAUTH_FAILURE: 51,
  USERAUTH_SUCCESS: 52,
  USERAUTH_INFO_REQUEST: 60,
  /** The same number, after a key. */
  USERAUTH_PK_OK: 60,
  USERAUTH_INFO_RESPONSE: 61,
  GLOBAL_REQUEST: 80,
  REQUEST_SUCCESS: 81,
  REQUEST_FAILURE: 82,
  CHANNEL_OPEN: 90,
  CHANNEL_OPEN_CONFIRMATION: 91,
  CHANNEL_OPEN_FAILURE: 92,
  CHANNEL_WINDOW_ADJUST: 93,
  CHANNEL_DATA: 94,
  CHANNEL_EXTENDED_DATA: 95,
  CHANNEL_EOF: 96,
  CHANNEL_CLOSE: 97,
  CHANNEL_REQUEST: 98,
  CHANNEL_SUCCESS: 99,
  CHANNEL_FAILURE: 100,
} as const

/** One frame as it passed. */
export interface Frame {
  /** Epoch milliseconds, with a fraction. */
  readonly ts: number
  /** A view, good until the next frame. */
  readonly data: Buffer
  /** Bytes on the wire, of which `data` may be the first. */
  readonly length: number
}

export const BLOCK_BYTES = 1 << 19
export const BLOCKS = 32
/** Milliseconds after which a block that is not full is handed over. */
export const RETIRE_MS = 20

// linux/if_packet.h: struct tpacket_block_desc, struct tpacket3_hdr, struct sockaddr_ll behind it.
const STATUS = 8
const PACKETS = 12
const FIRST = 16
const USER = 1
const HEADER_BYTES = 48
const PACKET_TYPE = HEADER_BYTES + 10
const HARDWARE_TYPE = HEADER_BYTES + 8
const OUTGOING = 4
const LOOPBACK = 772

/**
 * The ring of blocks that the kernel fills (TPACKET_V3), in memory that both see. A block is the kernel's until its status says
 * otherwise, and again after it was read.
 */
export class PacketRing {
  readonly #bytes: Buffer
  readonly #words: Int32Array<ArrayBuffer>
  readonly #blockBytes: number
  #block = 0

  constructor(memory: ArrayBuffer, blockBytes = BLOCK_BYTES) {
    this.#bytes = Buffer.from(memory)
    this.#words = new Int32Array(memory)
    this.#blockBytes = blockBytes
  }

  /** Takes in the next block; answers the number of its frames, or null when the kernel still holds it. */
  read(take: (frame: Frame) => void): number | null {
    const base = this.#block * this.#blockBytes
    const status = (base + STATUS) / 4
    if ((Atomics.load(this.#words, status) & USER) === 0) return null
    const count = this.#bytes.readUInt32LE(base + PACKETS)
    let at = base + this.#bytes.readUInt32LE(base + FIRST)
    for (let n = 0; n < count; n += 1) {
      this.#frame(at, take)
      at += this.#bytes.readUInt32LE(at)
    }
    Atomics.store(this.#words, status, 0)
    this.#block = (this.#block + 1) % (this.#bytes.length / this.#blockBytes)
    return count
  }

  #frame(at: number, take: (frame: Frame) => void): void {
    const bytes = this.#bytes
    // What goes through the loopback is seen twice.
    if (bytes.readUInt16LE(at + HARDWARE_TYPE) === LOOPBACK && bytes.readUInt8(at + PACKET_TYPE) === OUTGOING) return
    const start = at + bytes.readUInt16LE(at + 24)
    take({
      ts: bytes.readUInt32LE(at + 4) * 1000 + bytes.readUInt32LE(at + 8) / 1e6,
      data: bytes.subarray(start, start + bytes.readUInt32LE(at + 12)),
      length: bytes.readUInt32LE(at + 16),
    })
  }
}

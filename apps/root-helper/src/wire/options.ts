/** Options of a TCP header that a handshake agrees on (RFC 9293, 7323, 2018). */
export interface Options {
  readonly mss?: number
  readonly windowScale?: number
  readonly sack: boolean
  /** TSval and TSecr as they stand. */
  readonly timestamps?: Buffer
  /** An option of another kind is there. */
  readonly others: boolean
}

const END = 0
const PAD = 1
const MSS = 2
const WINDOW_SCALE = 3
const SACK_PERMITTED = 4
const TIMESTAMPS = 8

/** Reads what can be read: everything before the first option that is cut short. */
export function parseOptions(bytes: Buffer): Options {
  const found: { mss?: number; windowScale?: number; sack: boolean; timestamps?: Buffer; others: boolean } = { sack: false, others: false }
  for (let at = 0; at < bytes.length; ) {
    const kind = bytes[at]
    if (kind === END) break
    if (kind === PAD) {
      at += 1
      continue
    }
    const length = bytes[at + 1] ?? 0
    if (length < 2 || at + length > bytes.length) break
    if (kind === MSS && length === 4) found.mss = bytes.readUInt16BE(at + 2)
    else if (kind === WINDOW_SCALE && length === 3) found.windowScale = bytes.readUInt8(at + 2)
    else if (kind === SACK_PERMITTED && length === 2) found.sack = true
    else if (kind === TIMESTAMPS && length === 10) found.timestamps = bytes.subarray(at + 2, at + 10)
    else found.others = true
    at += length
  }
  return found
}

/** Options in the order of a layout (nmap's letters); filled up to whole words with ends. */
export function writeOptions(layout: string, options: Options): Buffer {
  const parts = [...layout].map((letter): readonly number[] => {
    switch (letter) {
      case 'M':
        return [MSS, 4, (options.mss ?? 0) >> 8, (options.mss ?? 0) & 255]
      case 'W':
        return [WINDOW_SCALE, 3, options.windowScale ?? 0]
      case 'S':
        return [SACK_PERMITTED, 2]
      case 'T':
        return [TIMESTAMPS, 10, ...(options.timestamps ?? Buffer.alloc(8))]
      case 'N':
        return [PAD]
      default:
        return [END]
    }
  })
  const written = Buffer.from(parts.flat())
  return Buffer.concat([written, Buffer.alloc((4 - (written.length % 4)) % 4)])
}

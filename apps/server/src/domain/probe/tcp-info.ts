import { createHash } from 'node:crypto'

/** What a machine offers in its SYN-ACK, as far as the kernel tells whoever connects. */
export interface TcpOffer {
  /** The largest segment that is sent there now. */
  readonly mss: number
  /** Bits by which its window is shifted; null where it offers none. */
  readonly windowScale: number | null
  readonly sack: boolean
  readonly timestamps: boolean
}

/** Bytes of `struct tcp_info` that are read here; every Linux of this century has them. */
export const TCP_INFO_BYTES = 104
const OPTIONS = 5
const SCALES = 6
const SENT_MSS = 16
const [TIMESTAMPS, SACK, WINDOW_SCALE] = [1, 2, 4]
/** A timestamp takes so much of each segment (RFC 7323 §3, padded). */
const TIMESTAMP_BYTES = 12

/** Reads `struct tcp_info` (linux/tcp.h) of a fresh connection; null where it is too short to be one. */
export function tcpOfferOf(info: Buffer): TcpOffer | null {
  if (info.length < TCP_INFO_BYTES) return null
  const options = info.readUInt8(OPTIONS)
  const scales = info.readUInt8(SCALES)
  const timestamps = (options & TIMESTAMPS) !== 0
  return {
    mss: Math.min(65_535, info.readUInt32LE(SENT_MSS) + (timestamps ? TIMESTAMP_BYTES : 0)),
    windowScale: options & WINDOW_SCALE ? scales & 0x0f : null,
    sack: (options & SACK) !== 0,
    timestamps,
  }
}

/**
 * A fingerprint of our own over what an unprivileged connection shows; neither TTL, window nor the order of options can be seen there. The
 * segment is left out: the kernel halves small windows for it, another one from moment to moment, and the way there counts too.
 */
export const tcpOfferHash = ({ windowScale, sack, timestamps }: TcpOffer): string =>
  createHash('sha256')
    .update([windowScale ?? '', Number(sack), Number(timestamps)].join(':'))
    .digest('hex')
    .slice(0, 32)

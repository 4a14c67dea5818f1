import type { Socket } from 'node:net'

/** How a service wastes the time of whoever comes. */
export interface Tarpit {
  /** Milliseconds that a connection waits before anything is said; 0 = none. */
  readonly acceptMs: number
  /** Bytes a second that are sent at most; 0 = as fast as the network takes them. */
  readonly bytesPerSecond: number
}

/** Pieces a second, as long as there is a byte for each. */
const PIECES = 4

type Write = (chunk: string | Uint8Array, encoding: BufferEncoding, done: (error?: Error | null) => void) => void
interface Writing {
  _write: Write
  _writev: unknown
}
/** What Node calls bytes among the encodings; a text's own encoding would be taken for theirs. */
const BYTES = 'buffer' as BufferEncoding
const dripping = new WeakSet<Socket>()

/**
 * From now on what is written to the socket leaves as slowly as `pace` says at that moment. The writer sees a slow network: its callbacks come
 * late, its buffer fills. Idempotent.
 */
export function drip(socket: Socket, pace: () => Tarpit | null): void {
  if (dripping.has(socket)) return
  dripping.add(socket)
  const stream = socket as unknown as Writing
  const write: Write = stream._write.bind(socket)
  let timer: ReturnType<typeof setTimeout> | undefined
  socket.once('close', () => clearTimeout(timer))
  stream._writev = null
  stream._write = (chunk, encoding, done) => {
    const whole = typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk
    let at = 0
    const next = (error?: Error | null): void => {
      if (error || at >= whole.length) {
        done(error)
        return
      }
      const bytes = pace()?.bytesPerSecond ?? 0
      const size = bytes === 0 ? whole.length : Math.max(1, Math.round(bytes / PIECES))
      const piece = whole.subarray(at, at + size)
      at += piece.length
      if (bytes === 0) write(piece, BYTES, next)
      else timer = setTimeout(() => write(piece, BYTES, next), (piece.length * 1000) / bytes)
    }
    next()
  }
}

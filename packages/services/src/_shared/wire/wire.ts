import type { Socket } from 'node:net'

/** What {@link Wire.next} answers: bytes, the end of the peer's side, or silence for as long as asked. */
export type Incoming = Buffer | 'end' | 'timeout'

/** A socket as a conversation: pull bytes with a deadline, push bytes with back-pressure. Never throws. */
export interface Wire {
  /** The next bytes. `timeoutMs` absent = wait until the peer or the kernel ends it. One caller at a time. */
  next(timeoutMs?: number): Promise<Incoming>
  /** Puts bytes back in front: they come first at the next {@link next}. */
  unread(data: Buffer): void
  /** Resolves when the socket takes more; false when the peer is gone. */
  send(data: Uint8Array | string): Promise<boolean>
  /** Fire and forget, for messages that others cause; false when the peer is gone or lags by more than `limit` bytes. */
  push(data: Uint8Array | string, limit: number): boolean
  /** Ends our side; the peer's bytes can still be read. */
  end(): void
  readonly gone: boolean
}

/** Takes over a paused socket. Strings are sent as latin1: one character, one byte. */
export function openWire(socket: Socket, signal: AbortSignal): Wire {
  let ended = false
  let pending: Buffer[] = []
  let wake: (() => void) | null = null
  const stir = () => {
    wake?.()
    wake = null
  }
  const end = () => {
    ended = true
    stir()
  }
  socket.on('readable', stir)
  socket.on('end', end)
  socket.on('close', end)
  socket.on('error', end)
  signal.addEventListener('abort', end, { once: true })

  const bytes = (data: Uint8Array | string) => (typeof data === 'string' ? Buffer.from(data, 'latin1') : data)
  const gone = () => socket.destroyed || signal.aborted || !socket.writable
  const stirred = (timeoutMs?: number) =>
    new Promise<boolean>((resolve) => {
      const timer = timeoutMs === undefined ? null : setTimeout(() => resolve(false), timeoutMs)
      wake = () => {
        if (timer) clearTimeout(timer)
        resolve(true)
      }
    })

  return {
    get gone() {
      return gone()
    },
    async next(timeoutMs) {
      const deadline = timeoutMs === undefined ? undefined : performance.now() + timeoutMs
      for (;;) {
        const held = pending.shift()
        if (held) return held
        const chunk: Buffer | null = signal.aborted ? null : socket.read()
        if (chunk !== null && chunk.length > 0) return chunk
        if (ended || socket.readableEnded || socket.destroyed) return 'end'
        const left = deadline === undefined ? undefined : deadline - performance.now()
        if (left !== undefined && left <= 0) return 'timeout'
        if (!(await stirred(left))) return 'timeout'
      }
    },
    unread(data) {
      if (data.length > 0) pending = [data, ...pending]
    },
    async send(data) {
      if (gone()) return false
      if (socket.write(bytes(data))) return true
      await new Promise<void>((resolve) => {
        const done = () => {
          socket.off('drain', done)
          socket.off('close', done)
          signal.removeEventListener('abort', done)
          resolve()
        }
        socket.on('drain', done)
        socket.on('close', done)
        signal.addEventListener('abort', done, { once: true })
      })
      return !gone()
    },
    end() {
      if (!socket.destroyed) socket.end()
    },
    push(data, limit) {
      if (gone() || socket.writableLength > limit) return false
      socket.write(bytes(data))
      return true
    },
  }
}

import net from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** A bare TCP client for tests: sends what it is told, keeps what it hears (the first 4 MiB), never throws. */
export interface WireClient {
  /** Everything heard so far. */
  heard(): Buffer
  send(data: string | Uint8Array): void
  /** Each byte in a packet of its own. */
  sendByteByByte(data: string | Uint8Array): Promise<void>
  /** Resolves when what was heard fits, or when the server has ended, or after `timeoutMs`; says whether it fits. */
  until(fits: (heard: Buffer) => boolean, timeoutMs?: number): Promise<boolean>
  /** Resolves to true once the server has ended the connection, to false after `timeoutMs`. */
  ended(timeoutMs?: number): Promise<boolean>
  /** Ends our side; the other may go on. */
  end(): void
  /** RST. */
  reset(): void
  destroy(): void
}

const KEPT = 4 * 1024 * 1024

/** Connects; resolves when connected, and also when that fails (then nothing is ever heard and it has ended). */
export async function wireClient(port: number, host = '127.0.0.1'): Promise<WireClient> {
  const socket = net.connect({ port, host, allowHalfOpen: true, noDelay: true })
  const chunks: Buffer[] = []
  let size = 0
  let over = false
  const listeners = new Set<() => void>()
  const stir = (): void => {
    for (const listener of listeners) listener()
  }
  const finish = (): void => {
    over = true
    stir()
  }
  socket.on('data', (chunk) => {
    if (size < KEPT) chunks.push(chunk)
    size += chunk.length
    stir()
  })
  socket.on('end', finish)
  socket.on('close', finish)
  await new Promise<void>((resolve) => {
    socket.once('connect', resolve)
    socket.on('error', () => {
      finish()
      resolve()
    })
  })
  const heard = (): Buffer => Buffer.concat(chunks)

  function until(fits: (heard: Buffer) => boolean, timeoutMs = 5_000): Promise<boolean> {
    if (fits(heard())) return Promise.resolve(true)
    if (over) return Promise.resolve(false)
    return new Promise((resolve) => {
      const settle = (value: boolean): void => {
        clearTimeout(timer)
        listeners.delete(look)
        resolve(value)
      }
      const timer = setTimeout(() => settle(false), timeoutMs)
      const look = (): void => {
        if (fits(heard())) settle(true)
        else if (over) settle(false)
      }
      listeners.add(look)
    })
  }
  return {
    heard,
    send: (data) => void (socket.writable && socket.write(data)),
    async sendByteByByte(data) {
      for (const byte of Buffer.from(data as Uint8Array)) {
        if (!socket.writable) return
        socket.write(Buffer.from([byte]))
        await delay(0)
      }
    },
    until,
    async ended(timeoutMs = 5_000) {
      await until(() => over, timeoutMs)
      return over
    },
    end: () => void socket.end(),
    reset: () => void socket.resetAndDestroy(),
    destroy: () => void socket.destroy(),
  }
}

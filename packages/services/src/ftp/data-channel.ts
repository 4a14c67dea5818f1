import { createServer, type Server, type Socket } from 'node:net'

/** The listener behind one PASV or EPSV: takes one connection, from the peer of the control connection only, then closes. */
export interface DataChannel {
  readonly port: number
  /** The peer's data connection; null when it does not come within `timeoutMs` or the channel was closed. */
  accept(timeoutMs: number): Promise<Socket | null>
  close(): void
}

const plain = (address: string | undefined): string => (address ?? '').replace(/^::ffff:/iu, '')

/** Listens on an ephemeral port of the control connection's own address; null when that address cannot be bound. */
export async function openDataChannel(local: string, peer: string): Promise<DataChannel | null> {
  const server: Server = createServer({ pauseOnConnect: true })
  let arrived: Socket | null = null
  let wake: (() => void) | null = null
  let closed = false
  const stir = (): void => {
    wake?.()
    wake = null
  }
  const close = (): void => {
    closed = true
    if (server.listening) server.close()
    arrived?.destroy()
    arrived = null
    stir()
  }
  server.on('connection', (socket) => {
    socket.on('error', () => socket.destroy())
    if (closed || arrived !== null || plain(socket.remoteAddress) !== plain(peer)) {
      socket.destroy()
      return
    }
    arrived = socket
    server.close()
    stir()
  })
  const listening = await new Promise<boolean>((resolve) => {
    server.once('listening', () => resolve(true))
    server.on('error', () => {
      closed = true
      resolve(false)
      stir()
    })
    server.listen({ host: local, port: 0, backlog: 1 })
  })
  const address = server.address()
  if (!listening || address === null || typeof address === 'string') return null

  return {
    port: address.port,
    close,
    async accept(timeoutMs) {
      if (arrived === null && !closed)
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, timeoutMs)
          wake = () => {
            clearTimeout(timer)
            resolve()
          }
        })
      const socket = arrived
      arrived = null
      close()
      return socket
    },
  }
}

import { once } from 'node:events'
import { connect, isIP, type Socket } from 'node:net'
import { AppError, isNodeError } from '@decnet/kernel'
import type { Means, Target } from './probe.ts'

/** An open connection, or why there is none: somebody said no, or nobody said anything. */
export type Connection = Socket | 'closed' | 'silent'

/** A signal that ends with the time for one connection. */
export const within = ({ timeoutMs, signal }: Means): AbortSignal => AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])

/** Connects to exactly the address that was checked; a name is never looked up. */
export async function open({ address, port }: Pick<Target, 'address' | 'port'>, means: Means): Promise<Connection> {
  if (isIP(address) === 0) throw new AppError(`${address} is no address.`, { code: 'bad_address', status: 422 })
  const socket = connect({ host: address, port, noDelay: true })
  // Whatever comes of it later is seen where it is read.
  socket.on('error', () => undefined)
  try {
    await once(socket, 'connect', { signal: within(means) })
    return socket
  } catch (error) {
    socket.destroy()
    return isNodeError(error) && error.code === 'ECONNREFUSED' ? 'closed' : 'silent'
  }
}

/**
 * Sends something and reads until `enough` says so, the other side ends, or so many bytes came. Null: it took too long, which is no answer at
 * all. The connection is gone afterwards.
 */
export async function exchange(
  target: Target,
  means: Means,
  options: { readonly send: Uint8Array; readonly most: number; readonly enough: (received: Buffer) => boolean },
): Promise<Buffer | null> {
  const socket = await open(target, means)
  if (typeof socket === 'string') return socket === 'closed' ? Buffer.alloc(0) : null
  const signal = within(means)
  const late = () => socket.destroy()
  signal.addEventListener('abort', late, { once: true })
  let received = Buffer.alloc(0)
  try {
    socket.write(options.send)
    for await (const chunk of socket) {
      received = Buffer.concat([received, chunk as Buffer])
      if (received.length >= options.most || options.enough(received)) return received
    }
  } catch (error) {
    if (!isNodeError(error)) throw error
  } finally {
    signal.removeEventListener('abort', late)
    socket.destroy()
  }
  return signal.aborted ? null : received
}

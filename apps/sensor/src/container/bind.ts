import net from 'node:net'
import { getSystemErrorName } from 'node:util'
import { AppError } from '@decnet/kernel'

interface Handle {
  getsockname(out: { port?: number }): number
}
type CreateHandle = (address: string, port: number, addressType: 4 | 6, fd: number, flags: number) => Handle | number

/** What `cluster` itself binds with; a `net.Server` would begin to accept here. */
const createHandle = (net as unknown as { readonly _createServerHandle: CreateHandle })._createServerHandle

/** A bound TCP socket that nobody accepts on yet, and its port. @throws {AppError} `listen_failed`. */
export function bind(address: string, port: number): { readonly handle: object; readonly port: number } {
  const handle = createHandle(address, port, address.includes(':') ? 6 : 4, -1, 0)
  const name: { port?: number } = {}
  // libuv keeps a bind's EADDRINUSE for later; asking for the name brings it out.
  const failed = typeof handle === 'number' ? handle : handle.getsockname(name)
  if (typeof handle === 'number' || failed !== 0)
    throw new AppError(`cannot listen on port ${port}: ${getSystemErrorName(failed)}`, { code: 'listen_failed' })
  return { handle, port: name.port ?? port }
}

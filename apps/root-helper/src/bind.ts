import dgram from 'node:dgram'
import net from 'node:net'
import { getSystemErrorName } from 'node:util'
import { AppError } from '@decnet/kernel'

/** A bound socket that nobody listens on yet; it can be sent to another process as it is. */
export interface RawHandle {
  close(): void
  getsockname(out: { port?: number }): number
}
type Create = (address: string, port: number, type: 4 | 6 | 'udp4' | 'udp6', fd: number, flags: number) => RawHandle | number

/** What `cluster` itself binds with; a `net.Server` or `dgram.Socket` would begin to read here. */
const createTcp = (net as unknown as { readonly _createServerHandle: Create })._createServerHandle
const createUdp = (dgram as unknown as { readonly _createSocketHandle: Create })._createSocketHandle

/** @throws {AppError} `port_refused` with what the system says. */
export function bind(transport: 'tcp' | 'udp', address: string, port: number): { handle: RawHandle; port: number } {
  const six = address.includes(':')
  const handle = transport === 'tcp' ? createTcp(address, port, six ? 6 : 4, -1, 0) : createUdp(address, port, six ? 'udp6' : 'udp4', -1, 0)
  const refuse = (errno: number) =>
    new AppError(`Port ${port}/${transport} of ${address} cannot be opened: ${getSystemErrorName(errno)}.`, { code: 'port_refused' })
  if (typeof handle === 'number') throw refuse(handle)
  const name: { port?: number } = {}
  // libuv keeps a bind's EADDRINUSE for later; asking for the name brings it out.
  const late = handle.getsockname(name)
  if (late !== 0) {
    handle.close()
    throw refuse(late)
  }
  return { handle, port: name.port ?? port }
}

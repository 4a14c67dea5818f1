import type { Socket } from 'node:net'
import type { Peer } from '@decnet/kernel/bus'

// socket(7): SOL_SOCKET and SO_PEERCRED as Linux numbers them on x64 and arm64, and `struct ucred`: pid, uid, gid.
const SOL_SOCKET = 1
const SO_PEERCRED = 17
const UCRED_BYTES = 12

/** What tells who is at the other end of a UNIX socket; null with the reason where this machine cannot. */
export type PeerCredentials =
  | { readonly peerOf: (socket: Socket) => Peer | null; readonly reason: null }
  | { readonly peerOf: null; readonly reason: string }

/** Node keeps the descriptor to itself. */
const descriptorOf = (socket: Socket): number => {
  const { fd } = (socket as unknown as { readonly _handle?: { readonly fd?: unknown } })._handle ?? {}
  return typeof fd === 'number' ? fd : -1
}

/** Loads what asks the system. `load` brings the foreign-function library. */
export async function peerCredentials(load: () => Promise<typeof import('koffi')> = () => import('koffi')): Promise<PeerCredentials> {
  if (process.platform !== 'linux') return { peerOf: null, reason: `${process.platform} is not Linux` }
  try {
    const { default: koffi } = await load()
    const ask = koffi.load(null).func('int getsockopt(int, int, int, _Out_ uint8_t *, _Inout_ uint32_t *)')
    const peerOf = (socket: Socket): Peer | null => {
      const said = Buffer.alloc(UCRED_BYTES)
      const length = [UCRED_BYTES]
      if (ask(descriptorOf(socket), SOL_SOCKET, SO_PEERCRED, said, length) !== 0 || length[0] !== UCRED_BYTES) return null
      return { pid: said.readInt32LE(0), uid: said.readUInt32LE(4), gid: said.readUInt32LE(8) }
    }
    return { peerOf, reason: null }
  } catch (error) {
    return { peerOf: null, reason: error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error) }
  }
}

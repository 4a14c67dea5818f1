import type { Socket } from 'node:net'
import type { Peer } from '@decnet/kernel/bus'
import { socketOption } from './socket-option.ts'

// socket(7): SOL_SOCKET and SO_PEERCRED as Linux numbers them on x64 and arm64, and `struct ucred`: pid, uid, gid.
const SOL_SOCKET = 1
const SO_PEERCRED = 17
const UCRED_BYTES = 12

/** What tells who is at the other end of a UNIX socket; null with the reason where this machine cannot. */
export type PeerCredentials =
  | { readonly peerOf: (socket: Socket) => Peer | null; readonly reason: null }
  | { readonly peerOf: null; readonly reason: string }

/** Loads what asks the system. `load` brings the foreign-function library. */
export async function peerCredentials(load?: () => Promise<typeof import('koffi')>): Promise<PeerCredentials> {
  if (process.platform !== 'linux') return { peerOf: null, reason: `${process.platform} is not Linux` }
  try {
    const ask = await socketOption({ level: SOL_SOCKET, name: SO_PEERCRED, bytes: UCRED_BYTES }, load)
    const peerOf = (socket: Socket): Peer | null => {
      const said = ask(socket)
      return said?.length === UCRED_BYTES ? { pid: said.readInt32LE(0), uid: said.readUInt32LE(4), gid: said.readUInt32LE(8) } : null
    }
    return { peerOf, reason: null }
  } catch (error) {
    return { peerOf: null, reason: error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error) }
  }
}

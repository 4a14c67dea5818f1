import { closeSync, constants, openSync } from 'node:fs'
import { isNodeError } from '@decnet/kernel'

// fcntl(2), as Linux numbers them on x64 and arm64.
const F_SETLEASE = 1024
const F_SETSIG = 10
const F_RDLCK = 0
const F_UNLCK = 2
const EAGAIN = 11
/** Whoever opens the file while we hold the lease has this sent to us; nobody listens, and by itself it does nothing. */
const SIGURG = 23

/** Whether a file is open for writing; false where it cannot be told. Never throws on what lies there. */
export type BeingWritten = (path: string) => boolean

/**
 * What asks the system: a lease to read a file is refused as long as anybody has it open for writing. It is given back in the same moment. Linux
 * gives one to the owner of a file and to root, on file systems of this machine. `load` brings the foreign-function library.
 */
export async function beingWritten(load: () => Promise<typeof import('koffi')> = () => import('koffi')): Promise<BeingWritten> {
  if (process.platform !== 'linux') return () => false
  let koffi: typeof import('koffi').default
  try {
    koffi = (await load()).default
  } catch {
    return () => false // settling time alone has to do, as on other systems
  }
  const fcntl = koffi.load(null).func('int fcntl(int, int, ...)')
  return (path) => {
    let file: number
    try {
      file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    } catch (error) {
      if (!isNodeError(error)) throw error
      return false
    }
    try {
      fcntl(file, F_SETSIG, 'int', SIGURG)
      if (fcntl(file, F_SETLEASE, 'int', F_RDLCK) !== 0) return koffi.errno() === EAGAIN
      fcntl(file, F_SETLEASE, 'int', F_UNLCK)
      return false
    } finally {
      closeSync(file)
    }
  }
}

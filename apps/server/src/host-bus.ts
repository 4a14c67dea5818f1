import { accessSync, constants, statSync } from 'node:fs'
import { join } from 'node:path'

/** Where the bus of a whole host stands, when its operator made that folder. */
const HOST_FOLDER = '/run/decnet'

const accessible = (path: string): boolean => {
  try {
    accessSync(path, constants.R_OK | constants.W_OK)
    return true
  } catch {
    return false
  }
}

/**
 * The socket of the host's bus; null where there is no folder for it, or it is not for this user. Whoever may connect need not be able to write
 * in that folder: being its owner or in its group is enough, whether somebody serves there at the moment or not, so that a client and its broker
 * never end up at different sockets.
 */
export function hostBusSocket(folder = HOST_FOLDER): string | null {
  const socket = join(folder, 'bus.sock')
  const stat = statSync(folder, { throwIfNoEntry: false })
  if (!stat?.isDirectory()) return null
  const uid = process.geteuid?.()
  const groups = [process.getegid?.(), ...(process.getgroups?.() ?? [])]
  return uid === 0 || uid === stat.uid || groups.includes(stat.gid) || accessible(socket) ? socket : null
}

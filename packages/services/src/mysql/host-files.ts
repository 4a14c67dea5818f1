import { type Credentials, FileError, type Host } from '../_shared/shell/port.ts'
import type { Files } from './engine/server.ts'

const SIZE_LIMIT = 1024 * 1024
const ERRNO: Readonly<Record<string, readonly [errno: number, reason: string]>> = {
  ENOENT: [2, 'No such file or directory'],
  EACCES: [13, 'Permission denied'],
  EPERM: [1, 'Operation not permitted'],
  ENOTDIR: [20, 'Not a directory'],
  EISDIR: [21, 'Is a directory'],
  ENOSPC: [28, 'No space left on device'],
  ELOOP: [40, 'Too many levels of symbolic links'],
  ENAMETOOLONG: [36, 'File name too long'],
  EINVAL: [22, 'Invalid argument'],
}
const READ_ONLY: readonly [number, string] = [30, 'Read-only file system']
/** `ProtectSystem=full` and `ProtectHome=true` of the package's unit. */
const READ_ONLY_TREES = /^\/(?:usr|etc|boot)(?:\/|$)/u
const HIDDEN_TREES = /^\/(?:home|root|run\/user)(?:\/|$)/u

const path = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('utf8')

/** The host's disk as the account `mysql` sees it from within its service. */
export function hostFiles(host: Host, restricted: boolean): Files {
  const user = host.userNamed('mysql')
  const as: Credentials = user ? host.credentialsOf(user) : { uid: 110, gid: 117, groups: [117] }
  return {
    load(given) {
      const name = path(given)
      if (restricted || name.includes('\0') || HIDDEN_TREES.test(name)) return null
      try {
        const full = name.startsWith('/') ? name : `/var/lib/mysql/${name}`
        const stat = host.fs.stat(full, as)
        // LOAD_FILE wants a file that everybody may read.
        if (stat.kind !== 'file' || !(stat.mode & 0o004) || stat.size > SIZE_LIMIT) return null
        return host.fs.read(full, as).toString('latin1')
      } catch (error) {
        if (error instanceof FileError) return null
        throw error
      }
    },
    write(given, content) {
      const name = path(given)
      const failed = ([errno, reason]: readonly [number, string]) => ({ errno, reason })
      try {
        if (!HIDDEN_TREES.test(name)) host.fs.stat(name, as)
        if (!HIDDEN_TREES.test(name)) return 'exists'
      } catch (error) {
        if (!(error instanceof FileError)) throw error
        if (error.code !== 'ENOENT') return failed(ERRNO[error.code] ?? [5, 'Input/output error'])
      }
      if (HIDDEN_TREES.test(name)) return failed([13, 'Permission denied'])
      if (READ_ONLY_TREES.test(name)) return failed(READ_ONLY)
      try {
        host.fs.write(name, Buffer.from(content, 'latin1'), as, { mode: 0o644, exclusive: true })
        return 'written'
      } catch (error) {
        if (error instanceof FileError) return error.code === 'EEXIST' ? 'exists' : failed(ERRNO[error.code] ?? [5, 'Input/output error'])
        throw error
      }
    },
  }
}

import { FileError } from '../../_shared/shell/port.ts'
import type { Visit } from '../../_shared/visit/visit.ts'

/** realpath(3) as sftp-server's: what is not there yet is only normalised. */
export function realpath(visit: Visit, path: string): string {
  try {
    return visit.host.fs.realpath(path, visit.as)
  } catch (error) {
    if (!(error instanceof FileError) || error.code !== 'ENOENT') throw error
    const parts: string[] = []
    for (const part of path.split('/')) {
      if (part === '..') parts.pop()
      else if (part !== '' && part !== '.') parts.push(part)
    }
    return `/${parts.join('/')}`
  }
}

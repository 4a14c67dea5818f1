import { constants } from 'node:fs'
import { type FileHandle, open, opendir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { isNodeError } from '@decnet/kernel'
import { spoolFileId, spoolFileName } from '@decnet/kernel/intake'

/** Ids that one listing returns at most: the folder may hold any number of names. */
const LISTED = 1024
/** Not there, a symbolic link, a socket: nothing to read, now or later. */
const UNREADABLE: ReadonlySet<string | undefined> = new Set(['ENOENT', 'ELOOP', 'ENXIO', 'EISDIR', 'ENOTDIR'])

/** Ids of the regular spool files, in no order; none while there is no folder. */
async function* spoolIds(directory: string): AsyncGenerator<string> {
  try {
    for await (const entry of await opendir(directory, { bufferSize: 256 })) {
      const id = spoolFileId(entry.name)
      if (id !== null && entry.isFile()) yield id
    }
  } catch (error) {
    if (!isNodeError(error) || error.code !== 'ENOENT') throw error
  }
}

/** The ids behind `after`, ascending; the lowest 1,024 of them. */
export async function idsAfter(directory: string, after: string): Promise<string[]> {
  let ids: string[] = []
  for await (const id of spoolIds(directory)) {
    if (id > after) ids.push(id)
    if (ids.length === 2 * LISTED) ids = ids.sort().slice(0, LISTED)
  }
  return ids.sort().slice(0, LISTED)
}

/**
 * Opens one spool file without following a link and without waiting for the other end of a pipe. Null when there is no regular file of that id.
 * @throws what the system says when the file is there and cannot be read now.
 */
export async function openSpoolFile(directory: string, id: string): Promise<FileHandle | null> {
  let handle: FileHandle
  try {
    handle = await open(join(directory, spoolFileName(id)), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (error) {
    if (isNodeError(error) && UNREADABLE.has(error.code)) return null
    throw error
  }
  if ((await handle.stat()).isFile()) return handle
  await handle.close()
  return null
}

/** Deletes every file before `id`, but never the newest one. */
export async function deleteBefore(directory: string, id: string): Promise<void> {
  let newest = ''
  const drop = async (old: string) => {
    try {
      await unlink(join(directory, spoolFileName(old)))
    } catch (error) {
      if (!isNodeError(error) || error.code !== 'ENOENT') throw error
    }
  }
  for await (const found of spoolIds(directory)) {
    const [lower, higher] = found > newest ? [newest, found] : [found, newest]
    newest = higher
    if (lower !== '' && lower < id) await drop(lower)
  }
}

import { isUtf8 } from 'node:buffer'
import { constants } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { isNodeError } from '@decnet/kernel'
import { reasonOf } from './file-words.ts'

/** A rule is a page; nothing longer is read. */
const BYTES = 262_144

/** As many as tell whether there are too many: files of /proc do not say how long they are. */
async function firstBytes(path: string): Promise<Buffer> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const bytes = Buffer.alloc(BYTES + 1)
    let length = 0
    for (let read = 1; read > 0 && length <= BYTES; length += read) read = (await file.read(bytes, length)).bytesRead
    return bytes.subarray(0, length)
  } finally {
    await file.close()
  }
}

export type Page = { readonly text: string } | { readonly unreadable: string }

/** The text of a regular file of a moderate size, or why there is none, as a sentence that begins with its name. Waits for no pipe or device, whatever a path leads to. */
export async function readPage(path: string): Promise<Page> {
  try {
    // Before it is opened: that alone does something to many a device.
    if (!(await stat(path)).isFile()) return { unreadable: 'is no file.' }
    const bytes = await firstBytes(path)
    if (bytes.length > BYTES) return { unreadable: `is larger than ${BYTES / 1024} kB: a rule is a page.` }
    return isUtf8(bytes) ? { text: new TextDecoder().decode(bytes) } : { unreadable: 'is no text in UTF-8.' }
  } catch (error) {
    if (!isNodeError(error)) throw error
    return { unreadable: reasonOf(error) }
  }
}

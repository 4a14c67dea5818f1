import { constants } from 'node:fs'
import { type FileHandle, mkdir, open, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isNodeError, newId } from '@decnet/kernel'
import { spoolFileId, spoolFileName } from '@decnet/kernel/intake'

/** An id for a file that is read after all of `ids`, also when the clock went back. */
export function idBehind(ids: readonly string[]): string {
  const fresh = newId()
  const last = ids.reduce((greatest, id) => (id > greatest ? id : greatest), '')
  if (fresh > last) return fresh
  const time = (BigInt(`0x${last.slice(0, 8)}${last.slice(9, 13)}`) + 1n).toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}${fresh.slice(13)}`
}

/** What lies in a spool folder, which is made when it is missing: the ids of its files and their bytes together. */
export async function surveySpool(directory: string): Promise<{ ids: string[]; bytes: number }> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const ids = (await readdir(directory)).map(spoolFileId).filter((id) => id !== null)
  const sizes = ids.map(async (id) => {
    try {
      return (await stat(join(directory, spoolFileName(id)))).size
    } catch (error) {
      if (isNodeError(error) && error.code === 'ENOENT') return 0 // read and deleted meanwhile
      throw error
    }
  })
  return { ids, bytes: (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0) }
}

/** One open spool file. It never goes on behind a line that an error cut. */
export class SpoolFile {
  readonly id: string
  readonly #directory: string
  readonly #handle: FileHandle
  #size = 0
  #synced = 0
  #broken = false
  #named = false
  private constructor(id: string, directory: string, handle: FileHandle) {
    this.id = id
    this.#directory = directory
    this.#handle = handle
  }

  /** A new file in a folder that is there. */
  static async create(directory: string, id: string): Promise<SpoolFile> {
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_APPEND | constants.O_NOFOLLOW
    const handle = await open(join(directory, spoolFileName(id)), flags, 0o600)
    return new SpoolFile(id, directory, handle)
  }

  /** Bytes of whole lines. */
  get size(): number {
    return this.#size
  }

  /** It ends within a line: nothing may follow. */
  get broken(): boolean {
    return this.#broken
  }

  /**
   * Appends whole lines: all of them, or it throws what the disk says. What a reader took of a failed attempt stays true, because the next attempt
   * writes the same bytes at the same place, or other lines with the same event ids into a new file.
   */
  async append(lines: Buffer): Promise<void> {
    this.#broken = true
    try {
      for (let written = 0; written < lines.length; ) {
        written += (await this.#handle.write(lines, written, lines.length - written)).bytesWritten
      }
      this.#size += lines.length
    } catch (error) {
      await this.#handle.truncate(this.#size)
      this.#broken = false
      throw error
    }
    this.#broken = false
  }

  /** Makes what was appended survive a loss of power. False when somebody deleted the file: what is written there nobody will read. */
  async sync(): Promise<boolean> {
    if (this.#synced < this.#size) {
      const size = this.#size
      await this.#handle.datasync()
      this.#synced = size
      if (!this.#named) await this.#syncName()
    }
    return (await this.#handle.stat()).nlink > 0
  }

  close(): Promise<void> {
    return this.#handle.close()
  }

  /** Its entry in the folder; here and not at its making, because a busy disk takes its time and events must not wait. */
  async #syncName(): Promise<void> {
    const folder = await open(this.#directory, constants.O_RDONLY | constants.O_DIRECTORY)
    try {
      await folder.sync()
      this.#named = true
    } finally {
      await folder.close()
    }
  }
}

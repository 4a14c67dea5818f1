import { createHash } from 'node:crypto'
import { closeSync, constants, fstatSync, openSync, readSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { isNodeError } from '@decnet/kernel'
import type { ImportFolders } from './folders.ts'
import type { Wish } from './reading.ts'
import { castOf } from './ttylog.ts'

/** Larger files are not kept; their hash stays. */
const LARGEST = 50 * 1024 * 1024
const LONGEST_RECORDING = 64 * 1024 * 1024

/** Where the other system kept its files. */
export interface Sources {
  readonly recordings: string | null
  readonly downloads: string | null
}
/** Fields of an event that come of a file; null: the event cannot be told without it. */
export type Found = Readonly<Record<string, unknown>> | null

/** The file that a log line means, whatever folder it names, to read: by its last name, below the folder that the operator gave; never a link. */
function openBelow(folder: string | null, names: readonly string[]): number | null {
  if (folder === null) return null
  for (const name of names.map((name) => basename(name))) {
    if (name === '' || name === '.' || name === '..' || name.includes('\0') || Buffer.byteLength(name) > 255) continue
    try {
      const file = openSync(join(folder, name), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
      if (fstatSync(file).isFile()) return file
      closeSync(file)
    } catch (error) {
      if (!isNodeError(error)) throw error // not there, a link, not readable
    }
  }
  return null
}

/** How long a file is, and what it begins with, `most` bytes of it; closes it. */
function readUpTo(file: number | null, most: number): { readonly size: number; readonly bytes: Buffer } | null {
  if (file === null) return null
  try {
    const { size } = fstatSync(file)
    const buffer = Buffer.allocUnsafe(Math.min(size, most))
    let read = 0
    while (read < buffer.length) {
      const more = readSync(file, buffer, read, buffer.length - read, read)
      if (more === 0) break
      read += more
    }
    return { size, bytes: buffer.subarray(0, read) }
  } finally {
    closeSync(file)
  }
}

/** Puts a file in its place whole or not at all. */
function publish(path: string, content: string | Buffer): void {
  const part = `${path}.part`
  try {
    writeFileSync(part, content, { mode: 0o600 })
    renameSync(part, path)
  } catch (error) {
    rmSync(part, { force: true })
    throw error
  }
}

const sizeOf = (path: string): number | null => statSync(path, { throwIfNoEntry: false })?.size ?? null

/** Takes recordings and files that lie beside a log into the home: many small ones, at once, in a thread that has nothing else to do meanwhile. */
export function evidenceFolder(folders: ImportFolders, sources: Sources) {
  function recording(wish: Extract<Wish, { kind: 'recording' }>, name: string): Found {
    const recorded = readUpTo(openBelow(sources.recordings, [wish.file]), LONGEST_RECORDING)
    if (recorded === null) return null
    const { text, ...told } = castOf(recorded.bytes, wish)
    if (text === '') return null
    publish(join(folders.replays, `${name}.cast`), text)
    return { ...told, replay: `replays/${name}.cast` }
  }

  function artifact({ sha256, file: path }: Extract<Wish, { kind: 'artifact' }>): Found {
    const kept = join(folders.artifacts, sha256)
    const known = sizeOf(kept)
    if (known !== null) return { size: known }
    const left = readUpTo(openBelow(sources.downloads, [sha256, path]), LARGEST)
    if (left === null) return {}
    if (left.size > LARGEST) return { size: left.size, truncated: true }
    // Under its name lies what has that hash, or nothing.
    if (createHash('sha256').update(left.bytes).digest('hex') !== sha256) return {}
    publish(kept, left.bytes)
    return { size: left.size }
  }

  /** What the file of a wish adds to its event; `name` is unique to the event. */
  return (wish: Wish, name: string): Found => (wish.kind === 'recording' ? recording(wish, name) : artifact(wish))
}

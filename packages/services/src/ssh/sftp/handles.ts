import { FileError, type FileSystem } from '../../_shared/shell/port.ts'
import { captureFile } from '../../_shared/visit/visit.ts'
import { Upload } from '../upload.ts'
import type { SshVisit } from '../visit.ts'
import type { Wanted } from './codec.ts'

export const OPEN = { READ: 1, WRITE: 2, APPEND: 4, CREAT: 8, TRUNC: 16, EXCL: 32 } as const

/** A file as one client has it open: what is read is a snapshot, what is written reaches the disk on close. */
export interface OpenFile {
  readonly kind: 'file'
  readonly path: string
  readonly flags: number
  readonly snapshot: Buffer
  readonly upload: Upload | null
  written: number
  changes: Wanted
}
export interface OpenDirectory {
  readonly kind: 'directory'
  readonly path: string
  /** Names not yet given. */
  readonly names: string[]
}
export type OpenHandle = OpenFile | OpenDirectory

const exists = (fs: FileSystem, path: string, visit: SshVisit): boolean => {
  try {
    fs.stat(path, visit.as)
    return true
  } catch (error) {
    if (error instanceof FileError && error.code === 'ENOENT') return false
    throw error
  }
}

/** open(2). @throws {FileError} as it would fail. */
export function openFile(visit: SshVisit, path: string, flags: number, wanted: Wanted): OpenFile {
  const { fs } = visit.host
  const writes = (flags & OPEN.WRITE) !== 0
  const mode = (wanted.mode ?? 0o666) & ~0o022 & 0o777
  const there = exists(fs, path, visit)
  if (there && (flags & OPEN.CREAT) !== 0 && (flags & OPEN.EXCL) !== 0) throw new FileError('EEXIST', path)
  if (there && fs.stat(path, visit.as).kind === 'directory' && writes) throw new FileError('EISDIR', path)
  const empty = !there || (flags & OPEN.TRUNC) !== 0
  if (!there && (flags & OPEN.CREAT) === 0) throw new FileError('ENOENT', path)
  if (writes && empty) fs.write(path, Buffer.alloc(0), visit.as, { mode })
  // Write permission shows at open, not at close.
  else if (writes) fs.write(path, Buffer.alloc(0), visit.as, { append: true })
  const snapshot = empty ? Buffer.alloc(0) : readable(visit, path, flags)
  return { kind: 'file', path, flags, snapshot, upload: writes ? new Upload(visit.budget, snapshot) : null, written: 0, changes: {} }
}

function readable(visit: SshVisit, path: string, flags: number): Buffer {
  const { fs } = visit.host
  // A write-only file need not be readable, but what stays of it must be kept.
  const as = flags & OPEN.READ ? visit.as : { uid: 0, gid: 0, groups: [] }
  return fs.stat(path, visit.as).kind === 'file' ? fs.read(path, as) : Buffer.alloc(0)
}

/** Brings a written file to the disk and into evidence. @throws {FileError} */
export function closeFile(visit: SshVisit, file: OpenFile): void {
  const { fs } = visit.host
  const { upload } = file
  try {
    if (upload && (file.written > 0 || file.changes.size !== undefined)) {
      const content = Buffer.from(upload.content)
      if (file.written > 0) captureFile(visit, 'sftp', file.path, content)
      fs.write(file.path, content, visit.as)
    }
    applyAttributes(visit, file.path, { ...file.changes, size: undefined })
  } finally {
    upload?.release()
  }
}

/** setstat. @throws {FileError} */
export function applyAttributes(visit: SshVisit, path: string, wanted: { [Name in keyof Wanted]: Wanted[Name] | undefined }): void {
  const { fs } = visit.host
  if (wanted.size !== undefined) {
    const content = fs.read(path, visit.as)
    if (wanted.size > content.length + visit.budget.left) throw new FileError('ENOSPC', path)
    const resized = Buffer.alloc(wanted.size)
    content.copy(resized)
    fs.write(path, resized, visit.as)
  }
  if (wanted.mode !== undefined) fs.chmod(path, wanted.mode, visit.as)
  if (wanted.mtime !== undefined) fs.touch(path, wanted.mtime, visit.as)
  if (wanted.owner !== undefined) fs.chown(path, wanted.owner.uid, wanted.owner.gid, visit.as)
}

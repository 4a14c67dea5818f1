import type { FileErrorCode, FileKind, FileStat } from '../../_shared/shell/port.ts'
import { type WireReader, WireWriter } from '../wire.ts'

/** Packet types of SFTP version 3 (draft-ietf-secsh-filexfer-02). */
export const FXP = {
  INIT: 1,
  VERSION: 2,
  OPEN: 3,
  CLOSE: 4,
  READ: 5,
  WRITE: 6,
  LSTAT: 7,
  FSTAT: 8,
  SETSTAT: 9,
  FSETSTAT: 10,
  OPENDIR: 11,
  READDIR: 12,
  REMOVE: 13,
  MKDIR: 14,
  RMDIR: 15,
  REALPATH: 16,
  STAT: 17,
  RENAME: 18,
  READLINK: 19,
  SYMLINK: 20,
  STATUS: 101,
  HANDLE: 102,
  DATA: 103,
  NAME: 104,
  ATTRS: 105,
  EXTENDED: 200,
  EXTENDED_REPLY: 201,
} as const

export const FX = {
  OK: 0,
  EOF: 1,
  NO_SUCH_FILE: 2,
  PERMISSION_DENIED: 3,
  FAILURE: 4,
  BAD_MESSAGE: 5,
  OP_UNSUPPORTED: 8,
} as const
export type Status = (typeof FX)[keyof typeof FX]

const STATUS_TEXT: Record<Status, string> = {
  0: 'Success',
  1: 'End of file',
  2: 'No such file',
  3: 'Permission denied',
  4: 'Failure',
  5: 'Bad message',
  8: 'Operation unsupported',
}

/** As sftp-server maps errno. */
export function statusOf(code: FileErrorCode): Status {
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
    case 'ELOOP':
      return FX.NO_SUCH_FILE
    case 'EPERM':
    case 'EACCES':
      return FX.PERMISSION_DENIED
    case 'ENAMETOOLONG':
    case 'EINVAL':
      return FX.BAD_MESSAGE
    default:
      return FX.FAILURE
  }
}

/** The extensions that sftp-server announces from 9.2 on; earlier versions lack the last ones. */
export function versionPacket(openssh: string): Buffer {
  const number = Number.parseFloat(openssh)
  const writer = new WireWriter(FXP.VERSION).uint32(3)
  const extensions = [
    ['posix-rename@openssh.com', '1'],
    ['statvfs@openssh.com', '2'],
    ['fstatvfs@openssh.com', '2'],
    ['hardlink@openssh.com', '1'],
    ['fsync@openssh.com', '1'],
    ['lsetstat@openssh.com', '1'],
    ['limits@openssh.com', '1'],
    ['expand-path@openssh.com', '1'],
    ...(number >= 9 ? [['copy-data', '1']] : []),
    ...(number >= 9.1
      ? [
          ['home-directory', '1'],
          ['users-groups-by-id@openssh.com', '1'],
        ]
      : []),
  ]
  for (const [name = '', revision = ''] of extensions) writer.string(name).string(revision)
  return writer.done()
}

export const statusPacket = (id: number, status: Status): Buffer =>
  new WireWriter(FXP.STATUS).uint32(id).uint32(status).string(STATUS_TEXT[status]).string('').done()

export const framed = (packet: Uint8Array): Buffer => new WireWriter().string(packet).done()

const TYPE_BITS: Record<FileKind, number> = {
  file: 0o100_000,
  directory: 0o040_000,
  symlink: 0o120_000,
  device: 0o020_000,
  fifo: 0o010_000,
  socket: 0o140_000,
}
export const modeOf = (stat: FileStat): number => TYPE_BITS[stat.kind] | stat.mode

const SIZE = 1
const UIDGID = 2
const PERMISSIONS = 4
const ACMODTIME = 8

export function writeAttributes(writer: WireWriter, stat: FileStat): WireWriter {
  const seconds = Math.floor(stat.mtime / 1000)
  return writer
    .uint32(SIZE | UIDGID | PERMISSIONS | ACMODTIME)
    .uint64(stat.size)
    .uint32(stat.uid)
    .uint32(stat.gid)
    .uint32(modeOf(stat))
    .uint32(seconds)
    .uint32(seconds)
}

/** What a client wants to set; absent members stay. `mtime`: epoch milliseconds. */
export interface Wanted {
  readonly size?: number
  readonly owner?: { readonly uid: number; readonly gid: number }
  readonly mode?: number
  readonly mtime?: number
}

export function readAttributes(reader: WireReader): Wanted {
  const flags = reader.uint32()
  const wanted: { -readonly [Name in keyof Wanted]: Wanted[Name] } = {}
  if (flags & SIZE) wanted.size = Number(reader.uint64())
  if (flags & UIDGID) wanted.owner = { uid: reader.uint32(), gid: reader.uint32() }
  if (flags & PERMISSIONS) wanted.mode = reader.uint32() & 0o7777
  if (flags & ACMODTIME) {
    reader.uint32()
    wanted.mtime = reader.uint32() * 1000
  }
  return wanted
}

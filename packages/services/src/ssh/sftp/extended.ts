import { escapedText } from '@decnet/kernel'
import { absolute } from '../scp/command-line.ts'
import type { SshVisit } from '../visit.ts'
import { WireReader, WireWriter } from '../wire.ts'
import { FX, FXP, readAttributes, type Status } from './codec.ts'
import type { OpenHandle } from './handles.ts'
import { applyAttributes } from './handles.ts'
import type { Names } from './long-name.ts'
import { realpath } from './real-path.ts'

const BLOCK = 4096
const LARGEST_PACKET = 256 * 1024
const LARGEST_TRANSFER = 261_120
/** RLIMIT_NOFILE of 1024 less what sftp-server keeps. */
const OPEN_HANDLES = 1019

/** What an extension needs of the server that it extends. */
export interface SftpReplies {
  readonly visit: SshVisit
  readonly names: Names
  path(reader: WireReader): string
  handle(reader: WireReader): OpenHandle | undefined
  send(packet: Uint8Array): void
  status(id: number, status: Status): void
  did(id: number, what: string, act: () => void): void
  oneName(id: number, name: string): void
}

/** The extensions that the version packet announces (PROTOCOL in OpenSSH's source); copies of data and hard links fail. */
export function extended(server: SftpReplies, id: number, reader: WireReader): void {
  const { host, as, user } = server.visit
  switch (reader.ascii()) {
    case 'posix-rename@openssh.com': {
      const from = server.path(reader)
      const to = server.path(reader)
      server.did(id, `rename ${from} ${to}`, () => host.fs.rename(from, to, as))
      return
    }
    case 'lsetstat@openssh.com': {
      const path = server.path(reader)
      const wanted = readAttributes(reader)
      const blank = { size: undefined, mode: undefined, mtime: undefined, owner: undefined }
      server.did(id, `setstat ${path}`, () => applyAttributes(server.visit, path, { ...blank, ...wanted }))
      return
    }
    case 'fsync@openssh.com':
      server.status(id, server.handle(reader) ? FX.OK : FX.NO_SUCH_FILE)
      return
    case 'limits@openssh.com':
      server.send(
        new WireWriter(FXP.EXTENDED_REPLY)
          .uint32(id)
          .uint64(LARGEST_PACKET)
          .uint64(LARGEST_TRANSFER)
          .uint64(LARGEST_TRANSFER)
          .uint64(OPEN_HANDLES)
          .done(),
      )
      return
    case 'expand-path@openssh.com':
      server.oneName(id, realpath(server.visit, absolute(escapedText(reader.string()), user.home)))
      return
    case 'home-directory': {
      const name = reader.string().toString()
      const owner = name === '' ? user : host.userNamed(name)
      if (owner) server.oneName(id, owner.home)
      else server.status(id, FX.NO_SUCH_FILE)
      return
    }
    case 'statvfs@openssh.com':
      host.fs.stat(server.path(reader), as)
      statvfs(server, id)
      return
    case 'fstatvfs@openssh.com':
      if (server.handle(reader)) statvfs(server, id)
      else server.status(id, FX.FAILURE)
      return
    case 'users-groups-by-id@openssh.com':
      usersGroups(server, id, reader)
      return
    case 'hardlink@openssh.com':
    case 'copy-data':
      server.status(id, FX.FAILURE)
      return
    default:
      server.status(id, FX.OP_UNSUPPORTED)
      return
  }
}

function statvfs(server: SftpReplies, id: number): void {
  const disk = server.visit.host.diskUse()
  const [blocks, free, available] = [disk.blocks, disk.blocks - disk.used, disk.available].map((kb) => Math.floor((kb * 1024) / BLOCK))
  const inodes = disk.inodes - disk.inodesUsed
  const packet = new WireWriter(FXP.EXTENDED_REPLY).uint32(id)
  for (const value of [BLOCK, BLOCK, blocks ?? 0, free ?? 0, available ?? 0, disk.inodes, inodes, inodes, 0xfd01, 0, 255])
    packet.uint64(value)
  server.send(packet.done())
}

function usersGroups(server: SftpReplies, id: number, reader: WireReader): void {
  const list = (ids: Buffer, name: (id: number) => string): Buffer => {
    const writer = new WireWriter()
    const numbers = new WireReader(ids)
    while (numbers.left > 0) writer.string(name(numbers.uint32()))
    return writer.done()
  }
  const users = list(reader.string(), server.names.user)
  const groups = list(reader.string(), server.names.group)
  server.send(new WireWriter(FXP.EXTENDED_REPLY).uint32(id).string(users).string(groups).done())
}

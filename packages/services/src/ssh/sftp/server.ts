import { escapedBytes, escapedText } from '@decnet/kernel'
import { FileError, type FileStat } from '../../_shared/shell/port.ts'
import { reportCommand } from '../../_shared/visit/visit.ts'
import type { Program, ProgramContext } from '../program.ts'
import type { SshVisit } from '../visit.ts'
import { WireReader, WireWriter } from '../wire.ts'
import { FX, FXP, framed, readAttributes, type Status, statusOf, statusPacket, versionPacket, writeAttributes } from './codec.ts'
import { extended, type SftpReplies } from './extended.ts'
import { applyAttributes, closeFile, OPEN, type OpenFile, type OpenHandle, openFile } from './handles.ts'
import { longName, type Names, namesOf } from './long-name.ts'
import { realpath } from './real-path.ts'

const LARGEST = 256 * 1024
const LARGEST_READ = LARGEST - 1024
const MOST_HANDLES = 128
/** Requests that may wait for the client to read, in bytes. */
const HELD = 4 * 1024 * 1024
/** Output that may wait for the client. */
const AHEAD = 1024 * 1024
const NAMES_AT_ONCE = 100
const FAILED_EXIT = 11

/** OpenSSH's sftp-server on the decky's disk. Each packet is answered before the next is read. */
export class SftpServer implements Program, SftpReplies {
  readonly visit: SshVisit
  readonly #context: ProgramContext
  readonly #handles = new Map<number, OpenHandle>()
  readonly #version: string
  #held: Buffer = Buffer.alloc(0)
  #greeted = false
  #ended = false
  #over = false
  #names: Names | null = null

  constructor(visit: SshVisit, context: ProgramContext) {
    this.visit = visit
    this.#context = context
    this.#version = visit.host.persona.packages.openssh.version
    context.onDrained(() => this.#work())
  }

  input(data: Buffer): void {
    if (this.#over) return
    this.#held = this.#held.length === 0 ? Buffer.from(data) : Buffer.concat([this.#held, data])
    this.#work()
    if (this.#held.length > HELD) this.#leave(FAILED_EXIT)
  }
  inputEnd(): void {
    this.#ended = true
    this.#work()
  }
  resize(): void {
    // There is no terminal.
  }
  hangup(): void {
    this.#leave(0)
  }
  get names(): Names {
    this.#names ??= namesOf(this.visit.host)
    return this.#names
  }

  #work(): void {
    while (!this.#over && this.#context.queued() < AHEAD) {
      const length = this.#held.length >= 4 ? this.#held.readUInt32BE(0) : -1
      if (length > LARGEST || length === 0) {
        this.#leave(FAILED_EXIT)
        return
      }
      if (length < 0 || this.#held.length < 4 + length) {
        if (this.#ended) this.#leave(0)
        return
      }
      const packet = this.#held.subarray(4, 4 + length)
      this.#held = this.#held.subarray(4 + length)
      this.#packet(packet)
    }
  }

  #packet(packet: Buffer): void {
    const type = packet[0] ?? 0
    if (type === FXP.INIT) {
      this.#greeted = true
      this.send(versionPacket(this.#version))
      return
    }
    if (!this.#greeted) {
      this.#leave(FAILED_EXIT)
      return
    }
    let id = 0
    try {
      const reader = new WireReader(packet, 1)
      id = reader.uint32()
      this.#request(type, id, reader)
    } catch (error) {
      if (error instanceof FileError) this.status(id, statusOf(error.code))
      else if (error instanceof RangeError) this.#leave(FAILED_EXIT)
      else throw error
    }
  }

  #request(type: number, id: number, reader: WireReader): void {
    const { fs } = this.visit.host
    const { as } = this.visit
    switch (type) {
      case FXP.OPEN:
        this.#open(id, this.path(reader), reader)
        return
      case FXP.CLOSE:
        this.#close(id, reader)
        return
      case FXP.READ:
        this.#read(id, reader)
        return
      case FXP.WRITE:
        this.#write(id, reader)
        return
      case FXP.STAT:
        this.#attributes(id, fs.stat(this.path(reader), as))
        return
      case FXP.LSTAT:
        this.#attributes(id, fs.lstat(this.path(reader), as))
        return
      case FXP.FSTAT:
        this.#fstat(id, reader)
        return
      case FXP.SETSTAT: {
        const path = this.path(reader)
        this.did(id, `setstat ${path}`, () => applyAttributes(this.visit, path, { ...nothing, ...readAttributes(reader) }))
        return
      }
      case FXP.FSETSTAT:
        this.#fsetstat(id, reader)
        return
      case FXP.OPENDIR:
        this.#opendir(id, this.path(reader))
        return
      case FXP.READDIR:
        this.#readdir(id, reader)
        return
      case FXP.REMOVE: {
        const path = this.path(reader)
        this.did(id, `remove ${path}`, () => fs.remove(path, as))
        return
      }
      case FXP.MKDIR: {
        const path = this.path(reader)
        const { mode = 0o777 } = readAttributes(reader)
        this.did(id, `mkdir ${path}`, () => fs.mkdir(path, as, mode & ~0o022 & 0o777))
        return
      }
      case FXP.RMDIR: {
        const path = this.path(reader)
        this.did(id, `rmdir ${path}`, () => fs.rmdir(path, as))
        return
      }
      case FXP.REALPATH:
        this.oneName(id, realpath(this.visit, this.path(reader)))
        return
      case FXP.RENAME:
        this.#rename(id, this.path(reader), this.path(reader))
        return
      case FXP.READLINK:
        this.oneName(id, fs.readlink(this.path(reader), as))
        return
      case FXP.SYMLINK: {
        const target = escapedText(reader.string())
        const path = this.path(reader)
        this.did(id, `symlink ${target} ${path}`, () => fs.symlink(target, path, as))
        return
      }
      case FXP.EXTENDED:
        extended(this, id, reader)
        return
      default:
        this.status(id, FX.OP_UNSUPPORTED)
        return
    }
  }

  /** A path of the client's, from the home directory on. */
  path(reader: WireReader): string {
    const path = escapedText(reader.string())
    const { home } = this.visit.user
    return path === '' ? home : path.startsWith('/') ? path : `${home}/${path}`
  }
  handle(reader: WireReader): OpenHandle | undefined {
    const handle = reader.string()
    return handle.length === 4 ? this.#handles.get(handle.readUInt32BE(0)) : undefined
  }
  send(packet: Uint8Array): void {
    this.#context.stdout(framed(packet))
  }
  status(id: number, status: Status): void {
    this.send(statusPacket(id, status))
  }
  /** Reports and does what a visitor asked; a refusal of the disk becomes its status. */
  did(id: number, what: string, act: () => void): void {
    reportCommand(this.visit, escapedBytes(`sftp: ${what}`), 'protocol')
    act()
    this.status(id, FX.OK)
  }
  /** One name with nothing said about it. */
  oneName(id: number, name: string): void {
    this.send(new WireWriter(FXP.NAME).uint32(id).uint32(1).string(escapedBytes(name)).string(escapedBytes(name)).uint32(0).done())
  }

  #attributes(id: number, stat: FileStat): void {
    this.send(writeAttributes(new WireWriter(FXP.ATTRS).uint32(id), stat).done())
  }

  #add(id: number, make: () => OpenHandle): void {
    if (this.#handles.size >= MOST_HANDLES) {
      this.status(id, FX.FAILURE)
      return
    }
    let number = 0
    while (this.#handles.has(number)) number++
    this.#handles.set(number, make())
    this.send(new WireWriter(FXP.HANDLE).uint32(id).string(new WireWriter().uint32(number).done()).done())
  }

  #open(id: number, path: string, reader: WireReader): void {
    const flags = reader.uint32()
    const wanted = readAttributes(reader)
    reportCommand(this.visit, escapedBytes(`sftp: ${flags & OPEN.WRITE ? 'put' : 'get'} ${path}`), 'protocol')
    this.#add(id, () => openFile(this.visit, path, flags, wanted))
  }

  #close(id: number, reader: WireReader): void {
    const handle = reader.string()
    const number = handle.length === 4 ? handle.readUInt32BE(0) : -1
    const open = this.#handles.get(number)
    this.#handles.delete(number)
    if (!open) {
      this.status(id, FX.NO_SUCH_FILE)
      return
    }
    if (open.kind === 'file') closeFile(this.visit, open)
    this.status(id, FX.OK)
  }

  #read(id: number, reader: WireReader): void {
    const file = this.#file(reader)
    const offset = Number(reader.uint64())
    const length = Math.min(reader.uint32(), LARGEST_READ)
    if (!file) {
      this.status(id, FX.FAILURE)
      return
    }
    const content = file.upload?.content ?? file.snapshot
    if (offset >= content.length) {
      this.status(id, FX.EOF)
      return
    }
    this.send(
      new WireWriter(FXP.DATA)
        .uint32(id)
        .string(content.subarray(offset, offset + length))
        .done(),
    )
  }

  #write(id: number, reader: WireReader): void {
    const file = this.#file(reader)
    const offset = reader.uint64()
    const data = reader.string()
    if (!file?.upload) {
      this.status(id, FX.FAILURE)
      return
    }
    if (offset > BigInt(Number.MAX_SAFE_INTEGER)) {
      this.status(id, FX.FAILURE)
      return
    }
    file.upload.write(file.flags & OPEN.APPEND ? file.upload.size : Number(offset), data)
    file.written += data.length
    this.status(id, FX.OK)
  }

  #fstat(id: number, reader: WireReader): void {
    const open = this.handle(reader)
    if (!open) {
      this.status(id, FX.FAILURE)
      return
    }
    const stat = this.visit.host.fs.stat(open.path, this.visit.as)
    this.#attributes(id, open.kind === 'file' && open.upload ? { ...stat, size: open.upload.size } : stat)
  }

  #fsetstat(id: number, reader: WireReader): void {
    const open = this.handle(reader)
    const wanted = readAttributes(reader)
    if (!open) {
      this.status(id, FX.FAILURE)
      return
    }
    if (open.kind === 'file' && open.upload) {
      if (wanted.size !== undefined) open.upload.truncate(wanted.size)
      open.changes = { ...open.changes, ...wanted }
    } else applyAttributes(this.visit, open.path, { ...nothing, ...wanted })
    this.status(id, FX.OK)
  }

  #opendir(id: number, path: string): void {
    reportCommand(this.visit, escapedBytes(`sftp: ls ${path}`), 'protocol')
    const names = ['.', '..', ...this.visit.host.fs.list(path, this.visit.as)]
    this.#add(id, () => ({ kind: 'directory', path, names }))
  }

  #readdir(id: number, reader: WireReader): void {
    const { host, as, now } = this.visit
    const open = this.handle(reader)
    if (open?.kind !== 'directory') {
      this.status(id, FX.FAILURE)
      return
    }
    const writers: WireWriter[] = []
    for (const name of open.names.splice(0, NAMES_AT_ONCE)) {
      try {
        const stat = host.fs.lstat(`${open.path}/${name}`, as)
        const long = longName(name, stat, this.names, now(), host.persona.timezone)
        writers.push(writeAttributes(new WireWriter().string(escapedBytes(name)).string(escapedBytes(long)), stat))
      } catch (error) {
        // It went away since the directory was opened.
        if (!(error instanceof FileError)) throw error
      }
    }
    if (writers.length === 0) {
      this.status(id, FX.EOF)
      return
    }
    const packet = new WireWriter(FXP.NAME).uint32(id).uint32(writers.length)
    for (const writer of writers) packet.raw(writer.done())
    this.send(packet.done())
  }

  #rename(id: number, from: string, to: string): void {
    const { fs } = this.visit.host
    this.did(id, `rename ${from} ${to}`, () => {
      fs.lstat(from, this.visit.as)
      if (present(this.visit, to)) throw new FileError('EEXIST', to)
      fs.rename(from, to, this.visit.as)
    })
  }

  #file(reader: WireReader): OpenFile | null {
    const open = this.handle(reader)
    return open?.kind === 'file' ? open : null
  }

  /** Files still open are kept as far as they came. */
  #leave(status: number): void {
    if (this.#over) return
    this.#over = true
    for (const open of this.#handles.values()) {
      if (open.kind !== 'file') continue
      try {
        closeFile(this.visit, open)
      } catch (error) {
        if (!(error instanceof FileError)) throw error
      }
    }
    this.#handles.clear()
    this.#held = Buffer.alloc(0)
    this.#context.exit(status)
  }
}

const nothing = { size: undefined, mode: undefined, mtime: undefined, owner: undefined }

function present(visit: SshVisit, path: string): boolean {
  try {
    visit.host.fs.lstat(path, visit.as)
    return true
  } catch (error) {
    if (error instanceof FileError) return false
    throw error
  }
}

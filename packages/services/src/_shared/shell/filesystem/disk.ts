import { type Credentials, FileError, type FileStat, type FileSystem } from '../port.ts'
import type { BaseDirectory, BaseEntry } from './base.ts'
import { INSTALLED, isDirectory } from './base.ts'
import { Inodes } from './inodes.ts'
import {
  contentOf,
  EXECUTE,
  isVolatile,
  makeNode,
  type Node,
  permits,
  type Quota,
  READ,
  release,
  sizeOf,
  truncate,
  Usage,
  WRITE,
  writeAt,
} from './node.ts'
import { nameOf, namesOf, pathOf, subdirectoriesOf } from './tree.ts'

export const QUOTA: Quota = { bytes: 64 * 1024 * 1024, nodes: 10_000 }
const NAME_MAX = 255
const PATH_MAX = 4096
const LINKS_MAX = 40

export interface OpenOptions {
  readonly create?: boolean
  readonly truncate?: boolean
  readonly append?: boolean
  readonly exclusive?: boolean
  readonly mode?: number
}

/** A file held open for writing: survives rename and removal of its name, as a descriptor does. */
export interface OpenFile {
  readonly path: string
  write(data: Uint8Array): void
  content(): Buffer
}

interface Place {
  readonly parent: Node
  readonly name: string
  readonly node: Node | undefined
}

/** See {@link FileSystem}. Base images are shared and never changed; what is touched becomes a node of this disk. */
export class Disk implements FileSystem {
  readonly #root: Node
  readonly #now: () => number
  readonly #usage: Usage
  readonly #installedAt: number
  readonly #inodes: Inodes

  constructor(
    bases: readonly BaseDirectory[],
    now: () => number,
    options: { readonly quota?: Quota; readonly firstInode?: number; readonly inodes?: number; readonly installedAt?: number } = {},
  ) {
    this.#now = now
    this.#usage = new Usage(options.quota ?? QUOTA)
    this.#inodes = new Inodes(options.firstInode ?? 393_217, options.inodes ?? 1_310_720)
    this.#installedAt = options.installedAt ?? now()
    const base = bases[0]
    this.#root = this.#make('directory', base?.mode ?? 0o755, 0, 0, null, bases, 2)
    this.#root.mtime = base?.mtime ?? now()
  }

  /** What attackers hold now. */
  get usage(): { readonly bytes: number; readonly nodes: number } {
    return this.#usage
  }

  stat(path: string, as: Credentials): FileStat {
    return this.#statOf(this.#existing(path, as, true))
  }
  lstat(path: string, as: Credentials): FileStat {
    return this.#statOf(this.#existing(path, as, false))
  }
  list(path: string, as: Credentials): readonly string[] {
    const node = this.#existing(path, as, true)
    if (node.kind !== 'directory') throw new FileError('ENOTDIR', path)
    this.#demand(node, READ, as, path)
    return namesOf(node)
  }
  read(path: string, as: Credentials): Buffer {
    const node = this.#existing(path, as, true)
    if (node.kind === 'directory') throw new FileError('EISDIR', path)
    this.#demand(node, READ, as, path)
    return contentOf(node)
  }
  readlink(path: string, as: Credentials): string {
    const node = this.#existing(path, as, false)
    if (node.kind !== 'symlink') throw new FileError('EINVAL', path)
    return node.target
  }
  write(
    path: string,
    data: Uint8Array,
    as: Credentials,
    options: { readonly append?: boolean; readonly mode?: number; readonly exclusive?: boolean } = {},
  ): void {
    this.open(path, as, { ...options, create: true, truncate: options.append !== true }).write(data)
  }

  open(path: string, as: Credentials, options: OpenOptions): OpenFile {
    const found = this.#find(path, as, true)
    let node = found.node
    if (node === undefined) {
      if (options.create !== true || path.endsWith('/')) throw new FileError(path.endsWith('/') ? 'EISDIR' : 'ENOENT', path)
      node = this.#add(found, 'file', options.mode ?? 0o644, as, path)
    } else {
      if (options.exclusive === true) throw new FileError('EEXIST', path)
      if (node.kind === 'directory') throw new FileError('EISDIR', path)
      this.#demand(node, WRITE, as, path)
      if (node.flags.includes('i')) throw new FileError('EPERM', path)
      if (node.flags.includes('a') && options.append !== true) throw new FileError('EPERM', path)
      if (options.truncate === true && node.kind === 'file') {
        truncate(node, this.#usage)
        node.mtime = this.#now()
      }
    }
    return this.#handle(node, path, options.append === true)
  }

  #handle(node: Node, path: string, append: boolean): OpenFile {
    let offset = 0
    return {
      path,
      write: (data) => {
        if (node.kind !== 'file') return
        const at = append ? sizeOf(node) : offset
        writeAt(node, at, data, this.#usage, path)
        offset = at + data.length
        node.mtime = this.#now()
      },
      content: () => contentOf(node),
    }
  }

  mkdir(path: string, as: Credentials, mode = 0o755): void {
    const found = this.#find(path, as, false)
    if (found.node !== undefined) throw new FileError('EEXIST', path)
    this.#add(found, 'directory', mode, as, path).children = new Map()
    found.parent.links++
  }

  remove(path: string, as: Credentials): void {
    const found = this.#find(path, as, false)
    if (found.node === undefined) throw new FileError('ENOENT', path)
    if (found.node.kind === 'directory') throw new FileError('EISDIR', path)
    this.#detach(found, found.node, as, path)
    found.node.links--
    if (found.node.links <= 0) release(found.node, this.#usage)
  }

  rmdir(path: string, as: Credentials): void {
    const found = this.#find(path, as, false)
    if (found.node === undefined) throw new FileError('ENOENT', path)
    if (found.node.kind !== 'directory') throw new FileError('ENOTDIR', path)
    if (found.node === this.#root) throw new FileError('EPERM', path)
    if (namesOf(found.node).length > 0) throw new FileError('ENOTEMPTY', path)
    this.#detach(found, found.node, as, path)
    found.parent.links--
    release(found.node, this.#usage)
  }

  rename(from: string, to: string, as: Credentials): void {
    const source = this.#find(from, as, false)
    if (source.node === undefined) throw new FileError('ENOENT', from)
    const target = this.#find(to, as, false)
    if (target.node === source.node) return
    for (let up: Node | null = target.parent; up !== null; up = up.parent) if (up === source.node) throw new FileError('EINVAL', to)
    if (target.node !== undefined) {
      if (target.node.kind === 'directory') {
        if (source.node.kind !== 'directory') throw new FileError('EISDIR', to)
        if (namesOf(target.node).length > 0) throw new FileError('ENOTEMPTY', to)
      } else if (source.node.kind === 'directory') throw new FileError('ENOTDIR', to)
    }
    this.#demandChange(target.parent, as, to)
    this.#detach(source, source.node, as, from)
    if (target.node !== undefined) release(target.node, this.#usage)
    this.#childrenOf(target.parent).set(target.name, source.node)
    source.node.parent = target.parent
    target.parent.mtime = this.#now()
  }

  symlink(target: string, path: string, as: Credentials): void {
    const found = this.#find(path, as, false)
    if (found.node !== undefined) throw new FileError('EEXIST', path)
    this.#add(found, 'symlink', 0o777, as, path).target = target
  }

  /** A second name for a file. */
  link(from: string, path: string, as: Credentials): void {
    const node = this.#existing(from, as, false)
    if (node.kind === 'directory') throw new FileError('EPERM', from)
    const found = this.#find(path, as, false)
    if (found.node !== undefined) throw new FileError('EEXIST', path)
    this.#demandChange(found.parent, as, path)
    this.#usage.addNode(path)
    node.links++
    this.#childrenOf(found.parent).set(found.name, node)
  }

  chmod(path: string, mode: number, as: Credentials): void {
    const node = this.#mine(path, as)
    node.mode = mode & 0o7777
    node.ctime = this.#now()
  }
  chown(path: string, uid: number, gid: number, as: Credentials): void {
    const node = this.#mine(path, as)
    if (as.uid !== 0 && (uid !== node.uid || (gid !== node.gid && gid !== as.gid && !as.groups.includes(gid)))) {
      throw new FileError('EPERM', path)
    }
    node.uid = uid
    node.gid = gid
    node.ctime = this.#now()
  }
  touch(path: string, mtime: number, as: Credentials): void {
    const node = this.#existing(path, as, true)
    if (as.uid !== 0 && as.uid !== node.uid) this.#demand(node, WRITE, as, path)
    if (node.flags.includes('i')) throw new FileError('EPERM', path)
    node.mtime = mtime
  }
  realpath(path: string, as: Credentials): string {
    const found = this.#find(path, as, true)
    if (found.node === this.#root) return '/'
    const base = pathOf(found.parent)
    return base === '/' ? `/${found.name}` : `${base}/${found.name}`
  }

  /** Flags that `lsattr` shows. */
  flagsOf(path: string, as: Credentials): string {
    return this.#existing(path, as, false).flags
  }
  setFlags(path: string, flags: string, as: Credentials): void {
    const node = this.#existing(path, as, true)
    if (as.uid !== 0) throw new FileError('EPERM', path)
    node.flags = flags
  }
  /** Whether `as` may read (4), write (2) or execute (1). */
  allows(path: string, want: number, as: Credentials): boolean {
    return permits(this.#existing(path, as, true), want, as)
  }
  /** As the distribution installed it: nobody wrote to it. */
  isPristine(path: string, as: Credentials): boolean {
    const node = this.#existing(path, as, true)
    return node.base !== null && node.blocks === null
  }
  /** Whether something is at the path (following links). */
  has(path: string, as: Credentials): boolean {
    try {
      return this.#find(path, as, true).node !== undefined
    } catch (error) {
      if (error instanceof FileError) return false
      throw error
    }
  }
  /** Device numbers, or undefined. */
  deviceOf(path: string, as: Credentials): readonly [number, number] | undefined {
    return this.#existing(path, as, false).base?.device
  }

  #make(
    kind: Node['kind'],
    mode: number,
    uid: number,
    gid: number,
    base: BaseEntry | null,
    bases: readonly BaseDirectory[],
    inode = this.#inodes.next(),
  ): Node {
    const mtime = base === null ? this.#now() : base.mtime === INSTALLED ? this.#installedAt : base.mtime
    return makeNode({ kind, mode, uid, gid, base, bases, mtime, inode })
  }

  #statOf(node: Node): FileStat {
    const links = node.kind === 'directory' ? 2 + subdirectoriesOf(node) : node.links
    const { kind, mode, uid, gid, mtime, inode } = node
    return { kind, mode, uid, gid, size: sizeOf(node), mtime, inode, links }
  }
  #childrenOf(node: Node): Map<string, Node | null> {
    node.children ??= new Map()
    return node.children
  }

  #child(parent: Node, name: string): Node | undefined {
    const known = parent.children?.get(name)
    if (known !== undefined) return known ?? undefined
    const found: (BaseEntry | BaseDirectory)[] = []
    let volatile: BaseEntry | undefined
    for (const base of parent.bases) {
      const entry = base.children.get(name)
      if (entry !== undefined) found.push(entry)
      else volatile ??= base.volatile?.entry(name)
    }
    const first = found[0] ?? volatile
    if (first === undefined) return undefined
    const below = first.kind === 'directory' ? (found.length > 0 ? found : [first]).filter(isDirectory) : []
    const node = this.#make(first.kind, first.mode, first.uid, first.gid, first, below, first.inode ?? this.#inodes.of(parent, name))
    node.parent = parent
    if (volatile === undefined) this.#childrenOf(parent).set(name, node)
    return node
  }

  #find(path: string, as: Credentials, follow: boolean): Place {
    if (!path.startsWith('/') || path.includes('\0')) throw new FileError('ENOENT', path)
    if (path.length > PATH_MAX) throw new FileError('ENAMETOOLONG', path)
    const queue = path.split('/').filter((name) => name !== '')
    const mustBeDirectory = path.endsWith('/')
    let at = this.#root
    let hops = 0
    for (let i = 0; i < queue.length; i++) {
      const name = queue[i] ?? ''
      if (at.kind !== 'directory') throw new FileError('ENOTDIR', path)
      this.#demand(at, EXECUTE, as, path)
      if (name === '.') continue
      if (name === '..') {
        at = at.parent ?? this.#root
        continue
      }
      if (name.length > NAME_MAX) throw new FileError('ENAMETOOLONG', path)
      const node = this.#child(at, name)
      const last = i === queue.length - 1
      if (node === undefined) {
        if (last) return { parent: at, name, node: undefined }
        throw new FileError('ENOENT', path)
      }
      if (node.kind === 'symlink' && (!last || follow || mustBeDirectory)) {
        if (++hops > LINKS_MAX) throw new FileError('ELOOP', path)
        if (node.target.startsWith('/')) at = this.#root
        queue.splice(0, i + 1, ...node.target.split('/').filter((part) => part !== ''))
        if (queue.length > PATH_MAX) throw new FileError('ENAMETOOLONG', path)
        i = -1
        continue
      }
      if (last) {
        if (mustBeDirectory && node.kind !== 'directory') throw new FileError('ENOTDIR', path)
        return { parent: at, name, node }
      }
      at = node
    }
    return { parent: at.parent ?? at, name: nameOf(at), node: at }
  }

  #existing(path: string, as: Credentials, follow: boolean): Node {
    const { node } = this.#find(path, as, follow)
    if (node === undefined) throw new FileError('ENOENT', path)
    return node
  }

  #add(found: Place, kind: Node['kind'], mode: number, as: Credentials, path: string): Node {
    this.#demandChange(found.parent, as, path)
    this.#usage.addNode(path)
    const node = this.#make(kind, mode & 0o7777, as.uid, as.gid, null, [])
    node.owned = true
    node.parent = found.parent
    if (kind === 'file') node.blocks = []
    this.#childrenOf(found.parent).set(found.name, node)
    found.parent.mtime = this.#now()
    return node
  }

  #detach(found: Place, node: Node, as: Credentials, path: string): void {
    this.#demandChange(found.parent, as, path)
    if ((found.parent.mode & 0o1000) !== 0 && as.uid !== 0 && as.uid !== node.uid && as.uid !== found.parent.uid) {
      throw new FileError('EPERM', path)
    }
    if (/[ia]/.test(node.flags)) throw new FileError('EPERM', path)
    if (isVolatile(found.parent) || isVolatile(node)) throw new FileError('EPERM', path)
    const inBase = found.parent.bases.some((base) => base.children.has(found.name))
    if (inBase) this.#childrenOf(found.parent).set(found.name, null)
    else this.#childrenOf(found.parent).delete(found.name)
    found.parent.mtime = this.#now()
  }

  #mine(path: string, as: Credentials): Node {
    const node = this.#existing(path, as, true)
    if (node.flags.includes('i') || (as.uid !== 0 && as.uid !== node.uid)) throw new FileError('EPERM', path)
    return node
  }

  #demand(node: Node, want: number, as: Credentials, path: string): void {
    if (!permits(node, want, as)) throw new FileError('EACCES', path)
  }
  #demandChange(parent: Node, as: Credentials, path: string): void {
    if (isVolatile(parent)) throw new FileError(parent.parent === this.#root ? 'ENOENT' : 'EPERM', path)
    if (parent.flags.includes('i')) throw new FileError('EPERM', path)
    this.#demand(parent, WRITE | EXECUTE, as, path)
  }
}

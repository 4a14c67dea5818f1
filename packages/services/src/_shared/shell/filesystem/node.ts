import { type Credentials, FileError, type FileKind } from '../port.ts'
import type { BaseDirectory, BaseEntry } from './base.ts'

/** One file as the decky has it: made from a base entry when first touched, or by an attacker. */
export interface Node {
  kind: FileKind
  mode: number
  uid: number
  gid: number
  mtime: number
  ctime: number
  inode: number
  links: number
  /** Extended attributes that chattr sets: `i`, `a`. */
  flags: string
  /** Base entry whose content or children hold until they are overwritten. */
  base: BaseEntry | null
  /** Directories: base directories below this one, nearest first. */
  bases: readonly BaseDirectory[]
  /** Directories: what was touched or made; null hides an entry of the base. */
  children: Map<string, Node | null> | null
  /** Written content in blocks, short ones standing for zeros; null = the base's. */
  blocks: Buffer[] | null
  length: number
  target: string
  /** Made by an attacker: counts against the quota. */
  owned: boolean
  parent: Node | null
}

const BLOCK = 65_536
const EMPTY = Buffer.alloc(0)

export const READ = 4
export const WRITE = 2
export const EXECUTE = 1

/** What attackers may add to one disk. */
export interface Quota {
  readonly bytes: number
  readonly nodes: number
}

export const makeNode = (given: Pick<Node, 'kind' | 'mode' | 'uid' | 'gid' | 'base' | 'bases' | 'mtime' | 'inode'>): Node => ({
  ...given,
  ctime: given.mtime,
  links: given.kind === 'directory' ? 2 : 1,
  flags: '',
  children: null,
  blocks: null,
  length: 0,
  target: given.base?.target ?? '',
  owned: false,
  parent: null,
})

/** Content of a file as it stands. */
export function contentOf(node: Node): Buffer {
  if (node.blocks === null) {
    const made = node.base?.content?.() ?? ''
    return typeof made === 'string' ? Buffer.from(made) : made
  }
  const only = node.blocks[0]
  if (node.blocks.length === 1 && only !== undefined && only.length >= node.length) return Buffer.from(only.subarray(0, node.length))
  const whole = Buffer.alloc(node.length)
  for (const [i, block] of node.blocks.entries()) block.copy(whole, i * BLOCK)
  return whole
}

/** Kernel files (`/proc`, `/sys`) say 0 until they are read. */
export function sizeOf(node: Node): number {
  if (node.kind === 'directory') return node.base?.size ?? 4096
  if (node.kind === 'symlink') return Buffer.byteLength(node.target)
  if (node.kind !== 'file') return 0
  if (node.blocks !== null) return node.length
  return node.base?.size ?? contentOf(node).length
}

/** Counts what attackers hold, and refuses what is too much. */
export class Usage {
  bytes = 0
  nodes = 0
  readonly #quota: Quota
  constructor(quota: Quota) {
    this.#quota = quota
  }
  addNode(path: string): void {
    if (this.nodes >= this.#quota.nodes) throw new FileError('ENOSPC', path)
    this.nodes++
  }
  addBytes(count: number, path: string): void {
    if (this.bytes + count > this.#quota.bytes) throw new FileError('ENOSPC', path)
    this.bytes += count
  }
}

/** Writes at an offset, copying the base's content first; keeps the quota. */
export function writeAt(node: Node, offset: number, data: Uint8Array, usage: Usage, path: string): void {
  if (node.blocks === null) {
    const before = contentOf(node)
    node.blocks = []
    node.length = 0
    writeAt(node, 0, before, usage, path)
  }
  const grown = Math.max(0, offset + data.length - node.length)
  usage.addBytes(grown, path)
  const blocks = node.blocks ?? []
  for (let done = 0; done < data.length; ) {
    const at = offset + done
    const index = Math.floor(at / BLOCK)
    const within = at % BLOCK
    const take = Math.min(BLOCK - within, data.length - done)
    while (blocks.length <= index) blocks.push(EMPTY)
    let block = blocks[index] ?? EMPTY
    if (block.length < within + take) {
      // The last block grows ahead; a hole stays empty.
      const larger = Buffer.alloc(Math.min(BLOCK, Math.max(within + take, block.length * 2)))
      block.copy(larger)
      blocks[index] = larger
      block = larger
    }
    block.set(data.subarray(done, done + take), within)
    done += take
  }
  node.length += grown
}

export function truncate(node: Node, usage: Usage): void {
  if (node.blocks !== null) usage.bytes -= node.length
  node.blocks = []
  node.length = 0
}

/** Gives back what a removed file held. */
export function release(node: Node, usage: Usage): void {
  if (node.blocks !== null) usage.bytes -= node.length
  if (node.owned) usage.nodes--
}

/** Made by the kernel as it is read. */
export const isVolatile = (node: Node): boolean => node.bases.some((base) => base.volatile !== undefined)

/** Whether the permission bits let `as` read (4), write (2), execute (1); root may all but execute what nobody may. */
export function permits(node: Node, want: number, as: Credentials): boolean {
  if (as.uid === 0) return want !== EXECUTE || node.kind === 'directory' || (node.mode & 0o111) !== 0
  const shift = as.uid === node.uid ? 6 : as.gid === node.gid || as.groups.includes(node.gid) ? 3 : 0
  return ((node.mode >> shift) & want) === want
}

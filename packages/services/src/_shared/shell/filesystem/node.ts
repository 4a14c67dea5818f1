import { FileError, type FileKind } from '../port.ts'
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
  /** Written content, in a buffer that grows ahead; null = the base's. */
  data: Buffer | null
  length: number
  target: string
  /** Made by an attacker: counts against the quota. */
  owned: boolean
  parent: Node | null
}

/** What attackers may add to one disk. */
export interface Quota {
  readonly bytes: number
  readonly nodes: number
}

/** Content of a file as it stands. */
export function contentOf(node: Node): Buffer {
  if (node.data !== null) return node.data.subarray(0, node.length)
  const made = node.base?.content?.() ?? ''
  return typeof made === 'string' ? Buffer.from(made) : made
}

/** Kernel files (`/proc`, `/sys`) say 0 until they are read. */
export function sizeOf(node: Node): number {
  if (node.kind === 'directory') return node.base?.size ?? 4096
  if (node.kind === 'symlink') return Buffer.byteLength(node.target)
  if (node.kind !== 'file') return 0
  if (node.data !== null) return node.length
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
  if (node.data === null) {
    const before = contentOf(node)
    usage.addBytes(before.length, path)
    node.data = Buffer.from(before)
    node.length = before.length
  }
  const end = offset + data.length
  if (end > node.data.length) {
    const capacity = Math.max(end, Math.min(node.data.length * 2, node.data.length + 1_048_576), 64)
    usage.addBytes(capacity - node.data.length, path)
    const grown = Buffer.alloc(capacity)
    node.data.copy(grown, 0, 0, node.length)
    node.data = grown
  }
  node.data.set(data, offset)
  node.length = Math.max(node.length, end)
}

export function truncate(node: Node, usage: Usage): void {
  if (node.data !== null) usage.bytes -= node.data.length
  node.data = Buffer.alloc(0)
  node.length = 0
}

/** Gives back what a removed file held. */
export function release(node: Node, usage: Usage): void {
  if (node.data !== null) usage.bytes -= node.data.length
  if (node.owned) usage.nodes--
}

import type { Node } from './node.ts'
import { isVolatile } from './node.ts'
import { namesOf } from './tree.ts'

const FIRST = 393_217

/** Inode numbers: an installed file's follows from its place alone, whoever looks first; new files count up. */
export class Inodes {
  readonly #total: number
  readonly #orders = new WeakMap<Node, ReadonlyMap<string, number>>()
  #fresh: number
  #passing = 10_240

  /** `fresh` is the first number of a new file, `total` what `df -i` counts. */
  constructor(fresh: number, total: number) {
    this.#fresh = fresh
    this.#total = total
  }
  next(): number {
    return this.#fresh++
  }
  /** Of an entry of the base, which lies beside its siblings as the installation wrote them. */
  of(parent: Node, name: string): number {
    if (isVolatile(parent)) return ++this.#passing
    let order = this.#orders.get(parent)
    if (order === undefined) {
      order = new Map(namesOf(parent).map((one, i) => [one, i]))
      this.#orders.set(parent, order)
    }
    const room = Math.max(1, Math.floor((this.#total - FIRST) / 32))
    const start = (Math.imul(parent.inode ^ 0x9e37, 2_654_435_761) >>> 0) % room
    return FIRST + start * 32 + (order.get(name) ?? order.size)
  }
}

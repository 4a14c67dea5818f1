import { FileError } from '../_shared/shell/port.ts'
import type { UploadBudget } from './visit.ts'

/** A file being received: grows in memory, within the decky's budget, until it is closed. Writes may come in any order. */
export class Upload {
  #content: Buffer
  #size: number
  #reserved = 0
  readonly #budget: UploadBudget

  /** @throws {FileError} ENOSPC when the budget is used up, here and on each write. */
  constructor(budget: UploadBudget, initial: Uint8Array = Buffer.alloc(0)) {
    this.#budget = budget
    this.#content = Buffer.alloc(0)
    this.#size = 0
    this.write(0, initial)
  }
  get size(): number {
    return this.#size
  }
  get content(): Buffer {
    return this.#content.subarray(0, this.#size)
  }
  write(offset: number, data: Uint8Array): void {
    const end = offset + data.length
    this.#room(end)
    this.#content.set(data, offset)
    this.#size = Math.max(this.#size, end)
  }
  truncate(size: number): void {
    this.#room(size)
    if (size < this.#size) this.#content.fill(0, size, this.#size)
    this.#size = size
  }
  /** Gives the memory back. */
  release(): void {
    this.#budget.left += this.#reserved
    this.#reserved = 0
    this.#content = Buffer.alloc(0)
    this.#size = 0
  }
  #room(size: number): void {
    if (size <= this.#content.length) return
    const capacity = Math.max(size, Math.min(this.#content.length * 2, this.#content.length + this.#budget.left), 4096)
    const more = capacity - this.#reserved
    if (more > this.#budget.left) throw new FileError('ENOSPC', '')
    this.#budget.left -= more
    this.#reserved = capacity
    const grown = Buffer.alloc(capacity)
    grown.set(this.content)
    this.#content = grown
  }
}

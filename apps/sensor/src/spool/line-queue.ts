/** Lines that wait for the disk, bounded in bytes. */
export class LineQueue {
  readonly #limit: number
  #lines: string[] = []
  #head = 0
  #bytes = 0
  constructor(limit: number) {
    this.#limit = limit
  }

  get length(): number {
    return this.#lines.length - this.#head
  }
  get bytes(): number {
    return this.#bytes
  }

  /** False when it does not fit. */
  push(line: string): boolean {
    const bytes = Buffer.byteLength(line)
    if (this.#bytes + bytes > this.#limit) return false
    this.#lines.push(line)
    this.#bytes += bytes
    return true
  }

  /** The first lines, at least one, up to `count` lines and about `bytes` bytes. They stay until they are removed. */
  peek(count: number, bytes: number): { count: number; data: Buffer } {
    const end = Math.min(this.#head + count, this.#lines.length)
    let at = this.#head
    for (let size = 0; at < end && size < bytes; at++) size += this.#lines[at]?.length ?? 0
    return { count: at - this.#head, data: Buffer.from(this.#lines.slice(this.#head, at).join(''), 'utf8') }
  }

  remove(count: number, bytes: number): void {
    this.#head += count
    this.#bytes -= bytes
    if (this.#head === this.#lines.length) this.#lines = []
    else if (this.#head > 4096) this.#lines = this.#lines.slice(this.#head)
    else return
    this.#head = 0
  }
}

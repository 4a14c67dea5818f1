/** As many are kept one by one; beyond, a bit for each of 65,536. */
const FEW = 32
/** Stretches that a text names. */
const NAMED = 64

/** Different ports, counted exactly, in 8 KiB at most. */
export class PortSet {
  #few: Set<number> | null = new Set()
  #bits: Uint8Array | null = null
  #size = 0

  get size(): number {
    return this.#size
  }
  has(port: number): boolean {
    return this.#few?.has(port) ?? ((this.#bits?.[port >> 3] ?? 0) & (1 << (port & 7))) !== 0
  }
  add(port: number): void {
    if (this.has(port)) return
    this.#size += 1
    if (this.#few) {
      this.#few.add(port)
      if (this.#few.size <= FEW) return
      this.#bits = new Uint8Array(8192)
      for (const one of this.#few) this.#mark(one)
      this.#few = null
    } else this.#mark(port)
  }
  /** `22,80-443`: the first stretches. */
  get text(): string {
    const stretches: [number, number][] = []
    for (const port of this.#sorted()) {
      const last = stretches.at(-1)
      if (last && last[1] === port - 1) last[1] = port
      else if (stretches.length < NAMED) stretches.push([port, port])
      else break
    }
    return stretches.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(',')
  }
  #mark(port: number): void {
    if (this.#bits) this.#bits[port >> 3] = (this.#bits[port >> 3] ?? 0) | (1 << (port & 7))
  }
  *#sorted(): Generator<number> {
    if (this.#few) yield* [...this.#few].sort((a, b) => a - b)
    else for (let port = 0; port < 65_536; port += 1) if (this.has(port)) yield port
  }
}

import { BrokenPipe } from './control.ts'

const PIPE_CAPACITY = 65_536

/** Where a process reads: chunks, lines, and back what it read too much. */
export interface Input {
  readonly tty: boolean
  /** Next bytes, at most `max`; null at the end. */
  read(max?: number): Promise<Buffer | null>
  unread(data: Buffer): void
  /** The reader goes away. */
  close(): void
}
/** Where a process writes. Resolves when there is room. */
export interface Output {
  readonly tty: boolean
  write(data: Buffer): Promise<void>
  /** The writer goes away. */
  close(): void
}

export const toBytes = (text: string): Buffer => Buffer.from(text, 'latin1')
export const toText = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')

/** A queue of bytes with a reader and a writer: pipes, and what a client sends. */
export class Pipe implements Input, Output {
  readonly tty: boolean
  #queue: Buffer[] = []
  #size = 0
  #ended = false
  #broken = false
  #once = false
  readonly #capacity: number
  #wakeReader: (() => void)[] = []
  #wakeWriter: (() => void)[] = []

  constructor(options: { readonly capacity?: number; readonly tty?: boolean } = {}) {
    this.#capacity = options.capacity ?? PIPE_CAPACITY
    this.tty = options.tty ?? false
  }

  /** A reader waits. */
  get waiting(): boolean {
    return this.#wakeReader.length > 0
  }
  /** ^D: one read finds the end, later ones go on. */
  pushEnd(): void {
    this.#once = true
    this.#wake(this.#wakeReader)
  }
  get size(): number {
    return this.#size
  }
  async write(data: Buffer): Promise<void> {
    if (this.#broken) throw new BrokenPipe()
    if (data.length === 0) return
    this.push(data)
    while (this.#size > this.#capacity && !this.#broken) {
      await new Promise<void>((resolve) => {
        this.#wakeWriter.push(resolve)
      })
    }
    if (this.#broken) throw new BrokenPipe()
  }
  /** Without waiting, and without a bound: the caller keeps one. */
  push(data: Buffer): void {
    if (this.#ended || this.#broken) return
    this.#queue.push(data)
    this.#size += data.length
    this.#wake(this.#wakeReader)
  }
  async read(max = PIPE_CAPACITY): Promise<Buffer | null> {
    for (;;) {
      const first = this.#queue[0]
      if (first !== undefined) {
        const taken = first.length > max ? first.subarray(0, max) : first
        if (taken.length === first.length) this.#queue.shift()
        else this.#queue[0] = first.subarray(max)
        this.#size -= taken.length
        if (this.#size <= this.#capacity) this.#wake(this.#wakeWriter)
        return taken
      }
      if (this.#once) {
        this.#once = false
        return null
      }
      if (this.#ended || this.#broken) return null
      await new Promise<void>((resolve) => {
        this.#wakeReader.push(resolve)
      })
    }
  }
  unread(data: Buffer): void {
    if (data.length === 0) return
    this.#queue.unshift(data)
    this.#size += data.length
    this.#wake(this.#wakeReader)
  }
  /** No more will be written. */
  end(): void {
    this.#ended = true
    this.#wake(this.#wakeReader)
  }
  /** Nobody will read any more. */
  break(): void {
    this.#broken = true
    this.#queue = []
    this.#size = 0
    this.#wake(this.#wakeWriter)
    this.#wake(this.#wakeReader)
  }
  close(): void {
    this.end()
  }
  #wake(waiting: (() => void)[]): void {
    for (const wake of waiting.splice(0)) wake()
  }
}

/** The two ends of a pipe as descriptors. */
export const readEnd = (pipe: Pipe): Input => ({
  tty: false,
  read: (max) => pipe.read(max),
  unread: (data) => pipe.unread(data),
  close: () => pipe.break(),
})
export const writeEnd = (pipe: Pipe): Output => ({ tty: false, write: (data) => pipe.write(data), close: () => pipe.end() })

/** Bytes that are there already: files, here-documents. */
export class Bytes implements Input {
  readonly tty = false
  #data: Buffer
  constructor(data: Buffer) {
    this.#data = data
  }
  read(max = PIPE_CAPACITY): Promise<Buffer | null> {
    if (this.#data.length === 0) return Promise.resolve(null)
    const taken = this.#data.subarray(0, max)
    this.#data = this.#data.subarray(taken.length)
    return Promise.resolve(taken)
  }
  unread(data: Buffer): void {
    this.#data = Buffer.concat([data, this.#data])
  }
  close(): void {
    this.#data = Buffer.alloc(0)
  }
}

/** An endless device. */
export class Endless implements Input {
  readonly tty = false
  readonly #make: (count: number) => Buffer
  constructor(make: (count: number) => Buffer) {
    this.#make = make
  }
  read(max = 16_384): Promise<Buffer | null> {
    return Promise.resolve(this.#make(Math.min(max, 65_536)))
  }
  unread(): void {
    return
  }
  close(): void {
    return
  }
}

export const NOTHING: Input = { tty: false, read: () => Promise.resolve(null), unread: () => undefined, close: () => undefined }
export const NOWHERE: Output = { tty: false, write: () => Promise.resolve(), close: () => undefined }

/** Keeps what is written, up to a bound; for `$(…)`. */
export class Collector implements Output {
  readonly tty = false
  readonly #chunks: Buffer[] = []
  #size = 0
  readonly #limit: number
  constructor(limit: number) {
    this.#limit = limit
  }
  write(data: Buffer): Promise<void> {
    if (this.#size < this.#limit) {
      this.#chunks.push(Buffer.from(data))
      this.#size += data.length
    }
    return Promise.resolve()
  }
  close(): void {
    return
  }
  text(): string {
    return toText(Buffer.concat(this.#chunks).subarray(0, this.#limit))
  }
}

/** One line with its line end, '' at the end of input. */
export async function readLine(input: Input, limit = 1_048_576): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  while (size < limit) {
    const chunk = await input.read()
    if (chunk === null) break
    const end = chunk.indexOf(10)
    if (end >= 0) {
      if (end + 1 < chunk.length) input.unread(chunk.subarray(end + 1))
      chunks.push(chunk.subarray(0, end + 1))
      break
    }
    chunks.push(chunk)
    size += chunk.length
  }
  return toText(Buffer.concat(chunks))
}

/** Everything up to the end, bounded. */
export async function readAll(input: Input, limit = 4_194_304): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  while (size < limit) {
    const chunk = await input.read()
    if (chunk === null) break
    chunks.push(chunk)
    size += chunk.length
  }
  return Buffer.concat(chunks)
}

import type { FileHandle } from 'node:fs/promises'
import type { Intake, IntakeBatch, IntakeLine } from '@decnet/kernel/intake'
import { LINE_LIMIT } from '@decnet/kernel/syslog'
import { deleteBefore, idsAfter, openSpoolFile } from './spool-folder.ts'
import { formatPosition, parsePosition, type SpoolPlace } from './spool-position.ts'

export interface SpoolIntakeOptions {
  /** The sensor's spool; it need not exist yet. Whoever writes there is not trusted. */
  readonly directory: string
  readonly source?: string
  /** Bytes of one system call, 1 MiB. */
  readonly chunkBytes?: number
  /** Bytes that one batch reads at most, 8 MiB; a single line may go beyond. */
  readonly batchBytes?: number
  /** Longest line, 1 MiB. */
  readonly lineBytes?: number
}

const LF = 10
/** What is kept of a line that is given up. */
const EVIDENCE = 64 * 1024

/** A batch in the making, and where it has come to. */
interface Progress {
  readonly lines: IntakeLine[]
  readonly limit: number
  place: SpoolPlace
  /** Bytes that this batch may still go forward. */
  budget: number
}

class SpoolIntake implements Intake {
  readonly #directory: string
  readonly #source: string
  readonly #chunkBytes: number
  readonly #batchBytes: number
  readonly #lineBytes: number
  #file: { readonly id: string; readonly handle: FileHandle } | null = null
  /** Bytes read last: those of file `id` from `start` on. */
  #window = { id: '', start: 0, data: Buffer.alloc(0) }
  /** Files known to follow the open one; once there is one, the open one is finished. */
  #later: string[] = []
  #acked = ''

  constructor(options: SpoolIntakeOptions) {
    this.#directory = options.directory
    this.#source = options.source ?? 'sensor'
    this.#lineBytes = options.lineBytes ?? LINE_LIMIT
    // One more byte than the longest line decides about every line in one reading.
    this.#chunkBytes = Math.max(options.chunkBytes ?? 1024 * 1024, this.#lineBytes + 1)
    this.#batchBytes = options.batchBytes ?? 8 * 1024 * 1024
  }

  async read(position: string | null, limit: number): Promise<IntakeBatch> {
    const place = await this.#locate(parsePosition(position))
    if (place === null) return this.#batch([], position ?? '', null, false)
    const progress: Progress = { lines: [], limit, place, budget: this.#batchBytes }
    for (;;) {
      const grown = await this.#fill(progress.place)
      this.#take(progress)
      if (progress.lines.length >= limit || progress.budget <= 0) return this.#ended(progress, null, await this.#waiting(progress.place))
      if (grown) continue
      const rest = this.#rest(progress.place)
      if (this.#later.length === 0) {
        this.#later = await idsAfter(this.#directory, progress.place.id)
        if (this.#later.length === 0) return this.#ended(progress, null, false)
        // Its writer may have gone on between our last look and the newer file's birth.
        if (await this.#fill(progress.place)) continue
      }
      const torn = rest.length > 0 && !progress.place.skipping ? Buffer.from(rest) : null
      const next = await this.#open(this.#later)
      if (next === null) {
        this.#later = []
        return this.#ended(progress, null, false)
      }
      progress.place = { id: next, offset: 0, skipping: false }
      if (torn !== null) return this.#ended(progress, torn, true)
    }
  }

  async ack(position: string): Promise<void> {
    const place = parsePosition(position)
    if (place === null || place.id === this.#acked) return
    await deleteBefore(this.#directory, place.id)
    this.#acked = place.id
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file?.handle.close()
    this.#file = null
  }

  /** Opens the file of a place. When it is gone reading goes on with the next file, or, when nothing follows, with what is kept. */
  async #locate(place: SpoolPlace | null): Promise<SpoolPlace | null> {
    if (place !== null && (this.#file?.id === place.id || (await this.#open([place.id])) !== null)) return place
    const next =
      (await this.#open(await idsAfter(this.#directory, place?.id ?? ''))) ?? (await this.#open(await idsAfter(this.#directory, '')))
    return next === null ? null : { id: next, offset: 0, skipping: false }
  }

  /** Opens the first of `ids` that is a readable regular file; those behind it are known to follow. */
  async #open(ids: readonly string[]): Promise<string | null> {
    for (const [index, id] of ids.entries()) {
      const handle = await openSpoolFile(this.#directory, id)
      if (handle === null) continue
      await this.#file?.handle.close()
      this.#file = { id, handle }
      this.#later = ids.slice(index + 1)
      return id
    }
    return null
  }

  /** What the window holds from a place on. */
  #rest({ id, offset }: SpoolPlace): Buffer {
    const { start, data } = this.#window
    return this.#window.id === id && offset >= start && offset <= start + data.length
      ? data.subarray(offset - start)
      : data.subarray(data.length)
  }

  /** Makes the window hold what the file has from a place on, up to a chunk; false when that is no more than was known. */
  async #fill(place: SpoolPlace): Promise<boolean> {
    const known = this.#rest(place)
    if (known.includes(LF)) return true
    if (this.#file === null) return false
    const size = Math.min((await this.#file.handle.stat()).size - place.offset, this.#chunkBytes)
    if (size <= known.length) return false
    const data = Buffer.allocUnsafeSlow(size)
    const { bytesRead } = await this.#file.handle.read(data, 0, size, place.offset)
    if (bytesRead <= known.length) return false
    this.#window = { id: place.id, start: place.offset, data: data.subarray(0, bytesRead) }
    return true
  }

  /** Moves every whole line of the window into the batch. */
  #take(progress: Progress): void {
    const { lines, limit } = progress
    const { id } = progress.place
    let { offset, skipping } = progress.place
    const rest = this.#rest(progress.place)
    const base = offset
    let at = 0
    while (lines.length < limit && at < progress.budget && at < rest.length) {
      const end = rest.indexOf(LF, at)
      const length = (end === -1 ? rest.length : end) - at
      const tooLong = length > this.#lineBytes
      if (end === -1 && !tooLong && !skipping) break
      const from = at
      at = end === -1 ? rest.length : end + 1
      offset = base + at
      if (!skipping && length > 0) {
        const position = formatPosition(id, offset, end === -1)
        if (tooLong)
          lines.push({
            line: Buffer.from(rest.subarray(from, from + Math.min(length, EVIDENCE))),
            position,
            corrupt: `longer than ${this.#lineBytes} bytes`,
          })
        else lines.push({ line: rest.subarray(from, end), position })
      }
      skipping = end === -1
    }
    progress.budget -= at
    progress.place = { id, offset, skipping }
  }

  /** Whether bytes or files stand behind a place. */
  async #waiting(place: SpoolPlace): Promise<boolean> {
    if (this.#rest(place).length > 0 || this.#later.length > 0) return true
    if (this.#file !== null && (await this.#file.handle.stat()).size > place.offset) return true
    return (await idsAfter(this.#directory, place.id)).length > 0
  }

  #ended({ lines, place }: Progress, torn: Buffer | null, more: boolean): IntakeBatch {
    return this.#batch(lines, formatPosition(place.id, place.offset, place.skipping), torn, more)
  }

  #batch(lines: readonly IntakeLine[], position: string, torn: Buffer | null, more: boolean): IntakeBatch {
    return { source: this.#source, lines, torn, position, more }
  }
}

/**
 * Reads a sensor's spool: files in the order of their ids, whole lines only, in bounded memory whatever lies there. A position is
 * `<file id>:<offset>`. One reading at a time. `ack` deletes the files before the position's, except the newest.
 */
export const spoolIntake = (options: SpoolIntakeOptions): Intake => new SpoolIntake(options)

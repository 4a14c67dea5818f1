import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import { EscapedDecoder } from '@decnet/kernel'
import type { Evidence, Recording } from '@decnet/kernel/service'
import { FILE_COST, type Ledger } from './ledger.ts'

type Options = Parameters<Evidence['openRecording']>[1]
type Done = Parameters<Evidence['openRecording']>[2]

const FLUSH_MS = 250
const FLUSH_BYTES = 64 * 1024

/** Where recordings go and what they may take. */
export interface RecordingPlace {
  readonly folder: string
  readonly cap: number
  readonly ledger: Ledger
  readonly now: () => number
}

/**
 * One asciicast v2 file: a header line, then `[seconds, "o" | "i" | "r", data]` a line; appended to every quarter of a second.
 * Bytes that are no UTF-8 are escaped (`escapedText`), so that none is lost.
 */
export class CastRecording implements Recording {
  readonly #file: string
  readonly #place: RecordingPlace
  readonly #startedAt: number
  readonly #done: Done
  readonly #output = new EscapedDecoder()
  readonly #input = new EscapedDecoder()
  #waiting = ''
  #waitingBytes = 0
  #fileBytes = 0
  #seen = 0
  #clock = 0
  #full = false
  #failed = false
  #created = false
  #timer: NodeJS.Timeout | null = null
  #writing: Promise<void> = Promise.resolve()
  #closing: Promise<void> | null = null

  constructor(name: string, options: Options, place: RecordingPlace, done: Done) {
    this.#file = `${name}.cast`
    this.#place = place
    this.#startedAt = options.startedAt
    this.#done = done
    const { columns: width, rows: height, term = 'xterm-256color', title } = options
    const timestamp = Math.floor(options.startedAt / 1000)
    if (!place.ledger.take(FILE_COST)) this.#full = true
    this.#line({ version: 2, width, height, timestamp, ...(title === undefined ? {} : { title }), env: { TERM: term, SHELL: '/bin/bash' } })
  }

  output(data: string | Uint8Array): void {
    this.#data('o', this.#output, data)
  }
  input(data: string | Uint8Array): void {
    this.#data('i', this.#input, data)
  }
  resize(columns: number, rows: number): void {
    if (this.#closing === null) this.#line([this.#elapsed(), 'r', `${columns}x${rows}`])
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  #data(kind: 'o' | 'i', decoder: EscapedDecoder, data: string | Uint8Array): void {
    if (this.#closing !== null) return
    this.#seen += typeof data === 'string' ? Buffer.byteLength(data) : data.byteLength
    // Text never completes a character that bytes began.
    const text = typeof data === 'string' ? decoder.end() + data : decoder.write(data)
    if (text !== '') this.#line([this.#elapsed(), kind, text])
  }

  /** Seconds since the start, never going back. */
  #elapsed(): number {
    this.#clock = Math.max(this.#clock, Math.round(this.#place.now() - this.#startedAt) / 1000)
    return this.#clock
  }

  #line(value: unknown): void {
    if (this.#full) return
    const line = `${JSON.stringify(value)}\n`
    const bytes = Buffer.byteLength(line)
    const { cap, ledger } = this.#place
    if (this.#fileBytes + bytes > cap || !ledger.take(bytes)) {
      this.#full = true
      return
    }
    if (!ledger.hold(bytes)) {
      ledger.give(bytes)
      this.#full = true
      return
    }
    this.#fileBytes += bytes
    this.#waiting += line
    this.#waitingBytes += bytes
    if (this.#waitingBytes > FLUSH_BYTES) this.#flush()
    else this.#timer ??= setTimeout(() => this.#flush(), FLUSH_MS).unref()
  }

  #flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    if (this.#waiting === '') return
    const text = this.#waiting
    const bytes = this.#waitingBytes
    this.#waiting = ''
    this.#waitingBytes = 0
    this.#writing = this.#writing.then(async () => {
      try {
        if (this.#failed) return // nothing follows a line that was cut
        await appendFile(join(this.#place.folder, this.#file), text, { mode: 0o600, flag: this.#created ? 'a' : 'ax' })
        this.#created = true
      } catch {
        this.#failed = true // the disk is full or broken: it goes on counting
        this.#full = true
      } finally {
        this.#place.ledger.release(bytes)
      }
    })
  }

  async #close(): Promise<void> {
    for (const [kind, decoder] of [
      ['o', this.#output],
      ['i', this.#input],
    ] as const) {
      const rest = decoder.end()
      if (rest !== '') this.#line([this.#elapsed(), kind, rest])
    }
    const seconds = this.#elapsed()
    this.#flush()
    await this.#writing
    this.#done({ duration_s: seconds, bytes: this.#seen, truncated: this.#full, replay: this.#file })
  }
}

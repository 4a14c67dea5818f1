import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, open, rename, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { isNodeError, newId } from '@decnet/kernel'
import type { Capture } from '@decnet/kernel/service'
import { FILE_COST, type Ledger } from './ledger.ts'

/** How a file in the making is named; one that lies there at start is what a killed sensor left. */
export const PARTIAL = /^\.[0-9a-f-]{36}\.part$/

type Captured = Awaited<ReturnType<Capture['finish']>>

async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size
  } catch (error) {
    if (isNodeError(error) && error.code === 'ENOENT') return null
    throw error
  }
}

/** A capture that writes behind the attacker's back: `write` copies and returns. */
export class FileCapture implements Capture {
  readonly #folder: string
  readonly #partial: string
  readonly #cap: number
  readonly #ledger: Ledger
  readonly #hash = createHash('sha256')
  #size = 0
  /** Bytes that are or will be in the file; null once there is no file to keep. */
  #kept: number | null = 0
  #truncated = false
  #full = false
  #waiting: Buffer[] = []
  #handle: FileHandle | null = null
  #charged = 0
  #draining: Promise<void> = Promise.resolve()
  #scheduled = false
  #outcome: Promise<Captured> | null = null

  readonly #over: () => void

  /** `over` is called once, when it is finished or aborted. */
  constructor(folder: string, cap: number, ledger: Ledger, over: () => void) {
    this.#over = over
    this.#folder = folder
    this.#partial = join(folder, `.${newId()}.part`)
    this.#cap = cap
    this.#ledger = ledger
  }

  write(chunk: Uint8Array): void {
    if (this.#outcome !== null || chunk.byteLength === 0) return
    this.#hash.update(chunk)
    this.#size += chunk.byteLength
    if (this.#kept === null || this.#full) return
    const room = Math.min(chunk.byteLength, this.#cap - this.#kept)
    if (room < chunk.byteLength) this.#stop()
    if (room > 0) this.#keep(Buffer.from(chunk.subarray(0, room)))
  }

  finish(): Promise<Captured> {
    this.#outcome ??= this.#finish()
    return this.#outcome
  }

  async abort(): Promise<void> {
    if (this.#outcome === null) this.#drop()
    await this.finish()
  }

  #keep(copy: Buffer): void {
    if (!this.#charge(copy.length)) this.#drop()
    else if (!this.#ledger.hold(copy.length)) this.#stop()
    else {
      this.#kept = (this.#kept ?? 0) + copy.length
      this.#waiting.push(copy)
      this.#schedule()
    }
  }

  #charge(bytes: number): boolean {
    const cost = this.#charged === 0 ? bytes + FILE_COST : bytes
    if (!this.#ledger.take(cost)) return false
    this.#charged += cost
    return true
  }

  /** What is kept stays, nothing is added. */
  #stop(): void {
    this.#truncated = true
    this.#full = true
  }

  /** Nothing is kept. */
  #drop(): void {
    this.#truncated = true
    this.#kept = null
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    this.#draining = this.#draining.then(() => this.#drain())
  }

  async #drain(): Promise<void> {
    this.#scheduled = false
    const data = Buffer.concat(this.#waiting)
    this.#waiting = []
    try {
      if (this.#kept === null) return
      const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW
      this.#handle ??= await open(this.#partial, flags, 0o600)
      for (let at = 0; at < data.length; ) at += (await this.#handle.write(data, at)).bytesWritten
    } catch {
      this.#drop() // the disk is full or broken: the hash and the size remain
    } finally {
      this.#ledger.release(data.length)
    }
  }

  async #finish(): Promise<Captured> {
    // An empty file is evidence too.
    if (this.#size === 0 && this.#kept !== null && !this.#charge(0)) this.#drop()
    this.#schedule()
    await this.#draining
    const sha256 = this.#hash.digest('hex')
    try {
      await this.#handle?.close()
      if (this.#kept !== null) await this.#publish(join(this.#folder, sha256))
    } catch {
      this.#drop()
    }
    if (this.#kept === null) await this.#discard()
    this.#over()
    return { sha256, size: this.#size, truncated: this.#truncated }
  }

  /** Under its hash; the same content twice is one file, and a whole file takes the place of a cut one. */
  async #publish(path: string): Promise<void> {
    const present = await sizeOf(path)
    if (present !== null && present >= (this.#kept ?? 0)) return this.#discard()
    await rename(this.#partial, path)
    if (present !== null) this.#ledger.give(present + FILE_COST)
  }

  async #discard(): Promise<void> {
    this.#ledger.give(this.#charged)
    this.#charged = 0
    await unlink(this.#partial).catch(() => undefined) // never made, or removed at the next start
  }
}

import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isNodeError } from '@decnet/kernel'

/** What a file costs beyond its bytes, so that a million empty ones cost too. */
export const FILE_COST = 4096
const LOOK_AGAIN_MS = 5_000

async function bytesBelow(folder: string): Promise<number> {
  let bytes = 0
  for (const name of await readdir(folder)) {
    try {
      bytes += (await stat(join(folder, name))).size + FILE_COST
    } catch (error) {
      if (!isNodeError(error) || error.code !== 'ENOENT') throw error // deleted meanwhile
    }
  }
  return bytes
}

/** Keeps account of the disk that evidence takes, and of the memory that waits for the disk. */
export class Ledger {
  readonly #folders: readonly string[]
  readonly #quota: number
  readonly #memory: number
  #used = 0
  #held = 0
  #lookedAt = Number.NEGATIVE_INFINITY
  #looking = false

  constructor(folders: readonly string[], quota: number, memory: number) {
    this.#folders = folders
    this.#quota = quota
    this.#memory = memory
  }

  get used(): number {
    return this.#used
  }

  /** Counts what is there: others delete, and nobody says so. Rejects when the folders cannot be read. */
  async look(): Promise<void> {
    this.#lookedAt = performance.now()
    const before = this.#used
    const sizes = await Promise.all(this.#folders.map(bytesBelow))
    // What was taken or given meanwhile may be counted twice or not at all; the next look is right again.
    this.#used = sizes.reduce((sum, size) => sum + size, Math.max(this.#held, this.#used - before))
  }

  /** False when the quota has no room. */
  take(bytes: number): boolean {
    if (this.#used + bytes > this.#quota) {
      this.#lookAgain()
      return false
    }
    this.#used += bytes
    return true
  }
  give(bytes: number): void {
    this.#used = Math.max(0, this.#used - bytes)
  }

  /** False when too much is waiting for the disk already. */
  hold(bytes: number): boolean {
    if (this.#held + bytes > this.#memory) return false
    this.#held += bytes
    return true
  }
  release(bytes: number): void {
    this.#held -= bytes
  }

  #lookAgain(): void {
    if (this.#looking || performance.now() - this.#lookedAt < LOOK_AGAIN_MS) return
    this.#looking = true
    this.look()
      .catch(() => undefined) // the old figure stands
      .finally(() => {
        this.#looking = false
      })
  }
}

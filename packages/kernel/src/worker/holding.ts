import type { EventLog, Share } from '../log/port.ts'
import { hasEnded } from './owner.ts'

/** How long a replica may be silent before others take what it held, milliseconds. */
export const LEASE_MS = 15_000
/** Who holds nothing asks again this soon. */
const STANDBY_MS = 1_000

export interface HoldingOptions {
  readonly log: Pick<EventLog<never>, 'lease' | 'release'>
  readonly fold: string
  readonly partitions: number
  readonly owner: string
  readonly ttlMs?: number
}

/** Partitions that stand at one place of the log, and where they next meet others (null: nowhere). */
export interface Front {
  readonly shares: readonly Share[]
  readonly seq: number
  readonly until: number | null
}

/** The partitions of a fold that this replica holds. They stand at few places of the log, mostly at one: they are moved on together. */
export class Holding {
  readonly #options: HoldingOptions
  readonly #ttlMs: number
  #shares: readonly Share[] = []
  #renewAt = 0

  constructor(options: HoldingOptions) {
    this.#options = options
    this.#ttlMs = options.ttlMs ?? LEASE_MS
  }

  /** Milliseconds until the lease must be renewed. */
  get renewIn(): number {
    return Math.max(0, this.#renewAt - performance.now())
  }

  get count(): number {
    return this.#shares.length
  }

  /** Asks for a fair part when it is time to. Places that were reached without being stored are kept for what is still held. */
  async renew(): Promise<void> {
    if (performance.now() < this.#renewAt) return
    const { log, fold, partitions, owner } = this.#options
    const held = await log.lease(fold, { owner, partitions, ttlMs: this.#ttlMs, ended: hasEnded })
    this.#shares = held.map((share) => {
      const known = this.#shares.find(({ part, epoch }) => part === share.part && epoch === share.epoch)
      return known && known.seq > share.seq ? known : share
    })
    this.#renewAt = performance.now() + Math.min(this.#ttlMs / 3, held.length === 0 ? STANDBY_MS : Infinity)
  }

  /** What lies furthest behind; null when nothing is held. */
  front(): Front | null {
    if (this.#shares.length === 0) return null
    const seq = Math.min(...this.#shares.map((share) => share.seq))
    const ahead = this.#shares.map((share) => share.seq).filter((other) => other > seq)
    return { shares: this.#shares.filter((share) => share.seq === seq), seq, until: ahead.length > 0 ? Math.min(...ahead) : null }
  }

  /** How far a partition has come: what is known here may be ahead of what is stored. */
  reached({ part, epoch, seq }: Share): number {
    const own = this.#shares.find((share) => share.part === part && share.epoch === epoch)
    return Math.max(seq, own?.seq ?? 0)
  }

  /** These have come so far, in the log's own tables or, for the while, only here. */
  moved(shares: readonly Share[], seq: number): void {
    const parts = new Set(shares.map(({ part }) => part))
    this.#shares = this.#shares.map((share) => (parts.has(share.part) ? { ...share, seq } : share))
  }

  /** What is known here may be wrong: it is asked for again before the next step. */
  forget(): void {
    this.#shares = []
    this.#renewAt = 0
  }

  async release(): Promise<void> {
    this.forget()
    await this.#options.log.release(this.#options.fold, this.#options.owner)
  }
}
